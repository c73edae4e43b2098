"""What the drawing child is asked for and what it answers: a line of JSON each."""

from typing import Literal

import msgspec

from appliance.page_images.rules import Format, Problem


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do with one file. Pages count from 1; words are read from a part of them."""

    do: Literal["inspect", "draw", "read_words"]
    path: str
    page: int = 1
    width_px: int = 0
    format: Format = Format.WEBP
    target: str = ""


class Heading(msgspec.Struct, frozen=True):
    """A line of the publication's own table of contents; level 1 is the highest."""

    level: int
    title: str
    page: int


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """What a PDF is like: its pages, and the size of the first one in points.

    `labels` are the numbers that are printed on the pages, where they are others than 1, 2, 3;
    `odd_sizes` those of pages that differ from the first one.
    """

    pages: int
    width: int
    height: int
    outline: tuple[Heading, ...] = ()
    labels: tuple[str, ...] = ()
    odd_sizes: dict[int, tuple[int, int]] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How it went: a problem, or what was asked for. `is_last`: the child ends after it."""

    problem: Problem | None = None
    inspection: Inspection | None = None
    is_last: bool = False
