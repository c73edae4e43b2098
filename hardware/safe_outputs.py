"""Switches coils off without a driver: quick, and although nothing else of a bank can be opened."""

from hardware.gpiochip import Lines, LowLines, clear, find_chip

BUSY_S = 0.5
"""How long lines are waited for that the pulse guard of a killed process may just be clearing."""


def clear_coils(chip: str, lines: Lines) -> None:
    """Make these lines of the chip of this name ("": the header) low.

    On the header they are inputs again afterwards; an expander goes on driving them low. Raises
    OSError, after every line was tried.
    """
    path, _ = find_chip(chip)
    clear(path, lines, busy_s=BUSY_S)


def clear_registers(chain: Lines, enable: int, *, outputs: int) -> None:
    """Disable a chain of shift registers and fill it with zeros; `chain` is data, clock, latch.

    The enable line goes low first, since it is what lets a coil's current flow. Raises OSError.
    """
    path, _ = find_chip("")
    clear(path, (enable,), busy_s=BUSY_S)
    lines = LowLines(path, (*chain, enable), busy_s=BUSY_S)
    try:
        for levels in (*((0, 1, 0, 0), (0, 0, 0, 0)) * outputs, (0, 0, 1, 0), (0, 0, 0, 0)):
            lines.write(levels)
    finally:
        lines.close()
