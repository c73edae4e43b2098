"""Frames of the lock boards: known bytes, every door, and whatever noise a line can carry."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware import board_8a, board_cu16, board_waveshare
from hardware.board_8a import EightABoard
from hardware.board_cu16 import Cu16Board
from hardware.board_protocol import LockBoard
from hardware.board_waveshare import WaveshareBoard, crc16
from hardware.interfaces import DeviceFault
from hardware.simulated_firmware import FIRMWARE, BoardState


class Contact:
    def __init__(self, closed: bool) -> None:
        self.reads_closed = closed


class Coil:
    def __init__(self) -> None:
        self.fired: list[float] = []
        self.is_on = False

    def fire(self, on_s: float) -> None:
        self.fired.append(on_s)
        self.is_on = True

    def cut(self) -> None:
        self.is_on = False


def board_and_firmware(kind: str, address: int, shut: set[int]) -> tuple[LockBoard, object, dict]:
    build = {"cu16": Cu16Board, "8a": EightABoard, "waveshare": WaveshareBoard}[kind]
    board = build(address)
    coils = {channel: Coil() for channel in board.seen}
    contacts = {channel: Contact(channel in shut) for channel in board.seen}
    return board, FIRMWARE[kind](BoardState(coils, contacts, address, 0.35)), coils


KINDS = st.sampled_from(["cu16", "8a", "waveshare"])
ADDRESSES = st.integers(1, 15)
CHANNELS = {"cu16": 16, "8a": 24, "waveshare": 8}


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (Cu16Board(0).status().request, "02 00 30 03 35"),
        (Cu16Board(0).unlock(1, 0.35).request, "02 00 31 03 36"),
        (Cu16Board(1).unlock(16, 0.35).request, "02 1f 31 03 55"),
        (EightABoard(1).unlock(1, 0.35).request, "8a 01 01 11 9b"),
        (EightABoard(1).unlock(7, 0.35).request, "8a 01 07 11 9d"),
        (EightABoard(1).status().request, "80 01 00 33 b2"),
        (WaveshareBoard(1).unlock(1, 0.7).request, "01 05 02 00 00 07 8d b0"),
        (WaveshareBoard(1).status().request, "01 02 00 00 00 08 79 cc"),
        (WaveshareBoard(1).driven().request, "01 01 00 00 00 08 3d cc"),
    ],
)
def test_requests_are_the_frames_of_the_boards_papers(frame: bytes, expected: str) -> None:
    assert frame.hex(" ") == expected


def test_answers_seen_on_real_boards_are_understood() -> None:
    # The second lock of an "8A" board, and a CU16 whose locks 1 and 16 are shut.
    assert EightABoard(1).status().find(bytes.fromhex("8001000002 33b0")) == 1 << 2
    assert EightABoard(1).unlock(1, 0.3).find(bytes.fromhex("8a0101008a")) is True
    cu16 = board_cu16.checked(bytes.fromhex("0200350180000003"))
    assert Cu16Board(0).status().find(cu16) == 1 << 1 | 1 << 16


def test_modbus_checksums_match_the_published_ones() -> None:
    assert crc16(b"123456789") == 0x4B37


@given(KINDS, ADDRESSES, st.data())
def test_a_status_tells_exactly_the_doors_that_are_shut(
    kind: str, address: int, data: st.DataObject
) -> None:
    shut = data.draw(st.sets(st.integers(1, CHANNELS[kind])))
    board, firmware, _ = board_and_firmware(kind, address, shut)

    [(_, reply)] = firmware.take(board.status().request)

    assert board.status().find(reply) == sum(1 << channel for channel in shut)


@given(KINDS, ADDRESSES, st.data())
def test_an_unlock_drives_its_channel_and_no_other(
    kind: str, address: int, data: st.DataObject
) -> None:
    channel = data.draw(st.integers(1, CHANNELS[kind]))
    board, firmware, coils = board_and_firmware(kind, address, set())

    [(_, reply)] = firmware.take(board.unlock(channel, 0.35).request)

    assert [number for number, coil in coils.items() if coil.fired] == [channel]
    assert coils[channel].fired == [pytest.approx(board.on_s(0.35))]
    assert (board.unlock(channel, 0.35).find(reply) is True) is board.unlock_is_answered


@given(KINDS, st.data(), st.binary(max_size=12), st.binary(max_size=12))
def test_an_answer_is_found_between_noise_and_others_answers(
    kind: str, data: st.DataObject, before: bytes, after: bytes
) -> None:
    shut = data.draw(st.sets(st.integers(1, CHANNELS[kind])))
    board, firmware, _ = board_and_firmware(kind, 3, shut)
    other, other_firmware, _ = board_and_firmware(kind, 4, set())
    [(_, reply)] = firmware.take(board.status().request)
    [(_, others)] = other_firmware.take(other.status().request)
    half = others[: len(others) // 2]

    found = board.status().find(half + others + reply)
    assert found == sum(1 << channel for channel in shut)
    assert board.status().find(before + reply + after) is not None


@given(KINDS, st.binary(max_size=40))
def test_noise_alone_neither_answers_nor_fires(kind: str, noise: bytes) -> None:
    board, firmware, coils = board_and_firmware(kind, 3, set())

    list(firmware.take(noise))

    assert not any(coil.fired for coil in coils.values())
    assert board.status().find(noise) is None
    assert board.unlock(1, 0.35).find(noise) is None


@given(KINDS, st.data())
def test_a_garbled_answer_is_no_answer(kind: str, data: st.DataObject) -> None:
    board, firmware, _ = board_and_firmware(kind, 3, {1, 2})
    [(_, reply)] = firmware.take(board.status().request)
    where = data.draw(st.integers(0, len(reply) - 1))
    flipped = data.draw(st.integers(1, 255))
    spoiled = reply[:where] + bytes([reply[where] ^ flipped]) + reply[where + 1 :]

    assert board.status().find(spoiled) is None
    assert board.status().find(reply[:-1]) is None


def test_a_waveshare_board_that_refuses_says_so() -> None:
    refusal = board_waveshare.checked(bytes([1, 0x85, 2]))

    with pytest.raises(DeviceFault, match="Modbus exception 2"):
        WaveshareBoard(1).unlock(1, 0.35).find(b"\xff" + refusal)
    assert WaveshareBoard(2).unlock(1, 0.35).find(refusal) is None


def test_a_waveshare_pulse_is_rounded_up_to_tenths() -> None:
    board = WaveshareBoard(1)
    assert [board.on_s(s) for s in (0.02, 0.1, 0.3, 0.35, 1.0)] == pytest.approx(
        [0.1, 0.1, 0.3, 0.4, 1.0]
    )


def test_every_relay_of_a_waveshare_board_goes_off_at_once() -> None:
    board, firmware, coils = board_and_firmware("waveshare", 1, set())
    list(firmware.take(board.unlock(2, 0.35).request))

    [(_, on)] = firmware.take(board.driven().request)
    [(_, reply)] = firmware.take(board.all_off().request)

    assert board.driven().find(on) == 1 << 2
    assert board.all_off().find(reply) is True
    assert not any(coil.is_on for coil in coils.values())


def test_boards_that_time_their_own_pulse_have_no_all_off() -> None:
    assert Cu16Board(0).all_off() is None
    assert EightABoard(1).all_off() is None
    assert board_8a.checked(b"\x8a\x01\x00\x11") == bytes.fromhex("8a0100119a")
