"""Answers of the hub as JSON."""

import msgspec
from flask import Response

from appliance.sync import protocol


def json_response(
    body: object, status: int = 200, *, etag: str = "", media_type: str = protocol.JSON_TYPE
) -> Response:
    """The response with this body, under an entity tag where it has one."""
    response = Response(msgspec.json.encode(body), status, content_type=media_type)
    if etag:
        response.headers["ETag"] = etag
    return response
