"""A report as pages of PDF operators: texts, tables with bars, a QR, room to sign by hand.

Standard library and segno only; nothing here comes from outside but titles of publications.
"""

from collections.abc import Iterator, Sequence

from appliance.documents.helvetica import encoded, width_pt
from appliance.documents.pdf_layout import A4_PT
from appliance.documents.pdf_writer import number, numbers, shown_string
from appliance.reports.sheet import PLACE_LINE, Paper, PaperSection, PaperTable

WIDTH, HEIGHT = A4_PT
MARGIN = 50.0
TOP, BOTTOM = HEIGHT - MARGIN, MARGIN + 18
INSIDE = WIDTH - 2 * MARGIN
PLAIN, BOLD = "/F", "/B"
TEXT, SMALL, HEADING, TITLE = 9.0, 7.5, 12.0, 18.0
LEADING = 1.3
BAR, BAR_WIDTH = 3.0, 150.0
NUMBER_WIDTH, NARROW_WIDTH = 74.0, 50.0
MANY_COLUMNS = 5
INK, GREY, TRACK, BLUE = "0.1 g", "0.4 g", "0.92 g", "0.06 0.31 0.53 rg"
QR_SIZE = 84.0
KEEP_TOGETHER = 90.0  # a heading does not stand alone at the foot of a page
SIGN_HEIGHT = 190.0


class Pages:
    """Lays a report out from top to bottom; `contents` are the operators of each page."""

    def __init__(self, paper: Paper, qr: Sequence[Sequence[int]]) -> None:
        self._paper = paper
        self._qr = qr
        self.contents: list[str] = []
        self._lines: list[str] = []
        self._y = TOP

    def lay_out(self) -> list[str]:
        """Every page, with its number at the foot."""
        self._head()
        for section in self._paper.sections:
            self._section(section)
        self._signatures()
        self._turn()
        count = len(self.contents)
        return [page + self._foot(place, count) for place, page in enumerate(self.contents, 1)]

    def _head(self) -> None:
        self._wrapped(self._paper.title, TITLE, BOLD, INSIDE)
        self._wrapped(self._paper.office, HEADING, PLAIN, INSIDE)
        self._y -= 4
        for fact in self._paper.facts:
            self._wrapped(fact, TEXT, PLAIN, INSIDE, GREY)

    def _section(self, section: PaperSection) -> None:
        self._need(KEEP_TOGETHER)
        self._y -= 12
        self._wrapped(section.name, HEADING, BOLD, INSIDE)
        if section.note:
            self._wrapped(section.note, SMALL, PLAIN, INSIDE, GREY)
        for table in section.tables:
            self._table(table, has_name=table.name != section.name)

    def _table(self, table: PaperTable, *, has_name: bool) -> None:
        self._need(KEEP_TOGETHER)
        self._y -= 6
        if has_name:
            self._wrapped(table.name, TEXT, BOLD, INSIDE)
        self._row(table.heads, None, SMALL, GREY)
        bars: Sequence[float | None] = table.bars or [None] * len(table.rows)
        for row, bar in zip(table.rows, bars, strict=True):
            self._row(row, bar, TEXT, INK)
        if table.note:
            self._wrapped(table.note, SMALL, PLAIN, INSIDE, GREY)

    def _row(self, cells: Sequence[str], bar: float | None, size: float, ink: str) -> None:
        others = len(cells) - 1
        width = NARROW_WIDTH if len(cells) > MANY_COLUMNS else NUMBER_WIDTH
        first = list(wrapped(cells[0], size, INSIDE - others * width - 8))
        columns = [list(wrapped(cell, size, width - 6)) for cell in cells[1:]]
        lines = max(map(len, (first, *columns)))
        height = lines * size * LEADING + (BAR + 3 if bar is not None else 1)
        self._need(height)
        for place, line in enumerate(first):
            self._text(MARGIN, self._y - size * LEADING * (place + 1), line, size, PLAIN, ink)
        for column, texts in enumerate(columns):
            right = WIDTH - MARGIN - (others - 1 - column) * width
            for place, line in enumerate(texts):
                x = right - width_pt(encoded(line), size)
                self._text(x, self._y - size * LEADING * (place + 1), line, size, PLAIN, ink)
        self._y -= height
        if bar is not None:
            self._bar(bar)

    def _bar(self, share: float) -> None:
        place = (MARGIN, self._y + 1)
        self._lines.append(f"{TRACK} {numbers((*place, BAR_WIDTH, BAR))} re f\n")
        length = BAR_WIDTH * min(max(share, 0.0), 1.0)
        self._lines.append(f"{BLUE} {numbers((*place, length, BAR))} re f\n")

    def _signatures(self) -> None:
        self._need(SIGN_HEIGHT)
        self._y -= 24
        top = self._y
        self._text(MARGIN, top, self._paper.place, TEXT, PLAIN, INK)
        for place, signer in enumerate(self._paper.signers):
            x = MARGIN + place * 175
            self._text(x, top - 18, f"{signer},", TEXT, PLAIN, INK)
            self._text(x, top - 84, PLACE_LINE[:36], TEXT, PLAIN, INK)
            self._text(x, top - 98, "Nama:", TEXT, PLAIN, INK)
            self._text(x, top - 112, "NIP:", TEXT, PLAIN, INK)
        self._draw_qr(WIDTH - MARGIN - QR_SIZE, top - QR_SIZE)
        self._y = top - 128
        self._wrapped(
            "Berkas ini bertanda tangan elektronik (Ed25519) dalam daftar kantor. Periksa"
            f" keasliannya pada halaman Periksa keaslian dengan nomor {self._paper.number}"
            " atau dengan berkasnya.",
            SMALL,
            PLAIN,
            INSIDE,
            GREY,
        )

    def _draw_qr(self, left: float, bottom: float) -> None:
        side = QR_SIZE / len(self._qr)
        for y, line in enumerate(self._qr):
            for x, is_dark in enumerate(line):
                if is_dark:
                    place = (left + x * side, bottom + QR_SIZE - (y + 1) * side)
                    self._lines.append(f"0 g {numbers((*place, side, side))} re f\n")

    def _foot(self, page: int, pages: int) -> str:
        text = f"{self._paper.title} · No. {self._paper.number} · halaman {page} dari {pages}"
        return shown(MARGIN, MARGIN - 12, text, SMALL, PLAIN, GREY)

    def _wrapped(self, text: str, size: float, font: str, width: float, ink: str = INK) -> None:
        for line in wrapped(text, size, width):
            self._need(size * LEADING)
            self._y -= size * LEADING
            self._text(MARGIN, self._y, line, size, font, ink)

    def _text(self, x: float, y: float, text: str, size: float, font: str, ink: str) -> None:
        self._lines.append(shown(x, y, text, size, font, ink))

    def _need(self, height: float) -> None:
        if self._y - height < BOTTOM:
            self._turn()

    def _turn(self) -> None:
        self.contents.append("".join(self._lines))
        self._lines, self._y = [], TOP


def shown(x: float, y: float, text: str, size: float, font: str, ink: str) -> str:
    """The operators that show one line of text there."""
    data = shown_string(encoded(text))
    return f"BT {ink} {font} {number(size)} Tf {numbers((x, y))} Td {data} Tj ET\n"


def wrapped(text: str, size: float, width: float) -> Iterator[str]:
    """The lines of a text, none wider than `width` points; a longer word is cut."""
    line = ""
    for word in text.split():
        for piece in _pieces(word, size, width):
            longer = f"{line} {piece}".strip()
            if line and width_pt(encoded(longer), size) > width:
                yield line
                line = piece
            else:
                line = longer
    yield line


def _pieces(word: str, size: float, width: float) -> Iterator[str]:
    while width_pt(encoded(word), size) > width and len(word) > 1:
        fits = next(
            (n for n in range(len(word) - 1, 1, -1) if width_pt(encoded(word[:n]), size) <= width),
            1,
        )
        yield word[:fits]
        word = word[fits:]
    yield word
