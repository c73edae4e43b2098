"""A QR code as an SVG that stands in the page itself: nothing is fetched, nothing is styled."""

import segno
from markupsafe import Markup


def drawn(text: str) -> Markup:
    """The code for reading this text, with the quiet zone that cameras need."""
    code = segno.make(text, error="m", micro=False)
    inline = code.svg_inline(border=4, omitsize=True, lineclass=None)
    return Markup(inline)  # noqa: S704 - squares only; the text itself is not in it
