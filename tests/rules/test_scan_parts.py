"""How a finished job becomes files: nothing lost, none too large, nobody named."""

import re

from hypothesis import given
from hypothesis import strategies as st

from appliance.documents import parts


@given(st.lists(st.integers(1, 120 << 20), min_size=1, max_size=220))
def test_pages_are_divided_in_order_and_no_file_is_too_large(sizes):
    slices = parts.divide(sizes)

    assert [size for each in slices for size in sizes[each]] == sizes
    for each in slices:
        held = sizes[each]
        assert 1 <= len(held) <= parts.PAGE_LIMIT
        assert len(held) == 1 or sum(held) <= parts.FILE_LIMIT_BYTES


@given(st.integers(1, 10**6), st.dates(), st.integers(1, 99))
def test_a_download_name_is_plain_and_says_nothing_about_a_person(number, day, part):
    name = parts.download_name(f"A-{number:03d}", day, "pdf", job=2, part=part, page=7)

    assert re.fullmatch(
        r"hasil-pindai-[0-9]{4}-[0-9]{2}-[0-9]{2}-A-[0-9]{3,7}-2(-bagian-[0-9]+)?-halaman-7\.pdf",
        name,
    )


def test_one_file_has_the_plain_title():
    assert parts.pdf_title(1, 1) == "Hasil pindai Ruang Baca"
    assert parts.pdf_title(2, 3) == "Hasil pindai Ruang Baca (2/3)"
