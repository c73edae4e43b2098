"""Text for people out of what the source sends: escaped HTML, entities, hidden characters."""

import html
import re

from appliance.free_text import one_line

MOST_LOOKED_AT = 200_000  # characters; an abstract has some hundreds
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]*)?/?>|<!--[^<>]*-->")
_WITHOUT_TEXT = ("script", "style", "title", "head")
_SIZE = re.compile(r"([0-9]{1,9}(?:[.,][0-9]{1,9})?)\s*(KB|MB|GB|B)", re.IGNORECASE)
_UNITS = {"b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}


def plain(text: str | None, longest: int) -> str:
    """One line of plain text, at most so long; a text that is cut ends with an ellipsis.

    Escaped once or twice and with tags or without: the lists do it differently.
    """
    kept: list[str] = []
    hidden = ""
    place = 0
    source = html.unescape((text or "")[:MOST_LOOKED_AT])
    for tag in _TAG.finditer(source):
        if not hidden:
            kept.append(source[place : tag.start()])
        name = (tag[2] or "").lower()
        if hidden and tag[1] and name == hidden:
            hidden = ""
        elif not hidden and not tag[1] and name in _WITHOUT_TEXT:
            hidden = name
        place = tag.end()
    if not hidden:
        kept.append(source[place:])
    line = one_line(html.unescape(" ".join(kept)))
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def size_bytes(text: str | None) -> int | None:
    """How large "13.46 MB" is; None when it says nothing."""
    found = _SIZE.search((text or "")[:100])
    if found is None:
        return None
    return int(float(found[1].replace(",", ".")) * _UNITS[found[2].lower()])
