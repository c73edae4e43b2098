"""The hub's own keys: one signs what goes down to the devices, one opens what they have sealed.

The secrets are in a file that every hub process has a copy of; the database knows the public
halves, so that a process with another file does not start, nor one that missed a change of key.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path

import msgspec
from nacl import bindings

from appliance import ed25519
from appliance.base64url import decoded, encoded
from appliance.errors import ConfigError
from appliance.hub.database import Connection, Database
from appliance.hub.settings import private_text
from appliance.storage.files import write_whole
from appliance.sync import protocol

THE_FILE = "berkas kunci / the keys' file"
OLD_KEYS = (
    "%(file)s berisi kunci lama: kunci pusat sudah diganti. Salin berkas yang baru dari mesin"
    " tempat kunci diganti. / %(file)s holds an old key, for the hub has another now: copy the new"
    " file from the machine on which it was changed."
)
OTHER_KEYS = (
    "%(file)s bukan kunci pusat ini; salin dari mesin pusat yang lain. / %(file)s does not hold"
    " this hub's keys: copy it from another of its machines."
)
BAD_FILE = "%(file)s tidak dapat dibaca sebagai kunci pusat. / %(file)s holds no keys of a hub."


_NEWEST = (
    "SELECT id FROM hub_key k WHERE NOT EXISTS (SELECT FROM hub_key n WHERE n.introduced_by = k.id)"
)
_SUCCESSORS = (
    "SELECT signing_key, introduced_by, introduction FROM hub_key"
    " WHERE introduced_by IS NOT NULL ORDER BY created_at"
)


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
        write(file, OwnKeys(secrets.token_bytes(32), secrets.token_bytes(32)))
    return load(file)


def write(file: Path, keys: OwnKeys) -> None:
    """Keep them in a file that nobody else may read. Raises OSError."""
    write_whole(file, msgspec.json.encode(_File(encoded(keys.signing), encoded(keys.box))))


def adopt(database: Database, keys: OwnKeys, file: Path) -> None:
    """Make these the hub's keys if it has none. Raises ConfigError when it has others."""
    with database.transaction() as connection:
        connection.execute("LOCK TABLE hub_key IN EXCLUSIVE MODE")
        if connection.execute("SELECT 1 FROM hub_key LIMIT 1").fetchone() is None:
            values = (keys.key_id, keys.signing_public, keys.box_public)
            connection.execute(
                "INSERT INTO hub_key (id, signing_key, box_key) VALUES (%s, %s, %s)", values
            )
        check_newest(connection, keys, file)


def check_newest(connection: Connection, keys: OwnKeys, file: Path | str = THE_FILE) -> None:
    """Raise ConfigError unless the hub signs with these; until the transaction ends it does."""
    connection.execute("LOCK TABLE hub_key IN SHARE MODE")
    newest = connection.execute(_NEWEST).fetchone()
    if newest == (keys.key_id,):
        return
    known = connection.execute("SELECT 1 FROM hub_key WHERE id = %s", (keys.key_id,)).fetchone()
    raise ConfigError(OLD_KEYS if known else OTHER_KEYS, file=file)


def of(database: Database, file: Path) -> OwnKeys:
    """The keys of the file, which are the hub's. Raises ConfigError, OSError."""
    keys = load(file)
    with database.transaction() as connection:
        check_newest(connection, keys, file)
    return keys


def successors(database: Database) -> list[protocol.Successor]:
    """Every signing key that followed another, oldest first."""
    return [
        protocol.Successor(protocol.PublicKey(encoded(bytes(key))), by, encoded(bytes(signature)))
        for key, by, signature in database.rows(_SUCCESSORS)
    ]
