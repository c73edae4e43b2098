"""Parts of scanned pages made smaller without ever holding the whole page in its full size."""

from typing import TYPE_CHECKING

from appliance.documents.looks import Box

if TYPE_CHECKING:
    # Loaded by the children that call this only once their limits hold.
    from PIL import Image

REDUCING_GAP = 2.0  # Pillow first leaves whole dots out, down to twice the size wanted


def shrunk(
    page: "Image.Image", box: Box, share: float, mode: str, how: "Image.Resampling"
) -> "Image.Image":
    """The part of an opened page in this mode, each side `share` as long.

    libjpeg leaves colours, rows and columns out while it decodes: a quarter of the work.
    """
    width, height = page.size
    left, top, right, bottom = box
    page.draft(mode, (round(width * share), round(height * share)))
    seen = page.convert(mode)
    across, down = seen.width / width, seen.height / height
    part = (left * across, top * down, right * across, bottom * down)
    size = (max(round((right - left) * share), 1), max(round((bottom - top) * share), 1))
    return seen.resize(size, how, box=part, reducing_gap=REDUCING_GAP)
