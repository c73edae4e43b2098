"""Lock boards whose line loses, spoils or delays what is said, and ports that come and go."""

import logging
import os
import threading
from collections.abc import Iterator

import pytest

from hardware import board_8a
from hardware.interfaces import DeviceFault, DeviceUnavailable, DoorState
from hardware.serial_line import NoReply
from hardware.simulated_boards import SimulatedBoardBank
from hardware.wiring import WiringError
from tests.hardware.conftest import Changes, FakeSeconds
from tests.hardware.locker_rooms import (
    BOARDS,
    PULSE_S,
    TIMING,
    board_bank,
    board_wiring,
    soon,
)

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN
ANSWERED = ("8a", "waveshare")
"""Boards that answer an unlock; a CU16 does not."""


@pytest.fixture(params=BOARDS)
def bank(request: pytest.FixtureRequest) -> Iterator[SimulatedBoardBank]:
    opened = board_bank(request.param)
    yield opened
    opened.close()


@pytest.fixture(params=ANSWERED)
def answering(request: pytest.FixtureRequest) -> Iterator[SimulatedBoardBank]:
    opened = board_bank(request.param)
    yield opened
    opened.close()


@pytest.fixture
def changes(bank: SimulatedBoardBank) -> Changes:
    listener = Changes()
    bank.on_door_change = listener
    return listener


def unlocks(bank: SimulatedBoardBank, channel: int) -> int:
    """How often the board heard that it shall unlock this channel."""
    request = bank._board.unlock(channel, bank._wiring.pulse_s).request
    return bank.world.requests.count(request)


# Faults of the line


@pytest.mark.parametrize("fault", ["drop", "garble", "cut"])
def test_a_spoilt_confirmation_is_no_reason_to_unlock_again(
    answering: SimulatedBoardBank, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    bank = answering
    answer = bank.world._firmware.answer

    def spoil_the_next_unlock(frame: bytes) -> bytes:
        if frame == bank._board.unlock(2, PULSE_S).request:
            setattr(bank.world.faults, fault, 1)
        return answer(frame)

    bank.world._firmware.answer = spoil_the_next_unlock

    bank.pulse(2)

    assert unlocks(bank, 2) == 1
    assert "the unlock was not confirmed" in caplog.text
    assert soon(lambda: bank.door(2), OPEN)


def test_a_board_that_keeps_silent_is_a_fault_and_was_told_once(bank: SimulatedBoardBank) -> None:
    bank.world.faults.drop = -1

    with pytest.raises(DeviceFault, match="check its power, the two wires"):
        bank.pulse(2)

    assert soon(lambda: bank.world.locker(2).state, OPEN), "the unlock itself arrived"
    assert unlocks(bank, 2) == 1


def test_opening_every_door_is_not_held_up_by_a_board_that_is_away(
    bank: SimulatedBoardBank, changes: Changes
) -> None:
    bank.world.faults.drop = -1
    assert soon(lambda: bank._is_away, True)
    asked = len(bank.world.requests)

    with pytest.raises(DeviceFault):
        bank.pulse(1)

    # The unlock, one look at the state, and perhaps one of the watch; a board that is not known
    # to be away gets two looks, and the time that its answer may take.
    assert len(bank.world.requests) - asked <= 3
    assert soon(lambda: bank.world.locker(1).state, OPEN), "it hears, and is not heard"
    assert unlocks(bank, 1) == 1


def test_a_port_that_is_not_there_costs_its_coils_no_rest(
    bank: SimulatedBoardBank, changes: Changes
) -> None:
    bank.world.vanish()
    assert soon(lambda: bank._is_away, True)
    for _ in range(3):
        with pytest.raises(DeviceUnavailable):
            bank.pulse(1)
    bank.world.come_back()
    assert soon(lambda: bank.door(1), CLOSED)

    bank.pulse(1)

    assert unlocks(bank, 1) == 1


def test_an_unlock_that_got_lost_is_a_fault_where_no_door_can_tell(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for like in ANSWERED:
        bank = board_bank(like, sensors=False)
        answer = bank.world._firmware.answer
        lost = bank._board.unlock(1, PULSE_S).request
        bank.world._firmware.answer = lambda f, a=answer, x=lost: b"" if f == x else a(f)

        with pytest.raises(DeviceFault, match="did not confirm the unlock"):
            bank.pulse(1)
        bank.close()


def test_a_relay_seen_on_confirms_an_unlock_whose_answer_was_lost() -> None:
    bank = board_bank("waveshare", sensors=False, pulse_s=1.0)
    bank.world.faults.drop = 1

    bank.pulse(1)

    assert unlocks(bank, 1) == 1
    bank.close()


@pytest.mark.parametrize("fault", ["drop", "garble", "cut"])
def test_one_spoilt_status_changes_no_door(
    bank: SimulatedBoardBank, changes: Changes, fault: str
) -> None:
    for _ in range(4):
        setattr(bank.world.faults, fault, 1)
        assert soon(lambda: getattr(bank.world.faults, fault), 0)
        asked = len(bank.world.requests)
        assert soon(lambda: len(bank.world.requests) >= asked + 2, True)  # noqa: B023

    assert changes.none_within(0.1)


def test_a_board_that_stays_silent_makes_its_doors_unknown_and_is_heard_again(
    bank: SimulatedBoardBank, changes: Changes
) -> None:
    bank.world.faults.drop = -1
    assert {changes.next() for _ in bank.numbers} == {(n, UNKNOWN) for n in bank.numbers}

    bank.world.locker(3).force()
    bank.world.faults.drop = 0

    assert {changes.next() for _ in bank.numbers} == {
        (n, OPEN if n == 3 else CLOSED) for n in bank.numbers
    }


def test_answers_that_come_too_late_never_show_a_wrong_door(
    bank: SimulatedBoardBank, changes: Changes
) -> None:
    bank.world.faults.drop = -1
    assert {changes.next() for _ in bank.numbers} == {(n, UNKNOWN) for n in bank.numbers}
    bank.world.faults.late_s = 0.6
    bank.world.faults.drop = 0

    # A stalled machine may still be listening when one comes: true then, but never another door's.
    asked = len(bank.world.requests)
    assert soon(lambda: len(bank.world.requests) >= asked + 2, True)
    assert {bank.door(n) for n in bank.numbers} <= {UNKNOWN, CLOSED}
    bank.world.faults.late_s = 0.0

    assert soon(lambda: {bank.door(n) for n in bank.numbers}, {CLOSED})
    bank.pulse(4)
    assert soon(lambda: [bank.door(n) for n in bank.numbers], [CLOSED, CLOSED, CLOSED, OPEN])


def test_an_old_answer_glued_before_the_right_one_confirms_nothing() -> None:
    bank = board_bank("8a")
    answer = bank.world._firmware.answer
    old = board_8a.checked(bytes([0x8A, 1, 3, 0x00]))
    wanted = bank._board.unlock(2, PULSE_S).request

    def glue(frame: bytes) -> bytes:
        return old + b"\x8a\x01" + (b"" if frame == wanted else answer(frame))

    bank.world._firmware.answer = glue

    assert soon(lambda: bank.door(1), CLOSED), "a status is found behind it"
    with pytest.raises(NoReply):
        bank._line.ask(bank._board.unlock(2, PULSE_S))
    bank.close()


def test_bytes_on_the_line_unasked_are_noise(bank: SimulatedBoardBank, changes: Changes) -> None:
    for _ in range(20):
        bank.world.say(b"\x82\x01\x02\x00\x81\xff\x00\x02")
    bank.pulse(1)

    assert changes.next() == (1, OPEN)
    assert changes.none_within(0.1)


# Pulses


def test_the_pulse_is_the_boards_own_and_is_waited_for(bank: SimulatedBoardBank) -> None:
    bank.pulse(1)

    assert soon(lambda: len(bank.world.locker(1).pulses()), 1)
    ((on_s, off_s),) = bank.world.locker(1).pulses()
    assert off_s - on_s >= bank._on_s - 0.01


def test_all_off_ends_a_pulse_where_the_board_can(caplog: pytest.LogCaptureFixture) -> None:
    bank = board_bank("waveshare", pulse_s=1.0)
    started = threading.Event()
    bank.world.locker(1)._coil.on_rise = started.set
    pulsing = threading.Thread(target=bank.pulse, args=(1,))
    pulsing.start()
    assert started.wait(5)

    bank.all_off()

    ((on_s, off_s),) = bank.world.locker(1).pulses()
    assert off_s - on_s < 0.9
    bank.close()
    pulsing.join(5)


def test_a_refusal_of_all_off_is_a_fault_and_silence_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bank = board_bank("waveshare")
    bank.world.faults.drop = -1
    bank.all_off()
    assert "all off was not confirmed" in caplog.text

    bank.world.faults.drop = 0
    bank._board = type(bank._board)(1, 8)
    bank._board.all_off = lambda: bank._board._write(0x4000, 0)
    with pytest.raises(DeviceFault, match="Modbus exception 2"):
        bank.all_off()
    bank.close()


def test_a_coil_rests_by_the_clock(seconds: FakeSeconds) -> None:
    bank = SimulatedBoardBank("cu16", board_wiring(), TIMING, clock=seconds)

    bank.pulse(1)
    seconds.advance(2)
    bank.pulse(1)

    assert unlocks(bank, 1) == 2
    bank.close()


# Ports


def test_a_board_unplugged_and_plugged_in_again_is_found_under_its_path(
    bank: SimulatedBoardBank, changes: Changes
) -> None:
    before = os.path.realpath(bank.world.port)
    bank.world.vanish()
    assert {changes.next() for _ in bank.numbers} == {(n, UNKNOWN) for n in bank.numbers}
    with pytest.raises(DeviceUnavailable):
        bank.pulse(1)
    keep = os.openpty()  # so that the next one has another name
    bank.world.come_back()

    assert os.path.realpath(bank.world.port) != before
    assert {changes.next() for _ in bank.numbers} == {(n, CLOSED) for n in bank.numbers}
    bank.pulse(2)
    for fd in keep:
        os.close(fd)


def test_a_channel_that_the_board_has_not_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(WiringError, match="channel 9 is not within 1 to 8 with sensors"):
        board_bank("waveshare", tuple(range(1, 10)))
    with pytest.raises(WiringError, match="channel 1 is used 2 times"):
        board_wiring((1, 2)).__class__(channels={1: 1, 2: 1})


def test_the_log_says_once_that_a_board_is_away_and_once_that_it_is_back(
    bank: SimulatedBoardBank, changes: Changes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="hardware.lockers_board")
    bank.world.vanish()
    for _ in bank.numbers:
        changes.next()
    bank.world.come_back()
    for _ in bank.numbers:
        changes.next()

    said = [record.getMessage() for record in caplog.records]
    assert sum("its doors are unknown" in line for line in said) == 1
    assert sum("answers again" in line for line in said) == 1
