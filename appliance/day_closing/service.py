"""Days closed by an officer: everything decided, counted, and sealed in a chain of days."""

import datetime as dt
from collections.abc import Callable, Mapping

from appliance.actor import Actor
from appliance.clock import ClockQuality
from appliance.day_closing import exceptions, figures, rules, vouched
from appliance.day_closing.open_things import OpenThings
from appliance.day_closing.rules import Change, DayReport, OpenThing, Verification
from appliance.errors import N_, Invalid, Refused
from appliance.offices import Office
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import DayDecision
from appliance.storage.models import DayReport as Row
from appliance.storage.models.visits import OF_DAY
from appliance.visits.service import VisitService

REMEMBERED_DAYS = 31  # older days without a report are nobody's work any more
CHOOSE = N_("Pilih keputusannya.")
# What stays in the house overnight, part -> names: never of people.
Left = Callable[[], Mapping[str, list[str]]]


class DayClosing:
    """Reads from any thread; `close` goes through the writer."""

    def __init__(
        self, *, books: Books, office: Office, visits: VisitService, things: OpenThings, left: Left
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._things = things
        self._left = left

    # Looking ------------------------------------------------------------------------------

    def today(self) -> dt.date:
        """The business day that it is at the office."""
        return self._office.business_date(self._clock.now())

    def open_things(self, date: dt.date) -> tuple[OpenThing, ...]:
        """What has to be decided before this day can be closed."""
        return self._things.of_day(date)

    def unclosed(self) -> tuple[dt.date, ...]:
        """Earlier days with visits that nobody has closed, the oldest first.

        Where no day was ever closed, the last one alone: what was before this version is past.
        """
        today = self.today()
        first = today - dt.timedelta(days=REMEMBERED_DAYS)
        rows = statements.every(_UNCLOSED, (first.isoformat(), today.isoformat()))
        dates = tuple(dt.date.fromisoformat(date) for (date,) in rows)
        oldest = statements.first(_OLDEST)
        if oldest is None:
            return dates[-1:]
        return tuple(date for date in dates if date > dt.date.fromisoformat(oldest[0]))

    def is_waiting(self) -> bool:
        """Whether somebody was here today and nobody has closed the day."""
        today = self.today().isoformat()
        seen = statements.first(_SEEN, (today,))
        return seen is not None and self.report(self.today()) is None

    def report(self, date: dt.date) -> DayReport | None:
        """The newest report of a day; None while it is not closed."""
        of_day = Row.select().where(Row.business_date == date.isoformat())
        row: Row | None = of_day.order_by(Row.version.desc()).first()
        return None if row is None else _report(row)

    def reports(self, limit: int = 31) -> tuple[DayReport, ...]:
        """The newest reports first."""
        return tuple(_report(row) for row in Row.select().order_by(Row.id.desc()).limit(limit))

    def changes(self, report: DayReport) -> tuple[Change, ...]:
        """What of the sealed figures is no longer so."""
        return rules.changes(report.figures, self._figures(report.date))

    def verify(self) -> Verification:
        """Whether every sealed day is as it was sealed and as the journal has it; none missing."""
        every = tuple(_report(row) for row in Row.select().order_by(Row.id))
        newest = every[-1] if every else None
        return Verification(
            len(every),
            rules.first_broken(every, vouched.is_journalled),
            newest,
            vouched.missing_after(newest),
        )

    # Closing ------------------------------------------------------------------------------

    def close(self, date: dt.date, decisions: Mapping[str, str], *, by: Actor) -> DayReport:
        """Carry out what was decided, and seal the day.

        `decisions` by the field of each open thing. Once more for a day on which nothing has
        happened since changes nothing; otherwise the day is sealed once more, beside what was
        sealed before. Raises Invalid with every thing that is not decided, Refused while the
        clock is not set, for a day to come, or when a decision cannot be carried out.
        """
        self._check_date(date)

        def write() -> DayReport:
            things = self._things.of_day(date)
            _check_decisions(things, decisions)
            before = self.report(date)
            if not things and before is not None and not self.changes(before):
                return before
            for thing in things:
                self._decide(date, thing, decisions[thing.field], by)
            return self._seal(date, by)

        return self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _check_date(self, date: dt.date) -> None:
        if self._clock.stamp().quality is ClockQuality.UNSET:
            raise Refused(N_("Jam peranti belum benar. Setel jam dahulu, baru tutup harinya."))
        if date > self.today():
            raise Refused(N_("Hari itu belum tiba."))
        if date < self.today() - dt.timedelta(days=REMEMBERED_DAYS):
            raise Refused(N_("Hari itu sudah terlalu lama untuk ditutup."))

    def _decide(self, date: dt.date, thing: OpenThing, decision: str, by: Actor) -> None:
        self._things.settle(thing, decision, by=by)
        DayDecision.create(
            business_date=date.isoformat(),
            kind=thing.kind,
            subject=thing.subject,
            label=thing.label,
            decision=decision,
            at=self._clock.now(),
            by=by.name,
        )
        detail = {"kind": str(thing.kind), "label": thing.label, "decision": decision}
        self._recorder.note("day.decided", f"day/{date.isoformat()}", by=by, detail=detail)

    def _seal(self, date: dt.date, by: Actor) -> DayReport:
        now = self._clock.now()
        last: Row | None = Row.select().order_by(Row.id.desc()).first()
        of_day = self.report(date)
        version = 1 if of_day is None else of_day.version + 1
        before = rules.FIRST if last is None else last.seal
        text = rules.canonical(
            {
                "format": rules.FORMAT,
                "office": self._office.key,
                "date": date.isoformat(),
                "version": version,
                "sealed_at": now.isoformat(),
                "sealed_by": by.name,
                "figures": self._figures(date),
                "exceptions": exceptions.of_day(date, self._visits),
                "left": self._left(),
                "journal": vouched.head(),
            }
        )
        row = Row.create(
            business_date=date.isoformat(),
            version=version,
            sealed_at=now,
            sealed_by=by.name,
            content=text,
            before=before,
            seal=rules.seal(before, text),
        )
        data = {"date": date.isoformat(), "version": version}
        self._recorder.fact("day.closed", f"day/{date.isoformat()}", data, by=by, why=row.seal)
        return _report(row)

    def _figures(self, date: dt.date) -> figures.Figures:
        return figures.of_day(date, self._office.policy.promise_minutes)


def _check_decisions(things: tuple[OpenThing, ...], decisions: Mapping[str, str]) -> None:
    problems = {
        thing.field: CHOOSE for thing in things if decisions.get(thing.field) not in thing.choices
    }
    if problems:
        raise Invalid(problems)


def _report(row: Row) -> DayReport:
    return DayReport(
        id=row.id,
        date=dt.date.fromisoformat(row.business_date),
        version=row.version,
        sealed_at=row.sealed_at,
        sealed_by=row.sealed_by,
        text=row.content,
        before=row.before,
        seal=row.seal,
    )


_OLDEST = "SELECT business_date FROM day_report WHERE id = (SELECT min(id) FROM day_report)"
_SEEN = f"SELECT 1 FROM visit v WHERE {OF_DAY} = ? LIMIT 1"  # noqa: S608 - our own
_UNCLOSED = f"""
    SELECT DISTINCT {OF_DAY} AS day FROM visit v
    WHERE {OF_DAY} >= ? AND {OF_DAY} < ?
        AND NOT EXISTS (
            SELECT 1 FROM day_report r
            WHERE r.business_date = {OF_DAY})
    ORDER BY day"""  # noqa: S608 - our own
