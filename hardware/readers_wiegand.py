"""Card readers on two header lines: a falling edge on D0 is a 0, on D1 a 1."""

import logging
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from gpiozero import InputDevice

from hardware.interfaces import DeviceFault
from hardware.reader_core import ReaderCore
from hardware.reader_interfaces import BadRead
from hardware.reader_options import WiegandReaderOptions
from hardware.wiegand_frames import MAX_BITS, Bit, card_text, frames

log = logging.getLogger(__name__)

LATE_S = 0.15
"""How much longer to wait for the rest of what is no card yet: on a busy machine edges are heard
of late, in pieces. The kernel's times then tell which of them belong together."""
STORM_PAUSE_S = 0.5
"""The lines are not listened to for so long after more edges than any card has."""


class WiegandCodeReader(ReaderCore):
    """A reader that is READY as long as it has its lines: nothing tells whether it is plugged in.

    Its levels are 5 V, the header's 3.3 V: they need a level shifter.
    """

    def __init__(
        self,
        options: WiegandReaderOptions,
        pin_factory: object,
        *,
        clock: Callable[[], float] = time.monotonic,
        release: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(options.name, max_per_s=options.max_per_s, clock=clock, release=release)
        self._pins = (options.data0_pin, options.data1_pin)
        self._frame_end_s = options.frame_end_s
        self._factory = pin_factory
        self._lines: list[_DataLine] = []
        self._edges: SimpleQueue[Bit | None] = SimpleQueue()

    def _open(self) -> None:
        try:
            for bit, pin in enumerate(self._pins):
                self._lines.append(_DataLine(pin, bit, self._edges.put, self._factory))
        except Exception as error:  # lgpio and gpiozero raise types of their own
            raise DeviceFault(f"lines {self._pins} cannot be had: {error}") from error

    def _let_go(self) -> None:
        for line in self._lines:
            line.close()
        self._lines.clear()
        self._drain()

    def _nudge(self) -> None:
        self._edges.put(None)

    def _read(self) -> None:
        edges: list[Bit] = []
        patience_s: float | None = None
        while not self._stopping.is_set():
            try:
                edge = self._edges.get(timeout=patience_s)
            except Empty:
                found = frames(edges, self._frame_end_s)
                if patience_s == self._frame_end_s and not all(map(_is_card, found)):
                    patience_s = LATE_S
                    continue
                self._hand_on(found)
                edges, patience_s = [], None
                continue
            if edge is not None:
                edges.append(edge)
                patience_s = self._frame_end_s
            if len(edges) > MAX_BITS:
                *ended, edges = frames(edges, self._frame_end_s)
                self._hand_on(ended)
                if len(edges) > MAX_BITS:
                    self._sit_out_storm()
                    edges, patience_s = [], None

    def _hand_on(self, ended: list[list[Bit]]) -> None:
        for frame in ended:
            text = _card(frame)
            if isinstance(text, BadRead):
                log.info("reader %s sent %s bits that are no card", self.name, len(frame))
            if text is not None:
                self._intake.take(text)

    def _sit_out_storm(self) -> None:
        """Stop listening for a while: an open line can make edges faster than Python."""
        self._intake.bad(BadRead.TOO_FAST)
        for line in self._lines:
            line.listen(on=False)
        self._stopping.wait(STORM_PAUSE_S)
        self._drain()
        for line in self._lines:
            line.listen(on=True)

    def _drain(self) -> None:
        while not self._edges.empty():
            self._edges.get()


def _card(frame: list[Bit]) -> str | BadRead | None:
    return card_text([bit for _, bit in frame])


def _is_card(frame: list[Bit]) -> bool:
    text = _card(frame)
    return text is not None and not isinstance(text, BadRead)


class _DataLine:
    """One of the two lines: tells `put` of every falling edge with the kernel's time."""

    def __init__(self, pin: int, bit: int, put: Callable[[Bit], None], pin_factory: object) -> None:
        self._bit = bit
        self._put = put
        self._input = InputDevice(pin, pull_up=True, pin_factory=pin_factory)
        # With "both" the kernel reads the level again in its thread and loses short pulses.
        self._input.pin.edges = "falling"
        self.listen(on=True)

    def listen(self, *, on: bool) -> None:
        """Start or stop being told of edges; gpiozero keeps only a weak reference to us."""
        self._input.pin.when_changed = self._edge if on else None

    def close(self) -> None:
        """Give the line back."""
        self._input.pin.when_changed = None
        self._input.close()

    def _edge(self, ticks: float, state: int) -> None:
        if not state:
            self._put((ticks, self._bit))
