"""Printed copies: their barcodes, and which of them a scanned book is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.catalogue import copy_rules
from appliance.catalogue.copy_rules import Copy, CopyState, own_barcode, whose
from appliance.codes import ReadKind, recognise
from appliance.errors import Refused
from appliance.reading import rules
from appliance.reading.rules import Choice

HELD = [state for state in copy_rules.STORED if state.is_held]


def copy(number=1, state=CopyState.ON_SHELF, reading_id=None):
    return Copy(number, str(number), 7, "Atlas", f"B{number}", "", "3B", "", state, reading_id)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_our_own_barcodes_are_read_and_differ_in_more_than_one_digit(one, other):
    texts = own_barcode(one), own_barcode(other)

    assert recognise(texts[0]).kind is ReadKind.PUBLICATION
    if one != other and len(texts[0]) == len(texts[1]):
        assert sum(a != b for a, b in zip(*texts, strict=True)) > 1


@given(st.dictionaries(st.sampled_from(copy_rules.FIELDS), st.text(max_size=300)))
def test_what_is_kept_of_a_copy_is_kept_as_it_is_the_second_time(values):
    kept, problems = copy_rules.checked(values)

    assert (kept is None) == bool(problems)
    if kept is not None:
        told = {name: getattr(kept, name) for name in copy_rules.FIELDS}
        assert copy_rules.checked(told) == (kept, {})


@pytest.mark.parametrize(
    ("thirteen", "ten"),
    [("9780306406157", "0306406152"), ("9780804429573", "080442957X"), ("9772086000000", None)],
)
def test_an_old_isbn_is_found_by_its_bar_code(thirteen, ten):
    assert copy_rules.book_numbers(thirteen) == tuple(filter(None, (thirteen, ten)))


def test_a_copy_of_another_sort_of_code_is_refused():
    assert copy_rules.checked({"barcode": "RBL07S"})[0] is None
    assert copy_rules.checked({"state": "reading"})[0] is None


def test_the_only_copy_is_meant_although_nobody_named_it():
    gone = copy(2, CopyState.MISSING)

    assert whose([copy(1), gone]).named == copy(1)
    assert whose([copy(1), copy(3), gone]).named is None
    assert whose([copy(1), gone], 2).named == gone


COPIES = st.lists(st.tuples(st.sampled_from(HELD), st.none() | st.integers(1, 9)), max_size=4).map(
    lambda told: [copy(n, state, reading) for n, (state, reading) in enumerate(told, start=1)]
)


@given(COPIES, st.none() | st.integers(1, 4), st.sets(st.integers(1, 4)))
def test_whoever_takes_a_book_takes_one_that_nobody_else_has(copies, named, mine):
    own = {one.id: one.reading_id for one in copies if one.id in mine and one.reading_id}
    try:
        chosen = rules.choose(whose(copies, named), own)
    except Refused:
        assert any(one.reading_id and one.id not in own for one in copies) or copies
        return

    taken = next((one for one in copies if one.id == chosen.copy_id), None)
    if taken is None:
        assert chosen == Choice()
        assert not copies
    else:
        assert taken.reading_id is None or own[taken.id] == chosen.reading_id
