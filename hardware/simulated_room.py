"""Lockers that exist only in memory and the people who use them, behind any simulated driver.

A driver's simulated twin gives each locker a coil (which says when it rises, and what its pulses
were) and, where there is one, a door contact. To make things go wrong::

    locker.jam()            the latch sticks: a pulse opens nothing, until free()
    locker.force()          opens without a pulse
    locker.hold_open()      nobody shuts it, until shut()
    locker.lag_s = 2.0      the door is slow
    locker.bounces = 5      the contact chatters that often at every change
    locker.cut_cable()      the sensor reads open for ever, until mend_cable()
    locker.stuck_on()       the next pulse does not end, until mend_relay()

What happened is in `locker.pulses()` and `locker.moves`, with monotonic times.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock, Timer
from typing import Protocol

from hardware.interfaces import DoorState

LATCH_NEEDS_S = 0.05
"""A shorter pulse does not move a latch."""
BOUNCE_EVERY_S = 0.002


@dataclass(frozen=True, slots=True)
class RoomTiming:
    """How the simulated doors and people behave, in seconds."""

    lag_s: float = 0.12
    """From the start of a pulse to the open door."""
    shut_after_s: float | None = 6.0
    """From open to shut again; None leaves doors open until `shut()`."""


class CoilTrace:
    """What happened to one coil; set `is_stuck` to weld its relay at the next pulse."""

    def __init__(self) -> None:
        self.is_stuck = False
        self.pulses: list[tuple[float, float]] = []
        """Start and end of every finished pulse, in monotonic seconds."""
        self.on_rise: Callable[[], None] | None = None
        """Called when the coil is switched on."""
        self._on_since_s: float | None = None

    @property
    def is_on(self) -> bool:
        """Whether a current flows."""
        return self._on_since_s is not None

    def last_on_s(self) -> float:
        """Return how long the running or else the last pulse is or was on."""
        if self._on_since_s is not None:
            return time.monotonic() - self._on_since_s
        return self.pulses[-1][1] - self.pulses[-1][0] if self.pulses else 0.0

    def energise(self, *, on: bool) -> None:
        """Let the current flow, or not; what it already does is no change."""
        now_s = time.monotonic()
        if on and self._on_since_s is None:
            self._on_since_s = now_s
            if self.on_rise is not None:
                self.on_rise()
        elif not on and self._on_since_s is not None:
            self.pulses.append((self._on_since_s, now_s))
            self._on_since_s = None


class Contact(Protocol):
    """The simulated contact of one door."""

    def set_contact(self, *, closed: bool) -> None:
        """Move it with the door."""
        ...

    def set_connected(self, *, connected: bool) -> None:
        """Cut or mend its cable; without the cable it reads open."""
        ...


class Room:
    """What the lockers of one simulated bank share: timing, a lock, timers that can be ended."""

    def __init__(self, timing: RoomTiming | None = None) -> None:
        self.timing = timing or RoomTiming()
        self.lock = RLock()
        self._timers: set[Timer] = set()
        self._stopped = False

    def after(self, delay_s: float, act: Callable[[], None]) -> None:
        """Let something happen later, unless the room has stopped by then."""
        with self.lock:
            if self._stopped:
                return
            self._timers = {timer for timer in self._timers if timer.is_alive()}
            timer = Timer(delay_s, act)
            timer.daemon = True
            timer.name = "simulated-room"
            self._timers.add(timer)
            timer.start()

    def stop(self) -> None:
        """Cancel what has not happened yet."""
        with self.lock:
            self._stopped = True
            for timer in self._timers:
                timer.cancel()
            self._timers.clear()


class SimulatedLocker:
    """One locker: its latch, its door, its contact, and the people who use it."""

    def __init__(self, number: int, coil: CoilTrace, door: Contact | None, room: Room) -> None:
        self.number = number
        self.lag_s = room.timing.lag_s
        self.bounces = 0
        self.moves: list[tuple[float, DoorState]] = []
        self.is_jammed = False
        self.is_held_open = False
        self.is_cable_cut = False
        self._coil = coil
        self._door = door
        self._room = room
        coil.on_rise = self._latch_pulled

    @property
    def state(self) -> DoorState:
        """Where the door really is, whatever its sensor says."""
        return self.moves[-1][1] if self.moves else DoorState.CLOSED

    def pulses(self) -> tuple[tuple[float, float], ...]:
        """Return start and end of every finished pulse, in monotonic seconds."""
        return tuple(self._coil.pulses)

    def jam(self) -> None:
        """Let the latch stick: pulses open nothing."""
        self.is_jammed = True

    def free(self) -> None:
        """Undo `jam`."""
        self.is_jammed = False

    def force(self) -> None:
        """Open the door without a pulse, as with a crowbar or the mechanical key."""
        self._move(DoorState.OPEN)

    def hold_open(self) -> None:
        """Keep the door from being shut by itself, now or after the next pulse."""
        self.is_held_open = True

    def shut(self) -> None:
        """Shut the door, also one that is held open."""
        self.is_held_open = False
        self._move(DoorState.CLOSED)

    def cut_cable(self) -> None:
        """Disconnect the sensor: its line floats to the pull and reads open."""
        self.is_cable_cut = True
        if self._door is not None:
            self._door.set_connected(connected=False)

    def mend_cable(self) -> None:
        """Undo `cut_cable`."""
        self.is_cable_cut = False
        if self._door is not None:
            self._door.set_connected(connected=True)

    def stuck_on(self) -> None:
        """Weld the relay: from its next pulse on, the coil cannot be switched off."""
        self._coil.is_stuck = True

    def mend_relay(self) -> None:
        """Undo `stuck_on`; the coil goes off when it is next told to."""
        self._coil.is_stuck = False

    def _latch_pulled(self) -> None:
        self._room.after(max(self.lag_s, LATCH_NEEDS_S), self._spring_open)

    def _spring_open(self) -> None:
        if not self.is_jammed and self._coil.last_on_s() >= LATCH_NEEDS_S:
            self._move(DoorState.OPEN)

    def _shut_by_somebody(self) -> None:
        if not self.is_held_open:
            self._move(DoorState.CLOSED)

    def _move(self, state: DoorState) -> None:
        with self._room.lock:
            if state is self.state:
                return
            self.moves.append((time.monotonic(), state))
            if self._door is not None:
                self._chatter(self._door, state)
            shut_after_s = self._room.timing.shut_after_s
            if state is DoorState.OPEN and shut_after_s is not None:
                self._room.after(shut_after_s, self._shut_by_somebody)

    def _chatter(self, door: Contact, state: DoorState) -> None:
        closed = state is DoorState.CLOSED
        for _ in range(self.bounces):
            door.set_contact(closed=closed)
            time.sleep(BOUNCE_EVERY_S)
            door.set_contact(closed=not closed)
            time.sleep(BOUNCE_EVERY_S)
        door.set_contact(closed=closed)
