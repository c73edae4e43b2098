"""The journal: who did what, when and why, in a chain that shows any later change."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peewee import fn

from appliance.actor import Actor
from appliance.clock import Clock
from appliance.storage import statements
from appliance.storage.models import Journal as Entry
from appliance.storage.models import utc_text

GENESIS = bytes(32)
_LAST = "SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1"
_APPEND = (
    "INSERT INTO journal"
    " (seq, at, boot_id, boot_ms, clock, actor, action, subject, reason, detail, chain)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal as shown and exported."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    reason: str
    detail: str


class Journal:
    """Append-only record of every change, and of every read or export of personal data."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def append(
        self, action: str, subject: str, *, by: Actor, why: str = "", detail: Mapping[str, object]
    ) -> None:
        """Add one line. Belongs inside a function given to the writer."""
        stamp = self._clock.stamp()
        last = statements.first(_LAST)
        seq, before = (int(last[0]) + 1, last[1]) if last else (1, GENESIS)
        row: dict[str, str | int] = {
            "seq": seq,
            "at": utc_text(stamp.at),
            "boot_id": stamp.boot_id,
            "boot_ms": stamp.boot_ms,
            "clock": int(stamp.quality),
            "actor": str(by),
            "action": action,
            "subject": subject,
            "reason": why,
            "detail": json.dumps(detail, sort_keys=True, ensure_ascii=False, default=str),
        }
        statements.run(_APPEND, (*row.values(), _link(before, row)))

    def latest(self, limit: int = 100, before: int | None = None) -> list[JournalEntry]:
        """The newest lines first, at most `limit`, optionally only those before a number."""
        query = Entry.select().order_by(Entry.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(Entry.seq < before)
        return [_entry(row) for row in query]

    def newest_seq(self) -> int:
        """The number of the newest line; 0 before the first."""
        return int(Entry.select(fn.MAX(Entry.seq)).scalar() or 0)

    def newest_at(self) -> dt.datetime | None:
        """When the newest line was written; None before the first."""
        last: Entry | None = Entry.select(Entry.at).order_by(Entry.seq.desc()).first()
        return last.at if last else None

    def first_broken_link(self) -> int | None:
        """The number of the first line that does not fit its chain; None when all do."""
        chain = GENESIS
        for expected, (row, link) in enumerate(self._rows(), start=1):
            chain = _link(chain, row)
            if row["seq"] != expected or link != chain:
                return expected
        return None

    @staticmethod
    def _rows() -> Iterator[tuple[dict[str, object], bytes]]:
        for row in Entry.select().order_by(Entry.seq).dicts().iterator():
            link = bytes(row.pop("chain"))
            row["at"] = utc_text(row["at"])
            yield row, link


def _link(before: bytes, row: Mapping[str, object]) -> bytes:
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(bytes(before) + text.encode()).digest()


def _entry(row: Entry) -> JournalEntry:
    return JournalEntry(row.seq, row.at, row.actor, row.action, row.subject, row.reason, row.detail)
