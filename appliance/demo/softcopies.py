"""Softcopies of the demonstration: small PDFs with text, figures and an outline.

Written by hand, so that seeding loads no PDF library.
"""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from appliance.storage.files import write_whole

FOLDER = "softcopies"
PAGES = 12
WIDTH, HEIGHT, MARGIN = 595, 842, 64
ROWS = 14
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
    write_whole(path, _document(title, list(_pages(title, places))))


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
    return f"BT /{'B' if bold else 'R'} {size} Tf {x} {y} Td {_string(text)} Tj ET"


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _string(text: str) -> str:
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def _drawn(operators: Iterator[str]) -> bytes:
    return "\n".join(operators).encode("cp1252", "replace")


def _document(title: str, pages: list[bytes]) -> bytes:
    """The file: catalogue, page tree, fonts, outline, then two objects a page."""
    first_page, first_entry = 7, 7 + 2 * len(pages)
    font = "/Type /Font /Subtype /Type1 /Encoding /WinAnsiEncoding /BaseFont"
    kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(len(pages)))
    last_entry = first_entry + len(CHAPTERS) - 1
    box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}]"
    ends = f"/First {first_entry} 0 R /Last {last_entry} 0 R"
    fonts = "/Resources << /Font << /R 3 0 R /B 4 0 R >> >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 5 0 R /PageMode /UseOutlines /Lang (id) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} {box} {fonts} >>",
        f"<< {font} /Helvetica >>",
        f"<< {font} /Helvetica-Bold >>",
        f"<< /Type /Outlines {ends} /Count {len(CHAPTERS)} >>",
        f"<< /Title {_string(title)} /Author (Badan Pusat Statistik) >>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {first_page + 2 * number + 1} 0 R >>"
        )
        stream = page.decode("cp1252")
        objects.append(f"<< /Length {len(page)} >>\nstream\n{stream}\nendstream")
    for number, chapter in enumerate(CHAPTERS):
        entry, page_object = first_entry + number, first_page + 2 * (number + 2)
        before = f" /Prev {entry - 1} 0 R" if number else ""
        after = f" /Next {entry + 1} 0 R" if entry < last_entry else ""
        objects.append(
            f"<< /Title {_string(f'Bab {number + 1}. {chapter}')} /Parent 5 0 R{before}{after}"
            f" /Dest [{page_object} 0 R /Fit] >>"
        )
    return _file(objects)


def _file(objects: Sequence[str]) -> bytes:
    made = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252", "replace")
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\n"
        f"startxref\n{start}\n%%EOF\n"
    ).encode()
    return bytes(made)
