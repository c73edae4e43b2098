"""What may happen to a visit, and what its clocks tell."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from appliance.clock import ClockQuality, Stamp, elapsed_s
from appliance.codes import ticket_code
from appliance.errors import N_, Refused
from appliance.free_text import Field
from appliance.hours.rules import OpeningHours
from appliance.visits import promise_rules, queue_rules
from appliance.visits.queue_rules import Standing, parse_label

CLOSING_FIELDS = {"reason": Field(200, N_("Tulis alasan menutup kunjungan ini."))}
REASON_FIELDS = {"reason": Field(200)}


class VisitState(StrEnum):
    """Where a visit stands; the values are those of the database."""

    REGISTERED = "registered"
    CALLED = "called"
    SERVED = "served"
    LEAVING = "leaving"
    FINISHED = "finished"
    CLOSED_BY_STAFF = "closed_by_staff"
    NOT_RETURNED = "not_returned"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        return self in OPEN_STATES

    @property
    def is_waiting(self) -> bool:
        """Whether the promise clock still runs."""
        return self in WAITING_STATES


WAITING_STATES = (VisitState.REGISTERED, VisitState.CALLED)
OPEN_STATES = (*WAITING_STATES, VisitState.SERVED, VisitState.LEAVING)
_ENDS = (VisitState.FINISHED, VisitState.CLOSED_BY_STAFF, VisitState.NOT_RETURNED)

# Served people are not cancelled but closed, so that the day's figures stay true.
TRANSITIONS: dict[VisitState, frozenset[VisitState]] = {
    VisitState.REGISTERED: frozenset(
        {VisitState.CALLED, VisitState.SERVED, VisitState.LEAVING, VisitState.CANCELLED, *_ENDS}
    ),
    VisitState.CALLED: frozenset(
        {VisitState.SERVED, VisitState.LEAVING, VisitState.CANCELLED, *_ENDS}
    ),
    VisitState.SERVED: frozenset({VisitState.LEAVING, *_ENDS}),
    VisitState.LEAVING: frozenset({VisitState.SERVED, *_ENDS}),
    VisitState.FINISHED: frozenset(),
    VisitState.CLOSED_BY_STAFF: frozenset(),
    VisitState.NOT_RETURNED: frozenset(),
    VisitState.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a visit is counted by; says nothing about who it was. Codes of guestbook/rules.py."""

    sex: str
    age_band: str
    education: str
    occupation: str
    agency_category: str
    purpose: str
    services: tuple[str, ...]
    channels: tuple[str, ...]
    occupation_other: str = ""
    agency_other: str = ""
    purpose_other: str = ""
    disability: str = ""
    data_wanted: str = ""


@dataclass(frozen=True, slots=True)
class VisitCard:
    """One visit as screens see it.

    `token` is the secret of its link. `name`, `agency_name` and `email` are for the visitor's own
    page and for staff only, and None after an erasure. `wait_s` and `stay_s` are None until
    known, and stay None when no clock can tell; a wait is in seconds of opening hours.
    `promise_minutes` is what the office promised when they came, whatever it promises now.
    `stands_still` says that the promise waits for the room to open. `persons` counts the leader and
    everybody with them; `is_incomplete` is to be completed later; `entered_at` is when a paper
    slip was typed in. `is_date_estimated`: it was registered by a clock that was not set, and
    nothing has told its day since. `taken_over` names the answers completed from an earlier visit:
    for staff, never for the visit's own pages.
    """

    id: int
    uuid: str
    token: str = field(repr=False)
    code: str = field(repr=False)
    number: int
    state: VisitState
    channel: str
    business_date: dt.date
    registered_at: dt.datetime
    called_at: dt.datetime | None
    called_by: str
    desk: str
    served_at: dt.datetime | None
    served_by: str
    leaving_at: dt.datetime | None
    closed_at: dt.datetime | None
    close_reason: str
    rated_at: dt.datetime | None
    due_at: dt.datetime | None
    remaining_s: float | None
    wait_s: float | None
    stay_s: float | None
    name: str | None = field(repr=False)
    agency_name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    statistics: Statistics
    standing: Standing
    promise_minutes: int
    persons: int = 1
    is_incomplete: bool = False
    entered_at: dt.datetime | None = None
    guardian_name: str | None = field(default=None, repr=False)
    stands_still: bool = False
    late_reason: str = ""
    taken_over: tuple[str, ...] = ()
    is_date_estimated: bool = False

    @property
    def said_email(self) -> str:
        """The address as it was typed for this visit; empty when it came from an earlier one."""
        return "" if "email" in self.taken_over else self.email or ""

    @property
    def label(self) -> str:
        return self.standing.label

    @property
    def is_late(self) -> bool:
        """Whether they were served, and later than promised."""
        return promise_rules.is_kept(self.wait_s, self.promise_minutes) is False

    @property
    def is_open(self) -> bool:
        return self.state.is_open

    @property
    def purpose(self) -> str:
        return self.statistics.purpose

    @property
    def services(self) -> tuple[str, ...]:
        return self.statistics.services

    @property
    def masked_name(self) -> str:
        return mask_name(self.name or "")


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """One waiting visit and its place: `ahead` people wait longer and were not called yet."""

    visit: VisitCard
    ahead: int


@dataclass(frozen=True, slots=True)
class Room:
    """Everybody who is here: who waits, and who is served or leaves, those who leave first.

    `aside` were not there when they were called, and wait again once they come back.
    """

    queue: tuple[QueueEntry, ...]
    inside: tuple[VisitCard, ...]
    aside: tuple[VisitCard, ...] = ()


@dataclass(frozen=True, slots=True)
class DayFigures:
    """How the day goes. Averages leave out what no clock could measure; None without any."""

    date: dt.date
    registered: int
    waiting: int
    inside: int
    served: int
    within_promise: int
    late: int
    closed: int
    mean_wait_s: float | None
    p50_wait_s: float | None = None
    p90_wait_s: float | None = None


def check_open(state: VisitState) -> None:
    """Return when a visit in this state has not ended; raises Refused."""
    if not state.is_open:
        raise Refused(N_("Kunjungan ini sudah ditutup."))


def check_transition(state: VisitState, target: VisitState) -> None:
    """Return when a visit may go from `state` to `target`; raises Refused with the reason."""
    if target in TRANSITIONS[state]:
        return
    check_open(state)
    if target is VisitState.CALLED:
        raise Refused(N_("Kunjungan ini sudah dilayani."))
    if target is VisitState.CANCELLED:
        raise Refused(N_("Kunjungan yang sudah dilayani tidak dapat dibatalkan; tutup saja."))
    raise Refused(N_("Langkah itu tidak berlaku untuk kunjungan ini sekarang."))


def within_promise(wait_s: float | None, promise_minutes: int) -> bool | None:
    """Whether the promise was kept; None when the wait is unknown."""
    return promise_rules.is_kept(wait_s, promise_minutes)


def local_date(moment: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """The calendar day at the office."""
    return moment.astimezone(zone).date()


def is_earlier_day(start: Stamp, now: Stamp, zone: dt.tzinfo) -> bool:
    """Whether `start` lies on a business day before today, as far as clocks can be believed.

    Within one boot the boot clock says how long ago it was, so that a wall clock that jumps
    neither ends a day nor prolongs one. Across boots two set wall clocks decide. Where nobody
    can tell, the answer is no: a person takes such a visit off the list.
    """
    passed_s = elapsed_s(start, now)
    if passed_s is not None:
        then = _add_seconds(now.at, -passed_s)
        return then is not None and local_date(then, zone) < local_date(now.at, zone)
    if ClockQuality.UNSET in (start.quality, now.quality):
        return False
    return local_date(start.at, zone) < local_date(now.at, zone)


def duration_s(start: Stamp, end: Stamp, zone: dt.tzinfo) -> float | None:
    """Seconds between two moments of one business day; None across days or when unknown."""
    passed_s = elapsed_s(start, end)
    if passed_s is None or passed_s < 0 or is_earlier_day(start, end, zone):
        return None
    return passed_s


def wait_s(start: Stamp, end: Stamp, zone: dt.tzinfo, hours: OpeningHours) -> float | None:
    """Seconds of opening hours within one business day; None across days or when unknown."""
    if duration_s(start, end, zone) is None:
        return None
    return promise_rules.waited_s(start, end, hours)


def fits(card: VisitCard, text: str) -> bool:
    """Whether what was typed is the number, the code or part of the name; a blank text fits all.

    A number without its letter fits that number of every series.
    """
    wanted, label = text.strip().casefold(), parse_label(text)
    series, number = label or ("", 0)
    return (
        not wanted
        or (number == card.standing.ticket and series in ("", card.standing.series))
        or card.code == ticket_code(text)
        or wanted in (card.name or "").casefold()
    )


def mask_name(name: str) -> str:
    """A name its owner recognises and nobody else can use: 'S••• R•••'."""
    return " ".join(f"{word[0].upper()}•••" for word in name.split())


def queue_order(cards: Iterable[VisitCard]) -> tuple[QueueEntry, ...]:
    """Waiting visits, whoever is to come next first; who was put aside is left out."""
    entries, ahead = [], 0
    for card in queue_rules.in_order(c for c in cards if c.state.is_waiting):
        entries.append(QueueEntry(card, ahead))
        ahead += card.state is VisitState.REGISTERED
    return tuple(entries)


def room(cards: Iterable[VisitCard]) -> Room:
    """The open visits, parted by whether they still wait."""
    everybody = tuple(cards)
    served = (card for card in everybody if not card.state.is_waiting)
    inside = sorted(served, key=lambda card: (card.state is not VisitState.LEAVING, card.id))
    aside = (card for card in everybody if card.state.is_waiting and card.standing.is_aside)
    return Room(queue_order(everybody), tuple(inside), tuple(aside))


class Counted(Protocol):
    """What a day's figures are made from."""

    @property
    def state(self) -> VisitState: ...
    @property
    def served_at(self) -> dt.datetime | None: ...
    @property
    def wait_s(self) -> float | None: ...
    @property
    def remaining_s(self) -> float | None: ...
    @property
    def promise_minutes(self) -> int: ...


def figures(cards: Iterable[Counted], *, date: dt.date) -> DayFigures:
    """The day's figures from its visits; cancelled ones do not count."""
    counted = [c for c in cards if c.state is not VisitState.CANCELLED]
    waits = [c.wait_s for c in counted if c.wait_s is not None]
    overdue = sum(
        1
        for c in counted
        if c.state.is_waiting and c.served_at is None and (c.remaining_s or 0) < 0
    )
    measured = [(c.wait_s, c.promise_minutes) for c in counted if c.wait_s is not None]
    found = promise_rules.wait_figures(measured)
    return DayFigures(
        date=date,
        registered=len(counted),
        waiting=sum(1 for c in counted if c.state.is_waiting),
        inside=sum(1 for c in counted if c.state.is_open),
        served=sum(1 for c in counted if c.served_at is not None),
        within_promise=found.kept,
        late=found.late + overdue,
        closed=sum(1 for c in counted if not c.state.is_open),
        mean_wait_s=sum(waits) / len(waits) if waits else None,
        p50_wait_s=found.p50_s,
        p90_wait_s=found.p90_s,
    )


def _add_seconds(moment: dt.datetime, seconds: float) -> dt.datetime | None:
    try:
        return moment + dt.timedelta(seconds=seconds)
    except OverflowError:
        return None
