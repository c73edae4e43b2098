"""Softcopies of the demonstration: small PDFs with text, figures and an outline."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from appliance.documents.helvetica import FONT, encoded
from appliance.documents.pdf_writer import PdfWriter, references, shown_string, unicode_string
from appliance.storage.files import whole

FOLDER = "softcopies"
PAGES = 12
WIDTH, HEIGHT, MARGIN = 595, 842, 64
ROWS = 14
BOLD = FONT.replace("/Helvetica", "/Helvetica-Bold")
INK, SOFT, ACCENT = "0.12 0.16 0.22", "0.45 0.5 0.56", "0.05 0.36 0.62"
CHAPTERS = (
    "Geografi dan Iklim",
    "Pemerintahan",
    "Penduduk dan Ketenagakerjaan",
    "Sosial dan Kesejahteraan Rakyat",
    "Pertanian",
    "Industri dan Energi",
    "Perdagangan",
    "Hotel dan Pariwisata",
    "Transportasi dan Komunikasi",
)
NOTE = (
    "Angka pada halaman ini dibuat untuk peragaan Ruang Baca.",
    "Bukan data resmi; jangan dikutip.",
)


def write_softcopy(path: Path, title: str, places: Sequence[str]) -> None:
    """A publication of twelve pages under this title, a table and a chart for each chapter."""
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with whole(path) as file:
        _write(file, title, list(_pages(title, places)))


def _pages(title: str, places: Sequence[str]) -> Iterator[bytes]:
    yield _drawn(_cover(title))
    contents = ["Daftar Isi", *(f"{n}. {name}" for n, name in enumerate(CHAPTERS, start=1))]
    yield _drawn(_lines(contents, y=HEIGHT - 120, leading=26, size=13))
    for number, chapter in enumerate(CHAPTERS, start=1):
        yield _drawn(_chapter(title, number, chapter, places))
    yield _drawn(_lines([title, *NOTE], y=HEIGHT / 2, leading=20, size=11))


def _cover(title: str) -> Iterator[str]:
    yield f"{ACCENT} rg 0 {HEIGHT - 250} {WIDTH} 250 re f"
    yield "1 1 1 rg"
    yield from _lines(_wrapped(title, 26), y=HEIGHT - 130, leading=36, size=30, bold=True)
    yield f"{SOFT} rg"
    yield from _lines(NOTE, y=120, leading=16, size=10)


def _chapter(title: str, number: int, chapter: str, places: Sequence[str]) -> Iterator[str]:
    chance = random.Random(f"{title}:{number}")  # noqa: S311 - made-up data
    yield f"{SOFT} rg"
    yield _text(MARGIN, HEIGHT - 50, title[:80], 9)
    yield f"{INK} rg"
    yield _text(MARGIN, HEIGHT - 100, f"Bab {number}. {chapter}", 18, bold=True)
    top = HEIGHT - 140
    for row, place in enumerate((places or CHAPTERS)[:ROWS]):
        y, value = top - 22 * row, chance.randint(800, 98_000)
        yield f"{INK} rg"
        yield _text(MARGIN, y, place, 11)
        yield _text(300, y, f"{value:,}".replace(",", "."), 11)
        yield f"{ACCENT} rg 370 {y - 2} {value / 98_000 * 160:.1f} 11 re f"
    yield f"{SOFT} rg"
    yield from _lines(NOTE, y=90, leading=14, size=9)
    yield _text(WIDTH - MARGIN, 50, str(number + 2), 9)


def _lines(
    texts: Sequence[str], *, y: float, leading: float, size: int, bold: bool = False
) -> Iterator[str]:
    for place, text in enumerate(texts):
        yield _text(MARGIN, y - leading * place, text, size, bold=bold)


def _text(x: float, y: float, text: str, size: int, *, bold: bool = False) -> str:
    font = "B" if bold else "R"
    return f"BT /{font} {size} Tf {x} {y} Td {shown_string(encoded(text))} Tj ET"


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _drawn(operators: Iterator[str]) -> bytes:
    return "\n".join(operators).encode("ascii")


def _write(file: IO[bytes], title: str, streams: Sequence[bytes]) -> None:
    """The fonts, the pages, the outline, and last what only then can name them all."""
    writer = PdfWriter(file)
    tree, outline = writer.reserve(), writer.reserve()
    fonts = f"/R {writer.add(FONT)} 0 R /B {writer.add(BOLD)} 0 R"
    pages = []
    for stream in streams:
        contents = writer.add("", stream)
        pages.append(writer.add(f"/Type /Page /Parent {tree} 0 R /Contents {contents} 0 R"))
    _add_outline(writer, outline, pages[2:])
    writer.add(
        f"/Type /Pages /Kids [{references(pages)}] /Count {len(pages)} "
        f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources <</Font <<{fonts}>>>>",
        number=tree,
    )
    root = writer.add(
        f"/Type /Catalog /Pages {tree} 0 R /Outlines {outline} 0 R /PageMode /UseOutlines "
        "/Lang (id)"
    )
    info = writer.add(f"/Title {unicode_string(title)} /Author (Badan Pusat Statistik)")
    writer.finish(root=root, info=info, identity=title.encode())


def _add_outline(writer: PdfWriter, outline: int, pages: Sequence[int]) -> None:
    """A heading for each chapter, on its page."""
    entries = [writer.reserve() for _ in CHAPTERS]
    for place, chapter in enumerate(CHAPTERS):
        before = f" /Prev {entries[place - 1]} 0 R" if place else ""
        after = f" /Next {entries[place + 1]} 0 R" if place + 1 < len(entries) else ""
        heading = unicode_string(f"Bab {place + 1}. {chapter}")
        writer.add(
            f"/Title {heading} /Parent {outline} 0 R{before}{after} "
            f"/Dest [{pages[place]} 0 R /Fit]",
            number=entries[place],
        )
    writer.add(
        f"/Type /Outlines /First {entries[0]} 0 R /Last {entries[-1]} 0 R /Count {len(entries)}",
        number=outline,
    )
