"""What may happen to a visit, and what its clock says, for every order of events."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import ClockQuality, Stamp
from appliance.errors import Refused
from appliance.visits import opening, rules
from appliance.visits.rules import VisitState
from tests.fakes import START

ZONE = zoneinfo.ZoneInfo("Asia/Jakarta")
MOMENTS = st.datetimes(
    dt.datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    dt.datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
STAMPS = st.builds(
    Stamp,
    MOMENTS,
    st.sampled_from(["boot-1", "boot-2"]),
    st.integers(0, 10**11),
    st.sampled_from(ClockQuality),
)


def stamp(at: dt.datetime = START, boot_s: float = 60, boot: str = "boot-1") -> Stamp:
    return Stamp(at, boot, int(boot_s * 1000), ClockQuality.SYNCED)


@given(st.lists(st.sampled_from(VisitState), max_size=12))
def test_a_visit_that_has_ended_never_moves_again(targets: list[VisitState]) -> None:
    state, ended = VisitState.REGISTERED, False
    for target in targets:
        try:
            rules.check_transition(state, target)
        except Refused:
            continue
        assert not ended
        state, ended = target, not target.is_open


def test_every_open_state_can_end_and_every_state_can_be_reached() -> None:
    reached = {VisitState.REGISTERED}.union(*rules.TRANSITIONS.values())

    assert reached == set(VisitState)
    for state in rules.OPEN_STATES:
        rules.check_transition(state, VisitState.FINISHED)
        rules.check_transition(state, VisitState.NOT_RETURNED)


@pytest.mark.parametrize(
    ("state", "target", "reason"),
    [
        (VisitState.FINISHED, VisitState.CALLED, "sudah ditutup"),
        (VisitState.SERVED, VisitState.CALLED, "sudah dilayani"),
        (VisitState.SERVED, VisitState.CANCELLED, "tidak dapat dibatalkan"),
        (VisitState.SERVED, VisitState.REGISTERED, "tidak berlaku"),
    ],
)
def test_a_refusal_says_why(state: VisitState, target: VisitState, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        rules.check_transition(state, target)


@given(STAMPS, STAMPS)
def test_no_pair_of_clocks_makes_a_negative_duration(start: Stamp, end: Stamp) -> None:
    lasted = rules.duration_s(start, end, ZONE)

    assert lasted is None or lasted >= 0
    assert lasted is None or not rules.is_earlier_day(start, end, ZONE)


@given(STAMPS, st.floats(0, 7 * 3600), MOMENTS)
def test_within_one_boot_a_jump_never_ends_the_day_before_midnight(
    start: Stamp, passed_s: float, wall: dt.datetime
) -> None:
    local = wall.astimezone(ZONE)
    since_midnight_s = (local - local.replace(hour=0, minute=0, second=0, microsecond=0)).seconds
    passed_ms = int(min(passed_s, since_midnight_s) * 1000)
    now = Stamp(wall, start.boot_id, start.boot_ms + passed_ms, ClockQuality.SYNCED)

    assert not rules.is_earlier_day(start, now, ZONE)


def test_midnight_ends_the_day() -> None:
    evening = stamp(dt.datetime(2026, 11, 23, 16, 59, tzinfo=dt.UTC))  # 23.59 WIB
    morning = stamp(dt.datetime(2026, 11, 23, 17, 1, tzinfo=dt.UTC), boot_s=60 + 120)

    assert rules.is_earlier_day(evening, morning, ZONE)
    assert rules.duration_s(evening, morning, ZONE) is None


def test_across_boots_only_two_set_clocks_tell_the_day() -> None:
    yesterday = stamp(START - dt.timedelta(days=3), boot="boot-0")
    unset = Stamp(START - dt.timedelta(days=3), "boot-0", 0, ClockQuality.UNSET)

    assert rules.is_earlier_day(yesterday, stamp(), ZONE)
    assert not rules.is_earlier_day(unset, stamp(), ZONE)


@given(st.text(min_size=1, max_size=60))
def test_a_masked_name_shows_no_more_than_initials(name: str) -> None:
    for word, masked in zip(name.split(), rules.mask_name(name).split(), strict=True):
        assert masked == f"{word[0].upper()}•••"


def test_opening_hours_are_told_in_the_fewest_lines(office) -> None:
    lines = opening.open_days(office.hours)

    assert [(line.first, line.last, len(line.times)) for line in lines] == [(0, 3, 1), (4, 4, 2)]


def test_closing_time_is_the_end_of_the_day_and_not_of_its_first_part(office) -> None:
    friday = dt.datetime(2026, 11, 27, 11, 45, tzinfo=ZONE)

    closing = opening.closing(office.opening, friday)

    assert closing is not None
    assert closing.at == friday.replace(hour=15, minute=30)


@pytest.fixture(params=["pasaman", "dharmasraya"])
def office(request: pytest.FixtureRequest):
    from appliance.offices import load_office

    return load_office(request.param)
