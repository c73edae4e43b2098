"""Serial lines that several boards share: who may have the port, when, and whose answer it is."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.board_8a import EightABoard
from hardware.board_cu16 import Cu16Board
from hardware.board_protocol import Ask
from hardware.interfaces import DeviceUnavailable, DoorState
from hardware.lockers_board import BoardLockerBank
from hardware.serial_line import NoReply, SerialLine, SerialLines
from hardware.simulated_boards import SimulatedBoard
from tests.hardware.conftest import FakeSeconds
from tests.hardware.locker_rooms import PULSE_S, TIMING, board_bank, board_wiring, soon

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN


@pytest.fixture
def board() -> Iterator[SimulatedBoard]:
    opened = SimulatedBoard("cu16", {1: 1}, address=0, pulse_s=PULSE_S, timing=TIMING)
    yield opened
    opened.stop()


def test_a_line_that_never_falls_silent_is_no_answer_for_ever(board: SimulatedBoard) -> None:
    line, over = SerialLine(board.port, 19200), threading.Event()
    line.connect()

    def babble() -> None:
        while not over.wait(0.001):
            with contextlib.suppress(BlockingIOError):
                board.say(b"\xff" * 64)

    babbling = threading.Thread(target=babble)
    babbling.start()
    with pytest.raises(NoReply):
        line.ask(Cu16Board(5).status(), tries=2)
    over.set()
    babbling.join(5)
    line.close()


def test_a_port_that_is_not_there_opens_later(board: SimulatedBoard) -> None:
    board.vanish()
    bank = BoardLockerBank(board_wiring((1,)), Cu16Board(0), SerialLine(board.port, 19200))

    assert bank.door(1) is UNKNOWN
    board.come_back()

    assert soon(lambda: bank.door(1), CLOSED)
    bank.close()


def test_a_missing_port_is_not_tried_at_every_request(tmp_path: Path) -> None:
    seconds = FakeSeconds()
    line = SerialLine(str(tmp_path / "none"), 9600, clock=seconds)

    for wait_s, words in [(0, "cannot be used"), (0.2, "is not there"), (0.1, "cannot be used"),
                          (0.3, "is not there"), (0.3, "cannot be used")]:  # fmt: skip
        seconds.advance(wait_s)
        with pytest.raises(DeviceUnavailable, match=words):
            line.tell(b"?")
    line.close()
    seconds.advance(100)
    with pytest.raises(DeviceUnavailable, match="is closed"):
        line.tell(b"?")


def test_a_port_is_used_by_one_process_or_line_only(board: SimulatedBoard) -> None:
    first, second = SerialLine(board.port, 19200), SerialLine(board.port, 19200)
    first.ask(Cu16Board(0).status())

    with pytest.raises(DeviceUnavailable, match="cannot be used"):
        second.ask(Cu16Board(0).status())

    first.close()


def test_boards_on_one_port_share_its_line_and_the_last_one_closes_it(
    board: SimulatedBoard,
) -> None:
    lines = SerialLines()
    here = BoardLockerBank(board_wiring((1,)), Cu16Board(0), lines.take(board.port, 19200))
    there = BoardLockerBank(board_wiring((2,)), Cu16Board(1), lines.take(board.port, 19200))

    assert here.door(1) is CLOSED
    assert there.door(2) is UNKNOWN, "no board has that address"
    there.close()
    assert here.door(1) is CLOSED
    here.pulse(1)
    assert soon(lambda: board.locker(1).state, OPEN)
    here.close()
    with pytest.raises(DeviceUnavailable, match="is closed"):
        here._line.tell(b"?")


def test_two_who_ask_at_once_get_their_own_answers() -> None:
    bank = board_bank("8a")
    board = EightABoard(1)
    wrong: list[object] = []

    def ask(ask: Ask[int], wanted: object) -> None:
        for _ in range(30):
            answer = bank._line.ask(ask)
            if answer != wanted:
                wrong.append(answer)

    status = (board.status(), 0b11110)
    threads = [
        threading.Thread(target=ask, args=case)
        for case in (status, status, (board.unlock(24, 0.1), True), (board.unlock(23, 0.1), True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert wrong == []
    bank.close()
