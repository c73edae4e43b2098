"""Stand-ins for lights and buttons this office does not have."""

from collections.abc import Callable

from hardware.reader_interfaces import Signal


class AbsentSignalLights:
    """No lights are fitted; showing something does nothing."""

    def show(self, signal: Signal) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class AbsentEmergencyButton:
    """No button is fitted; it is never pressed."""

    def __init__(self) -> None:
        self.on_press: Callable[[], None] | None = None

    @property
    def is_pressed(self) -> bool:
        """Answer False."""
        return False

    def close(self) -> None:
        """Do nothing."""
