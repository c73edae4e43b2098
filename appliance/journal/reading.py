"""The journal looked through: a page of lines by who, what, about what and when.

What was written since the index was last filled is read as it is, at most a day or two of lines;
what is older is found by the index, the rarest of the things asked for first.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from appliance.journal import index
from appliance.journal.index import APPLIANCE, VISITORS, Key
from appliance.journal.line import JournalEntry
from appliance.storage import statements
from appliance.storage.models import utc_text

__all__ = ["APPLIANCE", "VISITORS", "Wanted", "kinds", "page"]
_REASON = "coalesce((SELECT w.words FROM journal_words w WHERE w.seq = j.seq), j.reason)"
_COLUMNS = f"j.seq, j.at, j.actor, j.action, j.subject, {_REASON}, j.detail"
_IN_BOUNDS = "j.seq BETWEEN ? AND ? AND j.at >= ? AND j.at < ?"
_UNENTERED = f"SELECT {_COLUMNS} FROM journal j WHERE {_IN_BOUNDS} ORDER BY j.seq DESC LIMIT ?"  # noqa: S608 - our own
LINES_AT_ONCE = 500
_NEWEST = "SELECT max(seq) FROM journal"
_KEY = "SELECT id, lines FROM journal_key WHERE what = ? AND value = ?"
_STRETCHES = (
    "SELECT min(first_seq), max(last_seq) FROM journal_stretch WHERE latest >= ? AND earliest < ?"
)
_KINDS = (
    "SELECT value FROM journal_key WHERE what = 'kind'"
    " UNION SELECT substr(action, 1, instr(action, '.') - 1) FROM journal WHERE seq > ?"
)


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
class _Bounds:
    """Between which numbers, both included, and which moments to look."""

    low: int
    high: int
    begin: str
    end: str

    def between(self, low: int, high: int) -> "_Bounds":
        return _Bounds(max(self.low, low), min(self.high, high), self.begin, self.end)


def page(wanted: Wanted, limit: int, before: int | None = None) -> list[JournalEntry]:
    """The newest lines first, at most `limit`, only those before a number where it is given."""
    newest, entered = statements.first(_NEWEST), index.entered()
    last = int(newest[0]) if newest and newest[0] is not None else 0
    bounds = _Bounds(
        1,
        last if before is None else before - 1,
        utc_text(wanted.since) if wanted.since else "",
        utc_text(wanted.until) if wanted.until else "~",
    )
    found = _written_since(wanted, bounds.between(entered + 1, last), limit)
    if len(found) < limit:
        found += _entered(wanted, bounds.between(1, entered), limit - len(found))
    return found


def kinds() -> list[str]:
    """Every kind of line there is, by name."""
    return sorted(str(kind) for (kind,) in statements.every(_KINDS, (index.entered(),)))


def _written_since(wanted: Wanted, bounds: _Bounds, limit: int) -> list[JournalEntry]:
    """Line by line, a few at a time: before the first filling these are all there are."""
    keys: set[Key] = set(_keys(wanted))
    found: list[JournalEntry] = []
    while bounds.low <= bounds.high and len(found) < limit:
        rows = statements.every(_UNENTERED, (*_values(bounds), LINES_AT_ONCE))
        some = [_entry(row) for row in rows]
        found += [one for one in some if keys <= _keys_of(one)]
        if len(some) < LINES_AT_ONCE:
            break
        bounds = bounds.between(bounds.low, some[-1].seq - 1)
    return found[:limit]


def _entered(wanted: Wanted, bounds: _Bounds, limit: int) -> list[JournalEntry]:
    """By the index: what fewest lines have goes first, the other things are looked up for each."""
    if wanted.since is not None or wanted.until is not None:
        stretch = statements.first(_STRETCHES, (bounds.begin, bounds.end))
        low, high = stretch if stretch and stretch[0] is not None else (1, 0)
        bounds = bounds.between(low, high)
    ids = [statements.first(_KEY, key) for key in _keys(wanted)]
    if None in ids or bounds.low > bounds.high:
        return []
    rarest_first = [key_id for key_id, _lines in sorted(filter(None, ids), key=lambda k: k[1])]
    tables = [f"journal_find f{n}" for n in range(len(rarest_first))]
    joined = [f"f{n}.key_id = {int(key_id)}" for n, key_id in enumerate(rarest_first)]
    joined += [f"f{n}.seq = f0.seq" for n in range(1, len(rarest_first))]
    if rarest_first:
        joined += ["j.seq = f0.seq", "f0.seq BETWEEN ? AND ?", "j.at >= ?", "j.at < ?"]
    else:
        joined.append(_IN_BOUNDS)
    order = "f0.seq" if rarest_first else "j.seq"
    sql = (
        f"SELECT {_COLUMNS} FROM {' CROSS JOIN '.join([*tables, 'journal j'])}"  # noqa: S608 - our own
        f" WHERE {' AND '.join(joined)} ORDER BY {order} DESC LIMIT ?"
    )
    return [_entry(row) for row in statements.every(sql, (*_values(bounds), limit))]


def _keys(wanted: Wanted) -> list[Key]:
    keys: list[Key] = []
    if wanted.who:
        is_group = wanted.who in (VISITORS, APPLIANCE)
        keys.append(("who", wanted.who if is_group else f"staff:{wanted.who}"))
    if wanted.kind:
        keys.append(("kind", wanted.kind))
    if wanted.subject:
        keys.append(("subject", wanted.subject))
    return keys


def _keys_of(line: JournalEntry) -> set[Key]:
    return set(index.keys_of(line.actor, line.action, line.subject))


def _values(bounds: _Bounds) -> tuple[int, int, str, str]:
    return bounds.low, bounds.high, bounds.begin, bounds.end


def _entry(row: Sequence[object]) -> JournalEntry:
    seq, at, *rest = row
    return JournalEntry(int(str(seq)), dt.datetime.fromisoformat(str(at)), *map(str, rest))
