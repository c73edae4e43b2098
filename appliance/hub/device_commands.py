"""What a device is asked to do when it next calls. Nothing of it can reach a locker."""

import datetime as dt
import uuid
from dataclasses import dataclass

from appliance.errors import NotFound
from appliance.hub.database import Database
from appliance.hub.offices import UNKNOWN_DEVICE

KINDS = ("send-health", "check-config", "rotate-key")
LATEST = 10
_ASK = (
    "INSERT INTO device_command (device, kind) SELECT id, %(kind)s FROM device"
    " WHERE id = %(device)s AND state <> 'revoked'"
)
_ASKED = "SELECT kind, created_at FROM device_command WHERE device = %s ORDER BY id DESC LIMIT %s"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a device was asked for."""

    kind: str
    at: dt.datetime


def ask(database: Database, device: uuid.UUID, kind: str) -> None:
    """Leave word for the device. Raises NotFound for no such or a revoked one, or kind."""
    if kind not in KINDS:
        raise NotFound(UNKNOWN_DEVICE, device=device)
    with database.transaction() as connection:
        if connection.execute(_ASK, {"kind": kind, "device": device}).rowcount == 0:
            raise NotFound(UNKNOWN_DEVICE, device=device)


def asked(database: Database, device: uuid.UUID) -> list[Asked]:
    """What it was asked for, the newest first."""
    return [Asked(*row) for row in database.rows(_ASKED, (device, LATEST))]
