"""Publications to mark: plain ones, and everything that a PDF can be; and who marks them."""

import contextlib
import io
import json
import subprocess
import time
from pathlib import Path

import pymupdf

from appliance.documents.child import Child
from appliance.documents.mark_drawing import Drawing
from appliance.storage.models import Publication
from appliance.watermarks import prepare
from appliance.watermarks.preparing import Preparer
from tests.services.library import new_publication

LONGEST_S = 60.0

GENERAL = Drawing("SALINAN PERPUSTAKAAN", "BPS Contoh", "Salinan perpustakaan", "normal")
NUMBER = "1309-2026-7K3M9QXA"
PERSONAL = Drawing("UNTUK ANDA", "BPS Contoh · Penelitian", f"Salinan No. {NUMBER}", "strong")
A4, LANDSCAPE, POSTER, CARD = (595, 842), (842, 595), (1684, 2384), (240, 150)


def publication(path: Path, pages: int = 3, **options: object) -> Path:
    """A plain publication; `options` are those of saving."""
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page(width=A4[0], height=A4[1])
            page.insert_text((72, 100), f"Halaman {number + 1}", fontsize=24)
        document.set_metadata({"title": "Angka (contoh) é"})
        document.save(path, **options)
    return path


def every_geometry(path: Path) -> Path:
    """Pages of many sizes, turned, cropped, with states left open and taken too many off."""
    with pymupdf.open() as document:
        for width, height in (A4, LANDSCAPE, POSTER, CARD):
            for turned in (0, 90, 180, 270):
                page = document.new_page(width=width, height=height)
                page.insert_text((20, 40), "isi")
                page.set_rotation(turned)
                if turned != 180:
                    page.set_cropbox(pymupdf.Rect(10, 20, width - 30, height - 25))
        for contents in (
            b"q q q 0.2 0 0 0.2 9 9 cm",  # left open, small, in a corner
            b"Q Q Q 0.1 0 0 0.1 0 0 cm",
            b"0 0 1 1 re W n",  # clipped to a point
            b"BT /Nowhere 12 Tf (x) Tj",  # no such font, and the text never ends
        ):
            page = document.new_page(width=A4[0], height=A4[1])
            page.insert_text((72, 100), "isi")
            document.update_stream(page.get_contents()[0], contents)
        document.new_page(width=A4[0], height=A4[1])  # without contents
        first = document[-1].xref
        document.xref_set_key(first, "Resources", "null")
        document.xref_set_key(first, "MediaBox", "[595 842 0 0]")  # the wrong way round
        document.xref_set_key(document[0].xref, "UserUnit", "2")
        document.save(path)
    return path


def inherited_resources(path: Path) -> Path:
    """Pages that share the resources and the size of their parent, written by hand."""
    kids = " ".join(f"{number} 0 R" for number in range(5, 9))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count 4/Kids[{kids}]/MediaBox[0 0 595 842]/Resources 3 0 R/Rotate 90>>",
        "<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>>>/XObject 4 0 R>>",
        "<<>>",
        *["<</Type/Page/Parent 2 0 R/Contents[9 0 R 9 0 R]>>"] * 4,
        "<</Length 37>>\nstream\nBT /F 20 Tf 90 90 Td (warisan) Tj ET \nendstream",
    ]
    return by_hand(path, objects)


def by_hand(path: Path, objects: list[str]) -> Path:
    """A PDF of these objects; the first is its catalogue."""
    made, places = bytearray(b"%PDF-1.5\n"), []
    for number, text in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)
    path.write_bytes(made)
    return path


def linearised(source: Path, target: Path) -> Path:
    subprocess.run(["qpdf", "--linearize", source, target], check=True)
    return target


def torn(source: Path, target: Path) -> Path:
    """The file without its end, which a viewer can put together again."""
    target.write_bytes(source.read_bytes()[:-200])
    return target


def with_form(path: Path, field: str, *, catalogue: str = "", form: str = "") -> Path:
    """One page with one form field."""
    return by_hand(
        path,
        [
            f"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]{form}>>{catalogue}>>",
            "<</Type/Pages/Count 1/Kids[3 0 R]>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[4 0 R]>>",
            f"<</Type/Annot/Subtype/Widget/Rect[90 90 300 120]/P 3 0 R/T(f){field}>>",
        ],
    )


def signed(path: Path) -> Path:
    value = "/V<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 1 2 3]/Contents<00>>>"
    return with_form(path, f"/FT/Sig{value}", form="/SigFlags 3")


def shown(path: Path, number: int) -> bytes:
    """The pixels of a page, grey, 200 across."""
    with pymupdf.open(path) as document:
        page = document[number]
        zoom = 200 / page.rect.width
        pixels = page.get_pixmap(matrix=pymupdf.Matrix(zoom, zoom), colorspace=pymupdf.csGRAY)
        return bytes(pixels.samples)


def changed_share(before: bytes, after: bytes) -> float:
    """How much of the page looks different."""
    assert len(before) == len(after)
    return sum(a != b for a, b in zip(before, after, strict=True)) / len(before)


def add_book(core, services, maker=publication, title="Pasaman (Dalam) Angka 2024"):
    made = new_publication(services, title)
    maker(core.settings.data_dir / f"{made.id}.pdf")
    core.writer.run(
        lambda: (
            Publication.update(softcopy_path=f"{made.id}.pdf")
            .where(Publication.id == made.id)
            .execute()
        )
    )
    return made


class SameProcess(Child):
    """Does in this process what the child would: it starts in no time, and has no limits."""

    def run(self, module, *, order, timeout_s):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = prepare.carry_out(prepare.Order(**json.loads(order)))
        return code, said.getvalue()


def new_preparer(core, wake, child=None) -> Preparer:
    return Preparer(
        books=core.books,
        office=core.office,
        data_dir=core.settings.data_dir,
        prepared_dir=core.settings.prepared_dir,
        poke=wake.poke,
        child=child or SameProcess(),
    )


def prepared(services, preparer, wake, book):
    """Ask for the book, and let the documents process work until it is decided."""
    services.copies.ask(book.id)
    deadline = time.monotonic() + LONGEST_S
    while services.copies.offer(book.id).is_pending:
        assert time.monotonic() < deadline, "it was never prepared"
        preparer.look()
        wake.wait(0.1)
    preparer.look()
    return services.copies.offer(book.id)
