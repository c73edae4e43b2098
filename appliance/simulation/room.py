"""The simulated room as its panel sees it; lives beside the devices, in the lockers process."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from appliance.errors import N_
from appliance.runtime.local_call import LocalServer
from appliance.simulation.panel import SOCKET
from appliance.simulation.rules import (
    BankDeed,
    BankLook,
    ButtonDeed,
    DoorDeed,
    DoorLook,
    ReaderDeed,
    ReaderLook,
    RoomLook,
)
from hardware.interfaces import DoorState, LockerBank
from hardware.reader_interfaces import (
    BadRead,
    EmergencyButton,
    PlacedReader,
    ReaderState,
    SignalLights,
)
from hardware.simulated_button import SimulatedEmergencyButton
from hardware.simulated_lights import SimulatedSignalLights
from hardware.simulated_reader import SimulatedCodeReader
from hardware.simulated_steering import LineFaults, simulated_lockers, simulated_rows

NOT_HERE = N_("Peranti itu tidak ada di ruang peragaan.")
BOUNCES = 6
LAG_S = 2.0
USUAL_LAG_S = 0.12
LATE_S = 0.4
FOR_EVER = -1
ENDED_BY = {
    DoorDeed.FREE: {DoorDeed.JAM},
    DoorDeed.SHUT: {DoorDeed.HOLD_OPEN},
    DoorDeed.MEND_CABLE: {DoorDeed.CUT_CABLE},
    DoorDeed.CALM: {DoorDeed.BOUNCE, DoorDeed.LAG},
}
TROUBLES = frozenset().union(*ENDED_BY.values())


class SimulatedRoom:
    """Does what the panel asks; knows only those of the devices that are simulated.

    Calls come one at a time, on the server's thread.
    """

    def __init__(
        self,
        bank: LockerBank,
        readers: Sequence[PlacedReader] = (),
        button: EmergencyButton | None = None,
    ) -> None:
        self._rows = simulated_rows(bank)
        self._doors = simulated_lockers(bank)
        self._troubles: dict[int, set[DoorDeed]] = {number: set() for number in self._doors}
        self._readers = {
            placed.name: (placed, placed.reader)
            for placed in readers
            if isinstance(placed.reader, SimulatedCodeReader)
        }
        self._button = button if isinstance(button, SimulatedEmergencyButton) else None

    def serve(self, run_dir: Path) -> LocalServer:
        """Answer the panel from now on; close what comes back before the devices."""
        return LocalServer(run_dir, SOCKET, self.answer)

    def answer(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """How the room is after what was asked; "refused" where that cannot be."""
        deeds: dict[str, Callable[[Mapping[str, Any]], None]] = {
            "room": lambda _: None,
            "door": self._do_to_door,
            "bank": self._do_to_bank,
            "reader": self._do_with_reader,
            "button": self._do_to_button,
        }
        try:
            deeds[str(question["thing"])](question)
        except (KeyError, IndexError, ValueError):
            return {"refused": NOT_HERE}
        look: dict[str, Any] = msgspec.to_builtins(self._look())
        return look

    def _do_to_door(self, asked: Mapping[str, Any]) -> None:
        number, deed = int(asked["which"]), DoorDeed(asked["deed"])
        door, troubles = self._doors[number], self._troubles[number]
        if deed is DoorDeed.BOUNCE:
            door.bounces = BOUNCES
        elif deed is DoorDeed.LAG:
            door.lag_s = LAG_S
        elif deed is DoorDeed.CALM:
            door.bounces, door.lag_s = 0, USUAL_LAG_S
        else:
            getattr(door, deed)()
        troubles -= ENDED_BY.get(deed, set())
        if deed in TROUBLES:
            troubles.add(deed)

    def _do_to_bank(self, asked: Mapping[str, Any]) -> None:
        place, deed = int(asked["which"]), BankDeed(asked["deed"])
        if place < 1:
            raise ValueError("banks are counted from 1")
        row = self._rows[place - 1]
        if deed in (BankDeed.VANISH, BankDeed.COME_BACK):
            getattr(row, deed)()
            return
        if row.faults is None:
            raise ValueError("no line")
        row.faults.drop = FOR_EVER if deed is BankDeed.DROP else 0
        row.faults.garble = FOR_EVER if deed is BankDeed.GARBLE else 0
        row.faults.late_s = LATE_S if deed is BankDeed.LATE else 0.0

    def _do_with_reader(self, asked: Mapping[str, Any]) -> None:
        _, reader = self._readers[str(asked["which"])]
        deed = ReaderDeed(asked["deed"])
        if deed is ReaderDeed.READ:
            reader.read(str(asked["text"]))
        elif deed is ReaderDeed.READ_BADLY:
            reader.read_badly(BadRead.CUT_OFF)
        else:
            getattr(reader, deed)()

    def _do_to_button(self, asked: Mapping[str, Any]) -> None:
        if self._button is None:
            raise ValueError("no button")
        getattr(self._button, ButtonDeed(asked["deed"]))()

    def _look(self) -> RoomLook:
        places = {
            number: place for place, row in enumerate(self._rows, start=1) for number in row.numbers
        }
        return RoomLook(
            doors=tuple(
                DoorLook(
                    number=number,
                    bank=places[number],
                    is_open=door.state is DoorState.OPEN,
                    troubles=tuple(sorted(self._troubles[number])),
                )
                for number, door in sorted(self._doors.items())
            ),
            banks=tuple(
                BankLook(place, row.like, row.is_present, _line_trouble(row.faults))
                for place, row in enumerate(self._rows, start=1)
            ),
            readers=tuple(
                ReaderLook(
                    placed.name,
                    placed.place,
                    reader.state is ReaderState.READY,
                    _last_signal(placed.lights),
                )
                for placed, reader in self._readers.values()
            ),
            is_pressed=None if self._button is None else self._button.is_pressed,
        )


def _last_signal(lights: SignalLights) -> str:
    shown = lights.shown if isinstance(lights, SimulatedSignalLights) else ()
    return str(shown[-1]) if shown else ""


def _line_trouble(faults: LineFaults | None) -> str | None:
    if faults is None:
        return None
    if faults.drop:
        return BankDeed.DROP
    if faults.garble:
        return BankDeed.GARBLE
    return BankDeed.LATE if faults.late_s else ""
