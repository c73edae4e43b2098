"""The child that turns and cuts a page's picture: ``python -m appliance.documents.picture_child``.

Its arguments are the picture, "png" or "jpeg", and what else `PictureFile` holds; the new picture
is written to standard output, which must be a file.
"""

import sys
from pathlib import Path

from appliance.documents.child_limits import limit_myself
from appliance.documents.looks import box_of

WALL_S = 60
JPEG_QUALITY = 90
PNG_LEVEL = 3  # a third of the time of the usual one for a twentieth more bytes
LARGEST_PX = 80_000_000  # A4 in colour at 600 dpi has half of it


def main() -> int:
    """Write the picture; any exit code but 0 means that it is not whole."""
    limit_myself(wall_s=WALL_S)
    path, kind, resolution_dpi, turned, crop = sys.argv[1:]
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = LARGEST_PX
    with Image.open(Path(path)) as page:
        box = box_of(crop, page.size)
        seen = page if box == (0, 0, *page.size) else page.crop(box)
        if int(turned):
            seen = seen.rotate(-int(turned), expand=True)
        if kind == "jpeg" and seen.mode not in ("L", "RGB"):
            seen = seen.convert("L" if seen.mode == "1" else "RGB")
        dpi = (int(resolution_dpi),) * 2
        how = {"quality": JPEG_QUALITY} if kind == "jpeg" else {"compress_level": PNG_LEVEL}
        seen.save(sys.stdout.buffer, kind, dpi=dpi, **how)
    return 0


if __name__ == "__main__":
    sys.exit(main())
