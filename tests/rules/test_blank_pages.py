"""Which pages look empty."""

import random

import pytest
from PIL import Image, ImageDraw

from appliance.documents.blank import is_blank

SMALL = (300, 424)


def paper(brightness: int = 250, *, noise: int = 4) -> Image.Image:
    """A sheet as a scanner sees it: never quite white, with the shadow of its edge."""
    dice = random.Random(1)  # the same sheet in every run
    page = Image.new("L", SMALL)
    page.putdata(
        [max(0, min(255, brightness + dice.randint(-noise, noise))) for _ in range(300 * 424)]
    )
    ImageDraw.Draw(page).line([(0, 0), (0, 423)], fill=40, width=4)
    return page


def text(page: Image.Image, lines: int, ink: int = 60) -> Image.Image:
    draw = ImageDraw.Draw(page)
    for line in range(lines):
        draw.line([(40, 60 + 8 * line), (250, 60 + 8 * line)], fill=ink, width=2)
    return page


@pytest.mark.parametrize("brightness", [255, 240, 200, 130])
def test_an_empty_sheet_is_blank_on_any_paper(brightness: int) -> None:
    assert is_blank(paper(brightness))


def test_a_page_number_alone_is_blank_and_one_line_is_not() -> None:
    numbered = paper()
    ImageDraw.Draw(numbered).rectangle((148, 396, 152, 400), fill=60)

    assert is_blank(numbered)
    assert not is_blank(text(paper(), 1))
    assert not is_blank(text(paper(), 40))


def test_what_shines_through_from_the_other_side_is_no_text() -> None:
    assert is_blank(text(paper(), 40, ink=215))


def test_a_dark_page_is_not_blank() -> None:
    assert not is_blank(Image.new("L", SMALL, 20))
    assert not is_blank(Image.new("RGB", SMALL, (90, 20, 20)))


def test_black_and_white_alone_is_judged_too() -> None:
    assert is_blank(Image.new("1", (600, 848), 1))
