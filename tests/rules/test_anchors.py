"""When something was, by anchors: the truth always lies within what the rule says."""

import datetime as dt
import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anchors.rules import DRIFT, Anchor, Bounds, occurred

BEGIN = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
DAY_MS = 24 * 3600 * 1000
ERRORS_MS = st.integers(0, 90_000)


@dataclass(frozen=True)
class Boot:
    """A boot as it really was: from when, how fast its clock ran, what it wrote after which run."""

    off_ms: int  # how long the machine was off before
    drift: float
    # After how many true milliseconds, and by how much an anchor is off; None is an event.
    writes: tuple[tuple[int, float | None], ...]


BOOTS = st.lists(
    st.builds(
        Boot,
        off_ms=st.integers(0, 30 * DAY_MS),
        drift=st.floats(-DRIFT * 0.99, DRIFT * 0.99),
        writes=st.lists(
            st.tuples(st.integers(0, 40 * DAY_MS), st.none() | st.floats(-1, 1)), max_size=6
        ).map(tuple),
    ),
    max_size=6,
)


def lived(boots: list[Boot], err_ms: int):
    """Every anchor, and every event with the moment when it really was."""
    anchors, events, at, place = [], [], BEGIN, 0
    for number, boot in enumerate(boots):
        at += dt.timedelta(milliseconds=boot.off_ms)
        for true_ms, off in sorted(boot.writes, key=lambda write: write[0]):
            place += 1
            now = at + dt.timedelta(milliseconds=true_ms)
            boot_ms = int(true_ms * (1 + boot.drift))
            if off is None:
                events.append((f"boot-{number}", boot_ms, place, now))
            else:
                told = now + dt.timedelta(milliseconds=off * err_ms)
                anchors.append(Anchor(f"boot-{number}", boot_ms, told, err_ms, place))
        at += dt.timedelta(milliseconds=max((ms for ms, _ in boot.writes), default=0))
    return anchors, events


@given(BOOTS, ERRORS_MS, st.randoms(use_true_random=False))
def test_the_truth_lies_within_whatever_is_said(
    boots: list[Boot], err_ms: int, order: random.Random
) -> None:
    anchors, events = lived(boots, err_ms)
    order.shuffle(anchors)

    for boot_id, boot_ms, place, was in events:
        found = occurred(boot_id, boot_ms, place, anchors)
        of_boot = [one for one in anchors if one.boot_id == boot_id]
        later = [one for one in anchors if one.place > place]
        assert (found is None) == (not of_boot and not later)
        if found is not None:
            assert found.earliest is None or found.earliest <= was
            assert was <= found.latest
        if found is not None and of_boot:
            nearest_ms = min(abs(one.boot_ms - boot_ms) for one in of_boot)
            assert found.earliest is not None
            half = (found.latest - found.earliest) / 2
            assert half <= dt.timedelta(milliseconds=err_ms + nearest_ms * DRIFT + 10)


def test_a_boot_without_time_lies_between_its_neighbours() -> None:
    monday = Anchor("a", 0, BEGIN, 0, 1)
    wednesday = Anchor("c", 0, BEGIN + dt.timedelta(days=2), 0, 9)

    found = occurred("b", 3_600_000, 5, [wednesday, monday])

    assert found is not None
    assert found.middle.date() == (BEGIN + dt.timedelta(days=1)).date()
    assert found.earliest is not None
    assert found.earliest - BEGIN > dt.timedelta(minutes=59), "it had run an hour by then"


def test_the_first_boots_are_as_late_as_they_can_be() -> None:
    found = occurred("a", 0, 1, [Anchor("b", 0, BEGIN, 0, 2)])

    assert found is not None
    assert found.earliest is None
    assert found.middle == found.latest


@pytest.mark.parametrize("boot_ms", [-(1 << 62), 1 << 62])
def test_what_cannot_be_makes_no_error(boot_ms: int) -> None:
    far = Anchor("a", boot_ms, BEGIN, 1 << 53, 2)

    assert occurred("a", 0, 1, [far]) is None
    assert isinstance(occurred("b", -boot_ms, 1, [far]), Bounds)
    back = Anchor("c", 0, BEGIN - dt.timedelta(days=9), 0, 3)
    found = occurred("b", 0, 2, [Anchor("a", 0, BEGIN, 0, 1), back])
    assert found is not None
    assert found.earliest is None, "anchors that contradict each other"
