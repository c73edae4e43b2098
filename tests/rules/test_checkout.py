"""When a visit may end."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.checkout.rules import Card, Item, Situation, checklist

SITUATIONS = st.builds(
    Situation,
    locker_in_use=st.none() | st.integers(1, 48),
    locker_given_back=st.booleans(),
    card=st.sampled_from(Card),
    card_slot=st.integers(0, 24),
    readings=st.just(2),
    readings_out=st.integers(0, 2),
    photocopies=st.just(1),
    photocopies_out=st.integers(0, 1),
    scans=st.integers(0, 3),
    scans_unfinished=st.integers(0, 1),
    details_missing=st.booleans(),
    has_rated=st.booleans(),
)


@given(SITUATIONS)
def test_it_may_end_exactly_when_nothing_of_anybody_is_out(now):
    settled = (
        now.locker_in_use is None
        and now.card is not Card.OWED
        and not now.readings_out
        and not now.photocopies_out
    )

    assert checklist(now).is_settled is settled


@given(SITUATIONS)
def test_a_rating_is_offered_and_never_required(now):
    found = checklist(now)

    assert found.get(Item.RATING) is not None
    offered = {Item.RATING, Item.SCANS, Item.DETAILS}
    assert offered.isdisjoint(line.item for line in found.outstanding)


@given(SITUATIONS)
def test_an_exception_is_told_apart_from_a_card_that_went_back(now):
    card = checklist(now).get(Item.CARD)

    assert (card is not None and card.is_excepted) is (now.card is Card.EXCEPTED)


@given(SITUATIONS)
def test_the_bag_comes_before_the_card(now):
    order = [line.item for line in checklist(now).items]

    if Item.LOCKER in order and Item.CARD in order:
        assert order.index(Item.LOCKER) < order.index(Item.CARD)
