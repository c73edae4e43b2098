"""Durations and moments when clocks cannot be believed."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import (
    BUILD_DATE,
    ClockQuality,
    Stamp,
    SystemClock,
    elapsed_s,
    has_come,
    keeps_until,
)
from tests.fakes import START, FakeClock

KEPT = dt.timedelta(days=14)
MOMENTS = st.integers(-2000, 5000).map(lambda days: START + dt.timedelta(days=days, minutes=7))


def stamp(at: dt.datetime = START, quality: ClockQuality = ClockQuality.SYNCED) -> Stamp:
    return Stamp(at, "boot", 0, quality)


@given(st.integers(-400 * 86_400, 400 * 86_400), st.integers(0, 86_400))
def test_within_a_boot_a_jumping_wall_clock_changes_no_duration(jump_s: int, real_s: int) -> None:
    clock = FakeClock()
    start = clock.stamp()
    clock.jump(jump_s)
    clock.advance(real_s)

    assert elapsed_s(start, clock.stamp()) == real_s


def test_across_boots_two_set_clocks_tell() -> None:
    clock = FakeClock()
    start = clock.stamp()
    clock.reboot(off_s=90)

    assert elapsed_s(start, clock.stamp()) == 90


def test_across_boots_an_unset_clock_tells_nothing() -> None:
    clock = FakeClock()
    start = clock.stamp()
    clock.reboot()
    clock.set_quality(ClockQuality.UNSET)

    assert elapsed_s(start, clock.stamp()) is None


def test_across_boots_a_negative_or_endless_time_is_unknown() -> None:
    clock = FakeClock()
    start = clock.stamp()
    clock.reboot()
    clock.jump(-3600)
    assert elapsed_s(start, clock.stamp()) is None

    clock.jump(40 * 86_400)
    assert elapsed_s(start, clock.stamp()) is None


def test_a_clock_before_the_release_is_unset(tmp_path) -> None:
    class Earlier(SystemClock):
        def now(self) -> dt.datetime:
            return BUILD_DATE - dt.timedelta(days=1)

    assert Earlier(sync_flag=tmp_path).stamp().quality is ClockQuality.UNSET


def test_the_network_flag_makes_the_clock_synced(tmp_path) -> None:
    flag = tmp_path / "synchronized"
    clock = SystemClock(sync_flag=flag)

    assert clock.stamp().quality is ClockQuality.ESTIMATED
    flag.touch()
    assert clock.stamp().quality is ClockQuality.SYNCED


def test_the_boot_clock_of_this_machine_runs() -> None:
    first: Stamp = SystemClock().stamp()
    second = SystemClock().stamp()

    assert first.boot_id == second.boot_id
    assert second.boot_ms >= first.boot_ms > 0


@given(st.none() | MOMENTS, MOMENTS)
def test_nothing_is_kept_longer_than_it_may_be(known, now) -> None:
    until = keeps_until(known, stamp(now), KEPT)

    assert until is not None
    assert until <= now + KEPT
    assert until in (known, now + KEPT)


def test_what_was_reckoned_once_stands_as_time_goes_on() -> None:
    until = keeps_until(None, stamp(), KEPT)

    assert until == START + KEPT
    assert keeps_until(until, stamp(START + dt.timedelta(days=1)), KEPT) == until


def test_a_clock_that_is_not_set_neither_dates_nor_ends_anything() -> None:
    unset = stamp(quality=ClockQuality.UNSET)

    assert keeps_until(None, unset, KEPT) is None
    assert keeps_until(START, unset, KEPT) == START
    assert not has_come(START - KEPT, unset)
    assert not has_come(None, stamp())
    assert not has_come(START + KEPT, stamp())
    assert has_come(START, stamp())
