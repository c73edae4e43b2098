"""Opens every door, whatever else is broken: no database, no other process, only the bank."""

import datetime as dt
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from appliance.lockers.rules import GRAB_WINDOW_S
from appliance.runtime.logs import get_logger
from hardware.interfaces import DeviceBusy, DeviceError, DoorState, LockerBank

log = get_logger("emergency")

ROUNDS = 3
SETTLE_S = 1.0  # how long after a round the last doors may take to be seen open
TURN_S = 0.05  # how soon a coil is asked again that is resting, or behind another one
PATIENCE_S = 20.0  # a coil that has spent its duty is left to the next round
STOP_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class DoorRun:
    """What an emergency did to one door so far; `failed` is of its newest try."""

    pulsed_at: dt.datetime | None = None
    opened_at: dt.datetime | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RunNow:
    """An emergency at one moment; `pressed_at` while nobody has written down that press."""

    doors: Mapping[int, DoorRun]
    is_over: bool
    pressed_at: dt.datetime | None


class EmergencyRun:
    """Fires one door after the other, in up to three rounds for those not seen open.

    It works on a thread of its own, so that neither a locked database nor the watchdog of the
    worker's loop holds it up, and keeps what it did in memory until somebody writes it down. A
    door that is blocked or reads as open is fired like every other; what the bank refuses (one
    coil at a time, rest, duty) waits its turn. `now` gives the wall time that is recorded, `poke`
    is called after every door. A sensor in `doubted` is not believed: its door is fired in every
    round.
    """

    def __init__(
        self,
        bank: LockerBank,
        *,
        now: Callable[[], dt.datetime],
        poke: Callable[[], object] = lambda: None,
    ) -> None:
        self._bank = bank
        self._now = now
        self.poke = poke
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._moved = threading.Event()
        # What nobody has written down yet: that the button was pressed, and what was done then.
        self._pressed_at: dt.datetime | None = None
        self._pressed_in_run_at: dt.datetime | None = None
        self._is_kept = True
        self._doors: dict[int, DoorRun] = {}
        self._fired_s: dict[int, float] = {}
        self.doubted: frozenset[int] = frozenset()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, numbers: Iterable[int] | None = None) -> bool:
        """Begin with these doors, or all; False while one run is on its way.

        Waits at most for the last pulse of a run that was told to stop.
        """
        return self._start(numbers, None)

    def start_all(self) -> None:
        """Begin with every door; what an emergency button calls. A press during a run is none."""
        at = self._now()
        if self._start(None, at):
            self.poke()
        else:
            self._pressed_in_run_at = at

    def was_pressed_since(self, at: dt.datetime) -> bool:
        """Whether somebody pressed after this moment, while the run was still on its way."""
        pressed_at = self._pressed_in_run_at
        return pressed_at is not None and pressed_at > at

    def _start(self, numbers: Iterable[int] | None, pressed_at: dt.datetime | None) -> bool:
        self._let_stopped_end()
        with self._lock:
            if self.is_running:
                return False
            self._stopping.clear()
            wanted = self._bank.numbers if numbers is None else numbers
            self._doors = {number: DoorRun() for number in wanted}
            self._pressed_at, self._is_kept = pressed_at, False
            self._thread = threading.Thread(target=self._run, name="emergency", daemon=True)
            self._thread.start()
            return True

    def stop(self) -> None:
        """Fire no further door. Raises RuntimeError when a pulse does not come back."""
        self._stopping.set()
        self._moved.set()
        if self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)
            if self._thread.is_alive():
                raise RuntimeError("the emergency did not stop: a pulse of it hangs")

    @property
    def is_kept(self) -> bool:
        """Whether what the last run did is written down."""
        return self._is_kept

    def now(self) -> "RunNow":
        """How it stands at one moment."""
        with self._lock:
            return RunNow(dict(self._doors), not self.is_running, self._pressed_at)

    def press_written(self, at: dt.datetime) -> None:
        """The press of this moment is written down; a newer one is not."""
        with self._lock:
            if self._pressed_at is at:
                self._pressed_at = None

    def write_again(self) -> None:
        """Its writer was lost in the middle: the next one begins with the press anew."""
        with self._lock:
            self._pressed_at = self._pressed_at or self._now()

    def written(self, now: "RunNow") -> None:
        """What was done until that moment is written down."""
        with self._lock:
            if self._pressed_at is None:
                self._is_kept = now.is_over and not self.is_running

    def doors(self) -> Mapping[int, DoorRun]:
        """What was done to each door so far."""
        with self._lock:
            return dict(self._doors)

    def door_changed(self, number: int, state: DoorState, _at_s: float = 0.0) -> None:
        """A sensor saw a door move. Any thread; never blocks for long."""
        if state is DoorState.OPEN and self.explains(number) and number not in self.doubted:
            self._note(number, opened_at=self._now())
            self._moved.set()

    def explains(self, number: int) -> bool:
        """Whether this door was fired just now."""
        fired_s = self._fired_s.get(number)
        return fired_s is not None and time.monotonic() - fired_s <= GRAB_WINDOW_S

    # Inside -------------------------------------------------------------------------------

    def _let_stopped_end(self) -> None:
        """A run that fires nothing more must not pass for one that opens the doors."""
        if self._stopping.is_set() and self._thread is not None:
            self._thread.join(STOP_TIMEOUT_S)

    def _run(self) -> None:
        log.warning("emergency: opening every door", doors=len(self._doors))
        for _ in range(ROUNDS):
            waiting = [n for n, door in self.doors().items() if door.opened_at is None]
            if not waiting or self._stopping.is_set():
                break
            self._fire_each(waiting)
            self._wait_for(waiting)
        shut = [n for n, door in self.doors().items() if door.opened_at is None]
        log.warning("emergency: every door had its turn", not_seen_open=shut)
        self.poke()

    def _fire_each(self, numbers: list[int]) -> None:
        turns = deque((number, PATIENCE_S) for number in numbers)
        while turns and not self._stopping.is_set():
            number, patience_s = turns.popleft()
            wait_s = self._fire(number)
            self.poke()
            if wait_s > 0 and patience_s > 0:
                # The others go first; only when this one is alone does everybody wait.
                pause_s = TURN_S if turns else min(wait_s, patience_s)
                self._stopping.wait(pause_s)
                turns.append((number, patience_s - pause_s))

    def _fire(self, number: int) -> float:
        """Fire one door; seconds to wait when the bank says not now, else 0."""
        fired_before_s = self._fired_s.get(number)
        try:
            # Known before the pulse, because the door opens while the coil is still on.
            self._fired_s[number] = time.monotonic()
            self._bank.pulse(number)
        except DeviceBusy as busy:
            self._fired_s.pop(number)
            if fired_before_s is not None:
                self._fired_s[number] = fired_before_s
            return max(busy.retry_after_s, TURN_S)
        except DeviceError as error:
            log.error("door not driven", locker=number, reason=str(error))
            self._note(number, failed=True)
        except Exception as error:  # whatever it is, the next door must be opened
            log.error("door not driven", locker=number, exc_info=error)
            self._note(number, failed=True)
        else:
            self._note(number, pulsed_at=self._now(), failed=False)
            self._look(number)
        return 0.0

    def _look(self, number: int) -> None:
        try:
            if number not in self.doubted and self._bank.door(number) is DoorState.OPEN:
                self._note(number, opened_at=self._now())
        except DeviceError as error:
            log.warning("door not seen", locker=number, reason=str(error))

    def _wait_for(self, numbers: list[int]) -> None:
        watched = [number for number in numbers if self._bank.has_sensor(number)]
        for _ in watched:  # each wait ends with a door that moved, or with the settling time
            if all(self.doors()[number].opened_at for number in watched):
                return
            self._moved.clear()
            if not self._moved.wait(SETTLE_S) or self._stopping.is_set():
                return

    def _note(self, number: int, **changed: object) -> None:
        with self._lock:
            door = self._doors.get(number, DoorRun())
            if door.opened_at is not None:
                changed.pop("opened_at", None)  # the first time counts
            self._doors[number] = replace(door, **changed)  # type: ignore[arg-type]
