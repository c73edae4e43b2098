"""PDFs for tests: good ones, and every sort of bad one, made anew from a seed."""

import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf

SECTOR = 512
A4 = b"[0 0 595 842]"


def text_pdf(path: Path, pages: int = 8, *, password: str = "", compressed: bool = False) -> Path:
    """A publication of text and a chart a page, with an outline."""
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page()
            page.insert_text((60, 60), f"Halaman {number}", fontsize=20)
            for line in range(40):
                words = f"Jumlah penduduk kecamatan {line} tahun 2024 adalah {line * 977} jiwa."
                page.insert_text((60, 100 + line * 15), words, fontsize=10)
            page.draw_rect(pymupdf.Rect(60, 720, 60 + number * 20, 780), fill=(0.1, 0.3, 0.6))
        document.set_toc([[1, f"Bab {number}", number] for number in range(1, pages + 1)])
        if password:
            aes = pymupdf.PDF_ENCRYPT_AES_256
            document.save(path, encryption=aes, user_pw=password, owner_pw=password + "o")
        else:
            document.save(path, use_objstms=int(compressed), deflate=compressed)
    return path


def worded_pdf(path: Path, pages: list[str], **more: Any) -> Path:
    """One line of text a page, and nothing on a page of none.

    `labels` are the rules of printed numbers; `turned` turns every page by so many degrees.
    """
    with pymupdf.open() as document:
        for text in pages:
            page = document.new_page(width=more.get("width", 595))
            if text:
                page.insert_text((60, 100), text, fontsize=12)
            page.set_rotation(more.get("turned", 0))
        if more.get("labels"):
            document.set_page_labels(more["labels"])
        document.save(path)
    return path


def picture_pdf(path: Path) -> Path:
    """Two scanned pages and a form field."""
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 400, 560))
    pixmap.set_rect(pymupdf.IRect(50, 50, 300, 300), (120, 60, 10))
    with pymupdf.open() as document:
        for _ in range(2):
            document.new_page().insert_image(
                pymupdf.Rect(0, 0, 595, 842), stream=pixmap.tobytes("jpeg")
            )
        field = pymupdf.Widget()
        field.field_type, field.field_name = pymupdf.PDF_WIDGET_TYPE_TEXT, "nama"
        field.rect = pymupdf.Rect(50, 50, 200, 80)
        document[0].add_widget(field)
        document.save(path)
    return path


def written(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; number 1 is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def stream(data: bytes, extra: bytes = b"", *, squeeze: int = 0) -> bytes:
    """A stream object, deflated so many times over."""
    for _ in range(squeeze):
        data = zlib.compress(data, 6)
    filters = b"/Filter[%s]" % (b"/FlateDecode" * squeeze)
    return b"<</Length %d%s%s>>\nstream\n%s\nendstream" % (len(data), filters, extra, data)


def one_page(
    content: bytes,
    *,
    box: bytes = A4,
    resources: bytes = b"",
    root: bytes = b"",
    more: dict[int, bytes] | None = None,
) -> bytes:
    """A PDF of one page that draws this content stream, which is object 4."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<<%s>>>>"
    return written(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: page % (box, resources),
            4: content,
            **(more or {}),
        }
    )


def light_bombs() -> dict[str, bytes]:
    """Files that are hostile on purpose, by what they try; quickly made and quickly seen through.

    But for the billion laughs, over which a reader's patience must end.
    """
    return {**_boxes(), **_mazes(), **_actions()}


def heavy_bombs() -> dict[str, bytes]:
    """Those that take seconds to make, and as long to be refused."""
    return {**_floods(), "tiles without end": tiles_without_end()}


def tiles_without_end() -> bytes:
    """A page that nobody ever finishes drawing."""
    tile = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .0001"
    return one_page(
        stream(b"/Pattern cs /P scn 0 0 595 842 re f"),
        resources=b"/Pattern<</P 5 0 R>>",
        more={5: stream(b"0 0 1 1 re f", tile + b"/YStep .0001/Resources<<>>")},
    )


def many_pages() -> bytes:
    """A small file of 10,000 pages."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 10_003))
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
    return written(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[%s]/Count 10000>>" % kids,
            **dict.fromkeys(range(3, 10_003), leaf),
        }
    )


def _boxes() -> dict[str, bytes]:
    boxes = (b"[0 0 1e9 1e9]", b"[0 0 1e38 1]", b"[0 0 0 0]", b"[5 5 -1e9 -1e9]", b"[0 0 .001 9e4]")
    square = stream(b"0 0 1 rg 0 0 100 100 re f")
    return {f"box {box.decode()}": one_page(square, box=box) for box in boxes} | {
        "box of names": one_page(square, box=b"[/a (b) null 3 0 R]")
    }


def _floods() -> dict[str, bytes]:
    wide = b"/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8/ColorSpace/DeviceRGB"
    show = {"resources": b"/XObject<</I 5 0 R>>"}
    drawing = stream(b"q 595 0 0 842 0 0 cm /I Do Q")
    zeros = bytes(30_000_000)
    return {
        "content of 80 MB": one_page(stream(b"q Q " * 20_000_000, squeeze=1)),
        "content squeezed thrice": one_page(stream(bytes(60_000_000), squeeze=3)),
        "picture of 100 MP": one_page(
            drawing, more={5: stream(zeros * 10, wide % (10_000, 10_000), squeeze=1)}, **show
        ),
        "picture of 10 GP": one_page(
            drawing, more={5: stream(zeros, wide % (100_000, 100_000), squeeze=1)}, **show
        ),
        "nested arrays": one_page(stream(b"[" * 400_000 + b"]" * 400_000)),
        "nested states": one_page(stream(b"q 1 0 0 1 1 1 cm " * 400_000)),
        "nested dictionaries": one_page(stream(b"0 0 9 9 re f"), root=b"/X" + b"<</X" * 50_000),
        "a million curves": one_page(
            stream(b"0 0 m " + b"9 800 500 7 300 400 c " * 1_000_000 + b"S", squeeze=1)
        ),
    }


def _mazes() -> dict[str, bytes]:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F %d 0 R>>>>"
    laughs = {n: stream(b"/F Do " * 12, form % (n + 1)) for n in range(5, 25)}
    square = stream(b"0 0 9 9 re f")
    calls = {"resources": b"/XObject<</F 5 0 R>>"}
    return {
        "10,000 pages": many_pages(),
        "two thousand million pages": one_page(square).replace(b"/Count 1", b"/Count 2147483647"),
        "pages that are their own kids": one_page(square).replace(b"[3 0 R]/C", b"[2 0 R]/C"),
        "billion laughs": one_page(
            stream(b"/F Do"), more=laughs | {25: stream(b"0 0 1 1 re f")}, **calls
        ),
        "form within itself": one_page(
            stream(b"/F Do"), more={5: stream(b"/F Do", form % 5)}, **calls
        ),
        "xref that points to itself": _own_prev(one_page(square)),
        "chain of 20,000 xrefs": _chained(one_page(square), 20_000),
        "length within itself": one_page(b"<</Length 4 0 R>>\nstream\nq Q\nendstream"),
        "outline in a circle": one_page(
            square,
            root=b"/Outlines 5 0 R",
            more={
                5: b"<</First 6 0 R/Count 9>>",
                6: b"<</Title(a)/Next 6 0 R/First 6 0 R/Parent 5 0 R>>",
            },
        ),
    }


def _own_prev(data: bytes) -> bytes:
    start = data.rindex(b"startxref\n") + 10
    place = data[start : data.index(b"\n", start)]
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev " + place)


def _chained(data: bytes, links: int) -> bytes:
    out = bytearray(data)
    start = data.rindex(b"startxref\n") + 10
    place = int(data[start : data.index(b"\n", start)])
    for _ in range(links):
        before, place = place, len(out)
        out += b"xref\n0 0\ntrailer<</Size 5/Root 1 0 R/Prev %d>>\n" % before
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % place


def _actions() -> dict[str, bytes]:
    square = stream(b"0 0 9 9 re f")
    return {
        "script at opening": one_page(
            square, root=b"/OpenAction<</S/JavaScript/JS(while\\(true\\){})>>"
        ),
        "program at opening": one_page(
            square, root=b"/OpenAction<</S/Launch/F(/bin/sh)/P(-c 'touch /tmp/pwned')>>"
        ),
        "address at opening": one_page(square, root=b"/OpenAction<</S/URI/URI(http://192.0.2.1)>>"),
        "no PDF at all": b"PK\x03\x04" + bytes(4000),
        "only its first line": b"%PDF-1.7\n",
        "empty": b"",
    }


def mutants(good: list[bytes], seed: int = 4) -> Iterator[tuple[str, bytes]]:
    """Endlessly: torn, bit-flipped, with lost sectors, swapped numbers, or spliced."""
    dice = random.Random(seed)
    ways = (_torn, _flipped, _lost, _renumbered, _spliced)
    while True:
        way = dice.choice(ways)
        yield way.__name__.strip("_"), way(bytearray(dice.choice(good)), dice, good)


def _torn(data: bytearray, dice: random.Random, _: list[bytes]) -> bytes:
    return bytes(data[: dice.randrange(len(data))])


def _flipped(data: bytearray, dice: random.Random, _: list[bytes]) -> bytes:
    for _ in range(dice.choice((1, 10, 200))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _lost(data: bytearray, dice: random.Random, _: list[bytes]) -> bytes:
    for _ in range(dice.randint(1, 4)):
        start = dice.randrange(len(data)) // SECTOR * SECTOR
        data[start : start + SECTOR] = bytes(len(data[start : start + SECTOR]))
    return bytes(data)


def _renumbered(data: bytearray, dice: random.Random, _: list[bytes]) -> bytes:
    digits = [place for place, byte in enumerate(data) if 0x30 <= byte <= 0x39]
    for _ in range(dice.choice((1, 5, 40))):
        data[dice.choice(digits)] = dice.choice(b"0123456789-.")
    return bytes(data)


def _spliced(data: bytearray, dice: random.Random, good: list[bytes]) -> bytes:
    other = dice.choice(good)
    return bytes(data[: dice.randrange(len(data))]) + other[dice.randrange(len(other)) :]
