"""Records put straight into the hub's tables, and the facts that the projector makes of them."""

import json
import uuid
from dataclasses import dataclass, field

from appliance.hub import projector
from appliance.sync import protocol
from appliance.sync.events import full_type

STORE = (
    "INSERT INTO record (stream, sequence, event_id, type, subject, occurred_at, recorded_at,"
    " clock, boot_id, boot_ms, data, received_at)"
    " VALUES (%s, %s, %s, %s, %s, %s::timestamptz, %s::timestamptz, %s, %s, %s, %s,"
    " coalesce(%s::timestamptz, now())) RETURNING received_id"
)
AT = "2026-11-05T02:00:00Z"
SET = (2, "b", 1)
VISITS = (
    "SELECT f.day::text, f.state, f.channel, f.persons, f.sex, f.age_band, f.purpose, f.is_served,"
    " f.wait_s, f.within_promise, f.stay_s FROM visit_fact f ORDER BY f.device, f.visit"
)


@dataclass
class Room:
    """A device of an office, and the stream that it writes; another one after `fork`."""

    database: object
    office: str = "pasaman"
    province: str = "Sumatera Barat"
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    stream: int = 0
    sequence: int = 0

    def __post_init__(self):
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO office (code, name, province) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (self.office, self.office, self.province),
            )
            connection.execute(
                "INSERT INTO device (id, office) VALUES (%s, %s)", (self.device, self.office)
            )
        self.fork()

    def fork(self):
        opening = "INSERT INTO stream (device, epoch, chain) VALUES (%s, %s, %s) RETURNING id"
        values = (self.device, uuid.uuid4(), protocol.GENESIS)
        with self.database.transaction() as connection:
            (self.stream,) = connection.execute(opening, values).fetchone()

    def says(self, name, subject, *, at=AT, received_at=None, stamp=SET, **data):
        """Its number of receipt; `stamp` is the quality of the clock, the boot and its time."""
        self.sequence += 1
        values = (
            self.stream,
            self.sequence,
            uuid.uuid4(),
            full_type(name),
            subject,
            at,
            at,
            *stamp,
        )
        with self.database.transaction() as connection:
            stored = connection.execute(STORE, (*values, json.dumps(data), received_at))
            return stored.fetchone()[0]

    def visit(self, day="2026-11-05", *, sex="f", at=AT, received_at=None, stamp=SET, **data):
        """The subject of a visit that has been registered."""
        subject = f"visit/{uuid.uuid4()}"
        told = {"business_date": day, "sex": sex, "channel": "tablet", **data}
        self.says("visit.registered", subject, at=at, received_at=received_at, stamp=stamp, **told)
        return subject

    def anchor(self, boot, boot_ms, utc, **changes):
        """The word of what time it was at a moment of a boot."""
        told = {"boot": boot, "boot_ms": boot_ms, "utc": utc, "err_ms": 1000, "source": "ntp"}
        stamp = (2, boot, boot_ms)
        return self.says("clock.anchored", "clock", at=utc, stamp=stamp, **told | changes)

    def visits(self, count, day="2026-11-05", **data):
        """So many visits by one statement."""
        self.sequence += count
        told = json.dumps({"business_date": day, "sex": "f", "channel": "tablet", **data})
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT INTO record (stream, sequence, event_id, type, subject, clock, boot_id,"
                " boot_ms, data) SELECT %s, %s - n, gen_random_uuid(), %s,"
                " 'visit/' || gen_random_uuid(), 2, 'b', 1, %s FROM generate_series(0, %s) n",
                (self.stream, self.sequence, full_type("visit.registered"), told, count - 1),
            )


def facts(database):
    """All facts, in an order of their own."""
    return (
        database.rows(VISITS),
        database.rows(
            "SELECT device::text, day::text, kind, locker, code, stay_s FROM locker_fact"
            " ORDER BY received_id"
        ),
        database.rows("SELECT office, month::text, respondents FROM rating_fact ORDER BY 1, 2"),
    )


def caught_up(database):
    projector.catch_up(database)
    return facts(database)
