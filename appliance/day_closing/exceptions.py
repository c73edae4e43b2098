"""What of a day was out of the ordinary, in words that name a visit, a slot or a door."""

import datetime as dt
from collections.abc import Collection, Iterator

from appliance.deposits.rules import DepositState
from appliance.photocopy.rules import TripState
from appliance.storage.models import DayDecision, Deposit, Photocopy, Reading
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService

Line = dict[str, str]  # kind, label and decision, as they are sealed


def of_day(date: dt.date, visits: VisitService) -> list[Line]:
    """What was decided at closing first, then what officers excepted during the day."""
    decisions = _decisions(date)
    decided = [_line(row.kind, row.label, row.decision) for row in decisions]
    cards = {visit.id: visit for visit in visits.of_date(date)}
    during = [*_closed_by_staff(cards), *_deposits(cards), *_missing(cards)]
    known = {(line["kind"], line["label"]) for line in decided}
    asked = {row.subject for row in decisions if row.kind == "photocopy"}
    others = [line for line in during if (line["kind"], line["label"]) not in known]
    return [*decided, *others, *_lost(cards, asked)]


def _decisions(date: dt.date) -> list[DayDecision]:
    of_date = DayDecision.business_date == date.isoformat()
    return list(DayDecision.select().where(of_date).order_by(DayDecision.id))


def _closed_by_staff(visits: dict[int, VisitCard]) -> Iterator[Line]:
    for visit in sorted(visits.values(), key=lambda visit: visit.id):
        if visit.state is VisitState.CLOSED_BY_STAFF:
            yield _line("visit", visit.label, "closed_by_staff")


def _deposits(visits: dict[int, VisitCard]) -> Iterator[Line]:
    rows = Deposit.select().where(Deposit.visit.in_(sorted(visits)))
    for row in rows.order_by(Deposit.id):
        state = DepositState(row.state)
        if state is DepositState.WAIVED or (state.is_owed and state is not DepositState.HELD):
            yield _line("card", visits[row.visit_id].label, str(state))  # type: ignore[attr-defined]


def _missing(visits: dict[int, VisitCard]) -> Iterator[Line]:
    rows = Reading.select().where(
        Reading.visit.in_(sorted(visits)), Reading.missing_reason.is_null(False)
    )
    for row in rows.order_by(Reading.id):
        yield _line("reading", visits[row.visit_id].label, "missing")  # type: ignore[attr-defined]


def _lost(visits: dict[int, VisitCard], asked: Collection[int]) -> Iterator[Line]:
    rows = Photocopy.select().where(
        Photocopy.visit.in_(sorted(visits)), Photocopy.state == TripState.LOST
    )
    for row in rows.order_by(Photocopy.id):
        if row.id not in asked:
            yield _line("photocopy", visits[row.visit_id].label, "lost")


def _line(kind: str, label: str, decision: str) -> Line:
    return {"kind": kind, "label": label, "decision": decision}
