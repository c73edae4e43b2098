"""How long a guesser must wait, and how long a PIN is good."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import ClockQuality, Stamp
from appliance.staff import rules
from appliance.staff.rules import Moment

DAY_S = 86_400
TRIES_A_DAY = 10_000
MOST_EVALUATED = 240
AT = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)


def stamp(s: float, boot: str = "a", quality: ClockQuality = ClockQuality.SYNCED) -> Stamp:
    return Stamp(AT + dt.timedelta(seconds=s), boot, int(s * 1000), quality)


@pytest.mark.parametrize("every_s", [DAY_S / TRIES_A_DAY, 1.0, 401.0])
def test_who_guesses_all_day_is_heard_fewer_than_240_times(every_s: float) -> None:
    failures: list[float] = []
    now_s = 0.0
    while now_s < DAY_S:
        ages = [now_s - failed for failed in reversed(failures)][: rules.FAILURES_THAT_COUNT]
        if rules.account_wait_s(ages) == 0:
            failures.append(now_s)
        now_s += every_s

    assert len(failures) <= MOST_EVALUATED


def test_a_desk_of_many_people_is_never_out_for_longer_than_a_minute() -> None:
    assert rules.client_wait_s([0.0] * 32) == rules.LONGEST_CLIENT_DELAY_S == 60


@given(ages=st.lists(st.floats(0, 2 * rules.ACCOUNT_WINDOW_S), max_size=40))
def test_waiting_is_bounded_and_ends(ages: list[float]) -> None:
    wait_s = rules.account_wait_s(ages)

    assert 0 <= wait_s <= rules.LONGEST_DELAY_S
    assert rules.account_wait_s([age + wait_s for age in ages]) == 0


@given(since=st.integers(0, 20 * 3600), later=st.integers(0, 20 * 3600), jump=st.integers(-9, 9))
def test_a_shift_is_eight_hours_of_the_boot_clock(since: int, later: int, jump: int) -> None:
    begun = Moment(AT, "a", since * 1000)
    now = Stamp(AT + dt.timedelta(days=jump), "a", (since + later) * 1000, ClockQuality.UNSET)

    assert rules.is_same_shift(begun, now) is (later < rules.ABSOLUTE_LIMIT_S)


@pytest.mark.parametrize("quality", [ClockQuality.UNSET, ClockQuality.ESTIMATED])
def test_across_a_start_an_unsure_clock_ends_the_shift(quality: ClockQuality) -> None:
    begun = Moment(AT, "a", 0)

    assert rules.is_same_shift(begun, stamp(60, "b"))
    assert not rules.is_same_shift(begun, stamp(60, "b", quality))
    assert not rules.is_same_shift(begun, stamp(-60, "b"))
