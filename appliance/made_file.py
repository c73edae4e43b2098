"""Bytes from several places, read as one file that is nowhere on disk."""

import abc
import io
import os


class MadeFile(io.RawIOBase):
    """A readable, seekable file of `size_bytes`; close it. Its makers say what is at a place."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self._position = 0

    @abc.abstractmethod
    def read_at(self, position: int, buffer: memoryview) -> int:
        """Put bytes from there on into the buffer; how many, which is 0 at the end alone."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size_bytes}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = self.read_at(self._position, memoryview(buffer).cast("B"))
        self._position += count
        return count
