"""Lockers opened as the settings say, whatever of them is there."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from appliance.device_settings import LockerSettings
from appliance.devices import open_lockers
from hardware.interfaces import DeviceUnavailable, DoorState, LockerBank
from hardware.simulated_boards import SimulatedBoard
from hardware.simulated_steering import simulated_lockers, simulated_rows
from tests.hardware.locker_rooms import soon

OPEN, CLOSED, UNKNOWN = DoorState.OPEN, DoorState.CLOSED, DoorState.UNKNOWN
KINDS = ("gpio", "shift_register", "cu16", "8a", "waveshare")


def settings(*banks: dict) -> LockerSettings:
    return msgspec.convert({"bank": list(banks)}, LockerSettings)


@pytest.fixture
def port() -> Iterator[str]:
    """A port with a CU16 of two doors on it."""
    board = SimulatedBoard("cu16", {21: 1, 22: 2}, address=0, pulse_s=0.1)
    yield board.port
    board.stop()


def board_table(port: str) -> dict:
    return {"driver": "board", "protocol": "cu16", "port": port, "doors": "21-22"}


def test_a_room_of_every_kind_opens_door_by_door() -> None:
    tables = [
        {"driver": "simulated", "like": like, "doors": f"{2 * i + 1}-{2 * i + 2}", "pulse_s": 0.1}
        for i, like in enumerate(KINDS)
    ]
    bank = open_lockers(settings(*tables))

    assert bank.numbers == tuple(range(1, 11))
    assert tuple(row.like for row in simulated_rows(bank)) == KINDS
    for number in bank.numbers[::2]:
        bank.pulse(number)
        assert soon(lambda n=number: bank.door(n), OPEN)
    assert all(bank.door(number) is CLOSED for number in bank.numbers[1::2])
    bank.close()


def test_no_bank_is_a_bank_without_lockers() -> None:
    bank = open_lockers(settings())

    assert bank.numbers == ()
    assert simulated_lockers(bank) == {}


def switched_off_and_closed(bank: LockerBank) -> bool:
    bank.all_off()
    bank.close()
    return True


def test_one_board_alone_can_be_switched_off_though_it_is_not_there(
    port: str, tmp_path: Path
) -> None:
    assert switched_off_and_closed(open_lockers(settings(board_table(port))))
    assert switched_off_and_closed(open_lockers(settings(board_table(str(tmp_path / "none")))))
    waveshare = board_table(port) | {"protocol": "waveshare"}
    assert switched_off_and_closed(open_lockers(settings(waveshare)))


def test_a_missing_chip_takes_no_board_with_it(port: str) -> None:
    chip = {"driver": "gpio", "doors": "1-2", "coils": [0, 1], "chip": "mcp23017"}
    bank = open_lockers(settings(chip, board_table(port)))

    assert bank.numbers == (1, 2, 21, 22)
    assert bank.door(1) is UNKNOWN
    assert bank.door(21) is CLOSED
    with pytest.raises(DeviceUnavailable, match=r"bank 1 \(gpio, lockers 1-2\) is not there"):
        bank.pulse(1)
    bank.pulse(21)
    assert soon(lambda: bank.door(21), OPEN)
    bank.close()


def test_a_machine_without_a_header_says_so_at_once() -> None:
    with pytest.raises(DeviceUnavailable):
        open_lockers(settings({"driver": "gpio", "doors": "1", "coils": [12]}))
