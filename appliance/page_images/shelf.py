"""Where the pictures of pages are kept, and whose they are: one folder for each softcopy.

The documents process writes there, the web process reads; what is there is whole or no picture.
"""

from pathlib import Path

import msgspec

from appliance.catalogue.softcopy import Softcopy
from appliance.page_images.orders import Inspection
from appliance.page_images.rules import Format, Problem, Size, image_name, is_whole

FOLDER = "page-images"
BOOK_NAME = "book.json"


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


def folder(images_dir: Path, softcopy: Softcopy) -> Path:
    """Where the pictures of a softcopy are; another version of it has another folder."""
    return images_dir / f"{softcopy.publication_id}-{softcopy.version}"


def book_path(images_dir: Path, softcopy: Softcopy) -> Path:
    """Where the note on a softcopy is."""
    return folder(images_dir, softcopy) / BOOK_NAME


def image_path(images_dir: Path, softcopy: Softcopy, page: int, size: Size, format: Format) -> Path:
    """Where the picture of a page is."""
    return folder(images_dir, softcopy) / image_name(page, size, format)


def read(path: Path, format: Format) -> bytes | None:
    """The picture at this path; None when there is none, or only a part of it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data if is_whole(data, format) else None
