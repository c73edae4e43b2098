"""Files for the devices, named by their SHA-256: packs of the catalogue, releases, certificates.

They are kept in the database in parts, so that every hub process has them and a range costs no
more than itself.
"""

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from appliance.hub.database import Connection, Database
from appliance.hub.problems import Problem
from appliance.sync import protocol

PART_BYTES = 1 << 20
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_ADD = (
    "INSERT INTO blob (sha256, size_bytes, media_type) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
)
_ADD_PART = "INSERT INTO blob_part (sha256, number, content) VALUES (%s, %s, %s)"
_FIND = "SELECT size_bytes, media_type FROM blob WHERE sha256 = %s"
_PART = "SELECT content FROM blob_part WHERE sha256 = %s AND number = %s"


class Blob(NamedTuple):
    """A file, without what is in it."""

    sha256: bytes
    size_bytes: int
    media_type: str


class Span(NamedTuple):
    """Which bytes are wanted: from `start` to before `end`."""

    start: int
    end: int


class Blobs:
    """Found by their hash; what is there never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, sha256: bytes) -> Blob:
        """Raises Problem."""
        row = self._database.row(_FIND, (sha256,))
        if row is None:
            raise Problem(protocol.NOT_FOUND)
        return Blob(sha256, row[0], row[1])

    def read(self, blob: Blob, span: Span) -> Iterator[bytes]:
        """Its bytes within the span, a part at a time; each part is a question of its own."""
        for number in range(span.start // PART_BYTES, -(-span.end // PART_BYTES)):
            row = self._database.row(_PART, (blob.sha256, number))
            if row is None:
                return  # deleted meanwhile: the answer ends short, and the hash tells
            first = number * PART_BYTES
            yield bytes(row[0])[max(span.start - first, 0) : span.end - first]

    def put(self, content: bytes, media_type: str) -> bytes:
        """Keep this file; its SHA-256."""
        digest = hashlib.sha256(content).digest()
        with self._database.transaction() as connection:
            connection.execute("SET LOCAL statement_timeout = '10min'")
            store_parts(connection, digest, content, media_type)
        return digest


def store_parts(connection: Connection, digest: bytes, content: bytes, media_type: str) -> None:
    """Write a file in parts; one that is there already is left as it is."""
    if connection.execute(_ADD, (digest, len(content), media_type)).rowcount == 0:
        return
    for number, first in enumerate(range(0, len(content), PART_BYTES)):
        part = content[first : first + PART_BYTES]
        connection.execute(_ADD_PART, (digest, number, part))


def span_of(header: str, size_bytes: int) -> Span | None:
    """The one range that a `Range` header asks for; None to send all of it (RFC 9110, 14.2).

    Raises ValueError for one that lies outside of the file.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        start, end = max(size_bytes - int(last), 0), size_bytes
    else:
        start, end = int(first), min(int(last) + 1 if last else size_bytes, size_bytes)
        if last and int(last) < start:
            return None
    if start >= end:
        raise ValueError(header)
    return Span(start, end)
