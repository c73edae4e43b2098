"""The hub's own keys: one signs what goes down to the devices, one opens what they have sealed.

The secrets are in a file that every hub process has a copy of; the database knows the public
halves, so that a process with another file does not start.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec
from nacl import bindings

from appliance import ed25519
from appliance.base64url import decoded, encoded
from appliance.errors import ConfigError
from appliance.hub.database import Database
from appliance.hub.settings import private_text
from appliance.storage.files import write_whole
from appliance.sync import protocol

OTHER_KEYS = (
    "%(file)s bukan kunci pusat ini; salin dari mesin pusat yang lain. / %(file)s does not hold"
    " this hub's keys: copy it from another of its machines."
)
BAD_FILE = "%(file)s tidak dapat dibaca sebagai kunci pusat. / %(file)s holds no keys of a hub."


class _File(msgspec.Struct):
    signing: str
    box: str


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """Two secrets of 32 bytes."""

    signing: bytes
    box: bytes

    @property
    def key_id(self) -> str:
        """What the signing key is called in whatever it signs."""
        return protocol.key_id(self.signing_public)

    @property
    def signing_public(self) -> bytes:
        return ed25519.public_key(self.signing)

    @property
    def box_public(self) -> bytes:
        return bytes(bindings.crypto_scalarmult_base(self.box))

    def sign(self, document: bytes) -> bytes:
        return ed25519.sign(self.signing, document)

    def config_key(self) -> protocol.PublicKey:
        return protocol.PublicKey(encoded(self.signing_public))

    def box_key(self) -> protocol.PublicKey:
        return protocol.PublicKey(encoded(self.box_public), crv="X25519")


def load(file: Path) -> OwnKeys:
    """The keys of the file. Raises ConfigError, OSError."""
    try:
        found = msgspec.json.decode(private_text(file), type=_File)
    except msgspec.DecodeError:
        raise ConfigError(BAD_FILE, file=file) from None
    signing, box = decoded(found.signing), decoded(found.box)
    if signing is None or box is None or {len(signing), len(box)} != {ed25519.KEY_BYTES}:
        raise ConfigError(BAD_FILE, file=file)
    return OwnKeys(signing, box)


def load_or_make(file: Path) -> OwnKeys:
    """The keys of the file, which is made with fresh ones where it is missing."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = _File(encoded(secrets.token_bytes(32)), encoded(secrets.token_bytes(32)))
        write_whole(file, msgspec.json.encode(made))
    return load(file)


def adopt(database: Database, keys: OwnKeys, file: Path) -> None:
    """Make these the hub's keys if it has none. Raises ConfigError when it has others."""
    with database.transaction() as connection:
        connection.execute("LOCK TABLE hub_key IN EXCLUSIVE MODE")
        found = connection.execute("SELECT id FROM hub_key").fetchall()
        if not found:
            values = (keys.key_id, keys.signing_public, keys.box_public)
            connection.execute(
                "INSERT INTO hub_key (id, signing_key, box_key) VALUES (%s, %s, %s)", values
            )
        elif (keys.key_id,) not in found:
            raise ConfigError(OTHER_KEYS, file=file)
