"""Pages of a photocopy form: what people write, and what is counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.photocopy.pages import HIGHEST, MOST, Pages, UnreadableError, parse_pages


@pytest.mark.parametrize(
    ("typed", "text", "count"),
    [
        ("1-5, 12", "1-5, 12", 6),
        ("hal. 3 s/d 7 dan 5", "3-7", 5),
        ("iii-v; 1", "iii-v, 1", 4),
        ("5 s.d. 9", "5-9", 5),
        ("hlm 12–15", "12-15", 4),
        ("halaman 1 sampai 4, 2", "1-4", 4),
        ("7\n8", "7-8", 2),
    ],
)
def test_pages_as_people_write_them(typed, text, count) -> None:
    assert parse_pages(typed) == Pages(text, count)


@pytest.mark.parametrize(
    "typed", ["", "-", "1-", "semua", "5-1", "0", "1-2-3", "i-5", "9999", "1-1001", "iiii", "١"]
)
def test_what_is_no_page_is_not_guessed(typed) -> None:
    with pytest.raises(UnreadableError):
        parse_pages(typed)


RANGES = st.lists(st.tuples(st.integers(1, HIGHEST), st.integers(0, 40)), min_size=1, max_size=12)


@given(RANGES)
def test_every_page_is_counted_once_and_the_short_way_says_the_same(ranges) -> None:
    ends = [(first, min(first + more, HIGHEST)) for first, more in ranges]
    pages = {page for first, last in ends for page in range(first, last + 1)}
    assert len(pages) <= MOST

    found = parse_pages(", ".join(f"{first}-{last}" for first, last in ends))

    assert found.count == len(pages)
    assert parse_pages(found.text) == found


@given(st.text(max_size=60))
def test_no_text_breaks_it(typed) -> None:
    try:
        found = parse_pages(typed)
    except UnreadableError:
        return
    assert 0 < found.count <= MOST
