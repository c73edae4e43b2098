"""Simulated gpiochips of the kernel's gpio-sim, and the far end of their wires."""

from dataclasses import dataclass
from pathlib import Path

from tests.hardware.kernel.flight import FlightRecorder

CONFIG = Path("/sys/kernel/config/gpio-sim")


@dataclass(frozen=True, slots=True)
class SimChip:
    """One simulated chip; `base` is the kernel's global number of its line 0."""

    number: int
    base: int
    folder: Path

    @classmethod
    def plug_in(cls, name: str, *, label: str, lines: int) -> "SimChip":
        """Make a chip that programs find by its label."""
        device, bank = CONFIG / name, CONFIG / name / "bank0"
        bank.mkdir(parents=True)
        (bank / "num_lines").write_text(str(lines))
        (bank / "label").write_text(label)
        (device / "live").write_text("1")
        chip = (bank / "chip_name").read_text().strip()
        folder = Path("/sys/devices/platform") / (device / "dev_name").read_text().strip() / chip
        number = int(chip.removeprefix("gpiochip"))
        return cls(number, _base(number), folder)

    def line(self, number: int) -> "SimLine":
        """The far end of one line."""
        return SimLine(self.folder / f"sim_gpio{number}")


@dataclass(frozen=True, slots=True)
class SimLine:
    """The far end of one wire: what a meter shows there, and what the world drives.

    A program that claims the line with a pull of its own overrules the world: drive afterwards.
    """

    folder: Path

    @property
    def level(self) -> int:
        """The level that a meter shows."""
        return int((self.folder / "value").read_text())

    def drive(self, level: int) -> None:
        """Connect the wire to 3.3 V (1) or to ground (0)."""
        (self.folder / "pull").write_text("pull-up" if level else "pull-down")


def _base(chip: int) -> int:
    """The kernel's own number of the chip's line 0, seen when that line is claimed."""
    import lgpio

    with FlightRecorder(base=0) as recorder:
        handle = lgpio.gpiochip_open(chip)
        lgpio.gpio_claim_input(handle, 0)
        lgpio.gpiochip_close(handle)
        return recorder.entries()[0].line
