"""A page is built from the stream of scanimage, or refused with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.page_strips import EncodedPage
from hardware.pnm_page import PageBuilder, PnmError

COLOUR = b"P6\n# SANE data follows\n3 3\n255\n" + bytes(range(27))


class KeptRows:
    """Takes strips of two rows and keeps their bytes."""

    strip_rows = 2

    def __init__(self, mode: str, size: tuple[int, int]) -> None:
        self.mode, self.size = mode, size
        self.data = bytearray()

    def add(self, rows: memoryview) -> None:
        self.data += rows

    def page(self) -> EncodedPage:
        return EncodedPage(bytes(self.data), *self.size, is_bilevel=self.mode == "1")


def build(stream: bytes, size: int = 1 << 20) -> PageBuilder:
    page = PageBuilder(KeptRows)
    while stream:
        count = min(len(stream), len(page.room), size)
        page.room[:count] = stream[:count]
        page.took(count)
        stream = stream[count:]
    return page


@given(size=st.integers(1, len(COLOUR)))
def test_the_page_is_the_same_in_pieces_of_any_size(size: int) -> None:
    page = build(COLOUR, size)

    assert page.is_full
    assert page.page() == EncodedPage(bytes(range(27)), 3, 3)


def test_grey_stays_grey_and_black_and_white_stays_one_bit_a_dot() -> None:
    grey = build(b"P5\n2 2\n255\n\x00\x40\x80\xff")
    dots = bytes([0b10000000, 0, 0b11111111, 0b11000000])
    lineart = build(b"P4\n# a comment\n10 2\n" + dots)

    assert (grey.header.mode, lineart.header.mode) == ("L", "1")
    assert grey.page() == EncodedPage(b"\x00\x40\x80\xff", 2, 2)
    assert lineart.page() == EncodedPage(dots, 10, 2, is_bilevel=True)


def test_a_first_pixel_that_looks_like_white_space_belongs_to_the_page() -> None:
    assert build(b"P5\n2 1\n255\n\n ").page().data == b"\n "


def test_rows_are_counted_as_they_come() -> None:
    page = build(COLOUR[:-1])

    assert page.rows_done == 2
    assert not page.is_full
    with pytest.raises(PnmError, match="2 of 3 rows"):
        page.page()


def test_data_beyond_the_last_row_is_refused() -> None:
    page = build(COLOUR + b"\x00")

    assert page.excess_bytes == 1
    with pytest.raises(PnmError, match="beyond 3 rows"):
        page.page()


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (b"P5\n2 2\n65535\n" + bytes(8), "depth of 8 bits"),
        (b"II*\x00 2 2 255 " + bytes(8), "not a PNM header"),
        (b"P6\n0 2\n255\n", "0 x 2 pixels"),
        (b"P6\n2 99999\n255\n", "2 x 99999 pixels"),
        (b"x" * 600, "no PNM header"),
    ],
)
def test_another_stream_is_refused(stream: bytes, message: str) -> None:
    with pytest.raises(PnmError, match=message):
        build(stream)


def test_a_stream_without_a_header_is_no_page() -> None:
    with pytest.raises(PnmError, match="before a header"):
        build(b"P6\n# SANE").page()
