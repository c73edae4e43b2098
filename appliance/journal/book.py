"""Lines are added to the journal here, each locked to the one before it."""

import datetime as dt
import json
from collections.abc import Mapping

from appliance.actor import Actor
from appliance.clock import Clock
from appliance.journal import reading, written
from appliance.journal.line import JournalEntry
from appliance.journal.proof import GENESIS, Head, Noted, Proof, link, prove
from appliance.storage import statements
from appliance.storage.models import Journal as Entry
from appliance.storage.models import utc_text

_LAST = "SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1"
_NEWEST = "SELECT max(seq) FROM journal"
_APPEND = (
    "INSERT INTO journal"
    " (seq, at, boot_id, boot_ms, clock, actor, action, subject, reason, detail, chain)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Journal:
    """Append-only record of every change, and of every read or export of personal data."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def append(
        self, action: str, subject: str, *, by: Actor, why: str = "", detail: Mapping[str, object]
    ) -> None:
        """Add one line. Belongs inside a function given to the writer.

        `why` stays in the line when it is a code of `words`; words of somebody are kept beside it.
        """
        stamp = self._clock.stamp()
        last = statements.first(_LAST)
        seq, before = (int(last[0]) + 1, last[1]) if last else (1, GENESIS)
        reason, salt = written.taken_apart(why)
        row: dict[str, str | int] = {
            "seq": seq,
            "at": utc_text(stamp.at),
            "boot_id": stamp.boot_id,
            "boot_ms": stamp.boot_ms,
            "clock": int(stamp.quality),
            "actor": str(by),
            "action": action,
            "subject": subject,
            "reason": reason,
            "detail": json.dumps(detail, sort_keys=True, ensure_ascii=False, default=str),
        }
        statements.run(_APPEND, (*row.values(), link(before, row)))
        if salt:
            written.keep(seq, salt, why)

    def latest(self, limit: int = 100, before: int | None = None) -> list[JournalEntry]:
        """The newest lines first, at most `limit`, optionally only those before a number."""
        return reading.page(reading.Wanted(), limit, before)

    def page(
        self, wanted: reading.Wanted, limit: int, before: int | None = None
    ) -> list[JournalEntry]:
        """The newest lines that were asked for, at most `limit`, only those before a number."""
        return reading.page(wanted, limit, before)

    def kinds(self) -> list[str]:
        """Every kind of line there is, such as ``visit`` and ``locker``, by name."""
        return reading.kinds()

    def newest_seq(self) -> int:
        """The number of the newest line; 0 before the first."""
        newest = statements.first(_NEWEST)
        return int(newest[0] or 0) if newest else 0

    def newest_at(self) -> dt.datetime | None:
        """When the newest line was written; None before the first."""
        last: Entry | None = Entry.select(Entry.at).order_by(Entry.seq.desc()).first()
        return last.at if last else None

    def head(self) -> Head:
        """The newest line and its link, to be noted where nobody at the appliance can reach it."""
        last = statements.first(_LAST)
        return Head(int(last[0]), bytes(last[1]).hex()) if last else Head(0, GENESIS.hex())

    def prove(self, noted: Noted | None = None) -> Proof:
        """Whether every line fits its chain, and with `noted` whether it is the chain of then.

        Reads every line at constant memory: seconds for 100,000 of them.
        """
        return prove(noted)

    def first_broken_link(self) -> int | None:
        """The number of the first line that does not fit its chain; None when all do."""
        return self.prove().broken_at
