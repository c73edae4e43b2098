"""The drivers that the settings name, opened; nothing else opens one."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.config import ScannerSettings
from appliance.device_plans import plan_lockers
from appliance.device_settings import (
    EmergencySettings,
    HidReader,
    LockerSettings,
    Place,
    Reader,
    SerialReader,
    SimulatedReader,
    SoundSettings,
    WiegandReader,
)

if TYPE_CHECKING:
    from hardware.interfaces import DocumentScanner, LockerBank
    from hardware.reader_factory import ReaderOptions
    from hardware.reader_interfaces import CodeReader, EmergencyButton, SignalLights
    from hardware.speaker import Speaker


@dataclass(frozen=True, slots=True)
class PlacedReader:
    """A reader that is not started yet, where it stands, and the lights beside it."""

    name: str
    place: Place
    reader: "CodeReader"
    lights: "SignalLights"


def open_lockers(
    settings: LockerSettings, readers: Sequence[Reader] = (), *, guarded: bool = False
) -> "LockerBank":
    """Every bank of lockers as one; a board or an expander may be missing as yet.

    `readers` are asked only whether they want the same lines. `guarded` lets a pulse guard kill
    this process, which only the owner of the doors may allow. Raises ConfigError for an unsafe
    wiring, DeviceUnavailable when the header's own lines cannot be had.
    """
    from hardware.factory import open_locker_bank

    kind, options = plan_lockers(settings, readers, guarded=guarded)
    return open_locker_bank(kind, options)


def open_scanner(settings: ScannerSettings) -> "DocumentScanner":
    """The scanner; no device is touched before its first use."""
    from hardware import factory
    from hardware.options import SaneScannerOptions

    if settings.driver == "none":
        return factory.open_scanner("none")
    return factory.open_scanner(
        "sane",
        SaneScannerOptions(
            device=settings.device,
            match=settings.match,
            config_dir=Path(settings.config_dir) if settings.config_dir else None,
            extra_options=settings.options,
            first_byte_s=settings.first_byte_s,
            next_byte_s=settings.stall_s,
        ),
    )


def open_scanners(settings: Sequence[ScannerSettings]) -> "dict[str, DocumentScanner]":
    """Every scanner by its name; no device is touched before its first use."""
    return {one.name: open_scanner(one) for one in settings}


def open_readers(settings: Sequence[Reader]) -> tuple[PlacedReader, ...]:
    """Every reader with its lights, in the settings' order; the caller starts and closes them.

    A reader that is unplugged is no error: it is found when it comes. Raises DeviceUnavailable
    when the header's lines for triggers or lights cannot be had; nothing stays open then.
    """
    from hardware.reader_factory import open_code_reader

    placed = []
    with ExitStack() as held:
        for reader in settings:
            opened = open_code_reader(_reader_options(reader))
            held.callback(opened.close)
            lights = _open_lights(reader)
            held.callback(lights.close)
            placed.append(PlacedReader(reader.name, reader.place, opened, lights))
        held.pop_all()
    return tuple(placed)


def open_emergency_button(settings: EmergencySettings) -> "EmergencyButton":
    """The button that opens every door. Raises DeviceUnavailable when its line cannot be had."""
    from hardware import reader_factory
    from hardware.reader_options import EmergencyButtonOptions

    if settings.simulated:
        return reader_factory.open_emergency_button("simulated")
    if not settings.pin:
        return reader_factory.open_emergency_button("none")
    return reader_factory.open_emergency_button(
        "gpio",
        EmergencyButtonOptions(pin=settings.pin, rests=settings.rests, hold_s=settings.hold_s),
    )


def open_speaker(settings: SoundSettings) -> "Speaker":
    """The voice of the room; nothing is opened before its first word. Only with a driver."""
    from hardware.speaker import EspeakSpeaker, SimulatedSpeaker, SpeakerOptions

    if settings.driver == "simulated":
        return SimulatedSpeaker()
    return EspeakSpeaker(
        SpeakerOptions(
            device=settings.device,
            voice=settings.voice,
            words_per_minute=settings.words_per_minute,
        )
    )


def _reader_options(reader: Reader) -> "ReaderOptions":
    from hardware import reader_options as options

    match reader:
        case SerialReader():
            return options.SerialReaderOptions(
                name=reader.name,
                port=reader.port,
                baud=reader.baud,
                model=reader.model,
                trigger_pin=reader.trigger_pin or None,
                good_read_pin=reader.good_read_pin or None,
                max_per_s=reader.max_per_s,
            )
        case HidReader():
            return options.HidReaderOptions(
                name=reader.name,
                device=reader.device,
                layout=reader.layout,
                max_per_s=reader.max_per_s,
            )
        case WiegandReader():
            return options.WiegandReaderOptions(
                name=reader.name,
                data0_pin=reader.data0_pin,
                data1_pin=reader.data1_pin,
                max_per_s=reader.max_per_s,
            )
        case SimulatedReader():
            return options.SimulatedReaderOptions(name=reader.name, max_per_s=reader.max_per_s)


def _open_lights(reader: Reader) -> "SignalLights":
    from hardware.reader_factory import open_signal_lights
    from hardware.reader_options import SignalLightOptions

    if isinstance(reader, SimulatedReader):
        return open_signal_lights("simulated")
    if not (reader.good_pin or reader.bad_pin or reader.beeper_pin):
        return open_signal_lights("none")
    return open_signal_lights(
        "gpio",
        SignalLightOptions(
            good_pin=reader.good_pin or None,
            bad_pin=reader.bad_pin or None,
            beeper_pin=reader.beeper_pin or None,
        ),
    )
