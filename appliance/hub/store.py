"""Where the devices' events are kept: streams, their heads, and appends that follow them.

An append is one transaction that moves the head, if it is still the expected one, and stores the
events: whatever dies in it, all of it has happened or nothing. The events are unique because the
head is; only a device with several streams may bring one again that it has sent in another.
"""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from psycopg import DataError

from appliance.hub.batches import Batch, Kept, Row
from appliance.hub.callers import Caller
from appliance.hub.database import Connection, Database
from appliance.hub.problems import Problem
from appliance.runtime.logs import get_logger
from appliance.sync import protocol
from appliance.sync.protocol import Head

STREAMS_LIMIT = 2000  # of one device: a new one begins at most every ten minutes
# Of one device, until somebody has looked at it: more comes from one that is broken or hostile.
ASIDE_LIMIT, ASIDE_LIMIT_BYTES = 10_000, 128 << 20
_FIND = "SELECT sequence, chain FROM stream WHERE device = %s AND epoch = %s"
_OPEN = (
    "INSERT INTO stream (device, epoch, chain, previous, reason, told_at)"
    " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (device, epoch) DO NOTHING"
)
_COUNT = "SELECT count(*) FROM stream WHERE device = %s"
# Appends of one device take turns, so that the copies of a cloned card see each other's events.
_TURN = "SELECT pg_advisory_xact_lock(%s)"
_MOVE = (
    "UPDATE stream SET sequence = %s, chain = %s, appended_at = now()"
    " WHERE device = %s AND epoch = %s AND sequence = %s AND chain = %s"
    " RETURNING id, (SELECT count(*) FROM stream WHERE device = %s)"
)
_KNOWN = (
    "WITH asked AS (SELECT unnest(%(ids)s::uuid[]) AS event_id)"
    " SELECT r.event_id FROM record r JOIN asked USING (event_id)"
    " JOIN stream s ON s.id = r.stream WHERE s.device = %(device)s"
    " UNION SELECT q.event_id FROM quarantine q JOIN asked USING (event_id)"
    " JOIN stream s ON s.id = q.stream WHERE s.device = %(device)s"
)
_STORED = (
    "SELECT 1 FROM record r JOIN stream s ON s.id = r.stream"
    " WHERE r.event_id = %s AND s.device = %s"
)
_STORE = (
    "INSERT INTO record (stream, sequence, event_id, type, subject, occurred_at, recorded_at,"
    " clock, boot_id, boot_ms, links, data)"
    " SELECT %s, n, i, t, s, o, r, c, b, m, l, d FROM json_to_recordset(%s::json)"
    " AS x(n bigint, i uuid, t text, s text, o timestamptz, r timestamptz, c smallint, b text,"
    " m bigint, l jsonb, d jsonb)"
)
_ASIDE = (
    "INSERT INTO quarantine (stream, sequence, event_id, raw, problem) VALUES (%s, %s, %s, %s, %s)"
)
_ASIDE_ALREADY = (
    "SELECT count(*), coalesce(sum(length(q.raw)), 0) FROM quarantine q"
    " JOIN stream s ON s.id = q.stream WHERE s.device = %s AND q.settled_at IS NULL"
)
log = get_logger("hub")

Storing = Callable[[Connection, int, list[Row], Batch], list[Kept]]


@dataclass(frozen=True, slots=True)
class Stored:
    """How many events of an append were not there already, and which are kept aside."""

    count: int
    aside: list[Kept]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a device says about a stream that it begins."""

    previous: uuid.UUID | None
    reason: str
    told_at: str


class EventStore:
    """Keeps what devices append. Raises psycopg.OperationalError while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self, device: uuid.UUID, epoch: uuid.UUID) -> Head:
        """How far a stream has come. Raises Problem for an unknown one."""
        found = self._database.row(_FIND, (device, epoch))
        if found is None:
            raise Problem(protocol.UNKNOWN_STREAM)
        return Head(found[0], bytes(found[1]))

    def open(self, device: uuid.UUID, epoch: uuid.UUID, opening: Opening) -> tuple[Head, bool]:
        """The stream's head, and whether it is new. Raises Problem beyond what is sensible."""
        values = (opening.previous, opening.reason, opening.told_at)
        with self._database.transaction() as connection:
            connection.execute(_TURN, (_turn(device),))
            done = connection.execute(_OPEN, (device, epoch, protocol.GENESIS, *values))
            count = connection.execute(_COUNT, (device,)).fetchone()
            if count and count[0] > STREAMS_LIMIT:
                raise Problem(protocol.SLOW_DOWN, "too many streams")
        return self.head(device, epoch), done.rowcount > 0

    def check_room_aside(self, device: uuid.UUID) -> None:
        """Raises Problem while so much of this device is kept aside that it has to wait."""
        count, size_bytes = self._database.row(_ASIDE_ALREADY, (device,)) or (0, 0)
        if count >= ASIDE_LIMIT or size_bytes >= ASIDE_LIMIT_BYTES:
            log.warning("too much is kept aside", device=str(device), count=count)
            raise Problem(protocol.SLOW_DOWN, "too much is kept aside; settle it at the hub")

    def append(self, caller: Caller, epoch: uuid.UUID, expected: Head, batch: Batch) -> Stored:
        """Store the events that follow the expected head.

        Raises Problem with the stream's head where that is another one.
        """
        try:
            return self._append(caller.device, epoch, expected, batch, _store)
        except DataError:  # what we took for storable and PostgreSQL does not
            return self._append(caller.device, epoch, expected, batch, _store_one_by_one)

    def _append(
        self, device: uuid.UUID, epoch: uuid.UUID, expected: Head, batch: Batch, store: Storing
    ) -> Stored:
        move = (*batch.head, device, epoch, *expected, device)
        with self._database.transaction() as connection:
            connection.execute(_TURN, (_turn(device),))
            moved = connection.execute(_MOVE, move).fetchone()
            if moved is not None:
                stream, streams = moved
                known = _known(connection, device, batch) if streams > 1 else frozenset()
                rows = [row for row in batch.rows if row.i not in known]
                failed = store(connection, stream, rows, batch)
                aside = [kept for kept in batch.aside if kept.event_id not in known]
                for kept in aside + failed:
                    values = (stream, kept.sequence, kept.event_id, kept.raw, kept.problem)
                    connection.execute(_ASIDE, values)
                return Stored(len(rows) + len(aside), batch.aside + failed)
        raise Problem(protocol.HEAD_MISMATCH, head=self.head(device, epoch))


def let_in(connection: Connection, device: uuid.UUID, stream: int, row: Row) -> None:
    """Store an event that was kept aside, unless the device has brought it otherwise since.

    In a transaction that has changed something before: `received` counts on it. Raises
    psycopg.DataError for what PostgreSQL does not keep.
    """
    connection.execute(_TURN, (_turn(device),))
    if connection.execute(_STORED, (row.i, device)).fetchone() is None:
        connection.execute(_STORE, (stream, msgspec.json.encode([row]).decode()))


def _store(connection: Connection, stream: int, rows: list[Row], _batch: Batch) -> list[Kept]:
    """All of them by one statement."""
    if rows:
        connection.execute(_STORE, (stream, msgspec.json.encode(rows).decode()))
    return []


def _store_one_by_one(
    connection: Connection, stream: int, rows: list[Row], batch: Batch
) -> list[Kept]:
    """Each by itself; those that cannot be stored come back, to be kept aside."""
    aside = []
    for row in rows:
        try:
            with connection.transaction():
                _store(connection, stream, [row], batch)
        except DataError as error:
            raw = batch.raw[row.n - batch.first]
            aside.append(Kept(row.n, row.i, raw, f"cannot be stored: {error.sqlstate}"))
    return aside


def _known(connection: Connection, device: uuid.UUID, batch: Batch) -> frozenset[uuid.UUID]:
    """Which of these the device has brought already, in whichever stream."""
    ids = [row.i for row in batch.rows] + [kept.event_id for kept in batch.aside if kept.event_id]
    found = connection.execute(_KNOWN, {"ids": ids, "device": device}).fetchall()
    return frozenset(row[0] for row in found)


def _turn(device: uuid.UUID) -> int:
    """A number of the device for an advisory lock: 64 bits, signed.

    Hashed, because a device chooses its id: it could be the projector's number, or its neighbour's.
    """
    return int.from_bytes(hashlib.sha256(b"append " + device.bytes).digest()[:8], signed=True)
