"""A bank of lockers whose solenoids hang on a chain of 74HC595 shift registers."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from threading import RLock

from gpiozero import Factory, OutputDevice

from hardware.closing import close_quietly
from hardware.interfaces import DeviceFault
from hardware.pin_bank import PinBank
from hardware.pulse_guard import PulseGuard
from hardware.solenoid import Solenoid
from hardware.wiring import ShiftWiring


class ShiftChain:
    """The registers' three lines: a word is shifted through the whole chain, then latched.

    The chips come up with random outputs, and keep them when this process dies. Hence nothing
    here switches a coil on: that takes the enable line, which is low whenever the word is not one
    that was shifted for the pulse to come.
    """

    def __init__(self, wiring: ShiftWiring, pin_factory: Factory) -> None:
        self._length = wiring.length
        self._word: int | None = None
        with ExitStack() as held:
            self._data, self._clock, self._latch = (
                _line(pin, pin_factory, held)
                for pin in (wiring.data_pin, wiring.clock_pin, wiring.latch_pin)
            )
            self._held = held.pop_all()

    @property
    def word(self) -> int | None:
        """What the outputs are set to, output 0 being the lowest bit; None when unknown."""
        return self._word

    def show(self, word: int) -> None:
        """Set every output at once; raises whatever the pin library raises."""
        self._word = None
        # The first bit that goes in comes out farthest from the Pi.
        for output in reversed(range(self._length)):
            self._data.pin.state = word >> output & 1
            self._strobe(self._clock)
        self._strobe(self._latch)
        self._word = word

    def close(self) -> None:
        """Give the three lines back; the chips keep what they hold."""
        self._held.close()

    def _strobe(self, line: OutputDevice) -> None:
        line.pin.state = 1
        if not line.pin.state:
            raise DeviceFault(f"{line.pin} does not go high: the shift registers cannot be trusted")
        line.pin.state = 0


class ShiftedCoil:
    """One solenoid behind the chain: its bit alone is shifted, then the enable line is pulsed."""

    def __init__(self, chain: ShiftChain, enable: Solenoid, output: int, lock: RLock) -> None:
        self._chain = chain
        self._enable = enable
        self._bit = 1 << output
        self._lock = lock

    def fire(
        self, pulse_s: float, max_on_s: float, guarded: AbstractContextManager[None] | None = None
    ) -> None:
        """Energise once and return when off; as `Solenoid.fire`."""
        with self._lock:
            try:
                if self._enable.value:
                    raise DeviceFault("the enable line is on before the pulse: nothing is shifted")
                self._chain.show(self._bit)
                if self._chain.word != self._bit or self._bit.bit_count() != 1:
                    raise DeviceFault("not exactly one output is set: nothing is enabled")
                self._enable.fire(pulse_s, max_on_s, guarded)
            finally:
                self._chain.show(0)

    def cut(self) -> None:
        """Switch every output off, which is more than this one and just as good."""
        self._enable.cut()


class ShiftLockerBank(PinBank):
    """Drives one coil at a time behind shift registers; see `PinBank` for what it promises.

    Zeros are in the chips before the enable line is claimed, and whenever nothing is driven.
    `pin_factory` is the header, `sensor_factory` the contacts' chip; None is the header too.
    """

    def __init__(
        self,
        wiring: ShiftWiring,
        pin_factory: Factory,
        *,
        sensor_factory: Factory | None = None,
        guard: PulseGuard | None = None,
        release: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def claim(held: ExitStack) -> dict[int, ShiftedCoil]:
            chain = ShiftChain(wiring, pin_factory)
            held.callback(close_quietly, chain)
            chain.show(0)
            enable = Solenoid(wiring.enable_pin, pin_factory=pin_factory)
            held.callback(close_quietly, enable)
            lock = RLock()
            return {
                number: ShiftedCoil(chain, enable, output, lock)
                for number, output in wiring.outputs.items()
            }

        super().__init__(
            wiring, claim, sensor_factory or pin_factory, guard=guard, release=release, clock=clock
        )


def _line(pin: int, pin_factory: Factory, held: ExitStack) -> OutputDevice:
    line = OutputDevice(pin, initial_value=False, pin_factory=pin_factory)
    held.callback(close_quietly, line)
    return line
