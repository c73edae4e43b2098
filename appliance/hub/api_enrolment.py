"""What is answered without a signature: the time, claims, how the hub is, what problems mean."""

import contextlib
import datetime as dt
from collections.abc import Iterator

from flask import Blueprint, Response, request

from appliance.hub import incoming
from appliance.hub.answers import json_response
from appliance.hub.database import Database
from appliance.hub.enrolment import Enrolment
from appliance.hub.problems import Problem, decoded
from appliance.hub.throttle import Allowance, Throttle, address
from appliance.sync import protocol

CLAIM_LIMIT_BYTES = 4096
# Only claims that fail count: many offices behind one address may enrol on the same morning.
FAILED_CLAIMS, FAILED_CLAIMS_IN_S = 30, 600
_COUNTED = (protocol.BAD_CLAIM, protocol.BAD_SIGNATURE)


def blueprint(enrolment: Enrolment, throttle: Throttle) -> Blueprint:
    """The routes below the version's prefix."""
    routes = Blueprint("enrolment", __name__)

    @routes.get("/time")
    def time() -> Response:
        now = dt.datetime.now(dt.UTC)
        response = json_response(protocol.Now(now.isoformat(timespec="milliseconds")))
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.post("/enrolments")
    def enrol() -> Response:
        message = incoming.of_request(request, CLAIM_LIMIT_BYTES)
        message.check_media(protocol.JSON_TYPE)
        claim = decoded(message.unpacked(CLAIM_LIMIT_BYTES), protocol.Claim)
        with _slowed(throttle):
            return json_response(enrolment.claim(claim), 201)

    return routes


@contextlib.contextmanager
def _slowed(throttle: Throttle) -> Iterator[None]:
    """Around a claim: one that fails counts against its address. Raises Problem after too many."""
    here = f"claim from {address(request.remote_addr)}"
    allowed = Allowance(here, FAILED_CLAIMS, FAILED_CLAIMS_IN_S)
    if throttle.wait_s(allowed):
        raise Problem(protocol.SLOW_DOWN, "too many claims that failed")
    try:
        yield
    except Problem as problem:
        if problem.kind in _COUNTED:
            throttle.take(allowed)
        raise


def plain_blueprint(database: Database) -> Blueprint:
    """The routes without a version."""
    routes = Blueprint("plain", __name__)

    @routes.get("/healthz")
    def healthz() -> Response:
        database.row("SELECT 1")
        return json_response({"state": "ok"})

    @routes.get("/problems/<slug>")
    def problem(slug: str) -> Response:
        for kind in protocol.PROBLEMS:
            if kind.slug == slug:
                retry = "Try again later." if kind.retryable else "Trying again does not help."
                text = f"{kind.status} {kind.title}\n\n{retry}\n"
                return Response(text, content_type="text/plain; charset=utf-8")
        raise Problem(protocol.NOT_FOUND)

    return routes
