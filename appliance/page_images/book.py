"""A publication as somebody reads it: its pages, what is printed on them, its chapters."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.catalogue.softcopy import Softcopy
from appliance.page_images.orders import Heading, Inspection
from appliance.page_images.rules import nearest_page

LONGEST_NUMBER = 6  # digits; nobody who means a page types more


@dataclass(frozen=True, slots=True)
class Book:
    """A publication that can be read here. `version` names its file as it is now.

    `width`, `height`: those of its first page, in points.
    """

    publication_id: int
    version: str
    pages: int
    width: int
    height: int
    outline: tuple[Heading, ...]
    labels: tuple[str, ...] = ()
    odd_sizes: Mapping[int, tuple[int, int]] = field(default_factory=dict)

    def label(self, page: int) -> str:
        """The number printed on that page; empty where it is the page's own or none."""
        label = self.labels[page - 1] if self.labels else ""
        return "" if label == str(page) else label

    def size(self, page: int) -> tuple[int, int]:
        """Width and height of that page in points."""
        return self.odd_sizes.get(page, (self.width, self.height))

    def chapter(self, page: int) -> Heading | None:
        """The last heading that begins on that page or before."""
        begun = [heading for heading in self.outline if heading.page <= page]
        return max(begun, key=lambda heading: heading.page, default=None)

    def page_of(self, text: str) -> int | None:
        """The page that somebody means: by the number printed on it, else by its place."""
        wanted = text.strip()
        labels = [label.casefold() for label in self.labels]
        if wanted and wanted.casefold() in labels:
            return labels.index(wanted.casefold()) + 1
        is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < LONGEST_NUMBER
        return nearest_page(int(wanted), self.pages) if is_number else None


def book_of(softcopy: Softcopy, found: Inspection) -> Book:
    """The book that this file was found to be."""
    return Book(
        publication_id=softcopy.publication_id,
        version=softcopy.version,
        pages=found.pages,
        width=found.width,
        height=found.height,
        outline=found.outline,
        labels=found.labels if len(found.labels) == found.pages else (),
        odd_sizes=found.odd_sizes,
    )
