"""Records that the hub did not understand: looked through, and let in or thrown away.

Nothing that an office has sent is lost without somebody saying so: what is thrown away stays
where it is, and can be brought back.
"""

import datetime as dt
import re
import uuid
from dataclasses import dataclass, field, replace
from typing import LiteralString

from psycopg import DataError

from appliance.errors import N_, NotFound, Refused
from appliance.hub import batches, journal, store
from appliance.hub.batches import Row
from appliance.hub.database import Connection, Database
from appliance.sync.events import TYPE_PREFIX

PAGE = 50
AT_ONCE = 500  # records that one transaction lets in: a second or so
MOST = 5_000  # and one deed looks through, in ten seconds; whoever has more repeats it
ERASED = b"{}"  # what `erasure` leaves of it
GONE = N_("Catatan ini tidak ada lagi di karantina.")
NOT_FITTING = N_("Catatan ini belum dapat diterima: %(problem)s")
_TYPE = re.compile(rb'"type"\s*:\s*"([^"\\]{1,200})"')
_FROM = (
    " FROM quarantine q JOIN stream s ON s.id = q.stream JOIN device d ON d.id = s.device"
    " JOIN office o ON o.code = d.office"
)
_WHERE = (
    " WHERE (q.settled_at IS NULL) = %(is_open)s AND (%(office)s = '' OR o.code = %(office)s)"
    " AND (%(group)s = '' OR md5(q.problem) = %(group)s)"
)
_COLUMNS = (
    "SELECT q.id, q.received_at, o.code, o.name, d.id, s.id, s.epoch, q.sequence, q.raw,"
    " q.problem, q.settled_at, q.settled_as, q.settled_by, q.settled_why"
)
# A list needs of each what kind it is; whole, fifty large ones would be 200 MB.
_LIST: LiteralString = (
    _COLUMNS.replace("q.raw", "substring(q.raw FOR 4096)")
    + _FROM
    + _WHERE
    + " AND (%(before)s::bigint IS NULL OR q.id < %(before)s)"
    " ORDER BY q.id DESC LIMIT %(limit)s"
)
_ONE: LiteralString = _COLUMNS + _FROM + " WHERE q.id = %(id)s"
_GROUPS: LiteralString = (
    "SELECT md5(q.problem), q.problem, count(*), count(DISTINCT o.code)"
    + _FROM
    + _WHERE
    + " GROUP BY q.problem ORDER BY count(*) DESC, q.problem LIMIT 100"
)
_NEXT: LiteralString = (
    _COLUMNS
    + _FROM
    + _WHERE
    + " AND q.id > %(after)s ORDER BY q.id LIMIT %(limit)s FOR UPDATE OF q"
)
_OFFICES: LiteralString = (
    "SELECT o.code, o.name, count(*)"
    + _FROM
    + " WHERE q.settled_at IS NULL GROUP BY o.code, o.name ORDER BY o.name"
)
_SETTLE = (
    "UPDATE quarantine SET settled_at = now(), settled_as = %s, settled_by = %s, settled_why = %s,"
    " settled_in = %s WHERE id = %s AND settled_at IS NULL"
)
_BACK = (
    "UPDATE quarantine SET settled_at = NULL, settled_as = '', settled_by = '', settled_why = '',"
    " settled_in = NULL WHERE settled_as = 'dropped'"
)
_REOPEN: LiteralString = _BACK + " AND settled_in = %s"
_REOPEN_ONE: LiteralString = _BACK + " AND id = %s"
_DEED = "SELECT settled_as, count(*) FROM quarantine WHERE settled_in = %s GROUP BY settled_as"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: of an office, with one problem, one alone; all of them without any of it."""

    office: str = ""
    group: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that was kept aside. `settled_as` is empty, `released` or `dropped`."""

    id: int
    received_at: dt.datetime
    office: str
    office_name: str
    device: uuid.UUID
    stream: int
    epoch: uuid.UUID
    sequence: int
    raw: bytes
    problem: str
    settled_at: dt.datetime | None
    settled_as: str
    settled_by: str
    settled_why: str

    @property
    def kind(self) -> str:
        """What the record says that it is; empty when it cannot be told."""
        found = _TYPE.search(self.raw[:4096])
        if found is None:
            return ""
        return readable(found[1]).removeprefix(TYPE_PREFIX)

    @property
    def is_erased(self) -> bool:
        """Whether what it said was of a person whom the office has erased since."""
        return self.raw == ERASED

    @property
    def row(self) -> Row | str:
        """The record as it would be stored now; else why it still cannot be."""
        source = f"urn:uuid:{self.device}"
        return batches.again(self.raw, self.sequence, source=source, epoch=str(self.epoch))

    @property
    def present_problem(self) -> str:
        """Why it cannot be let in now; empty when it can."""
        row = self.row
        return row if isinstance(row, str) else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Open records with the same problem; `id` names the problem in an address."""

    id: str
    problem: str
    count: int
    offices: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who decides, why, and by which deed: what one deed threw away comes back together."""

    by: str
    why: str
    deed: uuid.UUID = field(default_factory=uuid.uuid4)

    def settle(self, connection: Connection, number: int, settled_as: str) -> None:
        connection.execute(_SETTLE, (settled_as, self.by, self.why, self.deed, number))


@dataclass(frozen=True, slots=True)
class Done:
    """What a deed came to: how many records it settled, and how many it had to leave."""

    deed: uuid.UUID
    count: int = 0
    left: int = 0


class Quarantine:
    """Raises psycopg.OperationalError while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def records(self, wanted: Wanted, before: int | None = None) -> tuple[list[Aside], int | None]:
        """A page of them, newest first, and before which the next page begins.

        Of each the beginning of its bytes.
        """
        asked = {**_asked(wanted), "before": before, "limit": PAGE + 1}
        found = [Aside(*row) for row in self._database.rows(_LIST, asked)]
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None

    def groups(self, wanted: Wanted) -> list[Group]:
        """The problems of open records, the most frequent first."""
        asked = _asked(replace(wanted, group="", is_open=True))
        return [Group(*row) for row in self._database.rows(_GROUPS, asked)]

    def group(self, wanted: Wanted) -> Group:
        """The problem that is wanted. Raises NotFound when no open record has it."""
        found = [Group(*row) for row in self._database.rows(_GROUPS, _asked(wanted))]
        if not wanted.group or not found:
            raise NotFound(GONE)
        return found[0]

    def offices(self) -> list[tuple[str, str, int]]:
        """Code and name of the offices with open records, and how many."""
        return [(code, name, count) for code, name, count in self._database.rows(_OFFICES)]

    def record(self, number: int) -> Aside:
        """One of them. Raises NotFound."""
        row = self._database.row(_ONE, {"id": number})
        if row is None:
            raise NotFound(GONE)
        return Aside(*row)

    def deed(self, deed: uuid.UUID) -> tuple[str, int]:
        """What a deed did, `released` or `dropped`, and to how many; the latter may be undone."""
        row = self._database.row(_DEED, (deed,))
        return (str(row[0]), int(row[1])) if row else ("", 0)

    def accept_one(self, number: int, by: str, why: str) -> Done:
        """Let a record in. Raises Refused while it does not fit its kind, NotFound."""
        verdict = Verdict(by, why)
        with self._database.transaction() as connection:
            record = _held(connection, number)
            problem = _let_in(connection, record, verdict)
            if problem:
                raise Refused(NOT_FITTING, problem=problem)
            journal.write(connection, by, "accept", f"{record.office} #{number}", why)
        return Done(verdict.deed, 1)

    def discard_one(self, number: int, by: str, why: str) -> Done:
        """Throw a record away. Raises NotFound."""
        verdict = Verdict(by, why)
        with self._database.transaction() as connection:
            record = _held(connection, number)
            verdict.settle(connection, number, "dropped")
            journal.write(connection, by, "discard", f"{record.office} #{number}", why)
        return Done(verdict.deed, 1)

    def accept_group(self, wanted: Wanted, by: str, why: str) -> Done:
        """Let in all with this problem that fit by now; the others stay. Raises NotFound."""
        return self._settle_group(wanted, "accept", Verdict(by, why))

    def discard_group(self, wanted: Wanted, by: str, why: str) -> Done:
        """Throw away all with this problem. Raises NotFound."""
        return self._settle_group(wanted, "discard", Verdict(by, why))

    def undo(self, deed: uuid.UUID, by: str) -> int:
        """Bring back what a deed threw away, and return how many. Raises NotFound for none."""
        with self._database.transaction() as connection:
            count = connection.execute(_REOPEN, (deed,)).rowcount
            if not count:
                raise NotFound(GONE)
            journal.write(connection, by, "undo", f"{count}")
        return count

    def undo_one(self, number: int, by: str) -> None:
        """Bring back one that was thrown away, whatever went with it. Raises NotFound."""
        with self._database.transaction() as connection:
            if not connection.execute(_REOPEN_ONE, (number,)).rowcount:
                raise NotFound(GONE)
            journal.write(connection, by, "undo", f"#{number}")

    def _settle_group(self, wanted: Wanted, action: str, verdict: Verdict) -> Done:
        """In steps, each a transaction with its line in the journal: one that dies loses none."""
        problem = self.group(wanted).problem
        done, after = Done(verdict.deed), 0
        for _step in range(MOST // AT_ONCE):
            asked = {**_asked(wanted), "after": after, "limit": AT_ONCE}
            with self._database.transaction() as connection:
                records = [Aside(*row) for row in connection.execute(_NEXT, asked)]
                settled = 0
                for record in records:
                    settled += _settled(connection, record, action, verdict)
                if settled:
                    about = f"{wanted.office or '*'}: {problem}"
                    journal.write(
                        connection, verdict.by, action, about, f"{settled}: {verdict.why}"
                    )
            done = replace(
                done, count=done.count + settled, left=done.left + len(records) - settled
            )
            if len(records) < AT_ONCE:
                break
            after = records[-1].id
        return done


def readable(raw: bytes) -> str:
    """Bytes as text in which nothing is hidden: what does not show is written as its number."""
    text = raw.decode("utf-8", "backslashreplace")
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )


def _asked(wanted: Wanted) -> dict[str, object]:
    return {"office": wanted.office, "group": wanted.group, "is_open": wanted.is_open}


def _held(connection: Connection, number: int) -> Aside:
    """An open record, which nobody else settles meanwhile. Raises NotFound."""
    query: LiteralString = _ONE + " AND q.settled_at IS NULL FOR UPDATE OF q"
    row = connection.execute(query, {"id": number}).fetchone()
    if row is None:
        raise NotFound(GONE)
    return Aside(*row)


def _settled(connection: Connection, record: Aside, action: str, verdict: Verdict) -> bool:
    if action == "accept":
        return not _let_in(connection, record, verdict)
    verdict.settle(connection, record.id, "dropped")
    return True


def _let_in(connection: Connection, record: Aside, verdict: Verdict) -> str:
    """Store the record as one that fits; else nothing, and why."""
    row = record.row
    if isinstance(row, str):
        return row
    try:
        with connection.transaction():
            verdict.settle(connection, record.id, "released")
            store.let_in(connection, record.device, record.stream, row)
    except DataError as error:
        return f"cannot be stored: {error.sqlstate}"
    return ""
