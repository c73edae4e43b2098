"""Opens the reader, lights or button that a config word names, and imports no other driver."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeAlias, TypeVar

from hardware.reader_interfaces import CodeReader, EmergencyButton, SignalLights
from hardware.reader_options import (
    EmergencyButtonOptions,
    HidReaderOptions,
    SerialReaderOptions,
    SignalLightOptions,
    SimulatedReaderOptions,
    WiegandReaderOptions,
)

ReaderOptions: TypeAlias = (
    SerialReaderOptions | HidReaderOptions | WiegandReaderOptions | SimulatedReaderOptions
)
Device = TypeVar("Device")


def open_code_reader(options: ReaderOptions) -> CodeReader:
    """Make the reader of these options; the reader itself is not looked for before `start`.

    Raises DeviceUnavailable when the header's lines cannot be had.
    """
    if isinstance(options, SimulatedReaderOptions):
        from hardware.simulated_reader import SimulatedCodeReader

        return SimulatedCodeReader(options.name, max_per_s=options.max_per_s)
    if isinstance(options, SerialReaderOptions):
        from hardware.readers_serial import SerialCodeReader

        if options.trigger_pin is None and options.good_read_pin is None:
            return SerialCodeReader(options)
        return _on_header(lambda pins, release: SerialCodeReader(options, pins, release=release))
    if isinstance(options, HidReaderOptions):
        from hardware.readers_hid import HidCodeReader

        return HidCodeReader(options)
    from hardware.readers_wiegand import WiegandCodeReader

    return _on_header(lambda pins, release: WiegandCodeReader(options, pins, release=release))


def open_signal_lights(kind: str, options: SignalLightOptions | None = None) -> SignalLights:
    """Open the lights of this kind: "gpio", "simulated" or "none".

    Raises ValueError for an unknown kind or "gpio" without options, DeviceUnavailable when the
    lines cannot be claimed.
    """
    if kind == "none":
        from hardware.absent_signals import AbsentSignalLights

        return AbsentSignalLights()
    if kind == "simulated":
        from hardware.simulated_lights import SimulatedSignalLights

        return SimulatedSignalLights()
    if kind == "gpio" and options is not None:
        from hardware.signal_lights import GpioSignalLights

        return _on_header(lambda pins, release: GpioSignalLights(options, pins, release=release))
    raise ValueError(f"no lights of kind {kind!r} with {options!r}")


def open_emergency_button(
    kind: str, options: EmergencyButtonOptions | None = None
) -> EmergencyButton:
    """Open the button of this kind: "gpio", "simulated" or "none".

    Raises ValueError for an unknown kind or "gpio" without options, DeviceUnavailable when the
    line cannot be claimed.
    """
    if kind == "none":
        from hardware.absent_signals import AbsentEmergencyButton

        return AbsentEmergencyButton()
    if kind == "simulated":
        from hardware.simulated_button import SimulatedEmergencyButton

        return SimulatedEmergencyButton()
    if kind == "gpio" and options is not None:
        from hardware.emergency_button import GpioEmergencyButton

        return _on_header(lambda pins, release: GpioEmergencyButton(options, pins, release=release))
    raise ValueError(f"no emergency button of kind {kind!r} with {options!r}")


def _on_header(build: Callable[[object, Callable[[], None]], Device]) -> Device:
    """Build a device on header lines; it closes the chip with itself, which frees the lines."""
    from hardware.open_pins import open_chip

    with ExitStack() as held:
        pins = open_chip()
        held.callback(pins.close)
        device = build(pins, pins.close)
        held.pop_all()
        return device
