"""The demonstration's hand on its simulated devices, which live in the lockers process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from appliance.errors import N_, Refused
from appliance.runtime.local_call import call
from appliance.simulation.rules import BankDeed, ButtonDeed, DoorDeed, ReaderDeed, RoomLook

SOCKET = "simulation.sock"
ABSENT = N_("Peranti peragaan tidak menjawab. Tunggu beberapa detik, lalu coba lagi.")


class SimulationPanel:
    """Everything returns how the room is afterwards. Any thread.

    Raises Unavailable while the lockers process does not answer, Refused for a thing that is not
    in the room.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir

    def look(self) -> RoomLook:
        """How the room is now."""
        return self._ask({"thing": "room"})

    def door(self, number: int, deed: DoorDeed) -> RoomLook:
        """Do something to a door."""
        return self._ask({"thing": "door", "which": number, "deed": deed})

    def bank(self, bank: int, deed: BankDeed) -> RoomLook:
        """Do something to a bank, counted from 1."""
        return self._ask({"thing": "bank", "which": bank, "deed": deed})

    def reader(self, name: str, deed: ReaderDeed, text: str = "") -> RoomLook:
        """Do something with a reader; READ reads `text`."""
        return self._ask({"thing": "reader", "which": name, "deed": deed, "text": text})

    def button(self, deed: ButtonDeed) -> RoomLook:
        """Press or release the emergency button."""
        return self._ask({"thing": "button", "deed": deed})

    def _ask(self, question: Mapping[str, Any]) -> RoomLook:
        answer = call(self._run_dir, SOCKET, question, absent=ABSENT)
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return msgspec.convert(answer, RoomLook)
