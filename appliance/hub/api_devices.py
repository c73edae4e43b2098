"""What else a device asks and tells: its health, its keys, its configuration, its commands."""

import uuid
from typing import TypeVar

from flask import Blueprint, Response, request

from appliance.hub import incoming
from appliance.hub.answers import json_response
from appliance.hub.callers import Caller, Callers
from appliance.hub.database import Database
from appliance.hub.device_keys import DeviceKeys
from appliance.hub.health import HealthBook
from appliance.hub.incoming import Incoming
from appliance.hub.problems import Problem, decoded
from appliance.hub.signed_documents import ConfigDocuments
from appliance.sync import protocol

Body = TypeVar("Body")
_DEVICE = "/devices/<uuid:device>"


def blueprint(callers: Callers, database: Database) -> Blueprint:
    """The routes below the version's prefix."""
    routes = Blueprint("devices", __name__)
    keys, health, documents = DeviceKeys(database), HealthBook(database), ConfigDocuments(database)

    def asked(device: uuid.UUID) -> tuple[Incoming, Caller]:
        message = incoming.of_request(request, protocol.HEALTH_LIMIT_BYTES)
        return message, callers.of(message, str(device))

    @routes.put(f"{_DEVICE}/health")
    def keep_health(device: uuid.UUID) -> Response:
        message, caller = asked(device)
        health.keep(caller.device, _body(message, protocol.Health))
        return json_response({})

    @routes.get(f"{_DEVICE}/commands")
    def commands(device: uuid.UUID) -> Response:
        _message, caller = asked(device)
        return json_response(health.commands(caller.device, number_in_query("after", 0)))

    @routes.get(f"{_DEVICE}/config")
    def config(device: uuid.UUID) -> Response:
        message, caller = asked(device)
        found = documents.newest(caller.office)
        if found is None:
            raise Problem(protocol.NOT_FOUND, "no configuration yet")
        etag = f'"{found.version}"'
        if message.header("if-none-match").strip() == etag:
            return Response(status=304, headers={"ETag": etag})
        return json_response(found, etag=etag)

    @routes.post(f"{_DEVICE}/keys/nonce")
    def nonce(device: uuid.UUID) -> Response:
        _message, caller = asked(device)
        return json_response({"nonce": keys.nonce(caller)}, 201)

    @routes.post(f"{_DEVICE}/keys")
    def add_key(device: uuid.UUID) -> Response:
        message, caller = asked(device)
        name = keys.add(caller, _body(message, protocol.NewKey))
        return json_response({"key_id": name}, 201)

    return routes


def number_in_query(name: str, otherwise: int, most: int = (1 << 62)) -> int:
    """A whole number of the query. Raises Problem for anything else."""
    text = request.args.get(name, str(otherwise))
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > most:
        raise Problem(protocol.BAD_REQUEST, name)
    return int(text)


def _body(message: Incoming, kind: type[Body]) -> Body:
    message.check_media(protocol.JSON_TYPE)
    return decoded(message.unpacked(protocol.HEALTH_LIMIT_BYTES), kind)
