"""Telemetry makes room on a disk that fills up; facts wait on, in their order, none twice."""

import json
from collections import Counter

import pytest

from appliance.actor import SYSTEM
from appliance.storage.models import Journal, Stream
from appliance.storage.models import Outbox as Row
from appliance.sync import shedding
from appliance.sync.backlog import Backlog
from appliance.sync.fork import Fork
from appliance.sync.sender import Sender
from appliance.sync.shedding import Shedding
from appliance.sync.standing import StandingBook
from tests.sync_kit import Hub, Line

DEVICE = "0b4c1f0e-6f0c-4f5e-9d0c-3c6c6f7d8e9f"
PAGE = {"position": 1, "resolution_dpi": 300, "mode": "color"}
RELEASED = {"locker": 1, "end_reason": "visitor"}


class Disk:
    """A disk that is as full as a test says, looked at by a clock stepped by hand."""

    def __init__(self, core) -> None:
        self.used = 0.2
        self.now_s = 0.0
        self.shedding = Shedding(
            writer=core.writer,
            clock=core.clock,
            notes=core.recorder,
            data_dir=core.settings.data_dir,
            used=lambda _: self.used,
            monotonic=lambda: self.now_s,
        )

    def look(self) -> None:
        self.now_s += shedding.LOOK_EVERY_S
        self.shedding.look()


@pytest.fixture
def disk(core, monkeypatch):
    monkeypatch.setattr(shedding, "LEAST", 20)
    monkeypatch.setattr(shedding, "AT_ONCE", 8)
    return Disk(core)


@pytest.fixture
def months(core):
    """A backlog in which every second event is telemetry; the ids of the facts."""
    record(core, 25)
    return facts()


def record(core, count: int) -> None:
    def write() -> None:
        for _ in range(count):
            core.recorder.fact("scan.page", "scan/1", PAGE, by=SYSTEM)
            core.recorder.fact("locker.released", "locker/1", RELEASED, by=SYSTEM)

    core.writer.run(write)


def kinds() -> Counter[str]:
    return Counter(row.type.split(".")[-3] + "." + row.type.split(".")[-2] for row in Row.select())


def facts() -> list[str]:
    rows = Row.select().where(Row.type.contains("locker")).order_by(Row.id)
    return [row.event_id for row in rows]


def sent_everything(core, hub: Hub) -> Hub:
    sender = Sender(
        portal=Line(hub),
        backlog=Backlog(core.clock),
        writer=core.writer,
        clock=core.clock,
        device_id=DEVICE,
    )
    for _ in range(60):
        if sender.turn().judgement is None:
            return hub
    raise AssertionError("still not empty")


def test_a_disk_with_room_keeps_everything(disk, months, core) -> None:
    disk.look()

    assert kinds() == {"scan.page": 25, "locker.released": 25}


def test_on_a_full_disk_telemetry_goes_and_every_fact_arrives_once(disk, months, core) -> None:
    disk.used = 0.86

    disk.look()

    assert kinds() == {"locker.released": 25}
    hub = sent_everything(core, Hub())
    assert hub.stored == Counter(months)
    assert core.outbox.first_broken_link() is None
    assert [row.reason for row in Stream.select().where(Stream.open)] == [Fork.DROPPED_TELEMETRY]


def test_it_is_told_and_journalled_once_and_is_no_sign_of_a_clone(disk, months, core) -> None:
    disk.used = 0.9

    disk.look()
    disk.look()

    standing = StandingBook(core.writer, core.clock).standing()
    assert (standing.dropped, standing.forks) == (25, 0)
    assert standing.dropped_at == core.clock.now()
    [line] = Journal.select().where(Journal.action == "portal.telemetry_dropped")
    assert json.loads(line.detail) == {"count": 25}


def test_little_telemetry_is_not_worth_a_new_stream(disk, core) -> None:
    record(core, 19)
    disk.used = 0.99

    disk.look()

    assert kinds()["scan.page"] == 19
    assert Stream.select().count() == 1


def test_what_the_portal_has_is_not_telemetry_that_waits(disk, months, core) -> None:
    hub = sent_everything(core, Hub())
    disk.used = 0.99

    disk.look()

    assert kinds()["scan.page"] == 25
    assert sum(hub.stored.values()) == 50


def test_it_goes_on_where_a_stretch_or_a_power_cut_ended_it(disk, months, core, monkeypatch):
    disk.used = 0.9
    monkeypatch.setattr(shedding, "AT_A_STRETCH_S", -1.0)
    disk.look()
    assert kinds()["scan.page"] == 25 - shedding.AT_ONCE

    monkeypatch.undo()
    again = Disk(core)
    again.used = 0.9
    again.look()

    assert kinds() == {"locker.released": 25}
    assert Stream.select().count() == 2
    assert StandingBook(core.writer, core.clock).standing().dropped == 25


def test_an_answer_under_way_when_the_stream_was_closed_loses_and_doubles_nothing(
    disk, months, core
) -> None:
    """The portal has stored a batch of the old stream, whose answer came after the closing."""
    hub, line = Hub(), None
    fates = iter(["good", "reply lost"])
    line = Line(hub, lambda: next(fates, "good"))
    sender = Sender(
        portal=line,
        backlog=Backlog(core.clock),
        writer=core.writer,
        clock=core.clock,
        device_id=DEVICE,
    )
    sender.turn()
    sender.turn()
    assert sum(hub.stored.values()) == 50
    disk.used = 0.9
    disk.look()

    sent_everything(core, hub)

    assert all(hub.stored[one] == 1 for one in months)


def test_a_full_card_on_which_nothing_can_be_written_is_survived(disk, months, core) -> None:
    core.writer.close()
    disk.used = 1.0

    disk.look()

    assert kinds()["scan.page"] == 25


def test_the_look_costs_an_index_and_not_the_whole_backlog(core) -> None:
    for sql in (shedding._WAITING, shedding._DROP.replace("?", "1")):
        plan = [row[3] for row in core.database.execute_sql(f"EXPLAIN QUERY PLAN {sql}")]
        assert any("outbox_telemetry" in line for line in plan), plan
