"""Which lockers a visit uses now: one, or as many as its group needs."""

from appliance.errors import N_
from appliance.lockers.rules import CommandView, VisitLocker
from appliance.storage.models import Locker
from appliance.storage.models import LockerSession as Session

NO_LOCKER = N_("Kunjungan ini tidak memakai loker.")


def uses_of(visit_id: int) -> list[Session]:
    """The open uses of a visit with their lockers, the oldest first."""
    is_open = (Session.visit == visit_id) & Session.ended_at.is_null()
    rows = Session.select(Session, Locker).join(Locker).where(is_open)
    return list(rows.order_by(Session.id))


def use_of(visit_id: int, number: int | None = None) -> Session | None:
    """The use of locker `number` by this visit, the oldest of any when None; None without one."""
    uses = uses_of(visit_id)
    return next((use for use in uses if number in (None, use.locker.number)), None)


def view_of(use: Session, command: CommandView | None) -> VisitLocker:
    """A use as what leaves the service, with what the door was told last."""
    locker = use.locker
    return VisitLocker(
        number=locker.number,
        since=use.started_at,
        door=locker.door,
        has_sensor=bool(locker.has_sensor),
        command=command,
    )
