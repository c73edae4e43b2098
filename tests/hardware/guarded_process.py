"""A process of its own with a guarded bank, which the guard tests stop, kill, and ask to pulse.

It is told locker numbers, one a line, and says "on SECONDS" when the coil rises and "off" after
the pulse, or "refused"; "guard PID" at the start and, when told to, of every later guard.
"""

import subprocess
import sys
import threading
import time
from types import TracebackType
from typing import Self

from hardware.interfaces import DeviceError
from hardware.pulse_guard import PulseGuard


class GuardedProcess:
    """The running process, as its test sees it; the context ends it."""

    def __init__(self, like: str, pulse_s: float, *more: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hardware.guarded_process", like, str(pulse_s), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.pid = self._process.pid
        self.guard_pid = int(self.line().removeprefix("guard "))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._process:
            self._process.kill()

    def ask(self, number: int) -> None:
        """Ask for a pulse."""
        self._process.stdin.write(f"{number}\n")
        self._process.stdin.flush()

    def line(self) -> str:
        """Return what it says next; empty at its end."""
        return self._process.stdout.readline().strip()

    def rise_s(self) -> float:
        """Wait for the coil to rise; returns when, in monotonic seconds."""
        return float(self.line().removeprefix("on "))

    def end(self) -> int:
        """Let it close its bank and end; returns its exit code."""
        self._process.stdin.close()
        return self._process.wait(30)

    def ended(self) -> tuple[int, float]:
        """Wait for its end by itself; returns its exit code and when, in monotonic seconds."""
        code = self._process.wait(30)
        return code, time.monotonic()


def main(like: str, pulse_s: float, *more: str) -> None:
    from hardware import pulse_guard, simulated

    pulse_guard.ANSWER_S = 5.0  # a busy machine is not a guard that does not answer
    guard = pulse_guard.PulseGuard()
    if like == "shift_register":
        wiring = simulated.simulated_shift_wiring(2, pulse_s=pulse_s, rest_s=0)
        bank = simulated.SimulatedShiftBank(wiring, guard=guard)
    else:
        bank = simulated.SimulatedLockerBank(
            simulated.simulated_wiring(2, pulse_s=pulse_s, rest_s=0), guard=guard
        )
    for number in bank.numbers:
        bank.world.locker(number)._coil.on_rise = _say_on
    _say(f"guard {guard.pid}")
    if more:
        threading.Thread(target=_tell_guards, args=(guard, guard.pid), daemon=True).start()
    for line in sys.stdin:
        try:
            bank.pulse(int(line))
            _say(f"off {guard.pid}")
        except DeviceError as error:
            _say(f"refused {error}")
    bank.close()


def _say_on() -> None:
    _say(f"on {time.monotonic()}")


def _tell_guards(guard: PulseGuard, known_pid: int | None) -> None:
    while True:
        if guard.pid not in (None, known_pid):
            known_pid = guard.pid
            _say(f"guard {known_pid}")
        time.sleep(0.005)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")  # whole lines, for two threads say something
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), *sys.argv[3:])
