"""Turning and cutting a page: what is cut as it is seen is what is cut from the picture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from appliance.documents import looks
from appliance.documents.looks import Sheet, Trims
from appliance.errors import Refused

A4 = Sheet(2480, 3508, 300)
TURNS = st.sampled_from([0, 90, 180, 270])
CUT_MM = st.floats(0, 80, allow_nan=False)


def test_a_page_turned_by_quarters_comes_round():
    assert [looks.turned_by(0, quarters) for quarters in (1, 2, 3, 4, -1)] == [90, 180, 270, 0, 270]


@pytest.mark.parametrize("turned", [None, 1, 45, 360, -90])
def test_other_turns_are_refused(turned):
    with pytest.raises(Refused):
        looks.checked_turn(turned)


def test_the_left_edge_of_an_upright_page_is_its_left_edge():
    assert looks.crop_of(Trims(left=25.4), A4, 0) == "300,0,2480,3508"


def test_the_top_of_a_page_turned_clockwise_is_its_left_edge():
    assert looks.crop_of(Trims(top=25.4), A4, 90) == "300,0,2480,3508"


@given(TURNS, st.builds(Trims, CUT_MM, CUT_MM, CUT_MM, CUT_MM))
def test_what_is_cut_is_told_again_as_it_was_asked(turned, trims):
    told = looks.trims_of(looks.crop_of(trims, A4, turned), A4, turned)

    for name in ("left", "top", "right", "bottom"):
        assert abs(getattr(told, name) - getattr(trims, name)) < 0.05


@given(TURNS, st.sampled_from(["left", "top", "right", "bottom"]))
def test_the_picture_loses_the_edge_that_was_seen(turned, edge):
    """Judged by Pillow: an edge painted white on the page as seen is what the crop takes away."""
    sheet = Sheet(100, 140, 25)
    seen = Image.new("L", tuple(round(mm) for mm in sheet.seen_mm(turned)), 0)
    width, height = seen.size
    bands = {
        "left": (0, 0, 10, height),
        "top": (0, 0, width, 10),
        "right": (width - 10, 0, width, height),
        "bottom": (0, height - 10, width, height),
    }
    seen.paste(255, bands[edge])
    as_read = seen.rotate(turned, expand=True).resize((100, 140), Image.Resampling.NEAREST)
    assert as_read.getextrema() == (0, 255)

    crop = looks.crop_of(Trims(**{edge: 10.5}), sheet, turned)
    left = as_read.crop(looks.box_of(crop, as_read.size))

    assert left.getextrema() == (0, 0)


@pytest.mark.parametrize(
    ("stored", "box"),
    [(None, (0, 0, 100, 140)), ("", (0, 0, 100, 140)), ("left", (0, 0, 100, 140)),
     ("1,2,3", (0, 0, 100, 140)), ("-5,10,90,200", (0, 10, 90, 140)),
     ("60,0,60,140", (0, 0, 100, 140)), ("100,0,300,140", (0, 0, 100, 140))],
)  # fmt: skip
def test_what_is_kept_lies_inside_the_picture_whatever_is_stored(stored, box):
    assert looks.box_of(stored, (100, 140)) == box


@pytest.mark.parametrize(
    "trims",
    [Trims(left=-1), Trims(left=200), Trims(top=150, bottom=140), Trims(left=float("nan")),
     Trims(right=float("inf"))],
)  # fmt: skip
def test_a_cut_that_leaves_nothing_is_refused(trims):
    with pytest.raises(Refused):
        looks.crop_of(trims, A4, 0)


def test_one_tap_keeps_one_page_of_an_open_book():
    wide = Sheet(3508, 2480, 300)

    ready = looks.ready_trims(wide, 0)

    assert looks.crop_of(ready["none"], wide, 0) is None
    assert looks.crop_of(ready["left"], wide, 0) == "0,0,1754,2480"
    assert looks.crop_of(ready["right"], wide, 0) == "1754,0,3508,2480"


def test_every_way_of_showing_a_page_has_its_own_file():
    names = {
        looks.view_name("page", turned, crop) for turned in (0, 90) for crop in (None, "1,1,9,9")
    }

    assert len(names) == 4
