"""Several banks of lockers as one, of which some may be missing."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Event, Lock, Thread

from hardware.coil_turns import CoilTurns
from hardware.interfaces import (
    DeviceError,
    DeviceFault,
    DeviceUnavailable,
    DoorCallback,
    DoorState,
    LockerBank,
)

log = logging.getLogger(__name__)

RETRY_S = 5.0
"""How often a missing bank is looked for."""
STOP_TIMEOUT_S = 10.0
BUSY_S = 0.35


@dataclass(frozen=True, slots=True)
class BankRow:
    """One bank as the settings describe it, which is known though the bank may be missing."""

    name: str
    """For the log, as an electrician would say it."""
    numbers: tuple[int, ...]
    seen: frozenset[int]
    """Those of the numbers whose doors have sensors."""
    open: Callable[[], LockerBank]
    """Raises DeviceUnavailable while the bank is missing."""


class MixedLockerBank:
    """Routes by number, one coil at a time over all banks; see `LockerBank` for the promises.

    A bank that cannot be opened leaves the others alone: its doors are UNKNOWN, its pulses raise
    DeviceUnavailable, and it is looked for every `retry_s`. What cannot be helped by looking again
    (`permanent`) is raised by the constructor, which leaves nothing open then.
    """

    def __init__(
        self,
        rows: Sequence[BankRow],
        *,
        stagger_s: float = 0.15,
        retry_s: float = RETRY_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.on_door_change: DoorCallback | None = None
        self._rows = tuple(rows)
        self._index = {n: index for index, row in enumerate(rows) for n in row.numbers}
        self._open: dict[int, LockerBank] = {}
        self._changing = Lock()
        self._closing = Event()
        self._retry_s = retry_s
        self._turns = CoilTurns((), None, stagger_s=stagger_s, closing=self._closing, clock=clock)
        with ExitStack() as undo:
            undo.callback(self._close_banks)
            for index in range(len(self._rows)):
                self._try_open(index, is_first=True)
            undo.pop_all()
        self._seeker = Thread(target=self._seek, name="missing-banks", daemon=True)
        if self._missing():
            self._seeker.start()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, also of missing banks, ascending."""
        return tuple(sorted(self._index))

    @property
    def banks(self) -> tuple[LockerBank, ...]:
        """The banks that are open, in the order of the settings."""
        opened = dict(self._open)
        return tuple(opened[index] for index in sorted(opened))

    def has_sensor(self, number: int) -> bool:
        """Tell whether this door can be seen, when its bank is there."""
        return any(number in row.seen for row in self._rows)

    def pulse(self, number: int) -> None:
        """Drive the locker's solenoid once; see `LockerBank.pulse`."""
        bank = self._bank(number)
        if bank is None:
            raise DeviceUnavailable(
                f"locker {number}: {self._rows[self._index[number]].name} is not there; "
                f"it is looked for every {self._retry_s:g} s"
            )
        with self._turns.turn(number, BUSY_S):
            bank.pulse(number)

    def door(self, number: int) -> DoorState:
        """Read the door's level now; see `LockerBank.door`."""
        bank = self._bank(number)
        return DoorState.UNKNOWN if bank is None else bank.door(number)

    def all_off(self) -> None:
        """Switch off every bank that is there; see `LockerBank.all_off`."""
        faults = []
        for bank in self.banks:
            try:
                bank.all_off()
            except DeviceError as error:
                faults.append(str(error))
        if faults:
            raise DeviceFault("; ".join(faults))

    def close(self) -> None:
        """Close every bank, whatever another one says; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        with ExitStack() as undo:
            undo.callback(self._close_banks)
            if self._seeker.is_alive():
                self._seeker.join(STOP_TIMEOUT_S)

    def _bank(self, number: int) -> LockerBank | None:
        if self._closing.is_set():
            raise DeviceUnavailable("the locker bank is closed")
        if number not in self._index:
            raise DeviceUnavailable(f"no locker {number} in this bank", permanent=True)
        return self._open.get(self._index[number])

    def _missing(self) -> list[int]:
        return [index for index in range(len(self._rows)) if index not in self._open]

    def _seek(self) -> None:
        while self._missing() and not self._closing.wait(self._retry_s):
            for index in self._missing():
                bank = self._try_open(index)
                if bank is not None:
                    self._tell_doors(bank)

    def _try_open(self, index: int, *, is_first: bool = False) -> LockerBank | None:
        row = self._rows[index]
        try:
            bank = row.open()
        except DeviceUnavailable as error:
            if is_first and error.permanent:
                raise
            log.log(logging.WARNING if is_first else logging.DEBUG, "%s: %s", row.name, error)
            return None
        bank.on_door_change = self._report
        with self._changing:
            if self._closing.is_set():
                bank.close()
                return None
            self._open[index] = bank
        if not is_first:
            log.info("%s is there again", row.name)
        return bank

    def _tell_doors(self, bank: LockerBank) -> None:
        """Doors that were UNKNOWN while their bank was missing have a state now."""
        for number in bank.numbers:
            try:
                state = bank.door(number)
                if state is not DoorState.UNKNOWN:
                    self._report(number, state, time.monotonic())
            except Exception:  # a careless listener must not end the search for other banks
                log.exception("the listener of door %s failed", number)

    def _report(self, number: int, state: DoorState, at_s: float) -> None:
        if self.on_door_change is not None:
            self.on_door_change(number, state, at_s)

    def _close_banks(self) -> None:
        with self._changing:
            banks = self.banks
            self._open.clear()
        with ExitStack() as undo:
            for bank in reversed(banks):
                undo.callback(bank.close)
