"""How a device becomes one of an office: by a claim code that only this office was given."""

import uuid

from appliance import codes, ed25519
from appliance.base64url import decoded
from appliance.hub.database import Connection, Database
from appliance.hub.offices import code_hash
from appliance.hub.own_keys import OwnKeys
from appliance.hub.problems import Problem
from appliance.sync import protocol

SOFTWARE_CHARS = 60
_CLAIM = (
    "SELECT office, device, used_by, used_key, expires_at > now() FROM claim"
    " WHERE code_hash = %s FOR UPDATE"
)
_ADD = "INSERT INTO device (id, office, software) VALUES (%s, %s, %s)"
_REVIVE = "UPDATE device SET software = %s WHERE id = %s AND state <> 'revoked'"
_REVOKE = "UPDATE device_key SET revoked_at = now() WHERE device = %s AND revoked_at IS NULL"
_KEY = "INSERT INTO device_key (id, device, public_key, confirmed_at) VALUES (%s, %s, %s, now())"
_USED = "UPDATE claim SET used_by = %s, used_key = %s WHERE code_hash = %s"


class Enrolment:
    """Turns claims into devices; the same claim once more gets the same answer."""

    def __init__(self, database: Database, keys: OwnKeys) -> None:
        self._database = database
        self._keys = keys

    def claim(self, claim: protocol.Claim) -> protocol.Enrolled:
        """The device's place at the hub. Raises Problem."""
        if claim.protocol != protocol.VERSION:
            raise Problem(protocol.TOO_OLD)
        device, code, public = _checked(claim)
        with self._database.transaction() as connection:
            row = connection.execute(_CLAIM, (code_hash(code),)).fetchone()
            if row is None:
                raise Problem(protocol.BAD_CLAIM)
            office, only_for, used_by, used_key, holds = row
            if used_by is not None:
                if (used_by, used_key) != (device, protocol.key_id(public)):
                    raise Problem(protocol.BAD_CLAIM, "used")
            elif not holds:
                raise Problem(protocol.BAD_CLAIM, "expired")
            else:
                software = claim.software.replace("\x00", "")[:SOFTWARE_CHARS]
                _place(connection, device, only_for, office, software)
                _use(connection, device, public, code_hash(code))
        return self._enrolled(device, office, public)

    def _enrolled(self, device: uuid.UUID, office: str, public: bytes) -> protocol.Enrolled:
        return protocol.Enrolled(
            device_id=str(device),
            office=office,
            key_id=protocol.key_id(public),
            state="active",
            config_key=self._keys.config_key(),
            box_key=self._keys.box_key(),
        )


def public_key_of(given: protocol.PublicKey) -> bytes:
    """The 32 bytes of an Ed25519 key. Raises Problem."""
    public = decoded(given.x)
    if given.kty != "OKP" or given.crv != "Ed25519" or public is None:
        raise Problem(protocol.BAD_REQUEST, "public_key")
    if len(public) != ed25519.KEY_BYTES:
        raise Problem(protocol.BAD_REQUEST, "public_key")
    return public


def check_proof(public: bytes, said: bytes, proof: str) -> None:
    """Raises Problem unless the key's holder has signed what was said."""
    signature = decoded(proof)
    if signature is None or not ed25519.is_signed(public, said, signature):
        raise Problem(protocol.BAD_SIGNATURE, "proof")


def _checked(claim: protocol.Claim) -> tuple[uuid.UUID, str, bytes]:
    public = public_key_of(claim.public_key)
    code = codes.parse_card_code(claim.code)
    if code is None:
        raise Problem(protocol.BAD_CLAIM)
    check_proof(public, protocol.claim_text(code, claim.device_id), claim.proof)
    try:
        return uuid.UUID(claim.device_id), code, public
    except ValueError:
        raise Problem(protocol.BAD_REQUEST, "device_id") from None


def _place(
    connection: Connection,
    device: uuid.UUID,
    only_for: uuid.UUID | None,
    office: str,
    software: str,
) -> None:
    """A device of its own; or the one that the code was issued for, whose old keys end."""
    is_there = connection.execute("SELECT 1 FROM device WHERE id = %s", (device,)).fetchone()
    if only_for is None and is_there is None:
        connection.execute(_ADD, (device, office, software))
        return
    if device != only_for:
        raise Problem(protocol.FOREIGN, "the device has a key already")
    if connection.execute(_REVIVE, (software, device)).rowcount == 0:
        raise Problem(protocol.REVOKED)
    connection.execute(_REVOKE, (device,))


def _use(connection: Connection, device: uuid.UUID, public: bytes, hashed: bytes) -> None:
    name = protocol.key_id(public)
    if connection.execute("SELECT 1 FROM device_key WHERE id = %s", (name,)).fetchone():
        raise Problem(protocol.FOREIGN, "the key is in use")
    connection.execute(_KEY, (name, device, public))
    connection.execute(_USED, (device, name, hashed))
