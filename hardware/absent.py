"""Stand-ins for devices this office does not have: every call says so clearly."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from hardware.interfaces import (
    DeviceUnavailable,
    DoorCallback,
    DoorState,
    ScannedPage,
    ScannerDescription,
    ScannerUnavailable,
    ScanProblem,
    ScanProgress,
    ScanRequest,
)


class AbsentLockerBank:
    """A bank without lockers; it cannot be made to succeed."""

    def __init__(self) -> None:
        self.on_door_change: DoorCallback | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """No numbers."""
        return ()

    def has_sensor(self, number: int) -> bool:
        """Answer False."""
        return False

    def pulse(self, number: int) -> None:
        """Raise DeviceUnavailable."""
        self._refuse(number)

    def door(self, number: int) -> DoorState:
        """Raise DeviceUnavailable."""
        self._refuse(number)

    def all_off(self) -> None:
        """Do nothing: nothing can be on."""

    def close(self) -> None:
        """Do nothing."""

    def _refuse(self, number: int) -> NoReturn:
        raise DeviceUnavailable(
            f"locker {number} cannot be reached: no locker driver is set up", permanent=True
        )


class AbsentScanner:
    """A scanner that is not there; it cannot be made to succeed."""

    def describe(self, cancelled: Callable[[], bool] = lambda: False) -> ScannerDescription:
        """Raise ScannerUnavailable(ABSENT)."""
        raise _no_scanner()

    def scan(
        self,
        request: ScanRequest,
        target: Path,
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
    ) -> ScannedPage:
        """Raise ScannerUnavailable(ABSENT)."""
        raise _no_scanner()

    def scan_stack(
        self,
        request: ScanRequest,
        next_target: Callable[[], Path],
        on_page: Callable[[ScannedPage], None],
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
        *,
        most: int,
    ) -> int:
        """Raise ScannerUnavailable(ABSENT)."""
        raise _no_scanner()


def _no_scanner() -> ScannerUnavailable:
    return ScannerUnavailable(ScanProblem.ABSENT, "no scanner is set up", permanent=True)
