"""Writes a scanned page to disk so that it is there whole or not at all."""

import hashlib
import os
from pathlib import Path

from hardware.interfaces import ScannedPage
from hardware.page_strips import EncodedPage

BILEVEL_SUFFIX = ".tif"


def write_page(page: EncodedPage, target: Path, *, resolution_dpi: int) -> ScannedPage:
    """Write `page` to `target`, synced together with its folder; returns what it is.

    A TIFF, black and white alone, gets the ending .tif. Raises OSError when the disk refuses; the
    temporary file is gone then.
    """
    if page.is_bilevel:
        target = target.with_suffix(BILEVEL_SUFFIX)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(page.data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return ScannedPage(
        path=target,
        width_px=page.width_px,
        height_px=page.height_px,
        resolution_dpi=resolution_dpi,
        size_bytes=len(page.data),
        sha256=hashlib.sha256(page.data).hexdigest(),
    )


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
