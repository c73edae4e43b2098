"""The journal looked through: a page of lines by who, what, about what and when.

However long it has grown, each page costs a few look-ups in an index: every kind of line is asked
for its newest few, which are merged, instead of reading what does not fit.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.actor import Role
from appliance.journal.line import JournalEntry
from appliance.storage import statements
from appliance.storage.models import utc_text

VISITORS, APPLIANCE = "visitor", "system"
STAFF_ROLES = (Role.OFFICER, Role.OPERATOR, Role.ADMIN, Role.HEAD)
MOST_LINES = 100_000  # of an export: a file of about 40 MB
# As the index in migration 0020 says it, or SQLite would not use it.
_OF_STAFF = "(actor < 'visitor' OR actor >= 'visitos')"
_IS_VISITOR = "actor >= 'visitor' AND actor < 'visitos'"
_NEXT_ACTION = "SELECT min(action) FROM journal WHERE action > ?"
_NUMBERS = "SELECT seq FROM journal"
_COLUMNS = "seq, at, actor, action, subject, reason, detail"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: all of them where nothing is said.

    `who` is a user name, VISITORS or APPLIANCE; `kind` what stands before the dot of an action;
    `since` and `until` are moments, the second one not included.
    """

    who: str = ""
    kind: str = ""
    subject: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _Test:
    """One condition; `by_index` when rows that pass it come out of an index in their order."""

    sql: str
    values: tuple[str | int, ...]


def page(wanted: Wanted, limit: int, before: int | None = None) -> list[JournalEntry]:
    """The newest lines first, at most `limit`, only those before a number where it is given."""
    sources, tests = _sources(wanted), _tests(wanted, before)
    if not sources:
        numbers = _numbers(_and(tests), tests, limit)
    elif len(sources) == 1:
        found = (_numbers(_and([source, *tests]), [source, *tests], limit) for source in sources[0])
        numbers = sorted({seq for part in found for seq in part}, reverse=True)[:limit]
    else:
        numbers = _in_all(sources, tests, limit)
    return _entries(numbers)


def kinds() -> list[str]:
    """Every kind of line there is, by name."""
    return sorted({action.partition(".")[0] for action in _actions()})


def _sources(wanted: Wanted) -> list[list[_Test]]:
    """For each thing that an index knows, the values that it may have."""
    sources = []
    if wanted.subject:
        sources.append([_Test("subject = ?", (wanted.subject,))])
    if wanted.kind:
        fitting = [a for a in _actions() if a.partition(".")[0] == wanted.kind]
        sources.append([_Test("action = ?", (action,)) for action in fitting])
    if wanted.who == APPLIANCE:
        sources.append([_Test(f"actor = ? AND {_OF_STAFF}", ("system:ruangbaca",))])
    elif wanted.who and wanted.who != VISITORS:
        names = (f"{role}:{wanted.who}" for role in STAFF_ROLES)
        sources.append([_Test(f"actor = ? AND {_OF_STAFF}", (name,)) for name in names])
    return sources


def _tests(wanted: Wanted, before: int | None) -> list[_Test]:
    """What each line found must pass as well."""
    tests = []
    if before is not None:
        tests.append(_Test("seq < ?", (before,)))
    if wanted.since is not None or wanted.until is not None:
        tests.append(_during(wanted.since, wanted.until))
    if wanted.who == VISITORS:
        tests.append(_Test(_IS_VISITOR, ()))
    return tests


def _during(since: dt.datetime | None, until: dt.datetime | None) -> _Test:
    """The days, and the numbers between which their lines lie, which is quick to look at."""
    begin, end = utc_text(since) if since else "", utc_text(until) if until else "~"
    found = statements.first(
        "SELECT min(seq), max(seq) FROM journal WHERE at >= ? AND at < ?", (begin, end)
    )
    low, high = found if found and found[0] is not None else (1, 0)
    return _Test("seq BETWEEN ? AND ? AND +at >= ? AND +at < ?", (low, high, begin, end))


def _in_all(sources: list[list[_Test]], tests: list[_Test], limit: int) -> list[int]:
    parts = [
        " UNION ALL ".join(f"{_NUMBERS} WHERE {one.sql}" for one in source) or f"{_NUMBERS} WHERE 0"
        for source in sources
    ]
    both = " INTERSECT ".join(f"SELECT * FROM ({part})" for part in parts)  # noqa: S608 - our own
    every = [*(one for source in sources for one in source), *tests]
    sql = f"seq IN ({both})" + (f" AND {_and(tests)}" if tests else "")
    return _numbers(sql, every, limit)


def _numbers(sql: str, tests: Sequence[_Test], limit: int) -> list[int]:
    values = [value for test in tests for value in test.values]
    query = f"{_NUMBERS} WHERE {sql or '1'} ORDER BY seq DESC LIMIT ?"
    return [int(seq) for (seq,) in statements.every(query, (*values, limit))]


def _entries(numbers: list[int]) -> list[JournalEntry]:
    rows = []
    for start in range(0, len(numbers), 500):
        some = numbers[start : start + 500]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT {_COLUMNS} FROM journal WHERE seq IN ({marks}) ORDER BY seq DESC"  # noqa: S608 - our own
        rows += statements.every(sql, some)
    return [JournalEntry(row[0], dt.datetime.fromisoformat(row[1]), *row[2:]) for row in rows]


def _actions() -> list[str]:
    """Every action there is, each found by one step through its index."""
    found, last = [], statements.first(_NEXT_ACTION, ("",))
    while last and last[0] is not None:
        found.append(str(last[0]))
        last = statements.first(_NEXT_ACTION, (found[-1],))
    return found


def _and(tests: Sequence[_Test]) -> str:
    return " AND ".join(test.sql for test in tests)
