"""The whole catalogue of the portal as one file: fetched in pieces, checked, read line by line."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from appliance.mirror.portal_rows import Pack
from appliance.storage.files import make_private, sync_to_disk
from appliance.sync.protocol import CatalogueItem

PIECE_BYTES = 512 * 1024  # of one answer, well below what the line takes
LINE_LIMIT_BYTES = 256 * 1024


class BadPack(Exception):
    """Raised for a file that is not what the portal has signed."""


# Also of a line that is no object, or one within another without an end.
_UNREADABLE = (
    *(OSError, EOFError, ValueError, TypeError, KeyError),
    *(AttributeError, RecursionError),
)


class PackFile:
    """The file of one pack, there whole or as a part that is gone on with."""

    def __init__(self, folder: Path, pack: Pack) -> None:
        self._pack = pack
        self._folder = folder
        self._whole = folder / f"{pack.sha256}.gz"
        self._part = folder / f"{pack.sha256}.part"

    @property
    def is_whole(self) -> bool:
        return self._whole.is_file()

    @property
    def offset(self) -> int:
        """How many bytes are here."""
        return self._part.stat().st_size if self._part.is_file() else 0

    def add(self, piece: bytes, *, offset: int) -> None:
        """Keep the bytes that stand at this offset. Raises BadPack for more than there are."""
        if offset + len(piece) > self._pack.size_bytes:
            raise BadPack("more bytes than were told")
        if not self._part.is_file():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.forget()
            make_private(self._part)
        with self._part.open("r+b") as file:
            file.seek(offset)
            file.write(piece)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        """Check the file and give it its name. Raises BadPack, and then it is gone."""
        with self._part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != self._pack.sha256:
            self.forget()
            raise BadPack("another hash than was signed")
        self._part.replace(self._whole)
        sync_to_disk(self._folder)

    def items(self, *, after_lines: int) -> Iterator[list[CatalogueItem]]:
        """The records after so many lines, a hundred at a time. Raises BadPack."""
        try:
            with gzip.open(self._whole) as file:
                lines = iter(lambda: file.readline(LINE_LIMIT_BYTES), b"")
                for _ in islice(lines, after_lines):
                    pass
                while chunk := list(islice(lines, 100)):
                    yield [self._item(line) for line in chunk]
        except _UNREADABLE as error:
            raise BadPack(f"it cannot be read: {type(error).__name__}") from None

    def forget(self) -> None:
        """Delete this file, and whatever was left of others."""
        for old in (*self._folder.glob("*.part"), *self._folder.glob("*.gz")):
            old.unlink(missing_ok=True)

    def _item(self, line: bytes) -> CatalogueItem:
        document = json.loads(line)
        return CatalogueItem(str(document.pop("id")), self._pack.version, document)
