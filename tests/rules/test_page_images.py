"""Sizes and limits of a page's picture."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.page_images.rules import (
    MAX_PIXELS,
    SENTENCES,
    TALLEST,
    Format,
    Problem,
    is_whole,
    nearest_page,
    scale,
)

LENGTHS = st.floats(min_value=1e-3, max_value=1e9)


@given(LENGTHS, LENGTHS, st.sampled_from((720, 1400)))
def test_no_page_is_drawn_wider_taller_or_larger_than_it_may(
    width: float, height: float, width_px: int
) -> None:
    drawn = scale(width, height, width_px)

    assert width * drawn <= width_px * 1.001
    assert height * drawn <= width_px * TALLEST * 1.001
    assert width * height * drawn**2 <= MAX_PIXELS * 1.001


def test_a_page_of_a4_gets_the_width_it_is_asked_for() -> None:
    assert math.isclose(595 * scale(595, 842, 1400), 1400)


@pytest.mark.parametrize("size", [(0, 9), (9, 0), (-1, 9), (math.nan, 9), (9, math.nan)])
def test_a_page_without_an_area_is_no_page(size: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="area"):
        scale(*size, 720)


def test_the_nearest_page_always_exists() -> None:
    assert [nearest_page(asked, 3) for asked in (-1, 0, 1, 3, 4)] == [1, 1, 1, 3, 3]
    assert nearest_page(1, 0) == 1


def test_every_problem_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Problem)


def test_nothing_is_no_whole_picture() -> None:
    assert [is_whole(b"", format) for format in Format] == [False, False]
