"""What an office wrote into a file because it has no line: the second way to the hub.

The file holds the very requests, each with its signature, so it is taken like them; carried twice
or in any order, nothing is there twice. Its receipt says how far each stream has come, signed.
"""

import base64
import datetime as dt
import re
import uuid
from collections.abc import Iterable
from typing import IO

import msgspec
from psycopg import DataError

from appliance.hub import own_keys
from appliance.hub.api_streams import StreamDoor
from appliance.hub.app import Hub
from appliance.hub.callers import Callers
from appliance.hub.enrolment import Enrolment
from appliance.hub.health import HealthBook
from appliance.hub.incoming import Incoming
from appliance.hub.problems import Problem, decoded
from appliance.hub.signed_documents import signed
from appliance.hub.store import EventStore
from appliance.sync import protocol, signing

LINE_LIMIT = 2 * protocol.BODY_LIMIT_BYTES
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DEVICE = re.compile(f"{protocol.PREFIX}/devices/(?P<device>{_UUID})(?P<rest>/.*)")
_STREAM = re.compile(f"/streams/(?P<epoch>{_UUID})(?P<events>/events)?")
_CLAIM = f"{protocol.PREFIX}/enrolments"


class CarriedFiles:
    """Takes files, one at a time."""

    def __init__(self, hub: Hub) -> None:
        database = hub.database
        self._database, self._keys = database, hub.keys
        self._callers = Callers(database)
        self._store = EventStore(database)
        self._door = StreamDoor(self._callers, self._store)
        self._enrolment = Enrolment(database, hub.keys)
        self._health = HealthBook(database)

    def take_file(self, file: IO[bytes]) -> protocol.Receipt:
        """The same of an open file, whose lines may be of any length."""
        return self.take(iter(lambda: file.readline(LINE_LIMIT + 1), b""))

    def take(self, lines: Iterable[bytes]) -> protocol.Receipt:
        """What became of each line of a file; a line that is refused does not stop the others.

        Raises Problem for what is no such file, psycopg.OperationalError.
        """
        numbered = enumerate(iter(lines), 1)
        _number, first = next(numbered, (0, b""))
        head = decoded(first[:LINE_LIMIT], protocol.FileHead)
        if head.format != protocol.FILE_FORMAT:
            raise Problem(protocol.BAD_REQUEST, head.format)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        receipt = protocol.Receipt(head.device, now)
        streams: dict[tuple[uuid.UUID, uuid.UUID], None] = {}
        for number, line in numbered:
            try:
                self._take(line, receipt, streams)
            except Problem as problem:
                said = protocol.Stumble(number, problem.kind.slug, problem.detail)
                receipt.problems.append(said)
            except DataError:
                receipt.problems.append(protocol.Stumble(number, protocol.BAD_REQUEST.slug))
        receipt.streams = [
            protocol.StreamHead(str(epoch), self._store.head(device, epoch).etag)
            for device, epoch in streams
        ]
        return receipt

    def sealed(self, receipt: protocol.Receipt) -> bytes:
        """The receipt as a file for the office, signed by the hub's key."""
        document = msgspec.json.encode(receipt)
        at = int(dt.datetime.fromisoformat(receipt.at).timestamp())
        keys = self._keys
        successors = own_keys.successors(self._database)
        found = signed(at, document, keys.sign(document), keys.key_id, successors)
        return msgspec.json.encode(found)

    def _take(
        self,
        line: bytes,
        receipt: protocol.Receipt,
        streams: dict[tuple[uuid.UUID, uuid.UUID], None],
    ) -> None:
        carried = _carried(line)
        incoming = _incoming(carried)
        if (carried.method, carried.path) == ("POST", _CLAIM):
            claim = decoded(incoming.body, protocol.Claim)
            _check_is_of(receipt, claim.device_id)
            receipt.enrolled = self._enrolment.claim(claim)
            return
        asked = _DEVICE.fullmatch(carried.path)
        if asked is None:
            raise Problem(protocol.NOT_FOUND, carried.path[:100])
        _check_is_of(receipt, asked["device"])
        device = uuid.UUID(asked["device"])
        stream = _STREAM.fullmatch(asked["rest"])
        if stream is not None:
            epoch = uuid.UUID(stream["epoch"])
            try:
                self._take_stream(incoming, device, epoch, receipt)
            except Problem as problem:
                if problem.head is None:  # only who has signed is told a head
                    raise
                streams[device, epoch] = None
                raise
            streams[device, epoch] = None
        elif (carried.method, asked["rest"]) == ("PUT", "/health"):
            caller = self._callers.of(incoming, str(device))
            self._health.keep(caller.device, decoded(incoming.body, protocol.Health))
        else:
            raise Problem(protocol.NOT_FOUND, carried.path[:100])

    def _take_stream(
        self, incoming: Incoming, device: uuid.UUID, epoch: uuid.UUID, receipt: protocol.Receipt
    ) -> None:
        has_events = incoming.message.path.endswith("/events")
        match incoming.message.method, has_events:
            case "PUT", False:
                self._door.open(incoming, device, epoch)
            case "POST", True:
                done = self._door.append_rest(incoming, device, epoch)
                receipt.stored += done.stored
                receipt.quarantined += done.quarantined
            case _:
                raise Problem(protocol.NOT_FOUND)


def _check_is_of(receipt: protocol.Receipt, device: str) -> None:
    """Raises Problem for a line of another device than the file's: its stream may have the same
    epoch, and who believes the receipt would take for delivered what the other one brought."""
    if device != receipt.device:
        raise Problem(protocol.FOREIGN)


def _carried(line: bytes) -> protocol.Carried:
    if len(line) > LINE_LIMIT:
        raise Problem(protocol.TOO_LARGE)
    return decoded(line, protocol.Carried)


def _incoming(carried: protocol.Carried) -> Incoming:
    headers = {name.lower(): value for name, value in carried.headers.items()}
    try:
        body = base64.b64decode(carried.body, validate=True)
    except ValueError:
        raise Problem(protocol.BAD_REQUEST, "body") from None
    if len(body) > protocol.BODY_LIMIT_BYTES:
        raise Problem(protocol.TOO_LARGE)
    authority = headers.get("host", "")
    return Incoming(signing.Message(carried.method, authority, carried.path, "", headers), body)
