"""Finds what is simulated behind the banks of a room, so that a demonstration can disturb it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hardware.interfaces import LockerBank
from hardware.simulated_boards import LineFaults, SimulatedBoard
from hardware.simulated_room import SimulatedLocker

__all__ = ["LineFaults", "SimulatedRow", "SimulatedWorld", "simulated_lockers", "simulated_rows"]


class SimulatedWorld(Protocol):
    """The world behind one simulated bank."""

    @property
    def like(self) -> str:
        """The driver that believes in it, as the settings say it."""
        ...

    @property
    def is_present(self) -> bool:
        """False after `vanish`."""
        ...

    def locker(self, number: int) -> SimulatedLocker:
        """Return one locker."""
        ...

    def vanish(self) -> None:
        """Unplug the whole bank."""
        ...

    def come_back(self) -> None:
        """Undo `vanish`."""
        ...


@runtime_checkable
class _Twin(Protocol):
    world: SimulatedWorld


@runtime_checkable
class _Mixed(Protocol):
    @property
    def banks(self) -> tuple[LockerBank, ...]: ...


@dataclass(frozen=True, slots=True)
class SimulatedRow:
    """One simulated bank; `like` is the driver that believes in it, as the settings say it."""

    numbers: tuple[int, ...]
    like: str
    world: SimulatedWorld

    @property
    def is_present(self) -> bool:
        """False after `vanish`."""
        return self.world.is_present

    @property
    def faults(self) -> LineFaults | None:
        """What its line does to replies; None where the bank hangs on pins."""
        return self.world.faults if isinstance(self.world, SimulatedBoard) else None

    def vanish(self) -> None:
        """Unplug the whole bank, until `come_back`."""
        self.world.vanish()

    def come_back(self) -> None:
        """Undo `vanish`."""
        self.world.come_back()


def simulated_rows(bank: LockerBank) -> tuple[SimulatedRow, ...]:
    """The simulated banks of this bank or mixture, in its order; empty where all is real."""
    banks = bank.banks if isinstance(bank, _Mixed) else (bank,)
    return tuple(
        SimulatedRow(one.numbers, one.world.like, one.world)
        for one in banks
        if isinstance(one, _Twin)
    )


def simulated_lockers(bank: LockerBank) -> dict[int, SimulatedLocker]:
    """Every simulated locker by the number on its door."""
    return {
        number: row.world.locker(number) for row in simulated_rows(bank) for number in row.numbers
    }
