"""Reads the words of pages for the drawing child, with the place of each."""

import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pymupdf

from appliance.page_images.child_book import BAD_FILE
from appliance.page_images.orders import Order
from appliance.page_images.words import (
    BOX,
    BOX_SIDE,
    MOST_WORD_CHARS,
    MOST_WORDS,
    PageWords,
    pages_of,
    part_of,
    written,
)

LONGEST_S = 4.0  # for a part; the pages left over stay unread
FLAGS = pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_DEHYPHENATE  # without it ligatures fall apart


def read_words(document: "pymupdf.Document", order: Order) -> None:
    """Write the words of the order's pages to its target."""
    deadline_s = time.monotonic() + LONGEST_S
    part = []
    for number in pages_of(part_of(order.page), document.page_count):
        if time.monotonic() > deadline_s:
            part.append(PageWords(is_unread=True))
            continue
        try:
            part.append(_words_of(document.load_page(number - 1)))
        except BAD_FILE:
            part.append(PageWords(is_unread=True))
    target = Path(order.target)
    unfinished = target.with_name(target.name + ".part")
    try:
        unfinished.write_bytes(written(part))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _words_of(page: "pymupdf.Page") -> PageWords:
    words, boxes = [], bytearray()
    for text, box in _found(page):
        words.append(text)
        boxes += BOX.pack(*box)
        if len(words) == MOST_WORDS:
            break
    return PageWords(" ".join(words), bytes(boxes))


def _found(page: "pymupdf.Page") -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every word in the order of the file, cleaned, with its box on the page as it is seen."""
    turned, seen = page.rotation_matrix, page.rect
    for *corners, text, _block, _line, _word in page.get_text("words", flags=FLAGS, sort=False):
        box = pymupdf.Rect(corners) * turned
        if not seen.intersects(box):
            continue
        across = (box.x0 - seen.x0, box.x1 - seen.x0)
        down = (box.y0 - seen.y0, box.y1 - seen.y0)
        left, right = (_unit(place, seen.width) for place in across)
        top, bottom = (_unit(place, seen.height) for place in down)
        for piece in _cleaned(text):
            yield piece, (left, top, right, bottom)


def _unit(place: float, side: float) -> int:
    return min(max(round(place / side * BOX_SIDE), 0), BOX_SIDE)


def _cleaned(text: str) -> list[str]:
    """The word without what cannot be seen; a few characters fall apart into several words."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(one for one in plain if one.isspace() or unicodedata.category(one)[0] != "C")
    return [piece[:MOST_WORD_CHARS] for piece in seen.split()]
