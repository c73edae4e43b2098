"""The demonstration's panel and the real simulated devices behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.device_settings import LockerSettings, SimulatedBank, SimulatedReader
from appliance.devices import PlacedReader, open_lockers, open_readers
from appliance.errors import Refused
from appliance.simulation.panel import SimulationPanel
from appliance.simulation.room import SimulatedRoom
from appliance.simulation.rules import BankDeed, ButtonDeed, DoorDeed, ReaderDeed
from hardware.interfaces import DoorState, LockerBank
from hardware.reader_interfaces import BadRead, CodeRead
from hardware.simulated_button import SimulatedEmergencyButton
from tests.running_demo import wait_until

SETTINGS = LockerSettings(
    bank=(SimulatedBank(doors="1-2"), SimulatedBank(doors="3", like="cu16")),
)


@pytest.fixture
def bank() -> Iterator[LockerBank]:
    bank = open_lockers(SETTINGS)
    yield bank
    bank.close()


@pytest.fixture
def reader() -> Iterator[PlacedReader]:
    (placed,) = open_readers([SimulatedReader(name="loker", place="lockers")])
    placed.reader.start()
    yield placed
    placed.reader.close()


@pytest.fixture
def button() -> Iterator[SimulatedEmergencyButton]:
    button = SimulatedEmergencyButton()
    yield button
    button.close()


@pytest.fixture
def panel(
    tmp_path: Path, bank: LockerBank, reader: PlacedReader, button: SimulatedEmergencyButton
) -> Iterator[SimulationPanel]:
    server = SimulatedRoom(bank, [reader], button).serve(tmp_path)
    yield SimulationPanel(tmp_path)
    server.close()


def test_a_forced_door_is_open_for_its_sensor(panel: SimulationPanel, bank: LockerBank) -> None:
    look = panel.door(2, DoorDeed.FORCE)

    assert [door.is_open for door in look.doors] == [False, True, False]
    wait_until(lambda: bank.door(2) is DoorState.OPEN)


def test_troubles_are_remembered_until_they_are_undone(panel: SimulationPanel) -> None:
    panel.door(3, DoorDeed.JAM)
    panel.door(3, DoorDeed.LAG)
    assert panel.door(3, DoorDeed.CUT_CABLE).doors[2].troubles == ("cut_cable", "jam", "lag")

    panel.door(3, DoorDeed.FREE)
    panel.door(3, DoorDeed.CALM)
    assert panel.door(3, DoorDeed.MEND_CABLE).doors[2].troubles == ()


def test_a_bank_can_vanish_and_come_back(panel: SimulationPanel, bank: LockerBank) -> None:
    assert [row.is_there for row in panel.bank(1, BankDeed.VANISH).banks] == [False, True]
    wait_until(lambda: bank.door(1) is DoorState.UNKNOWN)

    assert panel.bank(1, BankDeed.COME_BACK).banks[0].is_there
    wait_until(lambda: bank.door(1) is DoorState.CLOSED)


def test_only_a_line_can_be_disturbed(panel: SimulationPanel) -> None:
    assert [row.line for row in panel.bank(2, BankDeed.GARBLE).banks] == [None, "garble"]
    assert panel.bank(2, BankDeed.CLEAR).banks[1].line == ""
    with pytest.raises(Refused, match="tidak ada"):
        panel.bank(1, BankDeed.DROP)


def test_a_reader_reads_what_it_is_told(panel: SimulationPanel, reader: PlacedReader) -> None:
    read: list[str] = []
    bad: list[BadRead] = []
    reader.reader.on_code = lambda code: _keep(read, code)
    reader.reader.on_bad_read = bad.append

    panel.reader("loker", ReaderDeed.READ, "RBT7K3M9QXA")
    wait_until(lambda: read == ["RBT7K3M9QXA"])
    panel.reader("loker", ReaderDeed.READ_BADLY)
    wait_until(lambda: bad == [BadRead.CUT_OFF])


def test_an_unplugged_reader_is_seen(panel: SimulationPanel) -> None:
    panel.reader("loker", ReaderDeed.UNPLUG)
    wait_until(lambda: not panel.look().readers[0].is_plugged)

    panel.reader("loker", ReaderDeed.PLUG)
    wait_until(lambda: panel.look().readers[0].is_plugged)


def test_the_button_is_pressed_until_it_is_released(
    panel: SimulationPanel, button: SimulatedEmergencyButton
) -> None:
    assert panel.button(ButtonDeed.PRESS).is_pressed
    assert button.is_pressed
    assert not panel.button(ButtonDeed.RELEASE).is_pressed


@pytest.mark.parametrize(
    "question",
    [
        {"thing": "door", "which": 9, "deed": "jam"},
        {"thing": "door", "which": 1, "deed": "close"},
        {"thing": "bank", "which": 0, "deed": "vanish"},
        {"thing": "bank", "which": 3, "deed": "vanish"},
        {"thing": "reader", "which": "meja", "deed": "read", "text": "x"},
        {"thing": "world"},
        {},
    ],
)
def test_what_is_not_in_the_room_is_refused(
    bank: LockerBank, reader: PlacedReader, question: dict[str, object]
) -> None:
    assert "refused" in SimulatedRoom(bank, [reader]).answer(question)


def _keep(read: list[str], code: CodeRead) -> None:
    read.append(code.text)
