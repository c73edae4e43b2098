"""One line of the journal."""

import datetime as dt
from dataclasses import dataclass


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
