"""Who sends a request: the device whose key signed it."""

import uuid
from dataclasses import dataclass

from appliance.hub.database import Database
from appliance.hub.incoming import Incoming
from appliance.hub.problems import Problem
from appliance.sync import protocol, signing

_FIND = (
    "SELECT k.id, k.public_key, k.confirmed_at IS NOT NULL, k.revoked_at IS NOT NULL,"
    " d.id, d.office, d.state FROM device_key k JOIN device d ON d.id = k.device WHERE k.id = %s"
)
_CONFIRM = "UPDATE device_key SET confirmed_at = now() WHERE id = %s AND confirmed_at IS NULL"
_REVOKE_OLDER = (
    "UPDATE device_key SET revoked_at = now() WHERE device = %s AND id <> %s AND revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A device that has shown that it is the one it says."""

    device: uuid.UUID
    office: str
    state: str
    key_id: str

    def check_may_append(self) -> None:
        """Raises Problem for a device that has to wait."""
        if self.state == "suspended":
            raise Problem(protocol.SUSPENDED)


class Callers:
    """Looks into the database at every request: a revoked key ends with the next one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, incoming: Incoming, device: str | None = None) -> Caller:
        """Who signed this message, and all of it; `device` is whose business it is about.

        Raises Problem for a missing, unknown or wrong signature, a revoked device, one that asks
        about another, and a body that is not the one that was signed.
        """
        signature = signing.signature_of(incoming.message)
        if signature is None:
            raise Problem(protocol.BAD_SIGNATURE, "none")
        found = self._database.row(_FIND, (signature.key_id,)) if _is_clean(signature) else None
        if found is None:
            raise Problem(protocol.UNKNOWN_KEY)
        key_id, public, is_confirmed, is_revoked, device_id, office, state = found
        if not signing.is_signed(incoming.message, signature, bytes(public)):
            raise Problem(protocol.BAD_SIGNATURE)
        if is_revoked or state == "revoked":
            raise Problem(protocol.REVOKED)
        incoming.check_digest()
        if device is not None and device != str(device_id):
            raise Problem(protocol.FOREIGN)
        if not is_confirmed:
            self._confirm(key_id, device_id)
        return Caller(device_id, office, state, key_id)

    def _confirm(self, key_id: str, device: uuid.UUID) -> None:
        """The device uses its new key, so it has the answer: the older ones have had their time."""
        with self._database.transaction() as connection:
            connection.execute(_CONFIRM, (key_id,))
            connection.execute(_REVOKE_OLDER, (device, key_id))


def _is_clean(signature: signing.Signature) -> bool:
    return signature.key_id.isascii() and signature.key_id.isprintable()
