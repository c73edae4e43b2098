"""What the hub tells of its devices and of the visits that they sent."""

import datetime as dt
import json
import uuid
from zoneinfo import ZoneInfo

import pytest

from appliance.hub import fleet
from appliance.sync import protocol
from tests.hub.test_commands import ruangbaca
from tests.hub_kit import head_after

__all__ = ["ruangbaca"]


def say_health(device, **told) -> None:
    body = json.dumps({"software": "0.2.0", **told}).encode()
    target = f"/v1/devices/{device.id}/health"
    reply = device.ask("PUT", target, body, content_type=protocol.JSON_TYPE)
    assert reply.status < 300, reply.body


def test_a_device_that_never_spoke_is_in_the_list(hub, enrolled):
    (line,) = fleet.lines(hub.database)

    assert (line.province, line.office) == ("Sumatera Barat", enrolled.office)
    assert (line.heard_at, line.waiting, line.forks) == (None, None, 0)


def test_a_device_is_shown_with_its_own_words_and_its_forks(hub, enrolled):
    enrolled.open()
    events = enrolled.events(2)
    first = enrolled.epoch
    assert enrolled.append(events).head == head_after(events)
    enrolled.epoch = str(uuid.uuid4())
    body = json.dumps({"previous": first, "reason": "restored"}).encode()
    enrolled.ask("PUT", enrolled.stream, body, content_type=protocol.JSON_TYPE)
    say_health(enrolled, waiting=7, oldest_waiting_s=90.0, clock_offset_s=-1.5, problem="clock")

    (line,) = fleet.lines(hub.database)

    assert (line.software, line.forks, line.problem) == ("0.2.0", 1, "clock")
    assert (line.waiting, line.oldest_waiting_s, line.clock_offset_s) == (7, 90.0, -1.5)
    assert line.heard_at is not None


def test_the_fleet_is_listed_at_the_keyboard(enrolled, ruangbaca):
    say_health(enrolled, waiting=7)

    code, out, _err = ruangbaca("fleet")

    assert code == 0
    heading, line = out.splitlines()
    shown = dict(zip(heading.split("\t"), line.split("\t"), strict=True))
    assert (shown["office"], shown["waiting"], shown["offset_s"]) == (enrolled.office, "7", "-")


@pytest.mark.parametrize(
    ("since", "now", "days"),
    [
        ("2026-11-20T02:00", "2026-11-20T09:00", 0),  # the same Friday
        ("2026-11-20T02:00", "2026-11-23T02:00", 0),  # Friday to Monday
        ("2026-11-20T02:00", "2026-11-24T02:00", 1),
        ("2026-11-16T02:00", "2026-11-20T02:00", 3),
        ("2026-11-16T02:00", "2026-12-01T02:00", 10),
        ("2026-11-16T16:30", "2026-11-18T02:00", 0),  # Tuesday already, east of Jakarta
        ("2026-11-20T02:00", "2026-11-16T02:00", 0),  # the hub's clock was set back
    ],
)
def test_only_whole_office_days_of_silence_count(since, now, days):
    moments = (dt.datetime.fromisoformat(f"{text}+00:00") for text in (since, now))

    assert fleet.office_days_between(*moments, ZoneInfo("Asia/Jayapura")) == days


def test_a_device_is_silent_after_more_than_three_office_days_unless_revoked(hub, enrolled):
    say_health(enrolled)
    spoke = "UPDATE health_last SET at = '2026-11-16T02:00Z'"
    with hub.database.transaction() as connection:
        connection.execute(spoke)
    (line,) = fleet.lines(hub.database)

    assert not line.is_silent(dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC))
    assert line.is_silent(dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC))
    with hub.database.transaction() as connection:
        connection.execute("UPDATE device SET state = 'revoked'")
        connection.execute("UPDATE office SET timezone = 'Asia/Nowhere'")
    (line,) = fleet.lines(hub.database)
    assert not line.is_silent(dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC))
