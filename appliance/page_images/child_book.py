"""Says for the drawing child what a PDF is like: pages, their sizes and numbers, its outline."""

import time

import pymupdf
from pymupdf import mupdf

from appliance.free_text import one_line
from appliance.page_images.orders import Heading, Inspection

MAX_HEADINGS = 1000
HEADING_CHARS = 200
DEEPEST = 6
LABEL_CHARS = 20
MAX_LABEL_RULES = 200
HIGHEST_LABEL = 9999  # a roman million is a million letters long
PAGES_S = 1.5  # for a look at all pages; whoever opens a book waits
# What PyMuPDF raises over files that are no good, as 600 of them showed.
BAD_FILE = (
    RuntimeError,
    mupdf.FzErrorBase,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
)


def described(document: "pymupdf.Document") -> Inspection:
    """Everything of it that is told once; raises what of BAD_FILE its first page is."""
    first = document.load_page(0).rect  # a file whose first page cannot be found is damaged
    labels, odd_sizes = _pages(document, (round(first.width), round(first.height)))
    return Inspection(
        pages=document.page_count,
        width=round(first.width),
        height=round(first.height),
        outline=_outline(document),
        labels=labels,
        odd_sizes=odd_sizes,
    )


def _outline(document: "pymupdf.Document") -> tuple[Heading, ...]:
    try:
        lines = document.get_toc(simple=True)[:MAX_HEADINGS]
    except BAD_FILE:
        return ()  # pages can be read without it
    headings = (
        Heading(min(max(level, 1), DEEPEST), one_line(text)[:HEADING_CHARS], page)
        for level, text, page in lines
    )
    return tuple(one for one in headings if one.title and 1 <= one.page <= document.page_count)


def _pages(
    document: "pymupdf.Document", usual: tuple[int, int]
) -> tuple[tuple[str, ...], dict[int, tuple[int, int]]]:
    """The printed numbers, unless they are 1, 2, 3, and the sizes that are not the usual one."""
    deadline_s = time.monotonic() + PAGES_S
    has_labels = _has_labels(document)
    labels: list[str] = []
    sizes: dict[int, tuple[int, int]] = {}
    for number in range(1, document.page_count + 1):
        if time.monotonic() > deadline_s:
            return (), sizes
        try:
            page = document.load_page(number - 1)
            rect = page.rect
            labels.append(one_line(page.get_label())[:LABEL_CHARS] if has_labels else "")
        except BAD_FILE:
            labels.append("")
            continue
        size = (round(rect.width), round(rect.height))
        if size != usual and min(size) > 0:
            sizes[number] = size
    plain = [str(number) for number in range(1, len(labels) + 1)]
    return (tuple(labels) if any(labels) and labels != plain else ()), sizes


def _has_labels(document: "pymupdf.Document") -> bool:
    """Whether it says how its pages are numbered, with numbers that a book can have."""
    try:
        rules = document.get_page_labels()
    except BAD_FILE:
        return False
    return 0 < len(rules) <= MAX_LABEL_RULES and all(
        rule.get("firstpagenum", 1) <= HIGHEST_LABEL and len(rule.get("prefix", "")) <= LABEL_CHARS
        for rule in rules
    )
