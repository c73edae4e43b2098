"""Where the pictures of pages are kept, and whose they are: one folder for each softcopy.

The documents process writes there, the web process reads; what is there is whole or no picture.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance.page_images.orders import Inspection
from appliance.page_images.rules import Format, Problem, Size, image_name, is_whole

FOLDER = "page-images"
BOOK_NAME = "book.json"
VERSION_CHARS = 16


class BookNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stays true of a softcopy as long as it is the same file."""

    problem: Problem | None = None
    inspection: Inspection | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the web process asks for; page 0 is the note on the whole book."""

    publication_id: int
    softcopy: str
    page: int = 0
    size: Size = Size.PHONE
    format: Format = Format.WEBP


@dataclass(frozen=True, slots=True)
class Softcopy:
    """The file of a publication as it is now; `version` changes with it."""

    publication_id: int
    path: Path
    version: str

    @property
    def folder_name(self) -> str:
        return f"{self.publication_id}-{self.version}"


def find(data_dir: Path, publication_id: int, softcopy_path: str) -> Softcopy | None:
    """The softcopy at this path inside the data folder; None when there is no such file."""
    path = (data_dir / softcopy_path).resolve()
    if not path.is_relative_to(data_dir.resolve()) or not path.is_file():
        return None
    found = path.stat()
    known_as = f"{path}|{found.st_mtime_ns}|{found.st_size}"
    version = hashlib.sha256(known_as.encode()).hexdigest()[:VERSION_CHARS]
    return Softcopy(publication_id, path, version)


def book_path(images_dir: Path, softcopy: Softcopy) -> Path:
    """Where the note on a softcopy is."""
    return images_dir / softcopy.folder_name / BOOK_NAME


def image_path(images_dir: Path, softcopy: Softcopy, page: int, size: Size, format: Format) -> Path:
    """Where the picture of a page is."""
    return images_dir / softcopy.folder_name / image_name(page, size, format)


def read(path: Path, format: Format) -> bytes | None:
    """The picture at this path; None when there is none, or only a part of it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data if is_whole(data, format) else None
