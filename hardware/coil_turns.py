"""Whose turn it is to draw the supply's current: one coil at a time, each of them rested."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from hardware.coil_rest import CoilHistory, CoilLimits
from hardware.interfaces import DeviceBusy, DeviceUnavailable


class CoilTurns:
    """The coils on one supply; `limits` None leaves rest and duty to somebody else.

    `closing` ends a wait for the supply. `clock` gives monotonic seconds.
    """

    def __init__(
        self,
        numbers: Iterable[int],
        limits: CoilLimits | None,
        *,
        stagger_s: float,
        closing: Event,
        clock: Callable[[], float],
    ) -> None:
        self._history = {number: CoilHistory(limits) for number in numbers} if limits else {}
        self._stagger_s = stagger_s
        self._closing = closing
        self._clock = clock
        self._power = Lock()
        self._last_off_s = float("-inf")

    @contextmanager
    def turn(self, number: int, pulse_s: float) -> Iterator[None]:
        """Hold the supply for one pulse, which counts as driven whatever happens within.

        Raises DeviceBusy while another coil is on or this one must rest, DeviceUnavailable when
        the bank closes meanwhile; nothing may be driven then.
        """
        if not self._power.acquire(blocking=False):
            raise DeviceBusy("another coil is on", retry_after_s=pulse_s)
        try:
            self._refuse_hot_coil(number, pulse_s)
            self._let_supply_recover()
            start_s = self._clock()
            try:
                yield
            finally:
                self._last_off_s = self._clock()
                if number in self._history:
                    self._history[number].record(start_s, self._last_off_s)
        finally:
            self._power.release()

    def wait_idle(self, timeout_s: float) -> None:
        """Wait until no pulse runs, but no longer than this."""
        if self._power.acquire(timeout=timeout_s):
            self._power.release()

    def _refuse_hot_coil(self, number: int, pulse_s: float) -> None:
        if number not in self._history:
            return
        wait_s = self._history[number].wait_s(self._clock(), pulse_s)
        if wait_s > 0:
            raise DeviceBusy(f"locker {number}: the coil must rest", retry_after_s=wait_s)

    def _let_supply_recover(self) -> None:
        pause_s = self._last_off_s + self._stagger_s - self._clock()
        if self._closing.wait(min(max(0.0, pause_s), self._stagger_s)):
            raise DeviceUnavailable("the locker bank is closed")
