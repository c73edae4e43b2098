"""Answers that say no, each with the body of RFC 9457."""

from typing import TypeVar

import msgspec
from flask import Flask, Response
from psycopg import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from appliance.hub.answers import json_response
from appliance.runtime.logs import get_logger
from appliance.sync import protocol
from appliance.sync.protocol import Head, ProblemKind

Body = TypeVar("Body")
PATIENCE_S = {protocol.UNAVAILABLE: 10, protocol.SUSPENDED: 3600, protocol.SLOW_DOWN: 60}
_BY_STATUS = {404: protocol.NOT_FOUND, 413: protocol.TOO_LARGE, 415: protocol.BAD_MEDIA}
log = get_logger("hub")


class Problem(Exception):
    """Raised wherever a request has to be answered with no."""

    def __init__(self, kind: ProblemKind, detail: str = "", *, head: Head | None = None) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail
        self.head = head


def answer(problem: Problem) -> Response:
    """The problem as a response, with the stream's head and the time to wait where they help."""
    kind, etag = problem.kind, problem.head.etag if problem.head else ""
    body = protocol.Problem(kind.uri, kind.title, kind.status, problem.detail, kind.retryable, etag)
    response = json_response(body, kind.status, media_type=protocol.PROBLEM_TYPE)
    if etag:
        response.headers["ETag"] = etag
    if kind in PATIENCE_S:
        response.headers["Retry-After"] = str(PATIENCE_S[kind])
    return response


def install(app: Flask) -> None:
    """Let every error of the application be answered as a problem."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(OperationalError, _of_database)
    app.register_error_handler(DataError, _of_data)
    app.register_error_handler(Exception, _unforeseen)


def of_http(error: HTTPException) -> Response:
    """The problem of an error of HTTP itself."""
    status = error.code or 500
    if status in _BY_STATUS:
        return answer(Problem(_BY_STATUS[status]))
    title = error.name if status < 500 else protocol.INTERNAL.title
    kind = ProblemKind("bad-request" if status < 500 else "internal", status, title, status >= 500)
    response = answer(Problem(kind))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers["Allow"] = value
    return response


def _of_database(error: OperationalError) -> Response:
    log.warning("the database does not answer", sqlstate=error.sqlstate or "", exc_info=error)
    return answer(Problem(protocol.UNAVAILABLE))


def _of_data(error: DataError) -> Response:
    return answer(Problem(protocol.BAD_REQUEST, f"cannot be stored: {error.sqlstate or 'NUL'}"))


def _unforeseen(error: Exception) -> Response:
    log.error("a request failed", exc_info=error)
    return answer(Problem(protocol.INTERNAL))


def decoded(content: bytes, kind: type[Body]) -> Body:
    """A JSON body as one of the protocol's. Raises Problem."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(protocol.BAD_REQUEST, str(error)[:200]) from None
