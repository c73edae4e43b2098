"""How long scans are kept: never shorter than promised, never by a clock that is wrong."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import BUILD_DATE, ClockQuality, Stamp
from appliance.documents import life
from appliance.documents.life import Cause
from appliance.errors import Refused
from appliance.offices import load_office

OFFICE = load_office("pasaman")
GRACE = dt.timedelta(minutes=OFFICE.policy.scan_grace_minutes)
MOMENTS = st.integers(0, 2_840_140_800).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))


def local(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OFFICE.zone)


@given(MOMENTS, MOMENTS, st.sampled_from(ClockQuality))
def test_nothing_is_deleted_early_or_by_a_clock_not_set(closed_at, at, quality):
    now = Stamp(at, "b1", 0, quality)

    if life.is_over(life.due_after(closed_at, OFFICE, now), now):
        assert quality is not ClockQuality.UNSET
        assert BUILD_DATE <= closed_at <= at - GRACE


def test_scans_are_deleted_once_the_grace_is_over():
    now = Stamp(local("2026-11-23 12:00"), "b1", 0, ClockQuality.SYNCED)

    found = life.due_after(now.at - GRACE, OFFICE, now)

    assert (found.at, found.cause) == (now.at, Cause.CHECKOUT)
    assert life.is_over(found, now)


@pytest.mark.parametrize(
    ("registered", "closes"),
    [
        ("2026-11-23 09:00", "2026-11-23 15:30"),  # a Monday
        ("2026-11-23 16:00", "2026-11-24 00:00"),  # after closing: people are still there
        ("2026-11-22 09:00", "2026-11-23 00:00"),  # a Sunday
    ],
)
def test_a_visit_nobody_ended_ends_when_the_room_closes(registered, closes):
    assert life.closing_time(local(registered), OFFICE) == local(closes)


def test_a_visit_has_its_share_of_pages_and_of_room():
    policy = OFFICE.policy

    life.check_quota(policy.scan_pages_per_visit - 1, 0, policy)
    with pytest.raises(Refused, match="paling banyak 200 halaman"):
        life.check_quota(policy.scan_pages_per_visit, 0, policy)
    with pytest.raises(Refused, match="500 MB"):
        life.check_quota(0, 500_000_000, policy)
