"""The journal: who did what, when and why, in a chain that shows any later change."""

from appliance.journal.book import Journal
from appliance.journal.line import JournalEntry
from appliance.journal.proof import GENESIS

__all__ = ["GENESIS", "Journal", "JournalEntry"]
