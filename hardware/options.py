"""What the appliance's settings say about devices, as values that the factory understands."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from hardware.board_wiring import BoardWiring
from hardware.wiring import GpioWiring, ShiftWiring

if TYPE_CHECKING:
    from hardware.serial_line import SerialLines

BoardName: TypeAlias = Literal["cu16", "8a", "waveshare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedLockerOptions:
    """A bank on mock pins; `shut_after_s` None leaves doors open until somebody shuts them.

    `like` says which real driver stands in front of them. `guarded` starts the pulse guard, which
    kills this very process when a pulse takes too long: not for a test's own process.
    """

    count: int = 12
    numbers: tuple[int, ...] = ()
    """The doors, 1 to 48 of them; empty: 1 to `count`."""
    like: Literal["gpio", "expander", "shift_register"] = "gpio"
    sensors: bool = True
    lag_s: float = 0.12
    shut_after_s: float | None = 6.0
    pulse_s: float = 0.35
    rest_s: float = 1.5
    stagger_s: float = 0.15
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GpioLockerOptions:
    """A bank on the Raspberry Pi's header or an expander's chip, as its wiring says."""

    wiring: GpioWiring
    require_strict_gpiod: bool = True
    """False drives the header's coils although a killed process would leave them on."""
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftLockerOptions:
    """A bank behind shift registers on the Raspberry Pi's header."""

    wiring: ShiftWiring
    require_strict_gpiod: bool = True
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLockerOptions:
    """A bank on a lock-control board."""

    protocol: BoardName
    port: str
    wiring: BoardWiring
    baud: int = 0
    """0: as such boards come from their maker, here and in the address."""
    address: int = 0
    lines: "SerialLines | None" = None
    """The lines that this bank shares with others; None: the port is its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedBoardOptions:
    """A bank on a simulated board; `shut_after_s` None leaves doors open until they are shut."""

    like: BoardName
    wiring: BoardWiring
    lag_s: float = 0.12
    shut_after_s: float | None = 6.0


BankOptions: TypeAlias = (
    GpioLockerOptions
    | ShiftLockerOptions
    | BoardLockerOptions
    | SimulatedLockerOptions
    | SimulatedBoardOptions
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBank:
    """One bank of several, known by its settings although it may be missing."""

    name: str
    """For the log, as an electrician would say it."""
    kind: str
    numbers: tuple[int, ...]
    seen: frozenset[int]
    """Those of the numbers whose doors have sensors."""
    options: BankOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedLockerOptions:
    """Several banks as one, with one coil on at a time; a missing one is looked for."""

    banks: tuple[PlannedBank, ...]
    stagger_s: float = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class SaneScannerOptions:
    """One SANE device and how long it may keep silent."""

    device: str
    """As `scanimage -L` names it, for instance `test:0`; empty where `match` tells."""
    match: str = ""
    """Words of its vendor and model, such as "canon lide 300": found anew whenever it is lost,
    because a name with the number of a USB port is another one after every replug."""
    config_dir: Path | None = None
    """SANE_CONFIG_DIR for the children; None leaves SANE's own, which loads every backend."""
    extra_options: tuple[str, ...] = ()
    """More words for scanimage, for instance ("--read-delay=yes",), or ("--depth=8",) where a
    backend would otherwise send 16 bits."""
    first_byte_s: float = 25.0
    """Longest silence before the first byte: nobody waits for half a minute without a word. A lamp
    that takes longer to warm up has done so when the page is tried again."""
    next_byte_s: float = 20.0
    """Longest silence after it."""
    end_s: float = 10.0
    """Longest wait for the child's end after its last row or last words: it may be parking."""
    stop_s: float = 2.0
    """How long a child that was told to stop may take before it is killed."""
    describe_s: float = 20.0
    busy_waits_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Pauses before asking a busy scanner again."""
    jpeg_quality: int = 85
    program: str = "scanimage"
