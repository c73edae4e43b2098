"""Writes a scanned page to disk so that it is there whole or not at all."""

import hashlib
import os
from io import BytesIO
from pathlib import Path

from PIL import Image

from hardware.interfaces import ScannedPage

BILEVEL_SUFFIX = ".tif"
WHOLE = 1 << 26
"""One strip, which a PDF takes as it is."""


def write_page(
    image: Image.Image, target: Path, *, resolution_dpi: int, jpeg_quality: int
) -> ScannedPage:
    """Write `image` to `target`, synced together with its folder; returns what it is.

    JPEG, or TIFF (G4) under the ending .tif for black and white alone: a sixteenth of the bytes.
    Raises OSError when the disk refuses; the temporary file is gone then.
    """
    encoded = BytesIO()
    dpi = (resolution_dpi, resolution_dpi)
    if image.mode == "1":
        target = target.with_suffix(BILEVEL_SUFFIX)
        image.save(encoded, "TIFF", compression="group4", dpi=dpi, strip_size=WHOLE)
    else:
        image.save(encoded, "JPEG", quality=jpeg_quality, dpi=dpi)
    data = encoded.getbuffer()
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)
    return ScannedPage(
        path=target,
        width_px=image.width,
        height_px=image.height,
        resolution_dpi=resolution_dpi,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
