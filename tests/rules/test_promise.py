"""The promise in opening hours: what is left of it, against counting second by second."""

import datetime as dt
import math
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.clock import ClockQuality, Stamp
from appliance.hours.rules import OpeningHours
from appliance.offices import load_office
from appliance.visits import promise_rules, rules
from tests.fakes import START

ZONE = zoneinfo.ZoneInfo("Asia/Jakarta")
HOURS = load_office("pasaman").opening
SET = st.sampled_from([ClockQuality.ESTIMATED, ClockQuality.SYNCED])
BOOTS = st.sampled_from(["boot-1", "boot-2"])
MOMENTS = st.datetimes(
    dt.datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    dt.datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
STAMPS = st.builds(Stamp, MOMENTS, BOOTS, st.integers(0, 10**11), st.sampled_from(ClockQuality))
# The week before Christmas has a Friday, a weekend, joint leave and a holiday.
DAYS = st.integers(0, 9).map(lambda day: dt.datetime(2026, 12, 18, tzinfo=ZONE) + day * DAY)
DAY = dt.timedelta(days=1)


def stamp(at: dt.datetime = START, boot_s: float = 60, boot: str = "boot-1") -> Stamp:
    return Stamp(at, boot, int(boot_s * 1000), ClockQuality.SYNCED)


def wib(day: int, clock: str) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, 11, day), dt.time.fromisoformat(clock), ZONE)


def later(start: Stamp, seconds: float, *, jump_s: float = 0) -> Stamp:
    """A moment of the same boot, when the wall clock may have jumped meanwhile."""
    at = start.at + dt.timedelta(seconds=seconds + jump_s)
    return Stamp(at, start.boot_id, start.boot_ms + int(seconds * 1000), start.quality)


def count(began: dt.datetime, seconds: int, hours: OpeningHours) -> int:
    """The oracle: looks at every second."""
    return sum(hours.is_open(began + dt.timedelta(seconds=n)) for n in range(seconds))


@settings(max_examples=40, deadline=None)
@given(DAYS, st.integers(0, 86_399), st.integers(0, 9000), st.integers(-(10**6), 10**6))
def test_the_wait_is_what_counting_every_open_second_gives(day, begins, lasts, jump_s) -> None:
    start = stamp(day + dt.timedelta(seconds=begins))
    now = later(start, lasts, jump_s=jump_s)

    left = promise_rules.promise(start, now, 5, HOURS)

    # What the clock says now is believed of the whole wait; how long it was, the boot clock knows.
    counted = count(now.at - dt.timedelta(seconds=lasts), lasts, HOURS)
    assert left.remaining_s == 300 - counted
    assert left.stands_still is not HOURS.is_open(now.at)
    assert left.due_at is not None
    if left.remaining_s > 0:
        until = math.ceil((left.due_at - now.at).total_seconds())
        assert until >= left.remaining_s
        if until < 20_000:
            assert count(now.at, until, HOURS) == left.remaining_s


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.none() | st.floats(0, 2000), max_size=60),
    st.lists(st.integers(1, 30), min_size=60, max_size=60),
)
def test_figures_of_waits_are_those_of_a_plain_count(waits, promised) -> None:
    found = promise_rules.wait_figures(zip(waits, promised, strict=False))

    known = [wait_s for wait_s in waits if wait_s is not None]
    kept = [
        w
        for w, minutes in zip(waits, promised, strict=False)
        if w is not None and w <= minutes * 60
    ]
    assert (found.measured, found.unknown) == (len(known), len(waits) - len(known))
    assert (found.kept, found.late) == (len(kept), len(known) - len(kept))
    assert found.share == (len(kept) / len(known) if known else None)
    for percent, value in ((50, found.p50_s), (90, found.p90_s)):
        enough = [w for w in known if sum(o <= w for o in known) * 100 >= percent * len(known)]
        assert value == min(enough, default=None)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(DAYS, st.integers(0, 86_399), st.integers(0, 200_000)), max_size=12))
def test_a_wait_over_midnight_is_unknown_and_never_nought(visits) -> None:
    waits = []
    for day, begins, lasts in visits:
        start = stamp(day + dt.timedelta(seconds=begins))
        waits.append(rules.wait_s(start, later(start, lasts), ZONE, HOURS))

    for (day, begins, lasts), wait_s in zip(visits, waits, strict=True):
        stays_on_its_day = begins + lasts < 86_400
        assert (wait_s is not None) is stays_on_its_day, (day, begins, lasts)
    found = promise_rules.wait_figures((wait_s, 5) for wait_s in waits)
    assert found.unknown == waits.count(None)


@given(STAMPS, STAMPS, st.integers(1, 120))
def test_no_pair_of_clocks_breaks_the_promise(start: Stamp, end: Stamp, minutes: int) -> None:
    left = promise_rules.promise(start, end, minutes, HOURS)

    assert left.remaining_s is None or left.remaining_s <= minutes * 60
    assert rules.wait_s(start, end, ZONE, HOURS) is None or left.remaining_s is not None


@pytest.mark.parametrize(
    ("registered", "now", "remaining_s", "due"),
    [
        ("07:30", "07:45", 300, "08:05"),  # before opening
        ("15:28", "18:00", 180, None),  # two minutes before closing
        ("11:28", "12:30", 180, "13:03"),  # Friday prayer
        ("11:28", "13:05", -120, "13:03"),
        ("12:10", "13:01", 240, "13:05"),
    ],
)
def test_on_a_friday_the_clock_stands_still_while_the_room_is_closed(
    registered, now, remaining_s, due
) -> None:
    start = stamp(wib(27, registered))
    passed_s = (wib(27, now) - wib(27, registered)).total_seconds()

    left = promise_rules.promise(start, later(start, passed_s), 5, HOURS)

    assert left.remaining_s == remaining_s
    assert left.due_at == (wib(27, due) if due else wib(30, "08:03"))


def test_the_promise_runs_by_the_boot_clock() -> None:
    now = stamp(wib(30, "10:00"), boot_s=60 + 90)

    left = promise_rules.promise(stamp(), now, 5, HOURS)

    assert left.remaining_s == 210
    assert left.due_at == now.at + dt.timedelta(seconds=210)


def test_without_a_clock_every_second_counts_and_the_promise_has_no_time() -> None:
    never_set = Stamp(START, "boot-1", 120_000, ClockQuality.UNSET)
    other_boot = Stamp(START, "boot-0", 0, ClockQuality.UNSET)

    left = promise_rules.promise(stamp(), never_set, 5, HOURS)

    assert (left.remaining_s, left.due_at, left.stands_still) == (240.0, None, False)
    assert promise_rules.promise(other_boot, stamp(), 5, HOURS) == promise_rules.SETTLED
