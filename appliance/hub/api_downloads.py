"""What the devices fetch: the catalogue, and files by their hash."""

from flask import Blueprint, Response, request

from appliance.hub import incoming
from appliance.hub.answers import json_response
from appliance.hub.api_devices import number_in_query
from appliance.hub.blobs import Blobs, Span, span_of
from appliance.hub.callers import Callers
from appliance.hub.catalogue import PAGE_LIMIT, CatalogueStore
from appliance.hub.database import Database
from appliance.hub.problems import Problem, answer
from appliance.sync import protocol

# Devices ask for pieces of half a megabyte. See `outbuf_high_watermark` of the server: whoever asks
# for more and reads nothing would hold its thread.
ANSWER_LIMIT_BYTES = 4 << 20
IMMUTABLE = "private, max-age=31536000, immutable"


def blueprint(callers: Callers, database: Database) -> Blueprint:
    """The routes below the version's prefix."""
    routes = Blueprint("downloads", __name__)
    store, blobs = CatalogueStore(database), Blobs(database)

    @routes.get("/catalogue/changes")
    def changes() -> Response:
        callers.of(incoming.of_request(request, 0))
        limit = number_in_query("limit", PAGE_LIMIT, PAGE_LIMIT)
        if limit == 0:
            raise Problem(protocol.BAD_REQUEST, "limit")
        return json_response(store.changes(number_in_query("after", 0), limit))

    @routes.get("/catalogue/snapshot")
    def snapshot() -> Response:
        callers.of(incoming.of_request(request, 0))
        return json_response(store.snapshot())

    @routes.get("/blobs/<string(length=64):sha256>")
    def blob(sha256: str) -> Response:
        message = incoming.of_request(request, 0)
        callers.of(message)
        try:
            found = blobs.find(bytes.fromhex(sha256))
        except ValueError:
            raise Problem(protocol.NOT_FOUND) from None
        etag = f'"{sha256.lower()}"'
        wanted = message.header("range")
        if message.header("if-range") not in ("", etag):
            wanted = ""
        try:
            span = span_of(wanted, found.size_bytes)
        except ValueError:
            response = answer(Problem(protocol.BAD_RANGE))
            response.headers["Content-Range"] = f"bytes */{found.size_bytes}"
            return response
        whole = Span(0, found.size_bytes)
        response = Response(blobs.read(found, span or whole), 206 if span else 200)
        start, end = span or whole
        if end - start > ANSWER_LIMIT_BYTES:
            raise Problem(protocol.TOO_LARGE, f"ask for {ANSWER_LIMIT_BYTES} bytes at most")
        response.headers.update(
            {
                "Content-Type": found.media_type,
                "Content-Length": str(end - start),
                "ETag": etag,
                "Accept-Ranges": "bytes",
                "Cache-Control": IMMUTABLE,
            }
        )
        if span:
            response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size_bytes}"
        return response

    return routes
