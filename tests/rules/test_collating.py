"""Two stacks become one document, whatever their length."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.documents.collating import interleaved, last_stacks
from appliance.errors import Refused


@dataclass(frozen=True, slots=True)
class Page:
    batch: str | None
    source: str = "feeder"


@given(st.integers(1, 60))
def test_a_stack_scanned_from_both_sides_comes_out_in_reading_order(sheets):
    document = [(sheet, side) for sheet in range(sheets) for side in ("front", "back")]
    fronts = [page for page in document if page[1] == "front"]
    turned_over = [page for page in reversed(document) if page[1] == "back"]

    assert interleaved(fronts, turned_over) == document


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_sheet_too_few_is_never_guessed(fronts, backs):
    if fronts == backs:
        assert len(interleaved(range(fronts), range(backs))) == 2 * fronts
        return
    with pytest.raises(Refused) as told:
        interleaved(range(fronts), range(backs))
    assert (told.value.values["fronts"], told.value.values["backs"]) == (fronts, backs)


@pytest.mark.parametrize(
    ("batches", "last", "before"),
    [
        ("", "", ""),
        (".", "", ""),
        ("aa", "aa", ""),
        (".aa", "aa", ""),
        ("aabb", "bb", "aa"),
        ("aabbcc", "cc", "bb"),
        ("aabb.", "", ""),
        ("aa.bb", "bb", ""),
    ],
)
def test_only_stacks_fed_one_after_the_other_belong_together(batches, last, before):
    found = last_stacks([Page(None if batch == "." else batch) for batch in batches])

    assert tuple("".join(page.batch for page in run) for run in found) == (last, before)


def test_a_scanner_that_reads_both_sides_needs_no_collating():
    assert last_stacks([Page("a", "duplex"), Page("a", "duplex")]) == ([], [])
