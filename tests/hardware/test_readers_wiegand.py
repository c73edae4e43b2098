"""What is particular to card readers: edges that are heard of late, and lines in use."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest
from gpiozero import LED

from hardware.reader_interfaces import BadRead, ReaderState
from hardware.wiegand_frames import FRAME_END_S
from tests.hardware.conftest import WAIT_S, FakeSeconds
from tests.hardware.reader_rigs import WiegandRig, framed

CARD = "W26:045:01234"


@pytest.fixture
def heard() -> Queue[object]:
    return Queue()


@pytest.fixture
def rig(tmp_path: Path, seconds: FakeSeconds, heard: Queue[object]) -> Iterator[WiegandRig]:
    built = WiegandRig(tmp_path, seconds)
    built.reader.on_code = lambda read: heard.put(read.text)
    built.reader.on_bad_read = built.reader.on_state = heard.put
    yield built
    built.close()


def bits_at(times_s: list[float]) -> list[tuple[float, int]]:
    return list(zip(times_s, framed(CARD), strict=True))


def test_edges_that_are_heard_of_late_and_in_pieces_are_one_card(rig, heard) -> None:
    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.READY
    first, rest = (bits := bits_at([n * 0.002 for n in range(26)]))[:11], bits[11:]

    for edge in first:
        rig.reader._edges.put(edge)
    threading.Event().wait(2 * FRAME_END_S)  # the machine is busy with something else
    for edge in rest:
        rig.reader._edges.put(edge)

    assert heard.get(timeout=WAIT_S) == CARD


def test_two_cards_that_are_heard_of_at_once_are_two(rig, heard) -> None:
    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.READY
    other = framed("W26:045:01235")

    for edge in bits_at([n * 0.002 for n in range(26)]):
        rig.reader._edges.put(edge)
    for number, bit in enumerate(other):
        rig.reader._edges.put((1.0 + number * 0.002, bit))

    assert [heard.get(timeout=WAIT_S) for _ in range(2)] == [CARD, "W26:045:01235"]


def test_half_a_card_is_unreadable_after_a_while(rig, heard) -> None:
    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.READY

    rig.bits(framed(CARD)[:13])

    assert heard.get(timeout=WAIT_S) is BadRead.UNREADABLE


def test_a_keypad_press_is_nothing(rig, heard) -> None:
    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.READY

    rig.bits([1, 0, 1, 0])
    threading.Event().wait(0.3)  # a person's next press is later still
    rig.send(CARD)

    assert heard.get(timeout=WAIT_S) == CARD


def test_a_line_in_use_is_a_fault_until_it_is_free(rig, heard) -> None:
    lamp = LED(23, pin_factory=rig.factory)

    rig.reader.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.FAULT
    lamp.close()

    assert heard.get(timeout=WAIT_S) is ReaderState.READY
