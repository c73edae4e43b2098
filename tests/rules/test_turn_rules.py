"""Whose turn a scanner is, for any queue there can be."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.documents.turn_rules import UNSEEN_S, UNUSED_S, Settlement, Turn, settle

SECONDS = st.sampled_from([0.0, UNUSED_S, UNUSED_S + 1, UNSEEN_S, UNSEEN_S + 1, float("inf")])
TURNS = st.builds(
    Turn, st.just(0), st.just(value=False), st.booleans(), st.booleans(), SECONDS, SECONDS
)


def a_turn(number: int, **how: object) -> Turn:
    return Turn(
        number, **{"is_granted": False, "is_used": True, "is_busy": False, "unseen_s": 0.0} | how
    )


@st.composite
def queues(draw: st.DrawFn) -> list[Turn]:
    """Any number who wait, and one or none who has the scanner."""
    drawn = draw(st.lists(TURNS, max_size=6))
    holder = draw(st.integers(-1, len(drawn) - 1))
    return [
        Turn(number, number == holder, one.is_used, one.is_busy and number == holder, one.unseen_s,
             one.granted_s)
        for number, one in enumerate(drawn)
    ]  # fmt: skip


@given(queues())
def test_nobody_else_gets_a_scanner_with_paper_in_it(turns):
    holder = next((turn for turn in turns if turn.is_granted and turn.is_busy), None)

    found = settle(turns)

    assert holder is None or (found.granted is None and holder.id not in found.over)


@given(queues())
def test_a_scanner_never_has_two(turns):
    found = settle(turns)
    left = [turn for turn in turns if turn.is_granted and turn.id not in found.over]

    assert len(left) + (found.granted is not None) <= 1


@given(queues())
def test_a_free_scanner_goes_to_the_first_who_is_still_there(turns):
    found = settle(turns)
    there = [turn.id for turn in turns if not turn.is_granted and turn.is_there]

    assert found.granted in (None, *there[:1])
    if not any(turn.is_granted for turn in turns):
        assert (found.granted is not None) == bool(there)


@given(queues())
def test_who_has_gone_does_not_wait_any_more(turns):
    found = settle(turns)

    assert all(turn.id in found.over for turn in turns if not turn.is_granted and not turn.is_there)


def test_who_is_alone_keeps_the_scanner_however_long():
    assert settle([a_turn(1, is_granted=True, unseen_s=9999.0)]) == Settlement()


def test_who_was_not_seen_gives_way_to_the_next():
    holder = a_turn(1, is_granted=True, unseen_s=UNSEEN_S + 1)

    assert settle([holder, a_turn(2), a_turn(3)]) == Settlement((1,), 2)


def test_a_turn_that_nobody_uses_is_handed_on_in_a_minute():
    called = a_turn(1, is_granted=True, is_used=False, granted_s=UNUSED_S + 1)

    assert settle([called, a_turn(2)]) == Settlement((1,), 2)
    assert settle([a_turn(1, is_granted=True, is_used=False, granted_s=59.0), a_turn(2)]) == (
        Settlement()
    )
