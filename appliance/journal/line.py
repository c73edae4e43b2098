"""One line of the journal."""

import datetime as dt
from dataclasses import dataclass

MARK = "written:"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal as shown and exported.

    `reason` is a code or somebody's words; a hash of them once they were forgotten.
    """

    seq: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    reason: str
    detail: str

    @property
    def is_forgotten(self) -> bool:
        """Whether somebody's words stood here, which are gone with the person they told of."""
        return self.reason.startswith(MARK)
