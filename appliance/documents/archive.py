"""A ZIP written as it is read: nothing is squeezed, nothing is copied to disk first.

The checksum stands in front of each file, not behind it as in other streamed archives, because
some programs on phones cannot unpack those.
"""

import contextlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1 << 16
VERSION, STORED = 20, 0
MIDNIGHT_1980 = (0, 0x21)  # when a file was made is nobody's business
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
LOCAL_BYTES, CENTRAL_BYTES, END_BYTES = 30, 46, 22


class Archive:
    """The files and what they shall be called: ASCII names, under 4 GiB together.

    Opens all of them at once, so that none can go while they are sent; raises OSError.
    """

    def __init__(self, entries: Sequence[tuple[Path, str]]) -> None:
        self._open = contextlib.ExitStack()
        self._entries: list[tuple[BinaryIO, bytes, int]] = []
        with contextlib.ExitStack() as opening:
            for path, name in entries:
                file = opening.enter_context(path.open("rb"))
                self._entries.append((file, name.encode("ascii"), path.stat().st_size))
            self._open = opening.pop_all()

    @property
    def size_bytes(self) -> int:
        """How long the whole archive will be."""
        headers = LOCAL_BYTES + CENTRAL_BYTES
        return END_BYTES + sum(headers + 2 * len(name) + size for _, name, size in self._entries)

    def close(self) -> None:
        """Let go of the files; fine to repeat."""
        self._open.close()

    def __iter__(self) -> Iterator[bytes]:
        with self._open:
            directory, at = b"", 0
            for file, name, size in self._entries:
                fields = struct.pack(
                    "<HHHHHIIIHH",
                    VERSION, 0, STORED, *MIDNIGHT_1980, _checksum(file), size, size, len(name), 0,
                )  # fmt: skip
                yield LOCAL + fields + name
                yield from _chunks(file)
                more = struct.pack("<HHHII", 0, 0, 0, 0, at)
                directory += CENTRAL + struct.pack("<H", VERSION) + fields + more + name
                at += LOCAL_BYTES + len(name) + size
            count = len(self._entries)
            end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), at, 0)
            yield directory + END + end


def _checksum(file: BinaryIO) -> int:
    found = 0
    for chunk in _chunks(file):
        found = zlib.crc32(chunk, found)
    return found


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
