"""What the journal is looked through by, filled a stretch at a time, long after the lines.

An index of SQLite's own would be written with every line: measured, 22 kB more for each of them on
a card that wears out. Filled once a day the same entries share their pages.
"""

from collections import Counter, defaultdict

from appliance.storage import statements
from appliance.storage.writer import Writer

STRETCH = 2000  # lines a transaction: nobody else waits for longer than about 50 ms
VISITORS, APPLIANCE = "visitor", "system"
_LINES = "SELECT seq, at, actor, action, subject FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
_ADD_KEY = (
    "INSERT INTO journal_key (what, value, lines) VALUES (?, ?, ?)"
    " ON CONFLICT (what, value) DO UPDATE SET lines = lines + excluded.lines"
)
_KEY = "SELECT id FROM journal_key WHERE what = ? AND value = ?"
_FIND = "INSERT INTO journal_find (key_id, seq) VALUES (?, ?)"
_STRETCH = "INSERT INTO journal_stretch (last_seq, first_seq, earliest, latest) VALUES (?, ?, ?, ?)"
Key = tuple[str, str]


class JournalIndex:
    """Fills what the journal is looked through by; every change goes by the writer."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def catch_up(self) -> int:
        """Enter every line that is not yet; how many those were."""
        entered = 0
        while count := self._writer.run(_enter_stretch):
            entered += count
        return entered


def entered() -> int:
    """The number of the last line that was entered; 0 before the first."""
    last = statements.first("SELECT max(last_seq) FROM journal_stretch")
    return int(last[0]) if last and last[0] is not None else 0


def who_key(actor: str) -> str:
    """By what an actor is found: members of staff by name in whatever role, visitors together."""
    role, _, name = actor.partition(":")
    return role if role in (VISITORS, APPLIANCE) else f"staff:{name}"


def keys_of(actor: str, action: str, subject: str) -> tuple[Key, Key, Key]:
    """Everything that a line is found by."""
    return ("who", who_key(actor)), ("kind", action.partition(".")[0]), ("subject", subject)


def _enter_stretch() -> int:
    rows = statements.every(_LINES, (entered(), STRETCH))
    if not rows:
        return 0
    found: defaultdict[Key, list[int]] = defaultdict(list)
    for seq, _at, actor, action, subject in rows:
        for key in keys_of(actor, action, subject):
            found[key].append(seq)
    counts = Counter({key: len(numbers) for key, numbers in found.items()})
    statements.run_many(_ADD_KEY, [(*key, count) for key, count in counts.items()])
    statements.run_many(_FIND, sorted(_entries(found)))
    moments = [row[1] for row in rows]
    statements.run(_STRETCH, (rows[-1][0], rows[0][0], min(moments), max(moments)))
    return len(rows)


def _entries(found: dict[Key, list[int]]) -> list[tuple[int, int]]:
    entries = []
    for key, numbers in found.items():
        row = statements.first(_KEY, key)
        if row is None:
            raise RuntimeError("a key that was just written is not there")
        entries += [(int(row[0]), seq) for seq in numbers]
    return entries
