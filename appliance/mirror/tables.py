"""A static table out of the source's HTML: its texts and how its cells span, nothing else.

What is kept is no HTML, so nothing of the source's can run or load anything on our screens.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from appliance.free_text import one_line

MOST_CHARS = 4_000_000  # spreadsheets made into HTML repeat their styles in every cell
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 2000, 100, 20_000
MOST_OPENED = 10 * MOST_CELLS  # rows and cells, with the empty ones that are dropped later
LONGEST_CELL = 500
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(\s[^<>]*)?/?>|<!--[^<>]*-->")
_SPAN = re.compile(r"(?i)\b(colspan|rowspan)\s*=[\s\"']*([0-9]{1,4})")
_BOLD = re.compile(r"(?i)font-weight\s*:\s*(bold|[6-9]00)")
_NUMBER = re.compile(r"[-–+]?[0-9][0-9 .,]*\s*%?[*)]*|[-–.…]{1,3}")
_WITHOUT_TEXT = ("script", "style", "title", "head")


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """One cell as screens draw it; the spans are 1 for a plain one."""

    text: str
    columns: int = 1
    rows: int = 1
    is_head: bool = False

    @property
    def is_number(self) -> bool:
        return _NUMBER.fullmatch(self.text) is not None


class StatTable(msgspec.Struct, frozen=True):
    """A table: what stands above it, the rows of its head, its body, and the notes below it."""

    above: tuple[str, ...]
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Open:
    """What is being read: the cell that is open, if any, and the rows so far."""

    rows: list[list[Cell]] = field(default_factory=list)
    cell: Cell | None = None
    texts: list[str] = field(default_factory=list)
    opened: int = 0
    depth: int = 0  # of tables in tables, whose texts belong to the outer cell

    def close(self) -> None:
        if self.cell is None:
            return
        text = one_line(html.unescape(" ".join(self.texts)))[:LONGEST_CELL]
        self.rows[-1].append(msgspec.structs.replace(self.cell, text=text))
        self.cell, self.texts = None, []


def table_of(source: str) -> StatTable | None:
    """The table in this text, escaped or not; None when there is none, or one beyond measure."""
    if len(source) > MOST_CHARS:
        return None
    written = source if "<t" in source.lower() else html.unescape(source)
    found = _rows(written)
    if found is None:
        return None
    rows = _without_empty(found)
    is_large = len(rows) > MOST_ROWS or sum(map(len, rows)) > MOST_CELLS
    if not rows or is_large or max(map(_width, rows)) > MOST_COLUMNS:
        return None
    return _parted(_trimmed(rows))


def _rows(written: str) -> list[list[Cell]] | None:
    """All rows as they are written; None when there are more than anybody means."""
    found, hidden, place = _Open(), "", 0
    for tag in _TAG.finditer(written):
        if found.cell is not None and not hidden:
            found.texts.append(written[place : tag.start()])
        place = tag.end()
        name, is_end = (tag[2] or "").lower(), bool(tag[1])
        if hidden:
            hidden = "" if is_end and name == hidden else hidden
        elif name in _WITHOUT_TEXT and not is_end:
            hidden = name
        else:
            _take(found, name, is_end=is_end, said=tag[3] or "")
            if found.opened > MOST_OPENED:
                return None
    found.close()
    return found.rows


def _take(found: _Open, name: str, *, is_end: bool, said: str) -> None:
    outer = found.depth
    if name == "table":
        found.depth = max(outer + (-1 if is_end else 1), 0)
    if max(outer, found.depth) > 1 or name not in ("table", "tr", "td", "th", "b", "strong"):
        return
    if name in ("b", "strong"):
        if found.cell is not None and not is_end:
            found.cell = msgspec.structs.replace(found.cell, is_head=True)
        return
    found.close()
    if is_end or name == "table":
        return
    found.opened += 1
    if name == "tr" or not found.rows:
        found.rows.append([])
    if name in ("td", "th"):
        spans = {one[1].lower(): int(one[2]) for one in _SPAN.finditer(said)}
        columns = min(max(spans.get("colspan", 1), 1), MOST_COLUMNS)
        rows = min(max(spans.get("rowspan", 1), 1), MOST_ROWS)
        found.cell = Cell("", columns, rows, is_head=name == "th" or bool(_BOLD.search(said)))


def _without_empty(rows: Iterable[list[Cell]]) -> list[list[Cell]]:
    """Without rows that say nothing, but for those that a cell above reaches into."""
    kept: list[list[Cell]] = []
    reach = 0
    for row in rows:
        if reach > 0 or any(cell.text for cell in row):
            kept.append(row)
            reach = max(reach, *(cell.rows for cell in row), 0)
        reach -= 1
    return kept


def _width(row: Sequence[Cell]) -> int:
    return sum(cell.columns for cell in row)


def _trimmed(rows: Sequence[Sequence[Cell]]) -> list[tuple[Cell, ...]]:
    """Without the empty cells that a spreadsheet leaves at the right of every row."""
    kept = [list(row) for row in rows]
    while wide := [row for row in kept if len(row) > 1]:
        if any(row[-1].text or row[-1].rows > 1 or row[-1].columns > 1 for row in wide):
            break
        for row in wide:
            row.pop()
    return [tuple(row) for row in kept]


def _parted(rows: Sequence[tuple[Cell, ...]]) -> StatTable:
    """Titles above and notes below stand in rows with one text; the head is bold."""
    first, last = 0, len(rows)
    while first < last - 1 and _is_line(rows[first]):
        first += 1
    while last > first + 1 and _is_line(rows[last - 1]):
        last -= 1
    begin, head = first, first
    while head < last and _is_head(rows[head]):
        head += 1
    if head == last:  # all of it is bold
        head = begin
    head = _whole_spans(rows, begin, head, last)
    return StatTable(
        above=tuple(row[0].text for row in rows[:first]),
        head=tuple(rows[begin:head]),
        body=tuple(rows[head:last]),
        notes=tuple(row[0].text for row in rows[last:]),
    )


def _whole_spans(rows: Sequence[tuple[Cell, ...]], begin: int, head: int, last: int) -> int:
    """Where the head ends when cells of it reach further down than the bold rows."""
    for place in range(begin, head):
        head = max(head, min(place + max(cell.rows for cell in rows[place]), last))
    return head


def _is_line(row: Sequence[Cell]) -> bool:
    told = [cell for cell in row if cell.text]
    return len(told) == 1 and told[0] is row[0] and told[0].rows == 1 and not told[0].is_number


def _is_head(row: Sequence[Cell]) -> bool:
    return all(cell.is_head for cell in row if cell.text)
