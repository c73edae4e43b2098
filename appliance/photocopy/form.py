"""What somebody writes on the photocopy form: several publications, each with its pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.errors import N_, Invalid
from appliance.free_text import Field, checked
from appliance.photocopy.pages import Pages, UnreadableError, parse_pages

MOST_TITLES = 5  # as many lines as a slip of 80 mm shows without becoming a scroll
FIELDS = {
    "title": Field(400, N_("Tulis judul publikasi yang difotokopi.")),
    "pages": Field(100, N_("Tulis halaman yang difotokopi, misalnya 12-15.")),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One line of the form."""

    title: str
    pages: Pages


def names(line: int) -> tuple[str, str]:
    """What the fields of a line are called, the first line being 1: title and pages."""
    return ("title", "pages") if line == 1 else (f"title-{line}", f"pages-{line}")


def wishes(form: Mapping[str, str]) -> tuple[Wish, ...]:
    """The lines that were filled in; the first one has to be.

    Raises Invalid with every problem of every line at once.
    """
    found: list[Wish] = []
    problems: dict[str, str] = {}
    for line in range(1, MOST_TITLES + 1):
        typed = dict(zip(FIELDS, (form.get(name, "") for name in names(line)), strict=True))
        if line > 1 and not any(text.strip() for text in typed.values()):
            continue
        try:
            found.append(_wish(typed))
        except Invalid as invalid:
            called = dict(zip(FIELDS, names(line), strict=True))
            problems |= {called[name]: said for name, said in invalid.problems.items()}
    if problems:
        raise Invalid(problems)
    return tuple(found)


def _wish(typed: Mapping[str, str]) -> Wish:
    texts = checked(typed, FIELDS)
    try:
        return Wish(texts["title"], parse_pages(texts["pages"]))
    except UnreadableError as unreadable:
        raise Invalid({"pages": str(unreadable)}) from None
