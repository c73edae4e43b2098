"""Every door at once: by screen and by button, without web and without a database."""

import contextlib
import threading
import time
from itertools import pairwise

import apsw
import pytest

from appliance.errors import Invalid, NotFound, Unavailable
from appliance.lockers.emergency_rules import DoorProgress, Source
from appliance.lockers.emergency_run import EmergencyRun
from appliance.lockers.rules import Outcome
from appliance.storage.models import DoorCommand, Emergency
from hardware.interfaces import DeviceUnavailable, DoorState
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.lockers_kit import PULSE_S, QUICK, Seconds, facts, make_worker, step_until
from tests.services.library import OFFICER, new_visit

REASON = "kebakaran di dapur"


@pytest.fixture
def bank():
    opened = SimulatedLockerBank(simulated_wiring(4, pulse_s=PULSE_S), QUICK)
    yield opened
    opened.world.come_back()
    opened.close()


@pytest.fixture
def worker(core, bank, wake):
    made = make_worker(core, bank, wake, Seconds())
    yield made
    made._run.stop()
    made.close()


def is_over(services, worker):
    return lambda: (
        not worker.is_emergency
        and services.emergency.latest() is not None
        and not services.emergency.latest().is_running
    )


def pulses(bank) -> list[int]:
    return [len(bank.world.locker(number).pulses()) for number in bank.numbers]


def start(services):
    return services.emergency.start(source="screen", by=OFFICER, reason=REASON)


def test_every_door_opens_one_at_a_time(services, core, worker, bank, wake) -> None:
    view = start(services)
    assert (view.waiting, view.is_running, view.source) == (4, True, Source.SCREEN)

    step_until(worker, wake, is_over(services, worker))

    view = services.emergency.open()
    assert (view.opened, view.not_seen, view.failed, view.is_cut_off) == (4, 0, 0, False)
    assert all(bank.world.locker(n).state is DoorState.OPEN for n in bank.numbers)
    moments = sorted(span for n in bank.numbers for span in bank.world.locker(n).pulses())
    assert all(end <= begin for (_, end), (begin, _) in pairwise(moments))
    assert services.alarms.open() == ()
    assert facts(core, "emergency.started") == ['{"source": "screen"}']
    assert len(facts(core, "locker.outcome")) == 4


def test_blocked_broken_and_open_doors_are_fired_too(services, core, worker, bank, wake) -> None:
    services.lockers.set_condition(1, "blocked", by=OFFICER, note="dibersihkan")
    services.lockers.set_condition(2, "broken", by=OFFICER, note="engsel")
    bank.world.locker(3).cut_cable()  # its sensor says open
    step_until(worker, wake, lambda: services.lockers.tile(3).door == "open")

    start(services)
    step_until(worker, wake, is_over(services, worker))

    assert pulses(bank) == [1, 1, 1, 1]


def test_a_door_not_seen_open_gets_three_rounds(services, worker, bank, wake) -> None:
    bank.world.locker(2).jam()

    start(services)
    step_until(worker, wake, is_over(services, worker), limit_s=30)

    assert pulses(bank) == [1, 3, 1, 1]
    doors = {door.number: door.progress for door in services.emergency.open().doors}
    assert doors[2] is DoorProgress.NOT_SEEN
    spans = bank.world.locker(2).pulses()
    assert all(b - e >= 1.4 for (_, e), (b, _) in pairwise(spans)), "no rest"


def test_a_door_without_an_answer_does_not_stop_the_next(
    services, worker, bank, wake, monkeypatch
) -> None:
    fire = bank.pulse

    def pulse(number: int) -> None:
        if number == 1:
            raise DeviceUnavailable("its board is gone")
        if number == 2:
            raise ZeroDivisionError("a fault of the driver itself")
        fire(number)

    monkeypatch.setattr(bank, "pulse", pulse)
    start(services)
    step_until(worker, wake, is_over(services, worker), limit_s=30)

    assert [door.progress for door in services.emergency.open().doors] == [
        DoorProgress.FAILED,
        DoorProgress.FAILED,
        DoorProgress.OPENED,
        DoorProgress.OPENED,
    ]


def test_starting_again_while_it_runs_is_the_same(services, worker, bank, wake) -> None:
    first = start(services)
    again = services.emergency.start(source="command", by=OFFICER, reason="sekali lagi")
    worker.press()
    step_until(worker, wake, is_over(services, worker))

    assert again.uuid == first.uuid
    assert Emergency.select().count() == 1
    assert DoorCommand.select().count() == 4


def test_started_again_afterwards_the_doors_are_fired_again(services, worker, bank, wake) -> None:
    start(services)
    step_until(worker, wake, is_over(services, worker))
    for number in bank.numbers:
        bank.world.locker(number).shut()
    start(services)
    step_until(worker, wake, lambda: worker.is_emergency)
    step_until(worker, wake, is_over(services, worker), limit_s=30)

    assert Emergency.select().count() == 1
    assert pulses(bank) == [2, 2, 2, 2]


def test_the_end_stops_what_had_no_turn_yet(services, worker, bank, wake, monkeypatch) -> None:
    fire = bank.pulse

    def pulse(number: int) -> None:
        fire(number)
        assert worker._run._stopping.wait(10)

    monkeypatch.setattr(bank, "pulse", pulse)
    start(services)
    step_until(worker, wake, lambda: any(pulses(bank)))
    view = services.emergency.end(by=OFFICER)
    step_until(worker, wake, lambda: not worker.is_emergency)

    assert (view.is_open, view.ended_by) == (False, "officer:petugas")
    assert services.emergency.open() is None
    assert sum(pulses(bank)) == 1
    with pytest.raises(NotFound):
        services.emergency.end(by=OFFICER)


def test_the_roll_is_called(services, core, worker) -> None:
    inside = [new_visit(core, services) for _ in range(2)]
    services.lockers.assign(inside[1].id, by=OFFICER)

    view = start(services)
    assert [(line.label, line.number) for line in view.roll_call] == [
        (inside[0].label, None),
        (inside[1].label, 1),
    ]
    assert view.missing == 2
    assert services.emergency.mark_seen(inside[0].id, by=OFFICER).missing == 1
    services.emergency.mark_seen(inside[0].id, by=OFFICER, seen=False)
    assert services.emergency.mark_seen(inside[1].id, by=OFFICER).missing == 1
    with pytest.raises(NotFound):
        services.emergency.mark_seen(new_visit(core, services).id, by=OFFICER)


def test_a_reason_is_asked_for(services, worker) -> None:
    with pytest.raises(Invalid):
        services.emergency.start(source="screen", by=OFFICER, reason=" ")
    assert services.emergency.latest() is None


def test_nobody_listening_is_told(core, services) -> None:
    services.lockers.sync_bank({1: True, 2: True}, by=OFFICER)

    view = start(services)

    assert (view.not_tried, view.is_running, view.is_cut_off) == (2, False, True)


def test_a_restart_replays_nothing_and_says_so(services, core, worker, bank, wake) -> None:
    start(services)  # and the process dies before it takes it up

    successor = make_worker(core, bank, wake, Seconds())
    for _ in range(3):
        successor.step()

    view = services.emergency.open()
    assert (view.not_tried, view.is_running, view.is_cut_off) == (4, False, True)
    assert pulses(bank) == [0, 0, 0, 0]
    assert {row.result for row in DoorCommand.select()} == {Outcome.EXPIRED}


# The button --------------------------------------------------------------------------------


def test_the_button_opens_every_door_and_is_written_down(services, core, worker, bank, wake):
    inside = new_visit(core, services)

    worker.press()
    step_until(worker, wake, is_over(services, worker))

    view = services.emergency.open()
    assert (view.opened, view.source, view.reason) == (4, Source.BUTTON, "tombol darurat")
    assert [line.visit_id for line in view.roll_call] == [inside.id]
    assert services.alarms.open() == ()


def test_the_button_works_while_another_process_locks_the_database(
    services, core, worker, bank, wake, settings
) -> None:
    locker = apsw.Connection(str(settings.data_dir / "ruangbaca.db"))
    locker.execute("BEGIN IMMEDIATE")
    with contextlib.closing(locker):
        began_s = time.monotonic()
        worker.press()
        stepping = threading.Thread(target=worker.step)
        stepping.start()
        while not all(bank.world.locker(n).state is DoorState.OPEN for n in bank.numbers):
            assert time.monotonic() - began_s < 9, "the doors waited for the database"
            time.sleep(0.02)
        locker.execute("COMMIT")
        stepping.join(15)

    step_until(worker, wake, is_over(services, worker))
    assert services.emergency.open().opened == 4


def test_the_button_works_while_nothing_can_be_written(
    services, core, worker, bank, wake, monkeypatch
) -> None:
    def full(_function):
        raise Unavailable("full")

    run = core.writer.run
    monkeypatch.setattr(core.writer, "run", full)
    worker.press()
    end_s = time.monotonic() + 10
    while worker._run.is_running:
        worker.step()  # raises nothing
        assert time.monotonic() < end_s
    worker.step()
    assert pulses(bank) == [1, 1, 1, 1]
    assert services.emergency.latest() is None

    monkeypatch.setattr(core.writer, "run", run)
    step_until(worker, wake, is_over(services, worker))
    assert services.emergency.open().opened == 4
    assert [services.lockers.tile(n).door for n in bank.numbers] == ["open"] * 4


def test_pressed_before_there_was_a_database(services, core, bank, wake, clock) -> None:
    run = EmergencyRun(bank, now=clock.now)
    run.start_all()
    worker = make_worker(core, bank, wake, Seconds(), run=run)
    step_until(worker, wake, is_over(services, worker))

    assert services.emergency.open().opened == 4
    assert services.emergency.open().source is Source.BUTTON


def test_a_worker_after_a_written_emergency_begins_no_other(
    services, core, bank, wake, clock
) -> None:
    run = EmergencyRun(bank, now=clock.now)
    worker = make_worker(core, bank, wake, Seconds(), run=run)
    worker.press()
    step_until(worker, wake, is_over(services, worker))
    services.emergency.end(by=OFFICER)
    worker.close()

    make_worker(core, bank, wake, Seconds(), run=run).step()

    assert services.emergency.open() is None


def test_a_press_while_the_worker_is_being_made_is_written_down(
    services, core, bank, wake, clock
) -> None:
    run = EmergencyRun(bank, now=clock.now)
    worker = make_worker(core, bank, wake, Seconds(), run=run)
    run.start_all()  # the button does not know of the worker yet

    step_until(worker, wake, is_over(services, worker))

    assert services.emergency.open().opened == 4
    assert services.emergency.open().source is Source.BUTTON


def test_a_press_beside_the_end_of_another_emergency_opens_every_door(
    services, worker, bank, wake
) -> None:
    start(services)
    step_until(worker, wake, lambda: any(pulses(bank)))
    services.emergency.end(by=OFFICER)
    worker._run._stopping.set()  # the worker has just seen that it ended; a pulse still runs

    worker.press()
    step_until(worker, wake, is_over(services, worker))

    assert all(pulses(bank))
    assert services.emergency.open().opened == 4


def test_a_press_after_an_end_that_the_worker_has_not_seen_opens_every_door(
    services, worker, bank, wake, clock
) -> None:
    start(services)
    step_until(worker, wake, lambda: any(pulses(bank)))
    services.emergency.end(by=OFFICER)
    clock.advance(0.1)

    worker.press()
    step_until(worker, wake, is_over(services, worker))

    assert services.emergency.open().opened == 4


def test_forty_eight_doors_take_well_under_a_minute(core, services, wake) -> None:
    """Counted, not waited for: what a round costs besides its pulses."""

    class Many:
        numbers = tuple(range(1, 49))
        on_door_change = None

        def __init__(self) -> None:
            self.fired: list[int] = []

        def has_sensor(self, number: int) -> bool:
            return True

        def pulse(self, number: int) -> None:
            self.fired.append(number)

        def door(self, number: int) -> DoorState:
            return DoorState.OPEN if number in self.fired else DoorState.CLOSED

    bank = Many()
    worker = make_worker(core, bank, wake, Seconds())
    began_s = time.monotonic()
    start(services)
    step_until(worker, wake, is_over(services, worker), limit_s=40)

    spent_s = time.monotonic() - began_s
    assert bank.fired == list(bank.numbers)
    assert 48 * (0.35 + 0.15) + spent_s < 50
