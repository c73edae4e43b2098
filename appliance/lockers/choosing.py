"""Which locker a visitor gets: a free one, and the smallest that the things fit into."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from peewee import Expression

from appliance.errors import N_, Refused
from appliance.lockers.rules import Condition
from appliance.storage.models import DoorAlarm, Locker, LockerMove
from appliance.storage.models import LockerSession as Session

NONE_FREE = N_("Semua loker sedang terpakai. Tunggu satu dikembalikan, atau titip di meja.")


class Size(StrEnum):
    """How large a locker is inside; each also takes what fits into the ones before it."""

    S = "S"
    M = "M"
    L = "L"

    @property
    def fitting(self) -> tuple["Size", ...]:
        """The sizes that things of this size fit into, the smallest first."""
        sizes = tuple(Size)
        return sizes[sizes.index(self) :]


@dataclass(frozen=True, slots=True)
class FreeLocker:
    """A locker that may be handed out now."""

    number: int
    size: Size


def is_free() -> Expression:
    """Usable, used by nobody, and not waiting for a person to see that it was emptied."""
    taken = Session.select(Session.locker).where(Session.ended_at.is_null())
    left = LockerMove.select(LockerMove.left).where(LockerMove.emptied_at.is_null())
    usable: Expression = Locker.condition == Condition.USABLE
    return usable & Locker.id.not_in(taken) & Locker.id.not_in(left)


def free_lockers() -> tuple[FreeLocker, ...]:
    """What may be handed out now, by number."""
    rows = Locker.select(Locker.number, Locker.size).where(is_free()).order_by(Locker.number)
    return tuple(FreeLocker(row.number, Size(row.size)) for row in rows)


def next_free(*, number: int | None = None, size: Size | None = None) -> Locker:
    """The wished locker when it is free, else the next one that fits. Belongs in the writer.

    Raises Refused when none is free, or none that is large enough.
    """
    # A door that somebody should look at comes last, and one seen open: somebody may stand at it.
    alarmed = DoorAlarm.select(DoorAlarm.locker).where(DoorAlarm.ended_at.is_null())
    doubt = (Locker.id.in_(alarmed), Locker.door == "open")
    free = list(Locker.select().where(is_free()).order_by(*doubt, Locker.number))
    if not free:
        raise Refused(NONE_FREE)
    wished = next((row for row in free if row.number == number), None)
    return wished or _smallest(free, size)


def _smallest(free: Sequence[Locker], size: Size | None) -> Locker:
    if size is None:
        return free[0]
    for fitting in size.fitting:
        for row in free:
            if row.size == fitting:
                return row
    raise Refused(N_("Tidak ada loker kosong yang cukup besar. Titip di meja, atau tunggu."))
