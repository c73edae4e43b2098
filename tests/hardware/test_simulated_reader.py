"""The reader of the demonstration does what a real one does."""

from collections.abc import Iterator
from queue import Queue

import pytest

from appliance.device_settings import EmergencySettings, SimulatedReader
from appliance.devices import open_emergency_button, open_readers
from hardware.interfaces import DeviceUnavailable
from hardware.reader_interfaces import BadRead, CodeRead, ReaderState, Signal
from hardware.simulated_button import SimulatedEmergencyButton
from hardware.simulated_lights import SimulatedSignalLights
from hardware.simulated_reader import SimulatedCodeReader

WAIT_S = 10.0


@pytest.fixture
def heard() -> Queue[object]:
    return Queue()


@pytest.fixture
def reader(heard: Queue[object]) -> Iterator[SimulatedCodeReader]:
    opened = SimulatedCodeReader("lockers")
    opened.on_code = opened.on_bad_read = opened.on_state = heard.put
    opened.start()
    assert heard.get(timeout=WAIT_S) is ReaderState.READY
    yield opened
    opened.close()


def test_it_reads_what_it_is_told(reader: SimulatedCodeReader, heard: Queue[object]) -> None:
    reader.read("T-7K3M-9")

    code = heard.get(timeout=WAIT_S)
    assert isinstance(code, CodeRead)
    assert code.text == "T-7K3M-9"


@pytest.mark.parametrize("why", [BadRead.TOO_LONG, BadRead.UNREADABLE, BadRead.CUT_OFF])
def test_it_reads_badly_for_the_reason_it_is_told(
    reader: SimulatedCodeReader, heard: Queue[object], why: BadRead
) -> None:
    reader.read_badly(why)

    assert heard.get(timeout=WAIT_S) is why


def test_an_unplugged_reader_reads_nothing_and_has_nothing_to_trigger(
    reader: SimulatedCodeReader, heard: Queue[object]
) -> None:
    reader.unplug()

    assert heard.get(timeout=WAIT_S) is ReaderState.ABSENT
    reader.read("LOST")
    with pytest.raises(DeviceUnavailable):
        reader.trigger()
    reader.plug()
    reader.read("FOUND")
    assert heard.get(timeout=WAIT_S) is ReaderState.READY
    assert heard.get(timeout=WAIT_S).text == "FOUND"
    reader.trigger()
    assert reader.triggers == 1


def test_the_settings_open_it_at_its_place_with_lights_that_remember() -> None:
    (placed,) = open_readers((SimulatedReader(name="meja", place="desk"),))

    assert (placed.name, placed.place) == ("meja", "desk")
    assert isinstance(placed.reader, SimulatedCodeReader)
    assert isinstance(placed.lights, SimulatedSignalLights)
    placed.lights.show(Signal.GOOD)
    assert placed.lights.shown == (Signal.GOOD,)
    placed.reader.close()


def test_the_settings_open_a_button_that_can_be_pressed(heard: Queue[object]) -> None:
    button = open_emergency_button(EmergencySettings(simulated=True))
    assert isinstance(button, SimulatedEmergencyButton)
    button.on_press = lambda: heard.put("pressed")

    button.press()

    assert heard.get(timeout=WAIT_S) == "pressed"
    assert button.is_pressed
    button.close()


def test_without_settings_there_is_no_reader_and_a_button_that_is_never_pressed() -> None:
    assert open_readers(()) == ()
    button = open_emergency_button(EmergencySettings())
    assert not button.is_pressed
    button.close()
