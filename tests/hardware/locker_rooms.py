"""Every driver of locker banks with something simulated behind it, four doors each."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from hardware.board_wiring import BoardWiring
from hardware.interfaces import LockerBank
from hardware.lockers_mixed import BankRow, MixedLockerBank
from hardware.simulated import (
    SimulatedLockerBank,
    SimulatedShiftBank,
    simulated_shift_wiring,
    simulated_wiring,
)
from hardware.simulated_boards import SimulatedBoardBank
from hardware.simulated_room import RoomTiming
from tests.hardware.conftest import WAIT_S

BOARDS = ("cu16", "8a", "waveshare")
PULSE_S = 0.1
TIMING = RoomTiming(lag_s=0.05, shut_after_s=None)
"""Doors stay open until somebody shuts them."""

T = TypeVar("T")


def board_wiring(numbers: tuple[int, ...] = (1, 2, 3, 4), **values: object) -> BoardWiring:
    """Doors on the first channels of a board that is asked often."""
    channels = {number: channel for channel, number in enumerate(numbers, start=1)}
    usual = {"pulse_s": PULSE_S, "poll_s": 0.05, "settle_s": 0.01, "stagger_s": 0.05}
    return BoardWiring(channels=channels, **usual | values)


def board_bank(like: str, numbers: tuple[int, ...] = (1, 2, 3, 4), **values: object) -> LockerBank:
    """A simulated board behind its real driver."""
    return SimulatedBoardBank(like, board_wiring(numbers, **values), TIMING)


def pin_bank(
    like: str = "gpio",
    numbers: tuple[int, ...] = (1, 2, 3, 4),
    sensors: bool = True,
    pulse_s: float = PULSE_S,
) -> LockerBank:
    """A simulated bank on mock pins."""
    wire = simulated_shift_wiring if like == "shift_register" else simulated_wiring
    wiring = wire(numbers, sensors=sensors, pulse_s=pulse_s, stagger_s=0.05)
    wiring = replace(wiring, poll_s=0.1, bounce_s=0.02)
    if like == "shift_register":
        return SimulatedShiftBank(wiring, TIMING)
    return SimulatedLockerBank(wiring, TIMING, like=like)


def mixed_bank(*banks: Callable[[], LockerBank], **values: object) -> MixedLockerBank:
    """Several banks as one, two doors each."""
    rows = [
        BankRow(f"bank {index}", (2 * index + 1, 2 * index + 2), seen, open_bank)
        for index, open_bank in enumerate(banks)
        for seen in [frozenset((2 * index + 1, 2 * index + 2))]
    ]
    return MixedLockerBank(rows, **{"stagger_s": 0.05, "retry_s": 0.05} | values)


ROOMS: dict[str, Callable[[], LockerBank]] = {
    "gpio": pin_bank,
    "expander": lambda: pin_bank("expander"),
    "shift register": lambda: pin_bank("shift_register"),
    "cu16": lambda: board_bank("cu16"),
    "8a": lambda: board_bank("8a"),
    "8a, set bits are open": lambda: board_bank("8a", closed_value=0),
    "waveshare": lambda: board_bank("waveshare"),
    "mixed": lambda: mixed_bank(
        lambda: pin_bank(numbers=(1, 2)), lambda: board_bank("cu16", (3, 4))
    ),
}
"""Doors with sensors, all shut, whose numbers are 1 to 4."""


def soon(look: Callable[[], T], wanted: T) -> bool:
    """Wait until this is what one sees; False when it never is."""
    deadline_s = time.monotonic() + WAIT_S
    while time.monotonic() < deadline_s:
        if look() == wanted:
            return True
        time.sleep(0.005)
    return look() == wanted
