"""How long scans are kept: until check-out or closing, and the office's grace after it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.clock import Stamp, has_come
from appliance.documents.rules import is_credible
from appliance.errors import N_, Refused
from appliance.offices import Office, Policy
from appliance.visits import opening
from appliance.visits.rules import VisitCard

MEGABYTE = 1_000_000


class Cause(StrEnum):
    """Why scans were deleted; the values are those of the database and the journal."""

    ASKED = "asked"
    CHECKOUT = "checkout"
    CLOSING = "closing"
    EMPTY = "empty"
    """Nothing had been scanned."""


OVER = (Cause.CHECKOUT, Cause.CLOSING)  # the time that the visitor was told


@dataclass(frozen=True, slots=True)
class Due:
    """When scans go, and why then."""

    at: dt.datetime
    cause: Cause


def due(
    visit: VisitCard, office: Office, now: Stamp, *, last_used: dt.datetime | None = None
) -> Due | None:
    """When the scans of a visit are to be deleted; None when no clock can tell.

    After check-out it is the end of the visit that counts; until then the room's closing, or the
    last use of the scans when somebody still scans then.
    """
    grace = dt.timedelta(minutes=office.policy.scan_grace_minutes)
    if visit.closed_at is not None:
        return due_after(visit.closed_at, office, now)
    if not is_credible(visit.registered_at, now):
        return None
    closes = closing_time(visit.registered_at, office)
    if last_used is not None and is_credible(last_used, now):
        closes = max(closes, last_used)
    return Due(closes + grace, Cause.CLOSING)


def due_after(ended_at: dt.datetime, office: Office, now: Stamp) -> Due | None:
    """When scans go after a check-out at that moment; None when no clock can tell."""
    grace = dt.timedelta(minutes=office.policy.scan_grace_minutes)
    return Due(ended_at + grace, Cause.CHECKOUT) if is_credible(ended_at, now) else None


def is_over(found: Due | None, now: Stamp) -> bool:
    """Whether the time has come. Never by a clock that is not set: the year may be any."""
    return found is not None and has_come(found.at, now)


def closing_time(registered_at: dt.datetime, office: Office) -> dt.datetime:
    """When the room closes on the day of a visit; midnight when it was closed already."""
    local = registered_at.astimezone(office.zone)
    found = opening.closing(office.opening, local)
    if found is None or found.at <= local:
        midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), office.zone)
        return midnight.astimezone(dt.UTC)
    return found.at.astimezone(dt.UTC)


def check_quota(pages: int, size_bytes: int, policy: Policy) -> None:
    """Return when a visit may scan another page; raises Refused when it has had its share."""
    if pages >= policy.scan_pages_per_visit:
        raise Refused(
            N_(
                "Satu kunjungan paling banyak %(limit)s halaman. Unduh, lalu hapus berkas yang "
                "tidak perlu."
            ),
            limit=policy.scan_pages_per_visit,
        )
    if size_bytes >= policy.scan_megabytes_per_visit * MEGABYTE:
        raise Refused(
            N_(
                "Satu kunjungan paling banyak %(limit)s MB hasil pindai. Unduh, lalu hapus "
                "berkas yang tidak perlu."
            ),
            limit=policy.scan_megabytes_per_visit,
        )
