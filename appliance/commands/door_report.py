"""What an electrician's walk from door to door found, as a table for eyes and for spreadsheets."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HEADER = ("pintu/door", "hasil/result", "buka/open ms", "tutup/shut s", "catatan/note")


class Verdict(StrEnum):
    """What became of one door, in both languages."""

    PASSED = "baik / passed"
    NOT_OPENED = "tidak terbuka / not opened"
    SENSOR_WRONG = "sensor salah / sensor wrong"
    NOT_SHUT = "tidak terlihat tertutup / not seen shut"
    NOT_SEEN = "tidak dilihat orang / not seen by a person"
    NO_ANSWER = "tidak menjawab / no answer"
    SKIPPED = "dilewati / skipped"


@dataclass(frozen=True, slots=True)
class DoorLine:
    """One door of the walk. `open_ms` is from the command to the door seen open by its sensor."""

    number: int
    verdict: Verdict
    open_ms: int | None = None
    shut_s: float | None = None
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As written under HEADER."""
        return (
            f"{self.number:02d}",
            str(self.verdict),
            "" if self.open_ms is None else str(self.open_ms),
            "" if self.shut_s is None else f"{self.shut_s:.1f}",
            self.note,
        )


def table(lines: Iterable[DoorLine]) -> str:
    """Aligned columns, one door a line, and the sum of it below."""
    found = list(lines)
    rows = [HEADER, *(line.cells for line in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    text = "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    return f"{text}\n{summary(found)}"


def summary(lines: list[DoorLine]) -> str:
    """How many of how many doors are good."""
    good = sum(line.verdict is Verdict.PASSED for line in lines)
    return f"{good} dari {len(lines)} pintu baik. / {good} of {len(lines)} doors passed."


def as_csv(lines: Iterable[DoorLine]) -> str:
    """The same for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(line.cells for line in lines)
    return text.getvalue()
