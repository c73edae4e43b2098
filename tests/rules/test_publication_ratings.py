"""Stars and their average; how far a visitor is with the portal's account."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.portal_account.rules import AccountState, further
from appliance.publication_ratings.rules import StarSummary, checked_stars


@given(st.lists(st.integers(1, 5), min_size=1))
def test_the_average_is_the_exact_one_rounded_half_up(stars) -> None:
    average = StarSummary(len(stars), sum(stars)).average

    assert average is not None
    assert 1 <= average <= 5
    assert -len(stars) <= 20 * sum(stars) - 20 * average * len(stars) < len(stars)


def test_it_rounds_up_from_the_middle_and_is_nothing_without_ratings() -> None:
    assert StarSummary(20, 85).average == Decimal("4.3")
    assert StarSummary(3, 13).average == Decimal("4.3")
    assert StarSummary(0, 0).average is None


@pytest.mark.parametrize("text", ["", "0", "6", "x", "4.5", "²", "05"])
def test_stars_are_one_to_five(text) -> None:
    assert checked_stars(text)[1] == {"stars": "Pilih satu sampai lima bintang."}
    assert checked_stars(" 4 ") == (4, {})


@given(st.lists(st.sampled_from(list(AccountState)), min_size=1))
def test_what_is_known_of_an_account_is_never_taken_back(said) -> None:
    now, ranks = None, list(AccountState)
    for state in said:
        before, now = now, further(now, state)
        assert before is None or ranks.index(now) >= ranks.index(before)

    assert now is max(said, key=ranks.index)
