"""The lockers worker over simulated lockers: jams, vanished boards, late commands, kills."""

import contextlib
import threading

import pytest

from appliance.actor import SYSTEM
from appliance.errors import Unavailable
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.runtime.worker import WorkerLoop
from appliance.storage.models import DoorCommand, Locker
from hardware.interfaces import DoorState
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.lockers_kit import PULSE_S, QUICK, facts, make_worker, outcome, step_until
from tests.services.library import OFFICER, new_visit


def test_a_handed_out_locker_opens_and_shuts(services, core, worker, bank, wake) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)

    step_until(worker, wake, lambda: outcome(services, visit) is Outcome.OPENED)
    assert services.lockers.tile(1).door == "open"
    bank.world.locker(1).shut()
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "closed")

    command = DoorCommand.get()
    assert command.claimed_at <= command.pulsed_at <= command.closed_seen_at
    assert command.open_seen_at is not None
    assert len(bank.world.locker(1).pulses()) == 1
    assert facts(core, "locker.outcome") == [
        '{"locker": 1, "purpose": "store", "result": "opened"}'
    ]
    assert facts(core, "locker.alarm") == []


def test_the_bank_fills_the_table_of_lockers(services, worker) -> None:
    assert [(t.number, t.has_sensor, t.door) for t in services.lockers.wall()] == [
        (1, True, "closed"),
        (2, True, "closed"),
        (3, True, "closed"),
    ]


def test_a_jammed_door_is_told_and_the_next_one_opens(
    services, core, worker, bank, wake, seconds
) -> None:
    bank.world.locker(1).jam()
    stuck, fine = new_visit(core, services), new_visit(core, services)
    services.lockers.assign(stuck.id, by=OFFICER)
    services.lockers.assign(fine.id, by=OFFICER)

    step_until(worker, wake, lambda: outcome(services, fine) is Outcome.OPENED)
    assert outcome(services, stuck) is Outcome.OPENING
    core.clock.advance(6)
    seconds.pass_by(4)
    worker.step()

    assert outcome(services, stuck) is Outcome.OPEN_NOT_DETECTED
    assert [a.kind for a in services.alarms.open()] == [AlarmKind.NOT_OPENED]


def test_a_door_that_needs_a_push_is_no_alarm(services, core, worker, bank, wake, seconds) -> None:
    bank.world.locker(1).jam()
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    worker.step()
    core.clock.advance(6)
    seconds.pass_by(10)
    worker.step()

    bank.world.locker(1).force()
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")

    assert outcome(services, visit) is Outcome.OPENED
    assert facts(core, "locker.alarm") == ['{"alarm": "not_opened", "locker": 1}']
    assert services.alarms.open() == ()


def test_a_door_opened_without_a_command_is_an_alarm(core, worker, bank, wake) -> None:
    bank.world.locker(2).force()

    step_until(worker, wake, lambda: facts(core, "locker.alarm") != [])

    assert facts(core, "locker.alarm") == ['{"alarm": "opened_without_command", "locker": 2}']


def test_a_door_left_open_is_told_once(core, services, worker, bank, wake, seconds) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    step_until(worker, wake, lambda: outcome(services, visit) is Outcome.OPENED)

    for _ in range(3):
        seconds.pass_by(130)
        worker.step()

    assert facts(core, "locker.alarm") == ['{"alarm": "left_open", "locker": 1}']


def test_a_vanished_board_ends_the_command_not_the_worker(
    services, core, worker, bank, wake, seconds, clock
) -> None:
    visit = new_visit(core, services)
    bank.world.vanish()
    services.lockers.assign(visit.id, by=OFFICER)

    worker.step()
    assert outcome(services, visit) is Outcome.DRIVER_ERROR
    bank.world.come_back()
    clock.advance(10)
    seconds.pass_by(10)
    services.lockers.open_again(visit.id, by=OFFICER)

    step_until(worker, wake, lambda: outcome(services, visit) is Outcome.OPENED)


def test_a_late_command_is_never_carried_out(services, core, worker, bank, clock) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    clock.advance(5)

    worker.step()

    assert outcome(services, visit) is Outcome.EXPIRED
    assert bank.world.locker(1).pulses() == ()


def test_a_claim_whose_commit_hung_too_long_is_not_carried_out(
    services, core, worker, bank, clock, monkeypatch
) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    claim = DoorOutcomes.claim_next

    def slowly(self):
        claimed = claim(self)
        clock.advance(6)
        return claimed

    monkeypatch.setattr(DoorOutcomes, "claim_next", slowly)
    worker.step()

    assert DoorCommand.get().result == "expired"
    assert bank.world.locker(1).pulses() == ()


def test_a_resting_coil_postpones_and_then_obeys(
    services, core, worker, bank, wake, seconds
) -> None:
    services.lockers.open_for(1, by=OFFICER, reason="satu")
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")
    bank.world.locker(1).shut()
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "closed")
    core.clock.advance(2)  # rested by the boot clock, not yet by the driver's
    services.lockers.open_for(1, by=OFFICER, reason="dua")
    worker.step()
    assert len(bank.world.locker(1).pulses()) == 1

    seconds.pass_by(2)
    step_until(worker, wake, lambda: all(row.result for row in DoorCommand.select()))

    assert [row.result for row in DoorCommand.select()] == ["opened", "opened"]
    assert len(bank.world.locker(1).pulses()) == 2


def test_a_postponed_command_ends_with_the_session_it_was_for(
    services, core, worker, bank, wake, seconds
) -> None:
    """Else the door would open for a visitor who has just given the locker back."""
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "open")
    bank.world.locker(1).shut()
    step_until(worker, wake, lambda: services.lockers.tile(1).door == "closed")
    core.clock.advance(2)
    services.lockers.open_again(visit.id, by=OFFICER)
    worker.step()  # claimed, but the coil rests

    services.lockers.release(visit.id, by=OFFICER)
    seconds.pass_by(2)
    step_until(worker, wake, lambda: all(row.result for row in DoorCommand.select()))

    assert [row.result for row in DoorCommand.select()] == ["opened", "expired"]
    assert len(bank.world.locker(1).pulses()) == 1


def test_a_kill_between_claim_and_outcome_is_told_and_not_repeated(
    services, core, worker, bank, wake, seconds
) -> None:
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)
    worker._commands.claim_next()  # and here the process dies

    successor = make_worker(core, bank, wake, seconds)
    for _ in range(3):
        successor.step()

    assert outcome(services, visit) is Outcome.INTERRUPTED
    assert bank.world.locker(1).pulses() == ()


def test_a_kill_after_the_pulse_does_not_pulse_again(
    services, core, worker, bank, wake, seconds
) -> None:
    visit = new_visit(core, services)
    bank.world.locker(1).jam()
    services.lockers.assign(visit.id, by=OFFICER)
    worker.step()

    make_worker(core, bank, wake, seconds).step()

    assert outcome(services, visit) is Outcome.INTERRUPTED
    assert len(bank.world.locker(1).pulses()) == 1


def test_doors_without_sensor_say_sent(services, core, wake, seconds) -> None:
    wiring = simulated_wiring(2, sensors=False, pulse_s=PULSE_S)
    with contextlib.closing(SimulatedLockerBank(wiring, QUICK, clock=seconds)) as blind:
        worker = make_worker(core, blind, wake, seconds)
        visit = new_visit(core, services)
        services.lockers.assign(visit.id, by=OFFICER)

        worker.step()

        assert outcome(services, visit) is Outcome.SENT
        assert services.lockers.tile(1).door == DoorState.UNKNOWN


def test_stopping_during_a_pulse_finishes_the_row_and_leaves_everything_off(
    services, core, worker, bank, wake
) -> None:
    visit = new_visit(core, services)
    loop = WorkerLoop(wake, worker.step, poll_s=0.2)
    runner = threading.Thread(target=loop.run)
    runner.start()
    pulsing = threading.Event()
    bank_pulse = bank.pulse

    def pulse(number):
        pulsing.set()
        bank_pulse(number)

    bank.pulse = pulse
    services.lockers.assign(visit.id, by=OFFICER)
    assert pulsing.wait(5)
    loop.stop()
    runner.join(5)
    worker.close()

    assert not runner.is_alive()
    assert DoorCommand.get().pulsed_at is not None
    ((start_s, end_s),) = bank.world.locker(1).pulses()
    assert 0 < end_s - start_s < 5


def test_a_fault_in_the_database_ends_the_process(services, core, worker, bank) -> None:
    bank.world.vanish()
    services.lockers.open_for(1, by=OFFICER, reason="uji")
    core.writer.run(lambda: Locker._meta.database.execute_sql("DROP TABLE outbox"))

    with pytest.raises(Unavailable):
        worker.step()


def test_the_worker_does_not_touch_an_office_without_lockers(core, wake, seconds, services) -> None:
    from hardware.absent import AbsentLockerBank

    services.lockers.sync_bank({1: True}, by=SYSTEM)
    worker = make_worker(core, AbsentLockerBank(), wake, seconds)
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER)

    worker.step()

    assert services.lockers.of_visit(visit.id).command.outcome is Outcome.DRIVER_ERROR
