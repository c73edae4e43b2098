"""The flight recorder: every level that the kernel gave a line, with its microsecond."""

import re
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TRACING = Path("/sys/kernel/tracing")
ENTRY = re.compile(
    r"\s(?P<at>\d+\.\d+): gpio_(?P<kind>value|direction): (?P<gpio>\d+)"
    r"\s+(?P<what>set|get|in|out)\s*(?P<value>-?\d+|\(-?\d+\))"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done to a line: `what` is "set", "get", "in" or "out", the last two when done."""

    at_s: float
    """Seconds of the monotonic clock, as `time.monotonic` gives them."""
    line: int
    what: str
    value: int


class FlightRecorder:
    """Records while its `with` block runs; `base` is the number of the chip's line 0."""

    def __init__(self, base: int) -> None:
        self._base = base

    def __enter__(self) -> Self:
        (TRACING / "trace_clock").write_text("mono")
        (TRACING / "buffer_size_kb").write_text("4096")
        (TRACING / "events/gpio/enable").write_text("1")
        self.forget()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        (TRACING / "events/gpio/enable").write_text("0")

    def forget(self) -> None:
        """Begin anew."""
        (TRACING / "trace").write_text("")

    def entries(self) -> list[Entry]:
        """Everything since the beginning, oldest first."""
        found = []
        for line in (TRACING / "trace").read_text().splitlines():
            match = ENTRY.search(line)
            if match:
                value = int(match["value"].strip("()"))
                number = int(match["gpio"]) - self._base
                found.append(Entry(float(match["at"]), number, match["what"], value))
        return found

    def levels(self, line: int) -> list[int]:
        """The levels written to one line, also those that were there already."""
        return [e.value for e in self.entries() if e.line == line and e.what == "set"]

    def pulses(self) -> list[tuple[int, float, float]]:
        """Every finished time that a line was high, as line, start and end."""
        since: dict[int, float] = {}
        found = []
        for entry in self.entries():
            if entry.what == "set" and entry.value:
                since.setdefault(entry.line, entry.at_s)
            elif entry.line in since and entry.what in ("set", "in"):
                found.append((entry.line, since.pop(entry.line), entry.at_s))
        return found

    def widths_s(self, line: int) -> list[float]:
        """How long the line was high, every finished time."""
        return [end - start for number, start, end in self.pulses() if number == line]
