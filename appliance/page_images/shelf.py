"""Where the pictures of pages are kept, and whose they are: one folder for each softcopy.

The documents process writes there, the web process reads; what is there is whole or no picture.
"""

from pathlib import Path
from typing import Protocol

import msgspec

from appliance.page_images.orders import Inspection
from appliance.page_images.rules import Format, Problem, Size, image_name, is_whole
from appliance.page_images.words import PageWords, understood

FOLDER = "page-images"
BOOK_NAME = "book.json"


class Numbered(Protocol):
    """A publication's file in one of its versions."""

    @property
    def publication_id(self) -> int: ...

    @property
    def version(self) -> str: ...


class BookNote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stays true of a softcopy as long as it is the same file."""

    problem: Problem | None = None
    inspection: Inspection | None = None


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What the web process asks for; page 0 is the note on the whole book.

    `words_part` other than 0 asks for the words of that part of it instead.
    """

    publication_id: int
    softcopy: str
    page: int = 0
    words_part: int = 0
    size: Size = Size.PHONE
    format: Format = Format.WEBP


def folder(images_dir: Path, book: Numbered) -> Path:
    """Where the pictures of a softcopy are; another version of it has another folder."""
    return images_dir / f"{book.publication_id}-{book.version}"


def book_path(images_dir: Path, book: Numbered) -> Path:
    """Where the note on a softcopy is."""
    return folder(images_dir, book) / BOOK_NAME


def image_path(images_dir: Path, book: Numbered, page: int, size: Size, format: Format) -> Path:
    """Where the picture of a page is."""
    return folder(images_dir, book) / image_name(page, size, format)


def words_path(images_dir: Path, book: Numbered, part: int) -> Path:
    """Where the words of a part are."""
    return folder(images_dir, book) / f"{part}.words"


def read_words(path: Path) -> tuple[PageWords, ...] | None:
    """The words at this path; None when there are none, or only a part of them."""
    try:
        return understood(path.read_bytes())
    except FileNotFoundError:
        return None


def read(path: Path, format: Format) -> bytes | None:
    """The picture at this path; None when there is none, or only a part of it."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data if is_whole(data, format) else None
