"""How the devices say they are, and what is waiting for them to be done."""

import uuid

import msgspec
from psycopg.types.json import Jsonb

from appliance.hub.database import Database
from appliance.sync import protocol

_KEEP = (
    "INSERT INTO health_last (device, document) VALUES (%s, %s)"
    " ON CONFLICT (device) DO UPDATE SET document = EXCLUDED.document, at = now()"
)
# A device tells four times an hour and at changes; of a flood the last word alone is kept.
LOGGED_AN_HOUR = 120
_LOG = (
    "INSERT INTO health_log (device, document) SELECT %(device)s, %(document)s"
    " WHERE (SELECT count(*) FROM (SELECT FROM health_log WHERE device = %(device)s"
    " AND at > now() - interval '1 hour' LIMIT %(most)s) AS lately) < %(most)s"
)
_SOFTWARE = "UPDATE device SET software = %(new)s WHERE id = %(id)s AND software <> %(new)s"
_COMMANDS = (
    "SELECT id, kind FROM device_command WHERE device = %s AND id > %s ORDER BY id LIMIT 100"
)


class HealthBook:
    """The last word of each device, and a line for each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, device: uuid.UUID, health: protocol.Health) -> None:
        """Take this for how the device is."""
        document = Jsonb(msgspec.to_builtins(health))
        with self._database.transaction() as connection:
            connection.execute(_KEEP, (device, document))
            logged = {"device": device, "document": document, "most": LOGGED_AN_HOUR}
            connection.execute(_LOG, logged)
            connection.execute(_SOFTWARE, {"new": health.software, "id": device})

    def commands(self, device: uuid.UUID, after: int) -> protocol.Commands:
        """What the device should do, of what came after this number. None opens a locker."""
        rows = self._database.rows(_COMMANDS, (device, after))
        commands = [protocol.Command(*row) for row in rows]
        return protocol.Commands(commands, commands[-1].id if commands else after)
