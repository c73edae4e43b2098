"""The sixteen items: what may be answered, and where an item stands among the others."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.ratings.rules import Tally
from appliance.ratings.skd_items import INTEGRITY, STATEMENTS, Item
from appliance.ratings.skd_rules import (
    OVERALL,
    ItemTallies,
    Quadrant,
    checked_reply,
    field,
    figures,
)

FIELDS = [field(scale, item) for item in Item for scale in ("importance", "satisfaction")]


def tallies(importance: int, satisfaction: int) -> ItemTallies:
    """One answer to each question of an item."""
    return ItemTallies(Tally(importance, 1), Tally(satisfaction, 1))


def test_sixteen_items_in_both_languages():
    assert [statement.item for statement in STATEMENTS] == list(Item)
    assert len(STATEMENTS) == 16
    assert all(statement.text_id and statement.text_en for statement in STATEMENTS)
    assert len(INTEGRITY) == 5


def test_a_reply_may_answer_any_part_of_the_form():
    reply, problems = checked_reply(
        {"importance_fee": "10", "satisfaction_fee": " 1 ", "satisfaction_access": "7"}
    )

    assert problems == {}
    assert (reply.importance, reply.overall) == ({Item.FEE: 10}, None)
    assert reply.satisfaction == {Item.FEE: 1, Item.ACCESS: 7}
    assert reply.items == (Item.FEE, Item.ACCESS)


@pytest.mark.parametrize("form", [{}, {"importance_fee": " "}, {"other": "3"}])
def test_a_form_without_an_answer_is_no_reply(form):
    assert set(checked_reply(form)[1]) == {OVERALL}


@given(st.dictionaries(st.sampled_from([*FIELDS, OVERALL, "x"]), st.text() | st.integers()))
def test_every_answer_is_on_the_scale_or_a_problem_or_blank(form):
    reply, problems = checked_reply(form)

    given_values = [*reply.importance.values(), *reply.satisfaction.values()]
    assert all(1 <= value <= 10 for value in given_values)
    typed = {name for name, text in form.items() if name != "x" and str(text or "").strip()}
    assert len(typed) == len(given_values) + (reply.overall is not None) + len(
        problems.keys() & typed
    )


def test_an_item_stands_where_its_means_are_among_the_others():
    found = figures(
        {
            Item.FEE: tallies(10, 2),
            Item.ACCESS: tallies(10, 10),
            Item.PRODUCT: tallies(2, 2),
            Item.CLARITY: tallies(2, 10),
        },
        Tally(17, 2),
        3,
    )

    by_item = {one.item: one for one in found.items}
    assert by_item[Item.FEE].quadrant is Quadrant.IMPROVE
    assert by_item[Item.ACCESS].quadrant is Quadrant.KEEP
    assert by_item[Item.PRODUCT].quadrant is Quadrant.LATER
    assert by_item[Item.CLARITY].quadrant is Quadrant.ENOUGH
    assert by_item[Item.NO_FRAUD].quadrant is None
    assert (by_item[Item.FEE].gap, by_item[Item.CLARITY].gap) == (Decimal(-8), Decimal(8))
    assert (found.importance, found.satisfaction) == (Decimal(6), Decimal(6))
    assert (found.overall, found.overall_answered, found.respondents) == (Decimal("8.50"), 2, 3)
    assert found.index is None


def test_who_is_content_with_everything_makes_a_hundred():
    found = figures(dict.fromkeys(Item, tallies(3, 10)), Tally(0, 0), 1)

    assert (found.index, found.integrity, found.overall) == (Decimal(100), Decimal(100), None)


def test_importance_weighs_satisfaction():
    means = dict.fromkeys(Item, tallies(1, 1)) | {Item.FEE: tallies(10, 10)}

    # (15 * 1 + 10 * 10) / 25 of 10
    assert figures(means, Tally(0, 0), 1).index == Decimal("46.00")


def test_a_gap_is_rounded_alike_on_both_sides_of_nought():
    more = ItemTallies(Tally(40, 8), Tally(41, 8))
    less = ItemTallies(Tally(41, 8), Tally(40, 8))

    found = figures({Item.FEE: more, Item.ACCESS: less}, Tally(0, 0), 8)

    assert [one.gap for one in found.items if one.gap is not None] == [
        Decimal("0.13"),
        Decimal("-0.13"),
    ]
