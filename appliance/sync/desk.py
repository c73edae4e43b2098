"""The portal as staff see it: how we stand with it, what is stuck, and what they may do."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.actor import Actor
from appliance.clock import Clock
from appliance.errors import N_, NotFound, Refused
from appliance.portal_settings import book as portal_settings
from appliance.portal_settings.book import Taken
from appliance.runtime.wakeup import Waker
from appliance.storage import statements
from appliance.storage.writer import Writer
from appliance.sync.enrolment import Enrolment, Papers
from appliance.sync.events import short_name
from appliance.sync.export import Notes
from appliance.sync.standing import Standing, StandingBook

OWNER = "sync"
SUBJECT = "portal"
MOST_LISTED = 50
MOST_TOLD_APART = 2000  # a page that asks for itself must not count months
_STUCK = (
    "SELECT id, event_id, type, problem, state, json_extract(payload, '$.recordedtime') FROM outbox"
    " WHERE problem <> '' ORDER BY id DESC LIMIT ?"
)
_HELD = "SELECT count(*) FROM outbox WHERE state = 'held'"
_ASIDE = "SELECT count(*) FROM outbox WHERE problem <> '' AND state <> 'held'"
_STREAMS = "SELECT epoch, acked_seq FROM stream WHERE open = 1 OR emptied = 0 ORDER BY opened_at"
_OLDEST = (
    "SELECT json_extract(payload, '$.recordedtime') FROM outbox"
    " WHERE epoch = ? AND seq > ? AND state = 'pending' ORDER BY seq LIMIT 1"
)
_KINDS = (
    "SELECT type, count(*) FROM (SELECT type FROM outbox"
    " WHERE epoch = ? AND seq > ? AND state = 'pending' LIMIT ?) GROUP BY type"
)
_FREE = "UPDATE outbox SET state = 'pending', problem = '' WHERE id = ? AND state = 'held'"
_REOPEN = (
    "UPDATE stream SET emptied = 0"
    " WHERE open = 0 AND epoch = (SELECT epoch FROM outbox WHERE id = ?)"
)
_SEEN = "UPDATE outbox SET problem = '' WHERE id = ? AND state = 'pending' AND problem <> ''"
_ALL_SEEN = "UPDATE outbox SET problem = '' WHERE state = 'pending' AND problem <> ''"


@dataclass(frozen=True, slots=True)
class Stuck:
    """An event that did not go the usual way: held here, or kept aside at the portal."""

    id: int
    event_id: str  # by which the portal's people find it
    name: str  # as in appliance/sync/events.py
    problem: str  # in English, as the portal said it
    is_held: bool
    recorded_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class PortalReport:
    """Everything that the page shows of the portal."""

    standing: Standing
    papers: Papers
    stuck: tuple[Stuck, ...]  # the newest of both kinds
    held: int  # how many are held here in all
    aside: int  # how many the portal keeps aside that nobody has looked at
    oldest_at: dt.datetime | None
    kinds: Mapping[str, int] | None = None
    """How many wait by what their names begin with; None when too many do."""
    settings: Taken = field(default_factory=Taken)
    """What the portal wishes for this office."""
    has_newer_settings: bool = False
    """Whether they come into force only when the room is closed."""

    @property
    def is_asking(self) -> bool:
        """Whether somebody has asked, and nothing has come of it yet."""
        asked, since = self.standing.asked_at, self.standing.answered_at
        return asked is not None and (since is None or since < asked)


class PortalDesk:
    """What staff ask of the sync process; each time the journal says who did."""

    def __init__(
        self,
        *,
        writer: Writer,
        clock: Clock,
        notes: Notes,
        waker: Waker,
        enrolment: Enrolment,
        settings_version: int = 0,
    ) -> None:
        """`settings_version` is that of the portal's settings which are in force here."""
        self._writer = writer
        self._notes = notes
        self._waker = waker
        self._enrolment = enrolment
        self._settings_version = settings_version
        self._standing = StandingBook(writer, clock)

    def report(self) -> PortalReport:
        """How it is just now."""
        settings = portal_settings.taken()
        return PortalReport(
            standing=self._standing.standing(),
            papers=self._enrolment.papers(),
            stuck=tuple(_stuck(row) for row in statements.every(_STUCK, (MOST_LISTED,))),
            held=_count(_HELD),
            aside=_count(_ASIDE),
            oldest_at=oldest_at(),
            kinds=_kinds(),
            settings=settings,
            has_newer_settings=settings.version != self._settings_version,
        )

    def send_now(self, *, by: Actor) -> None:
        """Have what waits sent without waiting for its time. Raises Refused when it cannot be."""
        if self._enrolment.identity() is None and not self._enrolment.has_claim():
            raise Refused(N_("Peranti belum terdaftar di portal, jadi belum ada yang dikirim."))

        def write() -> None:
            self._standing.ask()
            self._notes.note("portal.send_asked", SUBJECT, by=by)

        self._writer.run(write)
        self._waker.wake(OWNER)

    def enrol(self, code: str, *, by: Actor) -> None:
        """Have this device enrolled by a claim code of the portal.

        Raises Invalid for what is no code, Refused when no portal is set.
        """

        def write() -> None:
            self._enrolment.ask(code)
            self._standing.ask()
            self._notes.note("portal.enrol_asked", SUBJECT, by=by)

        self._writer.run(write)
        self._waker.wake(OWNER)

    def settle(self, stuck_id: int, *, by: Actor) -> bool:
        """Try a held event again, or note that one kept aside was looked at; whether it was held.

        Raises NotFound when it is neither any more.
        """

        def write() -> bool:
            before = statements.changes()
            statements.run(_FREE, (stuck_id,))
            was_held = statements.changes() > before
            if was_held:
                statements.run(_REOPEN, (stuck_id,))
            else:
                statements.run(_SEEN, (stuck_id,))
            if statements.changes() == before:
                raise NotFound(N_("Catatan itu sudah tidak tertahan."))
            self._notes.note("portal.event_settled", SUBJECT, by=by, detail={"outbox": stuck_id})
            return was_held

        was_held = self._writer.run(write)
        self._waker.wake(OWNER)
        return was_held

    def settle_all(self, *, by: Actor) -> int:
        """Note that every event kept aside at the portal was looked at; how many."""

        def write() -> int:
            before = statements.changes()
            statements.run(_ALL_SEEN)
            count = statements.changes() - before
            self._notes.note("portal.event_settled", SUBJECT, by=by, detail={"count": count})
            return count

        return self._writer.run(write)

    def forks_seen(self, *, by: Actor) -> None:
        """Note that somebody has looked into why new streams were begun."""

        def write() -> None:
            self._standing.forks_seen()
            self._notes.note("portal.forks_seen", SUBJECT, by=by)

        self._writer.run(write)


def _stuck(row: tuple[int, str, str, str, str, str | None]) -> Stuck:
    stuck_id, event_id, kind, problem, state, recorded = row
    name = short_name(kind)
    return Stuck(stuck_id, event_id, name, problem, state == "held", _moment(recorded))


def _count(sql: str) -> int:
    found = statements.first(sql)
    return int(found[0]) if found else 0


def oldest_at() -> dt.datetime | None:
    """When the first of what waits was written; None when nothing waits, or without a clock."""
    for stream in statements.every(_STREAMS):
        if found := statements.first(_OLDEST, stream):
            return _moment(found[0])
    return None


def _kinds() -> Mapping[str, int] | None:
    found: Counter[str] = Counter()
    for epoch, after in statements.every(_STREAMS):
        left = MOST_TOLD_APART + 1 - found.total()
        for kind, count in statements.every(_KINDS, (epoch, after, left)):
            found[short_name(kind).partition(".")[0]] += count
        if found.total() > MOST_TOLD_APART:
            return None
    return found


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None
