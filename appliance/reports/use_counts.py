"""What was used and done in a period, counted by the database.

What belongs to a visit counts on its day; alarms, copies and complaints on their own.
"""

import datetime as dt
from dataclasses import dataclass

from appliance.reports.periods import Period
from appliance.storage import statements
from appliance.storage.models import utc_text
from appliance.storage.models.visits import OF_DAY

Counts = dict[str, int]
_OF_VISITS = (
    f"FROM {{table}} t JOIN visit v ON v.id = t.visit_id WHERE {OF_DAY} >= ? AND {OF_DAY} < ?"
)
_IN_TIME = "FROM {table} WHERE {moment} >= ? AND {moment} < ?"
_KINDS = "SELECT {column}, count(*) {rows} GROUP BY 1"


def _of(table: str) -> str:
    return _OF_VISITS.format(table=table)


_LOCKERS = (
    "SELECT count(*), count(DISTINCT t.visit_id), count(DISTINCT t.locker_id) "
    f"{_of('locker_session')}"
)
# Who leaves at a moment has left when the next one comes: -1 before +1.
_PEAK = """
    SELECT max(inside) FROM (
        SELECT sum(step) OVER (ORDER BY at, step ROWS UNBOUNDED PRECEDING) AS inside FROM (
            SELECT max(started_at, ?1) AS at, 1 AS step FROM locker_session
            WHERE started_at < ?2 AND coalesce(ended_at > ?1, 1)
            UNION ALL
            SELECT ended_at, -1 FROM locker_session
            WHERE started_at < ?2 AND ended_at > ?1))"""
_SCANS = (
    "SELECT count(page_count), coalesce(sum(page_count), 0), count(DISTINCT t.visit_id) "
    f"{_of('scan_job')} AND page_count IS NOT NULL"
)
_HAND_OUTS = (
    "SELECT h.kind, count(*) "
    f"{_of('scan_hand_out h JOIN scan_job')} AND t.id = h.job_id AND h.state = 'done' GROUP BY 1"
)
_MAILED = f"SELECT count(*) {_of('mail_message')} AND t.state = 'sent'"
_QUALITY = f"SELECT count(quality), sum(quality) {_of('softcopy_request')}"
# That somebody complained of an officer who took money is for admins alone: they see the box.
_COMPLAINTS = """
    SELECT CASE topic WHEN 'integrity' THEN 'other' ELSE topic END AS told, count(*),
        count(answered_at), coalesce(sum(answered_at <= due_at), 0),
        coalesce(sum(answered_at > due_at), 0),
        coalesce(sum(answered_at IS NULL AND due_at < ?3), 0)
    FROM complaint WHERE created_at >= ?1 AND created_at < ?2 GROUP BY told ORDER BY told"""


@dataclass(frozen=True, slots=True)
class LockerUse:
    """How lockers were used; `peak` is how many were in use at once, at most."""

    times: int
    visits: int
    lockers: int
    peak: int


@dataclass(frozen=True, slots=True)
class ScanUse:
    """Finished scans, their pages, and the visits that made them."""

    files: int
    pages: int
    visits: int


@dataclass(frozen=True, slots=True)
class ComplaintCount:
    """Complaints about one topic that were made in the period, as they stand now."""

    topic: str
    made: int
    answered: int
    in_time: int
    late: int
    overdue: int


class UseCounts:
    """The counts of one period at an office in this zone; `now` tells what is overdue."""

    def __init__(self, period: Period, zone: dt.tzinfo, now: dt.datetime) -> None:
        self._days = period.days
        first, after = period.moments(zone)
        self._moments = (utc_text(first), utc_text(after))
        self._now = utc_text(now)

    def lockers(self) -> LockerUse:
        times, visits, lockers = self._one(_LOCKERS, self._days)
        (peak,) = self._one(_PEAK, self._moments)
        return LockerUse(times, visits, lockers, peak or 0)

    def of_visits(self, table: str, column: str) -> Counts:
        """Rows of a table of visits by one of its columns; neither ever comes from outside."""
        sql = _KINDS.format(column=f"t.{column}", rows=_of(table))
        rows = statements.every(sql, self._days)
        return {str(code or ""): count for code, count in rows}

    def in_time(self, table: str, column: str, moment: str) -> Counts:
        """Rows of a table by a column, of those whose `moment` lies in the period."""
        rows = _IN_TIME.format(table=table, moment=moment)
        sql = _KINDS.format(column=column, rows=rows)
        return {str(code or ""): count for code, count in statements.every(sql, self._moments)}

    def scans(self) -> ScanUse:
        return ScanUse(*self._one(_SCANS, self._days))

    def hand_outs(self) -> Counts:
        """Scans that were printed, copied to a stick (`usb`) or sent (`mail`)."""
        (mailed,) = self._one(_MAILED, self._days)
        return {**dict(statements.every(_HAND_OUTS, self._days)), "mail": mailed}

    def data_quality(self) -> tuple[int, int]:
        """How many judged the data they got, and the sum of their marks from 1 to 10."""
        count, total = self._one(_QUALITY, self._days)
        return count, total or 0

    def complaints(self) -> tuple[ComplaintCount, ...]:
        rows = statements.every(_COMPLAINTS, (*self._moments, self._now))
        return tuple(ComplaintCount(*row) for row in rows)

    @staticmethod
    def _one(sql: str, values: tuple[str, ...]) -> tuple[int, ...]:
        return statements.first(sql, values) or ()
