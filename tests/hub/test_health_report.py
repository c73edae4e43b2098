"""What a device tells the hub of itself, by a real line to a real one."""

import json

import msgspec
import pytest

from appliance.hub import offices
from appliance.sync.health_report import EVERY_S, NEWS_EVERY_S, HealthReport
from appliance.sync.standing import StandingBook, State
from tests.hub.test_pi_and_hub import pi

__all__ = ["pi"]


@pytest.fixture
def report(pi):
    core = pi.core
    made = HealthReport(
        outbox=core.outbox,
        standing=StandingBook(core.writer, core.clock),
        clock=core.clock,
        data_dir=pi.folder,
        heard=lambda *told: None,
        monotonic=lambda: pi.now_s,
    )
    pi.sending._reports = [made]
    return made


def last(hub) -> dict:
    (row,) = hub.database.rows("SELECT document FROM health_last")
    return row[0]


def test_the_hub_hears_how_a_device_is_and_the_device_how_far_its_clock_is_off(
    pi, hub, report
) -> None:
    pi.record(3)
    assert pi.look() is State.IDLE

    told = last(hub)
    assert told["software"]
    assert told["waiting"] == 3, "it was told before they were sent"
    assert 0 < told["disk_used"] < 1
    ahead_s = pi.sending.standing.standing().clock_offset_s
    assert ahead_s == told["clock_offset_s"] != 0
    pi.look()
    assert "waiting" not in last(hub)


def test_a_device_that_is_to_wait_is_heard_of_all_the_same(pi, hub, report) -> None:
    assert pi.look() is State.IDLE
    device = pi.enrolment.identity().device_id
    offices.Offices(hub.database).set_state(device, "suspended")
    pi.record(1)
    assert pi.look() is State.SUSPENDED

    pi.look()

    assert last(hub)["problem"] == "suspended"
    assert last(hub)["waiting"] == 1


def test_a_device_that_is_shut_out_hears_so_with_nothing_to_send(pi, hub, report) -> None:
    assert pi.look() is State.IDLE
    offices.Offices(hub.database).set_state(pi.enrolment.identity().device_id, "revoked")

    assert pi.look() is State.REVOKED
    pi.now_s -= 24 * 3600 - 60  # somebody presses 'send now' a minute later
    assert pi.look() is State.REVOKED


def test_it_is_told_each_quarter_of_an_hour_and_soon_after_a_change(pi, hub, report) -> None:
    assert report.is_due()
    assert pi.look() is State.IDLE
    assert not report.is_due()
    pi.now_s += NEWS_EVERY_S
    assert not report.is_due()

    pi.sending.standing.forked("unknown_head")
    assert not report.is_due(), "it has just looked"
    pi.now_s += NEWS_EVERY_S
    assert report.is_due()

    report._told = report._news()
    assert not report.is_due()
    pi.now_s += EVERY_S
    assert report.is_due()


def test_no_report_is_larger_than_a_kilobyte(pi, report) -> None:
    pi.record(2)

    said = msgspec.json.encode(report.health())

    assert len(said) < 1024
    assert set(json.loads(said)) <= {
        field.name for field in msgspec.structs.fields(report.health())
    }
