"""From a code before a reader to the pulse at a door, over the simulated reader and bank."""

import time

import pytest

from appliance.codes import CodeKind, barcode
from appliance.devices import PlacedReader
from appliance.errors import Unavailable
from appliance.readers.post import STALE_S, ReaderPost
from appliance.storage.models import CodeRead, DoorCommand, ReaderRow
from hardware.reader_interfaces import BadRead, ReaderState, Signal
from hardware.simulated_lights import SimulatedSignalLights
from hardware.simulated_reader import SimulatedCodeReader
from tests.services.library import OFFICER, new_visit


@pytest.fixture
def placed() -> PlacedReader:
    return PlacedReader("loker", "lockers", SimulatedCodeReader("loker"), SimulatedSignalLights())


@pytest.fixture
def post(services, placed, wake, seconds, worker):
    made = ReaderPost(service=services.readers, readers=[placed], poke=wake.poke, monotonic=seconds)
    made.start()
    yield made
    made.close()


@pytest.fixture
def until(post, worker, wake):
    """Step as the process does, whenever woken, until the outcome is there."""

    def wait(done, limit_s: float = 10.0) -> None:
        end = time.monotonic() + limit_s
        while not done():
            assert time.monotonic() < end, "what the test waits for did not happen"
            wake.wait(0.05)
            post.step()
            worker.step()

    return wait


@pytest.fixture
def visit(core, services, clock, until, bank, seconds):
    """A visit whose locker 2 was opened and shut some minutes ago."""
    made = new_visit(core, services)
    services.lockers.assign(made.id, by=OFFICER, number=2)
    until(lambda: opened() == 1)
    bank.world.locker(2).shut()
    until(lambda: DoorCommand.get().closed_seen_at is not None)
    clock.advance(300)
    seconds.pass_by(300)
    return made


def opened() -> int:
    """How many door commands ended with a door seen open."""
    return DoorCommand.select().where(DoorCommand.result == "opened").count()


def ticket(visit) -> str:
    return barcode(CodeKind.TICKET, visit.code)


def pulses(bank, number: int) -> int:
    return len(bank.world.locker(number).moves)


def test_a_ticket_before_the_reader_opens_its_own_door(bank, placed, visit, until) -> None:
    before = [pulses(bank, number) for number in (1, 2, 3)]

    placed.reader.read(ticket(visit))
    until(lambda: opened() == 2)

    after = [pulses(bank, number) for number in (1, 2, 3)]
    assert [new - old for old, new in zip(before, after, strict=True)] == [0, 1, 0]
    assert placed.lights.shown == (Signal.GOOD,)


def test_a_door_that_stays_shut_is_told_by_the_lights(bank, placed, visit, until, seconds) -> None:
    bank.world.locker(2).jam()

    placed.reader.read(ticket(visit))
    until(lambda: placed.lights.shown == (Signal.GOOD,))
    seconds.pass_by(5)
    until(lambda: len(placed.lights.shown) == 2)

    assert placed.lights.shown == (Signal.GOOD, Signal.BAD)


def test_foreign_codes_and_bad_reads_open_nothing_and_are_told(placed, visit, until, clock):
    placed.reader.read("8991234567890 bukan punya kami")
    until(lambda: CodeRead.select().count() == 1)
    placed.reader.read_badly(BadRead.CUT_OFF)
    until(lambda: CodeRead.select().count() == 2)

    assert [row.answer for row in CodeRead.select().order_by(CodeRead.id)] == [
        "foreign_at_lockers",
        "bad_read",
    ]
    assert placed.lights.shown == (Signal.BAD, Signal.BAD)
    assert DoorCommand.select().count() == 1


def test_an_unplugged_reader_is_kept_and_comes_back(services, placed, visit, until) -> None:
    until(lambda: services.readers.now_at("lockers").has_reader)

    placed.reader.unplug()
    until(lambda: not services.readers.now_at("lockers").has_reader)
    placed.reader.plug()

    until(lambda: services.readers.now_at("lockers").has_reader)
    assert [row.reader for row in ReaderRow.select()] == ["loker"]
    assert placed.reader.state is ReaderState.READY


def test_a_read_that_waited_too_long_opens_nothing(placed, visit, post, worker, seconds, wake):
    placed.reader.read(ticket(visit))
    assert wake.wait(5)

    seconds.pass_by(STALE_S + 1)
    while wake.wait(0.3):
        post.step()
        worker.step()

    assert CodeRead.select().count() == 0
    assert DoorCommand.select().count() == 1


def test_a_flood_opens_no_door_and_doors_still_open(bank, placed, visit, until, services) -> None:
    placed.reader.flood(10_000)
    services.lockers.open_for(3, by=OFFICER, reason="uji banjir")
    until(lambda: opened() == 2)

    assert {row.locker.number for row in DoorCommand.select()} == {2, 3}
    assert CodeRead.select().count() < 60


def test_a_store_that_cannot_write_is_told_and_the_next_read_works(
    placed, visit, until, services, monkeypatch, clock
) -> None:
    real = services.readers.read

    def full(*_: object) -> None:
        monkeypatch.setattr(type(services.readers), "read", lambda _self, *a: real(*a))
        raise Unavailable("penuh")

    monkeypatch.setattr(type(services.readers), "read", lambda _self, *a: full(*a))
    placed.reader.read("satu")
    until(lambda: placed.lights.shown == (Signal.BAD,))

    placed.reader.read(ticket(visit))
    until(lambda: placed.lights.shown == (Signal.BAD, Signal.GOOD))


def test_readers_that_the_settings_no_longer_name_are_forgotten(services, visit, placed) -> None:
    services.readers.state("yang lama", "desk", "absent")

    ReaderPost(service=services.readers, readers=[]).start()

    assert ReaderRow.select().count() == 0
