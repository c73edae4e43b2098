"""A prepared file and what follows it, read as one file without ever being copied together."""

import hashlib
import io
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

STATES_KEPT = 256  # some hundred bytes each
READ_BYTES = 1 << 20


class JoinedFile(io.RawIOBase):
    """A readable, seekable file: the bytes at `path`, then `end`. Close it."""

    def __init__(self, path: Path, end: bytes) -> None:
        self._file = path.open("rb", buffering=0)
        self._length = os.fstat(self._file.fileno()).st_size
        self._end = end
        self._position = 0

    @property
    def size(self) -> int:
        """How many bytes there are in all."""
        return self._length + len(self._end)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer).cast("B")
        left = self._length - self._position
        if left > 0:
            self._file.seek(self._position)
            count = self._file.readinto(view[:left]) or 0
        else:
            piece = self._end[-left : -left + len(view)]
            count = len(piece)
            view[:count] = piece
        self._position += count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class Checksums:
    """SHA-256 of copies: the long part is read once in the life of a process.

    Any thread may ask. Two that ask for a new file at once both read it, and agree.
    """

    def __init__(self) -> None:
        self._states: OrderedDict[str, _Hash] = OrderedDict()
        self._lock = threading.Lock()

    def sha256(self, path: Path, expected: str, end: bytes) -> str | None:
        """The checksum of the file and `end`; None when the file is not the `expected` one."""
        with self._lock:
            state = self._states.get(expected)
        if state is None:
            state = _state_of(path)
            if state.hexdigest() != expected:
                return None
            with self._lock:
                self._states[expected] = state
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
