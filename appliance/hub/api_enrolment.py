"""What is answered without a signature: the time, claims, how the hub is, what problems mean."""

import datetime as dt

from flask import Blueprint, Response, request

from appliance.hub import incoming
from appliance.hub.answers import json_response
from appliance.hub.database import Database
from appliance.hub.enrolment import Enrolment
from appliance.hub.problems import Problem, decoded
from appliance.sync import protocol

CLAIM_LIMIT_BYTES = 4096


def blueprint(enrolment: Enrolment) -> Blueprint:
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
        return json_response(enrolment.claim(claim), 201)

    return routes


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
