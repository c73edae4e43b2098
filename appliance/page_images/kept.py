"""Pictures that are on the shelf, found with as little work as can be: a page is turned by it."""

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import apsw
import peewee

from appliance.catalogue.softcopy import Softcopy, softcopy_at
from appliance.page_images import shelf
from appliance.page_images.rules import Format, Size, is_whole
from appliance.storage.statements import first

_NAME = re.compile(rf"[1-9]\d{{0,5}}-(?:{'|'.join(Size)})\.({'|'.join(Format)})")
_SOFTCOPY = "SELECT softcopy_path, title FROM publication WHERE id = ? AND withdrawn_at IS NULL"
NOTED_EVERY_S = 3600.0  # how exactly the last use of a picture is known: each note is a write


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A picture as it lies on the shelf."""

    data: bytes
    format: Format


@dataclass(frozen=True, slots=True)
class Edition:
    """What a page of the reader shows of a publication, besides the page: all that may change."""

    title: str
    version: str


class KeptImages:
    """Reads from any thread, and writes nothing but when a picture was used."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._images_dir = data_dir / shelf.FOLDER

    def read(self, publication_id: int, name: str, version: str) -> KeptImage | None:
        """The picture of this name, if it is there and the file still has that version.

        None for everything else, be it wrong or only slow: the long way says what it is.
        """
        known = _NAME.fullmatch(name)
        _, softcopy = self._found(publication_id) if known else ("", None)
        if known is None or softcopy is None or softcopy.version != version:
            return None
        return _read(shelf.folder(self._images_dir, softcopy) / name, Format(known[1]))

    def edition(self, publication_id: int) -> Edition | None:
        """What the publication is just now; None where nothing can be read, or be looked up."""
        title, softcopy = self._found(publication_id)
        return None if softcopy is None else Edition(title, softcopy.version)

    def _found(self, publication_id: int) -> tuple[str, Softcopy | None]:
        try:
            path, title = first(_SOFTCOPY, (publication_id,)) or ("", "")
        except (peewee.PeeweeException, apsw.Error):
            return "", None
        return title, softcopy_at(self._data_dir, publication_id, path) if path else None


def note_use(path: Path, used_s: float) -> None:
    """Let the cache know that somebody looked at it; `used_s` is when anybody did before."""
    if abs(time.time() - used_s) > NOTED_EVERY_S:
        with suppress(OSError):  # just deleted
            os.utime(path)


def _read(path: Path, format: Format) -> KeptImage | None:
    try:
        with path.open("rb", buffering=0) as file:
            used_s, data = os.fstat(file.fileno()).st_mtime, file.read()
    except OSError:
        return None
    if not is_whole(data, format):
        return None
    note_use(path, used_s)
    return KeptImage(data, format)
