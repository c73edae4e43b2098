"""What officers said beside the journal about some visits, and about whatever was theirs."""

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import Model

from appliance.journal import written
from appliance.storage.models import (
    CardSwap,
    Deposit,
    FoundProperty,
    Locker,
    LockerSession,
    Photocopy,
    Reading,
    ScanJob,
    SoftcopyRequest,
    Visit,
    VisitorVisit,
)

# How the journal names what belongs to a visit.
_OF_A_VISIT: tuple[tuple[str, type[Model]], ...] = (
    ("deposit", Deposit),
    ("photocopy", Photocopy),
    ("property", FoundProperty),
    ("reading", Reading),
    ("request", SoftcopyRequest),
    ("scan", ScanJob),
)


def forget(visit_ids: Sequence[int]) -> None:
    """Forget it all. Belongs inside a function given to the writer, before people are untied."""
    ids = list(visit_ids)
    whiles = _always(ids)
    for use in LockerSession.select().where(LockerSession.visit.in_(ids)):
        number, of_use = _while_of(use)
        for kind in ("locker", "key"):
            whiles.setdefault(f"{kind}/{number}", []).append(of_use)
    written.forget_about(whiles)


def lines_about(visit_id: int) -> list[int]:
    """The numbers of the lines of the journal about a visit and its things, with words kept."""
    return written.about(_always([visit_id]))


def _always(ids: list[int]) -> dict[str, list[written.While]]:
    return {one: [written.ALWAYS] for one in _subjects(ids)}


def _subjects(ids: list[int]) -> Iterator[str]:
    for visit in Visit.select(Visit.uuid).where(Visit.id.in_(ids)):
        yield f"visit/{visit.uuid}"
    for kind, table in _OF_A_VISIT:
        rows: list[Any] = list(table.select().where(table.visit.in_(ids)))  # type: ignore[attr-defined]
        for row in rows:
            yield f"{kind}/{row.uuid}"
    cards = Deposit.select(Deposit.id).where(Deposit.visit.in_(ids))
    for swap in CardSwap.select().where(CardSwap.first.in_(cards) | CardSwap.second.in_(cards)):
        yield f"swap/{swap.uuid}"
    for tie in VisitorVisit.select().where(VisitorVisit.visit.in_(ids)):
        yield f"visitor/{tie.visitor.uuid}"


def _while_of(use: LockerSession) -> tuple[int, written.While]:
    """Which locker, and from this use on until somebody else had it."""
    later = LockerSession.select().where(
        LockerSession.locker == use.locker, LockerSession.id > use.id
    )
    following = later.order_by(LockerSession.id).first()
    number = Locker.get_by_id(use.locker.id).number
    until = None if following is None else following.started_at
    return int(number), written.a_while(use.started_at, until)
