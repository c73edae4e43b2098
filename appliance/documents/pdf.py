"""Puts scanned pages into one PDF, byte for byte, one page in memory at a time."""

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from appliance.documents import mark_drawing
from appliance.documents.helvetica import FONT, encoded, width_pt
from appliance.documents.looks import box_of
from appliance.documents.mark_drawing import Drawing
from appliance.documents.pdf_layout import place
from appliance.documents.pdf_words import Word, unseen_words
from appliance.documents.pdf_writer import (
    PdfWriter,
    number,
    numbers,
    references,
    shown_string,
    unicode_string,
)
from appliance.documents.picture_header import UnreadablePicture, read_picture

MAKER = "Ruang Baca"
FOOTER_PT = 6.0
FOOTER_RISE_PT = 7.0  # above the lower edge: printers leave that much white anyway
FOOTER_MARGIN_PT = 12.0
FOOTER_GREY = 0.35


class DamagedPage(ValueError):
    """Raised when a page on disk is not the page that was scanned."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page to place: its picture, the hash it had when it was scanned, and its true size.

    `turned` is clockwise; `crop` is "left,top,right,bottom" in pixels as scanned, before turning.
    `text` is where the words found on it are, in thousandths of what is seen of it.
    """

    path: Path
    sha256: str
    resolution_dpi: int
    turned: int = 0
    crop: str | None = None
    text: Path | None = None


def build(
    leaves: Sequence[Leaf],
    target: BinaryIO,
    *,
    title: str,
    footer: str,
    mark: Drawing | None = None,
) -> str:
    """Write the PDF into `target`; its SHA-256. Raises DamagedPage, or OSError.

    Every picture stands in its true size on A4, or on a larger page when it does not fit. Nothing
    but the title and the footer is said about where the file comes from, nothing about for whom.
    """
    writer = PdfWriter(target)
    tree, font = writer.reserve(), writer.add(FONT)
    form = mark.diagonal(font) if mark else None
    stamp = writer.add(form.entries, form.data) if form else 0
    pages = [_add(writer, leaf, footer, tree, font, stamp) for leaf in leaves]
    writer.add(f"/Type /Pages /Count {len(pages)} /Kids [{references(pages)}]", number=tree)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    described = writer.add("/Type /Metadata /Subtype /XML", _xmp(title, footer, now))
    root = writer.add(
        f"/Type /Catalog /Pages {tree} 0 R /Metadata {described} 0 R /Lang (id) "
        "/ViewerPreferences <</DisplayDocTitle true>>"
    )
    info = writer.add(
        f"/Title {unicode_string(title)} /Producer ({MAKER}) /CreationDate (D:{now:%Y%m%d%H%M%SZ})"
    )
    identity = "".join([title, now.isoformat(), *(leaf.sha256 for leaf in leaves)])
    return writer.finish(root=root, info=info, identity=identity.encode())


def read_words(path: Path) -> list[Word]:
    """The words kept in a file of `written_words`."""
    return [Word(*entry) for entry in json.loads(path.read_text("utf-8"))]


def written_words(words: Sequence[Word]) -> bytes:
    """The words as a file keeps them."""
    entries = [[word.text, word.left, word.top, word.width, word.height] for word in words]
    return json.dumps(entries, ensure_ascii=False).encode("utf-8")


def _add(writer: PdfWriter, leaf: Leaf, footer: str, tree: int, font: int, stamp: int) -> int:
    data = leaf.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != leaf.sha256:
        raise DamagedPage(f"{leaf.path.name} is not what was scanned")
    try:
        picture = read_picture(data)
    except UnreadablePicture as error:
        raise DamagedPage(f"{leaf.path.name}: {error}") from error
    size = (picture.width_px, picture.height_px)
    placed = place(size, leaf.resolution_dpi, turned=leaf.turned, box=box_of(leaf.crop, size))
    image = writer.add(
        f"/Type /XObject /Subtype /Image /Width {size[0]} /Height {size[1]} {picture.entries}",
        picture.stream,
    )
    words = unseen_words(read_words(leaf.text), placed, "/F") if leaf.text else ""
    drawn = placed.drawing + words + _footer(footer, placed.page[0])
    if stamp:
        drawn += mark_drawing.placed(("diagonal",), (0, 0, *placed.page), 0).decode() + "\n"
    mark = f" /{mark_drawing.resource('diagonal')} {stamp} 0 R" if stamp else ""
    content = writer.add("/Filter /FlateDecode", zlib.compress(drawn.encode("ascii")))
    return writer.add(
        f"/Type /Page /Parent {tree} 0 R /MediaBox [0 0 {numbers(placed.page)}] "
        f"/Resources <</XObject <</P {image} 0 R{mark}>> /Font <</F {font} 0 R>>>> "
        f"/Contents {content} 0 R"
    )


def _footer(text: str, page_width: float) -> str:
    data = encoded(text)
    room = page_width - 2 * FOOTER_MARGIN_PT
    size = min(FOOTER_PT, FOOTER_PT * room / max(width_pt(data, FOOTER_PT), 1))
    left = (page_width - width_pt(data, size)) / 2
    return (
        f"BT 0 Tr 100 Tz {number(FOOTER_GREY)} g /F {number(size)} Tf "
        f"{numbers((left, FOOTER_RISE_PT))} Td {shown_string(data)} Tj ET\n"
    )


def _escaped(text: str) -> str:
    # The standard library's own brings half of urllib along: 20 ms and 6 MB of this child.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _xmp(title: str, rights: str, made_at: dt.datetime) -> bytes:
    title, rights = _escaped(title), _escaped(rights)
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{rights}</rdf:li></rdf:Alt></dc:rights>
<dc:language><rdf:Bag><rdf:li>id</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{made_at.isoformat()}</xmp:CreateDate>
<pdf:Producer>{MAKER}</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>""".encode()
