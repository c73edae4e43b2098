"""A ZIP read as one file: nothing is squeezed, nothing is copied to disk first.

The checksum stands in front of each file, not behind it as in streamed archives, because some
programs on phones cannot unpack those.
"""

import contextlib
import functools
import io
import os
import struct
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from appliance.made_file import MadeFile

CHUNK_BYTES = 1 << 16
VERSION, STORED = 20, 0
MIDNIGHT_1980 = (0, 0x21)  # when a file was made is nobody's business
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


class Archive(MadeFile):
    """The files and what they shall be called: ASCII names, under 4 GiB together. Close it.

    Reads every file for its checksum, once in the life of a process, and keeps all of them open, so
    that none can go while they are sent; raises OSError.
    """

    def __init__(self, entries: Sequence[tuple[Path, str]]) -> None:
        super().__init__()
        self._open = contextlib.ExitStack()
        self._starts: list[int] = []
        self._pieces: list[BinaryIO] = []
        with contextlib.ExitStack() as opening:
            directory = b""
            for path, name in entries:
                checksum = _checksum(path, path.stat().st_mtime_ns)
                file = opening.enter_context(path.open("rb"))
                directory += self._add_file(file, name.encode(), checksum)
            place, count = self.size_bytes, len(entries)
            end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), place, 0)
            self._add(io.BytesIO(directory + END + end))
            self._open = opening.pop_all()

    def read_at(self, position: int, buffer: memoryview) -> int:
        number = bisect_right(self._starts, position) - 1
        piece = self._pieces[number]
        piece.seek(position - self._starts[number])
        found = piece.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        self._open.close()
        super().close()

    def _add(self, piece: BinaryIO) -> int:
        """Put these bytes behind what is there; how many they are."""
        self._starts.append(self.size_bytes)
        self._pieces.append(piece)
        size = piece.seek(0, os.SEEK_END)
        self.size_bytes += size
        return size

    def _add_file(self, file: BinaryIO, name: bytes, checksum: int) -> bytes:
        """Put a file there, its head before it; what the directory says of it."""
        place, size = self.size_bytes, file.seek(0, os.SEEK_END)
        fields = struct.pack(
            "<HHHHHIIIHH",
            VERSION, 0, STORED, *MIDNIGHT_1980, checksum, size, size, len(name), 0,
        )  # fmt: skip
        self._add(io.BytesIO(LOCAL + fields + name))
        self._add(file)
        more = struct.pack("<HHHII", 0, 0, 0, 0, place)
        return CENTRAL + struct.pack("<H", VERSION) + fields + more + name


@functools.lru_cache(maxsize=256)
def _checksum(path: Path, _written_ns: int) -> int:
    """Remembered, because whoever asks for one archive after the other has all of it read."""
    found = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            found = zlib.crc32(chunk, found)
    return found
