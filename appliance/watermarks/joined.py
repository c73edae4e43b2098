"""A prepared file and what follows it, read as one file without ever being copied together."""

import hashlib
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.made_file import MadeFile

if TYPE_CHECKING:
    from hashlib import _Hash

STATES_KEPT = 256  # some hundred bytes each
READ_BYTES = 1 << 20


class JoinedFile(MadeFile):
    """The bytes at `path`, then `end`. Close it."""

    def __init__(self, path: Path, end: bytes) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        self._length = os.fstat(self._file.fileno()).st_size
        self._end = end
        self.size_bytes = self._length + len(end)

    def read_at(self, position: int, buffer: memoryview) -> int:
        left = self._length - position
        if left > 0:
            self._file.seek(position)
            return self._file.readinto(buffer[:left]) or 0
        piece = self._end[-left : -left + len(buffer)]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()


class Checksums:
    """SHA-256 of copies: the long part is read once in the life of a process.

    Any thread may ask. Two that ask for a new file at once both read it, and agree.
    """

    def __init__(self) -> None:
        self._states: OrderedDict[tuple[str, int, int, int], _Hash] = OrderedDict()
        self._lock = threading.Lock()

    def sha256(self, path: Path, expected: str, end: bytes) -> str | None:
        """The checksum of the file and `end`; None when it is unreadable or not the `expected` one.

        A file that was written to since is read anew.
        """
        try:
            now = path.stat()
            key = (expected, now.st_ino, now.st_mtime_ns, now.st_size)
            with self._lock:
                state = self._states.get(key)
            if state is None:
                state = _state_of(path)
        except OSError:
            return None
        if state.hexdigest() != expected:
            return None
        with self._lock:
            if key not in self._states:
                self._states[key] = state
                while len(self._states) > STATES_KEPT:
                    self._states.popitem(last=False)
        whole = state.copy()
        whole.update(end)
        return whole.hexdigest()


def _state_of(path: Path) -> "_Hash":
    state = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            state.update(piece)
    return state
