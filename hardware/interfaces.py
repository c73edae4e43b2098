"""What the appliance may ask of its devices: Protocols, their values, their errors."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

DoorCallback = Callable[[int, "DoorState", float], None]
"""Called with the locker's number, its new state, and `time.monotonic()` seconds of the change."""


# Errors


class DeviceError(Exception):
    """Base of every error of this package; the message is English and meant for the log."""

    permanent = False
    """True when asking again cannot help until a person changes the set-up."""


class DeviceUnavailable(DeviceError, ConnectionError):
    """Raised when the device, or this locker of it, is not there to be asked."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class DeviceBusy(DeviceError, BlockingIOError):
    """Raised when the device does something else now; `retry_after_s` says when to ask again."""

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeviceFault(DeviceError, OSError):
    """Raised when the device was there and did not do what it was told."""


class OutputStuck(DeviceFault):
    """Raised when an output still reads on after it was switched off: power must be cut by hand."""


class ScanProblem(StrEnum):
    """Why a page was not scanned, so that each reason gets its own sentence and its own retry."""

    BUSY = "busy"
    JAMMED = "jammed"
    NO_DOCUMENT = "no_document"
    COVER_OPEN = "cover_open"
    IO = "io"
    DENIED = "denied"
    NO_MEMORY = "no_memory"
    UNPLUGGED = "unplugged"
    STALLED = "stalled"
    INCOMPLETE = "incomplete"
    CANCELLED = "cancelled"
    DRIVER_CRASH = "driver_crash"
    UNSUPPORTED = "unsupported"
    """The scanner cannot do what the request asks (resolution, mode, source)."""
    ABSENT = "absent"
    """This office has no scanner set up."""


class ScanError(DeviceError):
    """Base of every scanner error; `problem` is what programs read, the message is for the log."""

    problem: ScanProblem


class ScannerBusy(ScanError, DeviceBusy):
    """Raised when somebody else scans (BUSY)."""

    problem = ScanProblem.BUSY


class ScannerUnavailable(ScanError, DeviceUnavailable):
    """Raised when the scanner cannot be opened (UNPLUGGED, DENIED, ABSENT)."""

    def __init__(self, problem: ScanProblem, message: str, *, permanent: bool = False) -> None:
        super().__init__(message, permanent=permanent)
        self.problem = problem


class ScanFailed(ScanError, DeviceFault):
    """Raised when the scanner was opened and no whole page came of it (every other problem)."""

    def __init__(self, problem: ScanProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


# Lockers


class DoorState(StrEnum):
    """What a door sensor says; UNKNOWN where there is none or it cannot be read."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class LockerBank(Protocol):
    """One row of lockers with their solenoids and, where fitted, their door sensors.

    Every method may be called from any thread. Numbers are 1-based, as on the door.
    """

    on_door_change: DoorCallback | None
    """Called on the bank's own thread after a door's settled state changed; it must only enqueue.

    The first state of a door is not a change. An exception it raises is logged and dropped, so
    that it cannot stop later changes from being seen.
    """

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all lockers, ascending."""
        ...

    def has_sensor(self, number: int) -> bool:
        """Tell whether this door can be seen; False also for a number not in the bank."""
        ...

    def pulse(self, number: int) -> None:
        """Drive the locker's solenoid once, for the bounded time of the set-up.

        Blocks until the pulse has ended and the output is off again (under 1.5 s). That the coil
        was driven does not mean that the door moved: ask `door`.

        Raises DeviceBusy, without driving anything, while another coil is on or this one must
        rest or has used up its duty; `retry_after_s` says how long. Raises DeviceUnavailable
        when the bank is closed, absent, or has no such locker. Raises DeviceFault when the output
        could not be driven or had to be cut by the second timer; the output is off then too, as
        far as this process can tell.
        """
        ...

    def door(self, number: int) -> DoorState:
        """Read the door's level now; UNKNOWN without a sensor or when it cannot be read.

        Never blocks. Raises DeviceUnavailable when the bank is closed, absent, or has no such
        locker.
        """
        ...

    def all_off(self) -> None:
        """Switch every output off at once, ending a running pulse.

        Never blocks; on a closed bank it does nothing. Raises DeviceFault
        when an output refuses, after having tried all of them.
        """
        ...

    def close(self) -> None:
        """Switch everything off and give the lines back; a second call does nothing."""
        ...


# Scanner


@dataclass(frozen=True, slots=True)
class ScannerDescription:
    """What a scanner is and can do, as its SANE backend says."""

    device: str
    vendor: str
    model: str
    sources: tuple[str, ...]
    """Names for `ScanRequest.source`, as the backend spells them; empty when it has no choice."""
    modes: tuple[str, ...]
    """Names for `ScanRequest.mode`, as the backend spells them; empty when it has no choice."""
    resolutions_dpi: tuple[int, ...]
    """Ascending. From a range, the usual ones within it."""
    max_width_mm: float
    """Never 0: the usual glass where the backend does not say, here and in the height."""
    max_height_mm: float
    depths: tuple[int, ...] = ()
    """Bits a sample that it can be told; empty when it has no choice."""
    duplex_option: tuple[str, str, str] | None = None
    """Where both sides are an option of their own: its name, its words for one side and for two."""
    feeder_width_mm: float = 0.0
    """What the feeder takes, here and in the height; 0 where there is none or it does not say."""
    feeder_height_mm: float = 0.0


class ScanSource(StrEnum):
    """Where the paper is; `hardware.scan_fitting` knows the words of the backends for it."""

    FLATBED = "flatbed"
    FEEDER = "feeder"
    DUPLEX = "duplex"
    """The feeder, both sides of every sheet."""


FED = (ScanSource.FEEDER, ScanSource.DUPLEX)
"""The sources that take sheet after sheet by themselves."""


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """A page to scan, from the top left corner of the glass, or a stack of such pages."""

    resolution_dpi: int = 300
    mode: str | None = "Color"
    """None leaves the backend's own choice, here and in `source`."""
    source: str | None = None
    width_mm: float = 210.0
    height_mm: float = 297.0
    extra_words: tuple[str, ...] = ()
    """Further options for the scan program, as `hardware.scan_fitting` finds them."""

    def __post_init__(self) -> None:
        """Refuse absurd values, which SANE would round silently (99999 dpi becomes 50)."""
        if not 25 <= self.resolution_dpi <= 1200:
            raise ValueError(f"resolution {self.resolution_dpi} dpi is not within 25 to 1200")
        for name, value in (("width", self.width_mm), ("height", self.height_mm)):
            if not 5 <= value <= 500:
                raise ValueError(f"{name} {value} mm is not within 5 to 500")
        for name, word in (("mode", self.mode), ("source", self.source)):
            if word is not None and (not word or word.startswith("-") or not word.isprintable()):
                raise ValueError(f"{name} {word!r} is not the name of an option's value")


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """How much of the page has arrived; the first one comes with `rows_done` 0."""

    rows_done: int
    rows_total: int


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """One page on disk: JPEG, or TIFF (G4) when it came in black and white alone."""

    path: Path
    """The target, with the ending that tells what it is: .jpg or .tif."""
    width_px: int
    height_px: int
    resolution_dpi: int
    size_bytes: int
    sha256: str

    @property
    def is_bilevel(self) -> bool:
        """Whether every dot of it is black or white."""
        return self.path.suffix == ".tif"


class DocumentScanner(Protocol):
    """One scanner, read page by page; calls may come from any thread, one at a time."""

    def describe(self, cancelled: Callable[[], bool] = lambda: False) -> ScannerDescription:
        """Ask the scanner what it is and can do.

        Slow (up to seconds): the caller keeps the answer. `cancelled` is asked as in `scan`. Raises
        ScannerUnavailable when it is unplugged, denied or absent, ScannerBusy, and ScanFailed
        (STALLED, DRIVER_CRASH, IO, CANCELLED).
        """
        ...

    def scan(
        self,
        request: ScanRequest,
        target: Path,
        on_progress: Callable[[ScanProgress], None],
        cancelled: Callable[[], bool],
    ) -> ScannedPage:
        """Scan one page to `target`, which appears whole and synced, or not at all.

        A page in black and white alone gets the ending .tif instead of the target's own.

        Blocks until done. `on_progress` is called on the calling thread, about five times a
        second at most, with `rows_done` never falling. `cancelled` is asked about ten times a
        second; once true, the scan ends within 3 s and raises ScanFailed(CANCELLED).

        Raises ScannerBusy when somebody else keeps scanning, ScannerUnavailable (UNPLUGGED,
        DENIED, ABSENT), ScanFailed with any other problem. An OSError that is no DeviceError
        means that the page could not be written (no space, no such folder). After every
        exception, also one raised by `on_progress`, neither the target nor a temporary file nor
        a process is left.
        """
        ...

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
        """Scan every sheet in the feeder, `most` pages at most; return how many there were.

        `next_target` is asked for a page's file when it has come, and `on_page` told when it is
        whole there; one page is in memory at a time. Progress begins anew with every page.

        Raises as `scan` does, ScanFailed(NO_DOCUMENT) when the feeder is empty at once, and
        whatever `on_page` raises. Pages told of are whole and stay; nothing else is left.
        """
        ...
