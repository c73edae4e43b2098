"""The files of scans: one folder a job, every file there whole or not at all."""

import os
import shutil
from pathlib import Path

from PIL import Image

from appliance.storage.files import sync_to_disk

THUMBNAIL_PX = (300, 424)
THUMBNAIL_QUALITY = 60  # about 12 KB for a page of text
PART = ".part"


class DamagedImage(ValueError):
    """Raised when a picture cannot be read to its end."""


def make_folder(folder: Path) -> None:
    """The folder, durable in its parent; fine when it is there already."""
    if not folder.is_dir():
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        sync_to_disk(folder.parent)


def make_thumbnail(image: Path, target: Path) -> Image.Image:
    """A small JPEG of a page, and what is in it.

    Raises DamagedImage when the page is cut off, OSError when the disk is full.
    """
    try:
        with Image.open(image) as page:
            # libjpeg scales while decoding: a seventh of the work, and it still reads to the end.
            page.draft(page.mode, THUMBNAIL_PX)
            small = _reduced_dots(page) if page.mode == "1" else page
            small.thumbnail(THUMBNAIL_PX)
            small = small.copy()
    except OSError as error:
        raise DamagedImage(f"{image.name} cannot be read: {error}") from error
    write_jpeg(small, target, THUMBNAIL_QUALITY)
    return small


def write_jpeg(picture: Image.Image, target: Path, quality: int) -> None:
    """Keep a picture there, whole or not at all."""
    part = target.with_name(target.name + PART)
    try:
        with part.open("wb") as file:
            picture.save(file, "JPEG", quality=quality)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(part, target)
    finally:
        part.unlink(missing_ok=True)


def _reduced_dots(page: Image.Image) -> Image.Image:
    """Black and white as grey, so that thin lines do not vanish when it is made small."""
    grey = page.convert("L")
    factor = min(grey.width // THUMBNAIL_PX[0], grey.height // THUMBNAIL_PX[1])
    return grey.reduce(factor) if factor > 1 else grey


def put_in_place(part: Path, target: Path) -> None:
    """Give a synced file its name, durably."""
    part.replace(target)
    sync_to_disk(target.parent)


def remove(*paths: Path) -> None:
    """Delete what is there of these files."""
    for path in paths:
        path.unlink(missing_ok=True)


def remove_folder(folder: Path) -> bool:
    """Delete a job's folder with everything in it; whether it is gone, now or before."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
