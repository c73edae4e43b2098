"""When a visit may end."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.checkout.rules import Item, Situation, checklist

SITUATIONS = st.builds(
    Situation,
    locker_in_use=st.none() | st.integers(1, 48),
    locker_given_back=st.booleans(),
    card_in_tray=st.none() | st.integers(1, 24),
    card_returned=st.booleans(),
    readings=st.just(2),
    readings_out=st.integers(0, 2),
    photocopies=st.just(1),
    photocopies_out=st.integers(0, 1),
    has_rated=st.booleans(),
)


@given(SITUATIONS)
def test_it_may_end_exactly_when_nothing_of_anybody_is_out(now):
    settled = (
        now.locker_in_use is None
        and now.card_in_tray is None
        and not now.readings_out
        and not now.photocopies_out
    )

    assert checklist(now).is_settled is settled


@given(SITUATIONS)
def test_a_rating_is_offered_and_never_required(now):
    found = checklist(now)

    assert found.get(Item.RATING) is not None
    assert Item.RATING not in [line.item for line in found.outstanding]


@given(SITUATIONS)
def test_the_bag_comes_before_the_card(now):
    order = [line.item for line in checklist(now).items]

    if Item.LOCKER in order and Item.CARD in order:
        assert order.index(Item.LOCKER) < order.index(Item.CARD)
