"""What the journal knows of closed days: each report names its end, and it names each seal."""

import datetime as dt

from appliance.day_closing.rules import DayReport
from appliance.storage import statements

CLOSED = "day.closed"


def head() -> dict[str, object]:
    """The end of the journal when the day was sealed: what came before it is vouched for, too."""
    head = statements.first("SELECT seq, chain FROM journal ORDER BY seq DESC LIMIT 1")
    return {"seq": 0, "chain": ""} if head is None else {"seq": head[0], "chain": head[1].hex()}


def is_journalled(report: DayReport) -> bool:
    """Whether the journal is as the report says, and has its seal in the line after that."""
    told = report.content["journal"]
    seq = told.get("seq") if isinstance(told, dict) else None
    if not isinstance(seq, int):
        return False
    before = statements.first(_CHAIN, (seq,)) if seq else None
    line = statements.first(_CLOSED, (seq + 1,))
    is_same = (before is None and not seq) or (
        before is not None and before[0].hex() == told.get("chain")
    )
    return is_same and line is not None and tuple(line) == (CLOSED, report.seal)


def missing_after(report: DayReport | None) -> dt.date | None:
    """The first day that was closed after this report, as the journal has it; None without."""
    told = {} if report is None else report.content["journal"]
    seq = told.get("seq") if isinstance(told, dict) else None
    after = seq + 1 if isinstance(seq, int) and report is not None else 0
    line = statements.first(_NEXT, (after, CLOSED))
    return None if line is None else dt.date.fromisoformat(line[0].removeprefix("day/"))


_CHAIN = "SELECT chain FROM journal WHERE seq = ?"
_CLOSED = "SELECT action, reason FROM journal WHERE seq = ?"
_NEXT = "SELECT subject FROM journal WHERE seq > ? AND action = ? ORDER BY seq LIMIT 1"
