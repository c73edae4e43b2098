"""The hub changes its signing key, and devices follow: each key introduces the one after it.

What was signed for devices is signed again in the same transaction. The file with the new secret
is written before it, so that a change which was cut off can simply be made again.
"""

import secrets
from pathlib import Path

from appliance.hub import journal, own_keys
from appliance.hub.catalogue import sign_pack
from appliance.hub.database import Connection, Database
from appliance.hub.own_keys import OwnKeys
from appliance.hub.signed_documents import sign_again
from appliance.storage.files import sync_to_disk
from appliance.sync import protocol

NEXT = ".next"
_KNOWN = "SELECT 1 FROM hub_key WHERE id = %s"
_ADD = (
    "INSERT INTO hub_key (id, signing_key, box_key, introduced_by, introduction)"
    " VALUES (%s, %s, %s, %s, %s)"
)


def change(database: Database, file: Path, by: str) -> OwnKeys:
    """Sign with another key from now on; the file holds it afterwards. Raises ConfigError.

    Every other hub process has to be started anew with a copy of the file.
    """
    old, following = own_keys.load(file), file.with_name(f"{file.name}{NEXT}")
    if not following.exists():
        own_keys.write(following, OwnKeys(secrets.token_bytes(32), old.box))
    new = own_keys.load(following)
    with database.transaction() as connection:
        connection.execute("LOCK TABLE hub_key IN EXCLUSIVE MODE")
        if connection.execute(_KNOWN, (new.key_id,)).fetchone() is None:
            own_keys.check_newest(connection, old, file)
            _introduce(connection, old, new)
            journal.write(connection, by, "key", new.key_id, f"{old.key_id} -> {new.key_id}")
    following.replace(file)
    sync_to_disk(file.parent)
    return new


def _introduce(connection: Connection, old: OwnKeys, new: OwnKeys) -> None:
    introduction = old.sign(protocol.succession_text(new.signing_public))
    values = (new.key_id, new.signing_public, new.box_public, old.key_id, introduction)
    connection.execute(_ADD, values)
    sign_again(connection, new)
    sign_pack(connection, new)
