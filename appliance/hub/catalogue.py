"""The catalogue as it goes down to the offices: what changed since, or all of it as a pack.

Writers take turns, so that versions become visible in their order and a cursor misses nothing.
"""

import gzip
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from psycopg.types.json import Jsonb

from appliance.hub import own_keys
from appliance.hub.blobs import store_parts
from appliance.hub.database import Connection, Database
from appliance.hub.own_keys import OwnKeys
from appliance.hub.problems import Problem
from appliance.hub.signed_documents import signed
from appliance.sync import protocol

PACK_TYPE = "application/gzip"
PAGE_LIMIT = 1000
_STATE = "SELECT version, oldest FROM catalogue_state"
_CHANGES = (
    "SELECT id, version, document FROM catalogue_item WHERE version > %s ORDER BY version LIMIT %s"
)
_PUT = (
    "INSERT INTO catalogue_item (id, version, document) VALUES (%(id)s, %(version)s, %(doc)s)"
    " ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version, document = EXCLUDED.document,"
    " changed_at = now() WHERE catalogue_item.document IS DISTINCT FROM EXCLUDED.document"
)
_ALL = "SELECT id, document FROM catalogue_item WHERE document IS NOT NULL ORDER BY id"
_SIGN = "UPDATE catalogue_state SET signature = %s, key_id = %s"
_KEEP = "UPDATE catalogue_state SET version = %s, pack = %s, signature = %s, key_id = %s"


class Item(NamedTuple):
    """A publication by its id; without a document it is gone."""

    id: str
    document: Mapping[str, object] | None


class CatalogueStore:
    """Read by devices, written by the hub's own people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def changes(self, after: int, limit: int) -> protocol.CatalogueChanges:
        """What changed after this cursor, oldest first. Raises Problem for one that is too old."""
        with self._database.transaction() as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            version, oldest = connection.execute(_STATE).fetchone() or (0, 0)
            if not oldest <= after <= version:
                raise Problem(protocol.CURSOR_GONE)
            rows = connection.execute(_CHANGES, (after, limit)).fetchall()
        items = [protocol.CatalogueItem(row[0], row[1], row[2]) for row in rows]
        is_end = len(items) < limit
        return protocol.CatalogueChanges(
            items, version if is_end else items[-1].version, not is_end
        )

    def snapshot(self) -> protocol.Signed:
        """The signed manifest of the newest pack. Raises Problem before the first."""
        row = self._database.row("SELECT version, pack, signature, key_id FROM catalogue_state")
        if row is None or row[1] is None:
            raise Problem(protocol.NOT_FOUND, "no pack yet")
        manifest = msgspec.json.decode(row[1])
        successors = own_keys.successors(self._database)
        return signed(manifest["version"], bytes(row[1]), bytes(row[2]), row[3], successors)

    def put(self, items: Iterable[Item], keys: OwnKeys) -> int:
        """Write these items and a new pack of the whole; the catalogue's version afterwards."""
        with self._database.transaction() as connection:
            connection.execute("SET LOCAL statement_timeout = '10min'")
            own_keys.check_newest(connection, keys)
            row = connection.execute("SELECT version FROM catalogue_state FOR UPDATE").fetchone()
            version = row[0] if row else 0
            for item in items:
                doc = None if item.document is None else Jsonb(item.document)
                values = {"id": item.id, "version": version + 1, "doc": doc}
                version += connection.execute(_PUT, values).rowcount
            self._pack(connection, version, keys)
        return int(version)

    def _pack(self, connection: Connection, version: int, keys: OwnKeys) -> None:
        lines = connection.execute(_ALL).fetchall()
        content = gzip.compress(b"".join(_lines(lines)), 6, mtime=0)
        digest = hashlib.sha256(content).digest()
        store_parts(connection, digest, content, PACK_TYPE)
        manifest = msgspec.json.encode(
            {
                "version": version,
                "items": len(lines),
                "sha256": digest.hex(),
                "size_bytes": len(content),
            },
            order="sorted",
        )
        connection.execute(_KEEP, (version, manifest, keys.sign(manifest), keys.key_id))


def sign_pack(connection: Connection, keys: OwnKeys) -> None:
    """Sign the manifest of the newest pack by these keys."""
    row = connection.execute("SELECT pack FROM catalogue_state FOR UPDATE").fetchone()
    if row is not None and row[0] is not None:
        connection.execute(_SIGN, (keys.sign(bytes(row[0])), keys.key_id))


def read_lines(content: bytes) -> Iterator[Item]:
    """The items of a file of JSON lines: an object with `id`, and `deleted` or what is known of it.

    Raises msgspec.DecodeError.
    """
    for line in content.splitlines():
        found = msgspec.json.decode(line, type=dict[str, object])
        name = str(found.pop("id"))
        yield Item(name, None if found.pop("deleted", False) else found)


def _lines(rows: Iterable[tuple[str, dict[str, object]]]) -> Iterator[bytes]:
    for name, document in rows:
        yield msgspec.json.encode({**document, "id": name}, order="sorted") + b"\n"
