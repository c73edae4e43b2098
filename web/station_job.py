"""The visitor and the job that a request of the station is about."""

from flask import Response, url_for
from werkzeug.exceptions import HTTPException

from appliance.documents.rules import JobState
from appliance.documents.views import JobView
from web import station_visit
from web.context import services
from web.render import see_other
from web.station_visit import Bound

IDLE_S = 60  # after which nothing of a visitor who has left may stand on the screen


def bound_visit() -> Bound:
    """Who stands at the station; without anybody the answer is the first screen."""
    here = station_visit.bound()
    if here is None:
        raise HTTPException(response=see_other(url_for("station.home")))
    return here


def bound_job() -> JobView:
    """The job on the screen; without one the answer is the screen before it."""
    job = job_of(bound_visit())
    if job is None:
        raise HTTPException(response=see_other(url_for("station.scan")))
    return job


def job_of(here: Bound) -> JobView | None:
    """The job on this screen, unless it was thrown away meanwhile."""
    if not here.job_uuid:
        return None
    job = services().documents.job(here.job_uuid, visit_id=here.visit.id)
    return None if job.state is JobState.DISCARDED else job


def to_page(page_uuid: str) -> Response:
    """Back to the pages, with this one large."""
    return see_other(url_for("station.scan", page=page_uuid or None))
