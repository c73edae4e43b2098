"""What the doors want a person for, told by simulated sensors that do what they should not."""

import contextlib

import pytest

from appliance.errors import Invalid, NotFound, Refused
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.rules import Outcome, Said
from appliance.storage.models import DoorAlarm, DoorCommand, Locker
from hardware.interfaces import DeviceFault, OutputStuck
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.lockers_kit import PULSE_S, QUICK, facts, make_worker, outcome, step_until
from tests.running_demo import wait_until
from tests.services.library import OFFICER, new_visit


def kinds(services) -> list[tuple[int, str]]:
    return [(alarm.number, str(alarm.kind)) for alarm in services.alarms.open()]


def move(bank, worker, wake, services, number: int, state: str) -> None:
    """Open or shut a door by hand, and let the worker see it."""
    locker = bank.world.locker(number)
    (locker.force if state == "open" else locker.shut)()
    step_until(worker, wake, lambda: worker._doors._known[number] == state)


def test_a_forced_door_stays_an_alarm_until_a_person_looked(
    services, core, worker, bank, wake
) -> None:
    for _ in range(2):
        move(bank, worker, wake, services, 2, "open")
        move(bank, worker, wake, services, 2, "closed")

    assert kinds(services) == [(2, "opened_without_command")]
    (alarm,) = services.alarms.by_locker()[2]
    ended = services.alarms.acknowledge(alarm.uuid, by=OFFICER, note="pembersih")

    assert (ended.ended_by, ended.note) == ("officer:petugas", "pembersih")
    assert kinds(services) == []
    assert facts(core, "locker.alarm") == ['{"alarm": "opened_without_command", "locker": 2}']
    assert len(facts(core, "locker.alarm_ended")) == 1


def test_looking_twice_changes_nothing_and_a_long_note_is_refused(
    services, core, worker, bank, wake
) -> None:
    move(bank, worker, wake, services, 2, "open")
    (alarm,) = services.alarms.open()

    with pytest.raises(Invalid):
        services.alarms.acknowledge(alarm.uuid, by=OFFICER, note="x" * 201)
    services.alarms.acknowledge(alarm.uuid, by=OFFICER, note="satu")
    services.alarms.acknowledge(alarm.uuid, by=OFFICER, note="dua")

    assert [a.note for a in services.alarms.recent()] == ["satu"]
    with pytest.raises(NotFound):
        services.alarms.acknowledge("nobody", by=OFFICER)


def test_an_alarm_takes_no_locker_from_anybody(services, core, worker, bank, wake) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    step_until(worker, wake, lambda: outcome(services, visit) is Outcome.OPENED)
    move(bank, worker, wake, services, 1, "closed")

    move(bank, worker, wake, services, 1, "open")

    assert kinds(services) == [(1, "opened_without_command")]
    assert services.lockers.of_visit(visit.id).number == 1


def test_a_door_opened_by_its_key_is_no_alarm(services, core, worker, bank, wake) -> None:
    services.keys.note(2, "used", {"note": "listrik mati", "holder": "Rina"}, by=OFFICER)

    move(bank, worker, wake, services, 2, "open")

    assert kinds(services) == []


def test_the_key_may_be_written_down_afterwards(services, worker, bank, wake) -> None:
    move(bank, worker, wake, services, 2, "open")
    services.alarms.explained_by_key(2, OFFICER)

    assert kinds(services) == []


def test_a_door_left_open_ends_by_itself(services, core, worker, bank, wake, seconds) -> None:
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")
    seconds.pass_by(130)
    worker.step()
    assert kinds(services) == [(1, "left_open")]

    move(bank, worker, wake, services, 1, "closed")

    assert kinds(services) == []
    assert services.alarms.recent()[0].ended_by == "system:ruangbaca"


def test_a_jam_is_tried_three_times_in_all_and_then_told(
    services, core, worker, bank, wake, seconds
) -> None:
    bank.world.locker(1).jam()
    services.lockers.open_for(1, by=OFFICER, reason="uji")

    for _ in range(5):
        worker.step()
        seconds.pass_by(1.6)

    assert len(bank.world.locker(1).pulses()) == 3
    assert services.lockers.tile(1).command.outcome is Outcome.OPEN_NOT_DETECTED
    assert kinds(services) == [(1, "not_opened")]


def test_the_second_try_opens_what_the_first_did_not(
    services, core, worker, bank, wake, seconds
) -> None:
    bank.world.locker(1).jam()
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    worker.step()
    bank.world.locker(1).free()
    seconds.pass_by(1.6)

    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")

    assert services.lockers.tile(1).command.outcome is Outcome.OPENED
    assert kinds(services) == []
    assert DoorCommand.select().count() == 1


def test_nobody_is_waited_for_who_has_gone(
    services, core, worker, bank, wake, seconds, clock
) -> None:
    bank.world.locker(1).jam()
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    worker.step()

    clock.advance(6)
    seconds.pass_by(6)
    worker.step()

    assert len(bank.world.locker(1).pulses()) == 1


def test_a_sensor_that_chatters_is_not_believed_until_a_person_says_so(
    services, core, worker, bank, wake, seconds
) -> None:
    for _ in range(3):
        move(bank, worker, wake, services, 3, "open")
        move(bank, worker, wake, services, 3, "closed")
    assert (3, "sensor_disagrees") in kinds(services)
    assert (services.lockers.tile(3).has_sensor, services.lockers.tile(3).door) == (
        False,
        "unknown",
    )

    services.lockers.open_for(3, by=OFFICER, reason="uji")
    worker.step()
    assert services.lockers.tile(3).command.outcome is Outcome.SENT
    assert services.lockers.tile(3).command.asks_person

    for alarm in services.alarms.open():
        services.alarms.acknowledge(alarm.uuid, by=OFFICER, note="sensor diganti")
    step_until(worker, wake, lambda: services.lockers.tile(3).door == "open")
    assert services.lockers.tile(3).has_sensor


def test_a_vanished_board_is_told_and_its_return_too(
    services, core, worker, bank, wake, seconds
) -> None:
    bank.world.vanish()
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "unknown")
    seconds.pass_by(6)
    step_until(worker, wake, lambda: len(kinds(services)) == 3)
    assert {kind for _, kind in kinds(services)} == {"not_answering"}

    bank.world.locker(2).force()
    bank.world.come_back()
    step_until(worker, wake, lambda: services.lockers.tile(2).door == "open")
    step_until(worker, wake, lambda: kinds(services) == [])

    assert facts(core, "locker.alarm") == [
        f'{{"alarm": "not_answering", "locker": {number}}}' for number in (1, 2, 3)
    ], "a door open when its board comes back is open for unknown reasons"


def test_a_coil_that_stays_on_is_the_loudest_alarm(services, core, worker, bank, wake) -> None:
    def stuck(number: int) -> None:
        raise OutputStuck("still on")

    pulse, bank.pulse = bank.pulse, stuck
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    worker.step()
    assert kinds(services) == [(1, "output_stuck")]
    assert services.lockers.tile(1).command.outcome is Outcome.DRIVER_ERROR

    bank.pulse = pulse
    core.clock.advance(6)
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    step_until(worker, wake, lambda: kinds(services) == [])


def test_a_door_that_opens_after_a_driver_fault_is_no_burglary(
    services, core, worker, bank, wake
) -> None:
    pulse = bank.pulse

    def fault(number: int) -> None:
        pulse(number)
        raise DeviceFault("cut by the second timer")

    bank.pulse = fault
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")

    assert (1, "opened_without_command") not in kinds(services)
    assert services.lockers.tile(1).command.outcome is Outcome.OPENED


def test_a_door_that_is_shut_while_it_is_opened_again_is_no_burglary(
    services, core, worker, bank, wake, seconds
) -> None:
    """It stood open, fell shut under the pulse and sprang open, all before the pulse ended."""
    services.lockers.open_for(1, by=OFFICER, reason="satu")
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")
    core.clock.advance(2)
    seconds.pass_by(2)
    moved, pulse = worker._doors._changes, bank.pulse

    def pulse_and_shut(number: int) -> None:
        for act, changes in ((bank.world.locker(1).shut, 1), (bank.world.locker(1).force, 2)):
            act()
            wait_until(lambda n=changes: moved.qsize() == n)
        pulse(number)

    bank.pulse = pulse_and_shut
    services.lockers.open_for(1, by=OFFICER, reason="dua")
    step_until(worker, wake, lambda: services.lockers.tile(1).command.outcome is Outcome.OPENED)
    worker.step()

    assert kinds(services) == []
    assert services.lockers.tile(1).command.closed_seen_at is None
    move(bank, worker, wake, services, 1, "closed")
    assert services.lockers.tile(1).command.closed_seen_at is not None


def test_a_late_door_after_a_kill_is_no_burglary(
    services, core, worker, bank, wake, seconds
) -> None:
    bank.world.locker(1).jam()
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    worker.step()  # pulsed; and here the process dies

    successor = make_worker(core, bank, wake, seconds)
    bank.world.locker(1).force()
    step_until(successor, wake, lambda: services.lockers.tile(1).door == "open")

    assert kinds(services) == []
    assert services.lockers.tile(1).command.outcome is Outcome.OPENED


def test_doors_open_at_a_start_are_one_snapshot_and_no_alarm(
    services, core, bank, wake, seconds
) -> None:
    bank.world.locker(2).force()

    for _ in range(3):
        worker = make_worker(core, bank, wake, seconds)
        for _ in range(3):
            worker.step()
    assert kinds(services) == []
    assert services.lockers.tile(2).door == "open"

    seconds.pass_by(130)
    worker.step()
    assert kinds(services) == [(2, "left_open")]


def test_a_change_heard_late_does_not_begin_the_open_time_anew(
    services, core, bank, wake, seconds
) -> None:
    bank.world.locker(2).force()
    worker = make_worker(core, bank, wake, seconds)
    worker.step()

    seconds.pass_by(130)
    worker._doors.changed(2, bank.door(2))
    worker.step()

    assert kinds(services) == [(2, "left_open")]


def test_lockers_of_a_bank_that_is_not_there_are_known_and_told(
    services, core, bank, wake, seconds
) -> None:
    make_worker(core, bank, wake, seconds, sizes=dict.fromkeys(range(1, 6), "L"))

    assert [(t.number, t.has_sensor) for t in services.lockers.wall()] == [
        (1, True),
        (2, True),
        (3, True),
        (4, False),
        (5, False),
    ]
    assert {row.size for row in Locker.select()} == {"L"}
    assert kinds(services) == [(4, "not_answering"), (5, "not_answering")]


# A person's word ---------------------------------------------------------------------------


@pytest.fixture
def blind(core, services, wake, seconds):
    wiring = simulated_wiring(2, sensors=False, pulse_s=PULSE_S)
    with contextlib.closing(SimulatedLockerBank(wiring, QUICK, clock=seconds)) as bank:
        yield make_worker(core, bank, wake, seconds)


def test_staff_says_what_no_sensor_sees(services, core, blind) -> None:
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    blind.step()

    assert services.witness.say(1, "opened", by=OFFICER).outcome is Outcome.OPENED
    assert services.witness.say(1, "not_opened", by=OFFICER).outcome is Outcome.OPEN_NOT_DETECTED
    services.witness.say(1, Said.NOT_OPENED, by=OFFICER)

    assert kinds(services) == [(1, "not_opened")]
    assert facts(core, "locker.seen_by_person") == [
        '{"locker": 1, "says": "opened"}',
        '{"locker": 1, "says": "not_opened"}',
    ]
    services.witness.say(1, "opened", by=OFFICER)
    assert kinds(services) == []


def test_a_word_against_the_sensor_puts_the_sensor_in_doubt(
    services, core, worker, bank, wake
) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    step_until(worker, wake, lambda: outcome(services, visit) is Outcome.OPENED)

    with pytest.raises(Refused):
        services.witness.say_of_visit(visit.id, "not_opened", by=OFFICER)
    services.witness.say(1, "not_opened", by=OFFICER)

    assert {kind for _, kind in kinds(services)} == {"sensor_disagrees", "not_opened"}
    assert outcome(services, visit) is Outcome.OPEN_NOT_DETECTED


def test_there_is_nothing_to_say_before_a_pulse(services, core, worker) -> None:
    with pytest.raises(Refused):
        services.witness.say(1, "opened", by=OFFICER)
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    with pytest.raises(Refused):
        services.witness.say(1, "opened", by=OFFICER)
    with pytest.raises(NotFound):
        services.witness.say(99, "opened", by=OFFICER)


@pytest.mark.parametrize("kind", list(AlarmKind))
def test_one_open_row_for_a_door_and_a_reason(services, core, worker, kind: AlarmKind) -> None:
    assert services.alarms.raise_(1, kind)
    assert not services.alarms.raise_(1, kind)
    assert not services.alarms.raise_(99, kind)

    assert DoorAlarm.select().count() == 1
    assert "%(number)s" in kind.sentence
