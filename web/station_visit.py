"""Whose pages this station scans just now: kept in the browser's session, and soon forgotten.

Only the visit's number inside the house is kept, never its link, so that nothing in the address
bar or the history of the shared screen leads back to it.
"""

from dataclasses import dataclass

from flask import session

from appliance.actor import Actor, Role
from appliance.errors import NotFound
from appliance.visits.rules import VisitCard
from web import sessions
from web.context import services

KEY = "station"
FORGET_S = 900  # the screen itself wipes after a minute; this is for a browser that was closed
BOUND_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Bound:
    """The visit at the station, and the uuid of the job on its screen; empty before the first."""

    visit: VisitCard
    job_uuid: str


def bind(visit_id: int, job_uuid: str = "") -> None:
    """Remember who stands here, and that somebody just did something."""
    if _job_before() not in ("", job_uuid):
        _leave()
    now = services().clock.stamp()
    session[KEY] = [visit_id, job_uuid, now.boot_id, now.boot_ms]


def forget() -> None:
    """The next person finds nothing of this one, and the scanner free."""
    _leave()
    session.pop(KEY, None)


def bound() -> Bound | None:
    """Who stands here; None when nobody does, the visit is closed, or it was too long ago."""
    kept = session.get(KEY)
    if not isinstance(kept, list) or len(kept) != BOUND_FIELDS:
        return None
    visit_id, job_uuid, boot_id, boot_ms = kept
    now = services().clock.stamp()
    if boot_id != now.boot_id or now.boot_ms - boot_ms > FORGET_S * 1000:
        return None
    try:
        visit = services().visits.by_id(visit_id)
    except NotFound:
        return None
    return Bound(visit, job_uuid) if visit.is_open else None


def station_actor() -> Actor:
    """Who acts: the station itself, or the member of staff signed in on it."""
    staff = sessions.current_staff()
    return Actor(Role.STATION, "station") if staff is None else sessions.actor()


def _job_before() -> str:
    kept = session.get(KEY)
    is_whole = isinstance(kept, list) and len(kept) == BOUND_FIELDS
    return str(kept[1]) if is_whole and kept else ""


def _leave() -> None:
    job_uuid = _job_before()
    if job_uuid:
        services().scan_pages.leave(job_uuid, by=station_actor())
