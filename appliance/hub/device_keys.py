"""Keys of devices: a device changes its own, signed by the old one and by the new one."""

import secrets
import uuid

from appliance.base64url import encoded
from appliance.errors import NotFound
from appliance.hub.callers import Caller
from appliance.hub.database import Database
from appliance.hub.enrolment import check_proof, public_key_of
from appliance.hub.offices import UNKNOWN_DEVICE
from appliance.hub.problems import Problem
from appliance.sync import protocol

NONCE_KEPT = "15 minutes"
_NEW_NONCE = (
    "INSERT INTO key_nonce (device, nonce, expires_at) VALUES (%s, %s, now() + %s::interval)"
    " ON CONFLICT (device) DO UPDATE SET nonce = EXCLUDED.nonce, expires_at = EXCLUDED.expires_at"
)
_TAKE_NONCE = "DELETE FROM key_nonce WHERE device = %s RETURNING nonce, expires_at > now()"
# At most one key waits for its first use; a device that lost its own answer may send another.
_DROP_WAITING = (
    "UPDATE device_key SET revoked_at = now()"
    " WHERE device = %s AND confirmed_at IS NULL AND revoked_at IS NULL AND id <> %s"
)
_ADD = "INSERT INTO device_key (id, device, public_key) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_IS_GOOD = (
    "SELECT 1 FROM device_key WHERE id = %s AND device = %s AND public_key = %s"
    " AND revoked_at IS NULL"
)
_ASK = "INSERT INTO device_command (device, kind) VALUES (%s, 'rotate-key')"


class DeviceKeys:
    """The old key holds until the device signs with the new one for the first time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def nonce(self, caller: Caller) -> str:
        """What the new key must sign soon; asking again makes the one before worthless."""
        nonce = encoded(secrets.token_bytes(24))
        with self._database.transaction() as connection:
            connection.execute(_NEW_NONCE, (caller.device, nonce, NONCE_KEPT))
        return nonce

    def add(self, caller: Caller, given: protocol.NewKey) -> str:
        """The id of the new key, which may sign from now on. Raises Problem."""
        public = public_key_of(given.public_key)
        name = protocol.key_id(public)
        with self._database.transaction() as connection:
            found = connection.execute(_TAKE_NONCE, (caller.device,)).fetchone()
        if found is None or not found[1]:
            raise Problem(protocol.BAD_REQUEST, "ask for a nonce first")
        check_proof(public, protocol.rotation_text(found[0], str(caller.device)), given.proof)
        with self._database.transaction() as connection:
            connection.execute(_DROP_WAITING, (caller.device, name))
            connection.execute(_ADD, (name, caller.device, public))
            if connection.execute(_IS_GOOD, (name, caller.device, public)).fetchone() is None:
                raise Problem(protocol.FOREIGN, "the key was in use before")
        return name


def ask_to_rotate(database: Database, device: uuid.UUID) -> None:
    """Leave word for the device that it should change its key. Raises NotFound."""
    with database.transaction() as connection:
        found = connection.execute("SELECT 1 FROM device WHERE id = %s", (device,)).fetchone()
        if found is None:
            raise NotFound(UNKNOWN_DEVICE, device=device)
        connection.execute(_ASK, (device,))
