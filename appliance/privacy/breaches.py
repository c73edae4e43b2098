"""Data that got out: what is known of it, and who has to be told within 72 hours."""

import datetime as dt
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from peewee import fn

from appliance.actor import Actor
from appliance.clock import ClockQuality
from appliance.errors import N_, Invalid, NotFound
from appliance.free_text import Field, checked
from appliance.offices import Office
from appliance.privacy.register import CATEGORIES
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import Breach as Row

TERM = dt.timedelta(hours=72)  # on the wall, from when it was noticed
LONGEST = 2000
_NEXT = (
    "SELECT min(noticed_at) FROM breach WHERE people_told_at IS NULL OR authority_told_at IS NULL"
)
FormData = Mapping[str, str | Sequence[str]]
SCOPES = {
    "kept": N_("Semua yang tersimpan waktu itu, misalnya peranti atau cadangan hilang"),
    "period": N_("Hanya kunjungan pada masa itu, misalnya layar terlihat orang lain"),
}
TOLD = {"people": "people_told_at", "authority": "authority_told_at"}
TEXTS = {
    "happened": Field(LONGEST, N_("Tulis apa yang terjadi."), lines=True),
    "done": Field(LONGEST, lines=True),
}
SAY_WHEN = N_("Tulis tanggal dan jamnya, misalnya 2026-11-20 09:30.")
IN_FUTURE = N_("Waktu ini belum tiba.")
BEGAN_LATER = N_("Mulainya tidak mungkin sesudah diketahui.")
ENDED_EARLIER = N_("Berakhirnya tidak mungkin sebelum mulai.")
SAY_KINDS = N_("Pilih paling sedikit satu jenis data.")
SAY_SCOPE = N_("Pilih data siapa yang terkena.")
NOT_FOUND = N_("Catatan insiden itu tidak ada.")


@dataclass(frozen=True, slots=True)
class Breach:
    """One incident; `left_s` is the time until people and authority must be told.

    `kinds` are keys of CATEGORIES, `scope` one of SCOPES. `ended_at` is when it was noticed where
    nobody knows better.
    """

    uuid: str
    number: str
    noticed_at: dt.datetime
    began_at: dt.datetime
    ended_at: dt.datetime
    scope: str
    kinds: tuple[str, ...]
    happened: str = field(repr=False)
    done: str = field(repr=False)
    people_told_at: dt.datetime | None
    authority_told_at: dt.datetime | None
    due_at: dt.datetime
    left_s: float

    @property
    def until(self) -> dt.datetime:
        """The end of the minute in which it ended: what happened in that minute counts."""
        return self.ended_at + dt.timedelta(minutes=1)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to be told."""
        return self.people_told_at is None or self.authority_told_at is None

    @property
    def is_late(self) -> bool:
        """Whether the time that the law leaves is over and not everybody was told."""
        return self.is_open and self.left_s < 0


class Breaches:
    """The list of incidents. Any thread may call it."""

    def __init__(self, *, books: Books, office: Office) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office

    def all(self) -> tuple[Breach, ...]:
        """Every incident: those with somebody to be told first, the most urgent on top."""
        rows = [self._view(row) for row in Row.select().order_by(Row.noticed_at.desc())]
        waiting = sorted((one for one in rows if one.is_open), key=lambda one: one.due_at)
        return (*waiting, *(one for one in rows if not one.is_open))

    def next_due(self) -> dt.datetime | None:
        """When somebody must be told at the latest; None when everybody was."""
        row = statements.first(_NEXT)
        return dt.datetime.fromisoformat(row[0]) + TERM if row and row[0] else None

    def get(self, uuid: str) -> Breach:
        """One incident. Raises NotFound."""
        return self._view(_row(uuid))

    def note(self, form: FormData, *, by: Actor) -> Breach:
        """Write down an incident. Raises Invalid with every problem at once.

        `form` has noticed_at, began_at, ended_at (may be empty), scope, kinds, happened, done;
        times as an HTML field writes them, at the office's clock.
        """
        values = self._checked(form)

        def write() -> Breach:
            now = self._clock.now()
            number, uuid = self._number(now), str(uuids.uuid4())
            Row.create(uuid=uuid, number=number, made_at=now, made_by=str(by), **values)
            detail = {"number": number, "kinds": values["kinds"]}
            self._recorder.note("breach.noted", f"breach/{uuid}", by=by, detail=detail)
            return self.get(uuid)

        return self._writer.run(write)

    def change(self, uuid: str, form: FormData, *, by: Actor) -> Breach:
        """Write down what is known by now. Raises Invalid, NotFound."""
        values = self._checked(form)

        def write() -> Breach:
            row = _row(uuid)
            changed = sorted(name for name in values if getattr(row, name) != values[name])
            if changed:
                Row.update(values).where(Row.id == row.id).execute()
                detail = {"fields": changed}
                self._recorder.note("breach.changed", f"breach/{uuid}", by=by, detail=detail)
            return self.get(uuid)

        return self._writer.run(write)

    def told(self, uuid: str, whom: str, *, by: Actor) -> Breach:
        """Note that `people` or `authority` were told just now; the first time counts.

        Raises NotFound, Invalid for anybody else.
        """
        if whom not in TOLD:
            raise Invalid({"whom": N_("Pilih siapa yang diberi tahu.")})

        def write() -> Breach:
            row = _row(uuid)
            if getattr(row, TOLD[whom]) is None:
                Row.update({TOLD[whom]: self._clock.now()}).where(Row.id == row.id).execute()
                detail = {"whom": whom}
                self._recorder.note("breach.told", f"breach/{uuid}", by=by, detail=detail)
            return self.get(uuid)

        return self._writer.run(write)

    def as_form(self, breach: Breach) -> dict[str, str | list[str]]:
        """What a form shows of an incident, by field name."""
        times = {name: self._local(getattr(breach, name)) for name in _TIMES}
        texts = {"scope": breach.scope, "happened": breach.happened, "done": breach.done}
        return {**times, **texts, "kinds": list(breach.kinds)}

    # Inside ---------------------------------------------------------------------------------

    def _checked(self, form: FormData) -> dict[str, object]:
        said = {name: _first(form, name) for name in (*_TIMES, *TEXTS, "scope")}
        problems: dict[str, str] = {}
        times = self._times(said, problems)
        chosen = form.get("kinds", ())
        given = {chosen} if isinstance(chosen, str) else set(chosen)
        kinds = [kind for kind in CATEGORIES if kind in given]
        if not kinds or given - set(kinds):
            problems["kinds"] = SAY_KINDS
        if said["scope"] not in SCOPES:
            problems["scope"] = SAY_SCOPE
        words = checked(said, TEXTS, found=problems)
        return {**times, **words, "scope": said["scope"], "kinds": " ".join(kinds)}

    def _times(self, said: Mapping[str, str], problems: dict[str, str]) -> dict[str, dt.datetime]:
        """The moments of a form: noticed, began, ended; empty once something is wrong."""
        names = [name for name in _TIMES if said[name].strip() or name != "ended_at"]
        read = {name: self._moment(said[name]) for name in names}
        found = {name: at for name, at in read.items() if at is not None}
        now = self._clock.stamp()
        for name in names:
            if name not in found:
                problems[name] = SAY_WHEN
            elif found[name] > now.at and now.quality is not ClockQuality.UNSET:
                problems[name] = IN_FUTURE
        if "noticed_at" in found:
            found.setdefault("ended_at", found["noticed_at"])
        if not problems and found["began_at"] > found["noticed_at"]:
            problems["began_at"] = BEGAN_LATER
        if not problems and found["ended_at"] < found["began_at"]:
            problems["ended_at"] = ENDED_EARLIER
        return found

    def _moment(self, text: str) -> dt.datetime | None:
        try:
            at = dt.datetime.fromisoformat(text.strip())
            local = at.replace(tzinfo=self._office.zone) if at.tzinfo is None else at
            return local.astimezone(dt.UTC) if 1970 < local.year < 9999 else None
        except (ValueError, OverflowError):
            return None

    def _local(self, at: dt.datetime) -> str:
        return at.astimezone(self._office.zone).strftime("%Y-%m-%dT%H:%M")

    def _number(self, now: dt.datetime) -> str:
        year = self._office.business_date(now).year
        newest = Row.select(fn.MAX(Row.number)).where(Row.number.startswith(f"I-{year}-")).scalar()
        count = int(newest.rpartition("-")[2]) if newest else 0
        return f"I-{year}-{count + 1:03d}"

    def _view(self, row: Row) -> Breach:
        due_at = row.noticed_at + TERM
        return Breach(
            uuid=row.uuid,
            number=row.number,
            noticed_at=row.noticed_at,
            began_at=row.began_at,
            ended_at=row.ended_at,
            scope=row.scope,
            kinds=tuple(row.kinds.split()),
            happened=row.happened,
            done=row.done,
            people_told_at=row.people_told_at,
            authority_told_at=row.authority_told_at,
            due_at=due_at,
            left_s=(due_at - self._clock.now()).total_seconds(),
        )


_TIMES = ("noticed_at", "began_at", "ended_at")


def _first(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else next(iter(value), "")


def _row(uuid: str) -> Row:
    row: Row | None = Row.get_or_none(Row.uuid == uuid)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row
