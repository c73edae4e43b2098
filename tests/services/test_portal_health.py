"""What the health page says of the portal: nothing for days, then what to do."""

import datetime as dt

import pytest

from appliance.health import portal as told
from appliance.health.checks import State as Health
from appliance.health.portal import portal_check
from appliance.sync.answers import Kind
from appliance.sync.desk import PortalReport
from appliance.sync.enrolment import Papers
from appliance.sync.standing import OF_KIND, Standing, State

NOW = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)
ENROLLED = Papers(is_enrolled=True, enrolled_at=NOW - dt.timedelta(days=40))


def check(standing: Standing, papers: Papers = ENROLLED, held: int = 0):
    return portal_check(PortalReport(standing, papers, (), held, 0, None), NOW)


def troubled(kind: Kind, *, days: float | None) -> Standing:
    answered = NOW - dt.timedelta(days=days) if days is not None else None
    return Standing(OF_KIND[kind], NOW, kind, "HTTP 599", answered_at=answered)


def test_who_is_not_enrolled_is_told_to() -> None:
    found = check(Standing(), Papers())

    assert (found.state, found.message) == (Health.DEGRADED, told.UNENROLLED)


@pytest.mark.parametrize("kind", [Kind.OFFLINE, Kind.LOAD, Kind.FAILED, Kind.CLOCK])
def test_a_portal_that_is_away_is_trouble_after_days_only(kind: Kind) -> None:
    soon, late = check(troubled(kind, days=2.9)), check(troubled(kind, days=5.5))

    assert (soon.state, soon.message) == (Health.OK, told.AWAY_FOR_NOW)
    assert (late.state, late.message) == (Health.DEGRADED, told.AWAY)
    assert "sejak 5 hari" in str(late)
    assert check(troubled(kind, days=None)).values == {"days": 40}, "since it was enrolled"


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.CERTIFICATE, Kind.REVOKED, Kind.SUSPENDED])
def test_what_only_a_person_can_mend_is_told_at_once(kind: Kind) -> None:
    found = check(troubled(kind, days=0))

    assert found.state is Health.DEGRADED
    assert found.message == told.FOR_A_PERSON[OF_KIND[kind]]


def test_held_records_and_dropped_telemetry_are_told() -> None:
    held = check(Standing(State.IDLE), held=2)
    dropped = Standing(State.IDLE, dropped=700, dropped_at=NOW - dt.timedelta(days=1))

    assert (held.state, str(held).split(".")[0]) == (Health.DEGRADED, "Catatan tertahan: 2")
    assert (check(dropped).state, check(dropped).values) == (Health.DEGRADED, {"count": 700})
    old = Standing(State.IDLE, dropped=700, dropped_at=NOW - dt.timedelta(days=8))
    assert check(old).state is Health.OK


def test_well_is_well() -> None:
    for state in (State.IDLE, State.SENDING, State.PENDING):
        assert check(Standing(state)).state is Health.OK
