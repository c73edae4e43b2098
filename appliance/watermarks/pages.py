"""Rewrites a publication so that every page draws the mark. Imported in the preparing child only.

Works on MuPDF's objects rather than on PyMuPDF's pages, because loading a page reads its fonts
and pictures, and a publication may have thousands.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from appliance.documents import helvetica, mark_drawing
from appliance.documents.mark_drawing import Box, Drawing, Form
from appliance.watermarks.rules import MOST_PAGES, Problem
from appliance.watermarks.tail import Plan

A_LETTER: Box = (0.0, 0.0, 612.0, 792.0)  # what viewers show where a page does not say
LONGEST_PROPERTIES = 4096
MOST_FIELDS = 20_000
MOST_UNBALANCED = 500
NO_ENCRYPTION = 1  # PDF_ENCRYPT_NONE of PyMuPDF, which its types do not know
LAST_BYTES = 64  # where a file says the place of its cross-references
FONT = f"<< {helvetica.FONT} >>"
_ID = re.compile(r"/ID ?\[ ?<([0-9A-Fa-f]{2,64})>")
_MUPDF_ERRORS = (RuntimeError, mupdf.FzErrorBase)

Object = Any  # MuPDF's, which has no types


class Unpreparable(ValueError):
    """Raised when a publication cannot be marked, with the `problem` that is told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def prepare(
    source: Path, target: Path, general: Drawing, parts: tuple[str, ...], *, signed: bool
) -> tuple[int, Plan]:
    """Write the prepared file, not yet synced; how many pages it has, and what a tail needs.

    `general` is what every page shows until a tail says something better. `signed` marks even what
    has a signature, which then no longer holds. Raises Unpreparable, or OSError.
    """
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    with _opened(source) as document:
        _refuse_unsuitable(document, signed=signed)
        font = _add_object(document, FONT)
        forms = {name: _add_form(document, getattr(general, name)(font)) for name in parts}
        _mark_pages(document, forms)
        # Nothing is compressed again: for scans that would take minutes and gain nothing. With
        # garbage=1 and object streams MuPDF writes a table that qpdf complains of.
        document.save(target, garbage=2, use_objstms=1, encryption=NO_ENCRYPTION)
        pages = document.page_count
    return pages, _plan(target, pages, parts)


def _opened(source: Path) -> "pymupdf.Document":
    try:
        document = pymupdf.open(source, filetype="pdf")
        if not document.is_pdf:  # MuPDF looks for itself, and opens a web page as such
            raise Unpreparable(Problem.DAMAGED)
        if document.needs_pass:
            raise Unpreparable(Problem.ENCRYPTED)
        count = document.page_count
    except _MUPDF_ERRORS as error:
        raise Unpreparable(Problem.DAMAGED) from error
    if count == 0:
        raise Unpreparable(Problem.DAMAGED if document.is_repaired else Problem.NO_PAGES)
    if count > MOST_PAGES:
        raise Unpreparable(Problem.TOO_MANY_PAGES)
    return document


def _refuse_unsuitable(document: "pymupdf.Document", *, signed: bool) -> None:
    root = mupdf.pdf_dict_gets(_trailer(document), "Root")
    form = mupdf.pdf_dict_gets(root, "AcroForm")
    if not mupdf.pdf_is_null(mupdf.pdf_dict_gets(form, "XFA")):
        raise Unpreparable(Problem.XFA)
    if signed:
        return
    certified = mupdf.pdf_dict_gets(root, "Perms")
    if not mupdf.pdf_is_null(mupdf.pdf_dict_gets(certified, "DocMDP")):
        raise Unpreparable(Problem.SIGNED)
    for field in _fields(mupdf.pdf_dict_gets(form, "Fields")):
        kind = mupdf.pdf_dict_get_inheritable(field, mupdf.PDF_ENUM_NAME_FT)
        is_signature = mupdf.pdf_is_name(kind) and mupdf.pdf_to_name(kind) == "Sig"
        if is_signature and mupdf.pdf_is_dict(mupdf.pdf_dict_gets(field, "V")):
            raise Unpreparable(Problem.SIGNED)


def _fields(top: Object) -> Iterator[Object]:
    """Every field of a form, the children of fields too; ends also where they form a circle."""
    waiting, seen = [top], 0
    while waiting and seen < MOST_FIELDS:
        array = waiting.pop()
        for place in range(mupdf.pdf_array_len(array) if mupdf.pdf_is_array(array) else 0):
            field = mupdf.pdf_array_get(array, place)
            seen += 1
            if mupdf.pdf_is_dict(field) and seen < MOST_FIELDS:
                yield field
                waiting.append(mupdf.pdf_dict_gets(field, "Kids"))


def _mark_pages(document: "pymupdf.Document", forms: dict[str, int]) -> None:
    pdf, streams = _pdf(document), _Streams(document)
    done = set()
    try:
        for number in range(document.page_count):
            page = mupdf.pdf_lookup_page_obj(pdf, number)
            key = mupdf.pdf_to_num(page) or -number - 1
            if key not in done:  # a page may stand in the tree twice
                done.add(key)
                _add_resources(document, page, forms)
                _surround(document, page, streams, tuple(forms))
    except _MUPDF_ERRORS as error:
        raise Unpreparable(Problem.DAMAGED) from error


def _add_resources(document: "pymupdf.Document", page: Object, forms: dict[str, int]) -> None:
    """Name the drawings among the page's resources, its own, inherited or shared."""
    pdf = _pdf(document)
    resources = mupdf.pdf_dict_get_inheritable(page, mupdf.PDF_ENUM_NAME_Resources)
    if not mupdf.pdf_is_dict(resources):
        resources = mupdf.pdf_new_dict(pdf, 1)
        mupdf.pdf_dict_puts(page, "Resources", resources)
    objects = mupdf.pdf_dict_gets(resources, "XObject")
    if not mupdf.pdf_is_dict(objects):
        objects = mupdf.pdf_new_dict(pdf, len(forms))
        mupdf.pdf_dict_puts(resources, "XObject", objects)
    for name, number in forms.items():
        reference = mupdf.pdf_new_indirect(pdf, number, 0)
        mupdf.pdf_dict_puts(objects, mark_drawing.resource(name), reference)


def _surround(
    document: "pymupdf.Document", page: Object, streams: "_Streams", parts: tuple[str, ...]
) -> None:
    """Put the page's own contents between a saved and a restored state, and the mark after."""
    pdf = _pdf(document)
    own = list(_contents(page))
    missing, left_open = _unbalanced(pdf, page) if own else (0, 0)
    before = streams.number(b"q\n" * (missing + 1))
    marks = mark_drawing.placed(parts, _seen(page), _rotation(page))
    after = streams.number(b"\n" + b"Q\n" * (left_open + 1) + marks + b"\n")
    contents = mupdf.pdf_new_array(pdf, len(own) + 2)
    for reference in (
        mupdf.pdf_new_indirect(pdf, before, 0),
        *own,
        mupdf.pdf_new_indirect(pdf, after, 0),
    ):
        mupdf.pdf_array_push(contents, reference)
    mupdf.pdf_dict_puts(page, "Contents", contents)


def _contents(page: Object) -> Iterator[Object]:
    """References to the streams of a page."""
    contents = mupdf.pdf_dict_gets(page, "Contents")
    if mupdf.pdf_is_array(contents):
        for place in range(mupdf.pdf_array_len(contents)):
            part = mupdf.pdf_array_get(contents, place)
            if mupdf.pdf_is_stream(part):
                yield part
    elif mupdf.pdf_is_stream(contents):
        yield contents


def _unbalanced(pdf: Object, page: Object) -> tuple[int, int]:
    """How many saved states the contents take too many off, and how many they leave."""
    resources = mupdf.pdf_dict_get_inheritable(page, mupdf.PDF_ENUM_NAME_Resources)
    contents = mupdf.pdf_dict_gets(page, "Contents")
    try:
        missing, left_open = mupdf.pdf_count_q_balance_outparams_fn(pdf, resources, contents)
    except _MUPDF_ERRORS:
        return 0, 0  # unreadable contents: viewers stop there, and so does the count
    return min(missing, MOST_UNBALANCED), min(left_open, MOST_UNBALANCED)


def _seen(page: Object) -> Box:
    """What viewers show of a page, in its own coordinates."""
    media = _box(page, mupdf.PDF_ENUM_NAME_MediaBox) or A_LETTER
    crop = _box(page, mupdf.PDF_ENUM_NAME_CropBox) or media
    seen = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    return seen if seen[0] < seen[2] and seen[1] < seen[3] else media


def _box(page: Object, name: int) -> Box | None:
    box = mupdf.pdf_dict_get_inheritable(page, name)
    if not mupdf.pdf_is_array(box) or mupdf.pdf_array_len(box) != 4:
        return None
    values = [mupdf.pdf_to_real(mupdf.pdf_array_get(box, place)) for place in range(4)]
    (left, right), (bottom, top) = sorted(values[0::2]), sorted(values[1::2])
    return (left, bottom, right, top) if right - left > 1 and top - bottom > 1 else None


def _rotation(page: Object) -> int:
    turned = mupdf.pdf_dict_get_inheritable(page, mupdf.PDF_ENUM_NAME_Rotate)
    return int(round(mupdf.pdf_to_real(turned) / 90) % 4 * 90)


class _Streams:
    """Content streams that pages share: a few, however many pages there are."""

    def __init__(self, document: "pymupdf.Document") -> None:
        self._document = document
        self._numbers: dict[bytes, int] = {}

    def number(self, data: bytes) -> int:
        """The object that holds this stream."""
        if data not in self._numbers:
            number = _add_object(self._document, "<<>>")
            self._document.update_stream(number, data, new=1, compress=0)
            self._numbers[data] = number
        return self._numbers[data]


def _add_object(document: "pymupdf.Document", text: str) -> int:
    number = int(document.get_new_xref())
    document.update_object(number, text)
    return number


def _add_form(document: "pymupdf.Document", form: Form) -> int:
    number = _add_object(document, f"<<{form.entries}>>")
    document.update_stream(number, form.data, new=1, compress=0)
    return number


def _plan(target: Path, pages: int, parts: tuple[str, ...]) -> Plan:
    """Read the file that was written once more: what a tail builds on must be there."""
    end = _last_bytes(target)
    with pymupdf.open(target, filetype="pdf") as document:
        trailer = _trailer(document)
        kind = mupdf.pdf_to_name(mupdf.pdf_dict_gets(trailer, "Type"))
        is_whole = document.page_count == pages and not document.is_repaired
        forms, font = _written_forms(document, parts)
        if not (is_whole and kind == "XRef" and font and all(forms.values())):
            raise Unpreparable(Problem.DAMAGED)
        properties, text = _properties(document)
        return Plan(
            diagonal=forms.get("diagonal", 0),
            footer=forms.get("footer", 0),
            font=font,
            properties=properties,
            properties_text=text,
            root=mupdf.pdf_to_num(mupdf.pdf_dict_gets(trailer, "Root")),
            file_id=_file_id(document),
            cross_reference=int(end.rpartition(b"startxref")[2].split()[0]),
            objects=int(document.xref_length()),
            length=target.stat().st_size,
        )


def _written_forms(
    document: "pymupdf.Document", parts: tuple[str, ...]
) -> tuple[dict[str, int], int]:
    """The numbers that the drawings and their font were given when the file was written."""
    page = mupdf.pdf_lookup_page_obj(_pdf(document), 0)
    resources = mupdf.pdf_dict_get_inheritable(page, mupdf.PDF_ENUM_NAME_Resources)
    objects = mupdf.pdf_dict_gets(resources, "XObject")
    found = {name: mupdf.pdf_dict_gets(objects, mark_drawing.resource(name)) for name in parts}
    first = mupdf.pdf_dict_gets(found[parts[0]], "Resources")
    font = mupdf.pdf_dict_gets(mupdf.pdf_dict_gets(first, "Font"), "F")
    return {name: mupdf.pdf_to_num(form) for name, form in found.items()}, mupdf.pdf_to_num(font)


def _properties(document: "pymupdf.Document") -> tuple[int, str]:
    """The object of the file's properties, 0 without, and its text to be continued."""
    number = mupdf.pdf_to_num(mupdf.pdf_dict_gets(_trailer(document), "Info"))
    text = document.xref_object(number, compressed=True, ascii=True) if number else ""
    if not text.endswith(">>") or len(text) > LONGEST_PROPERTIES:
        return 0, "<<"
    return number, text.removesuffix(">>")


def _last_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-LAST_BYTES, os.SEEK_END)
        return file.read()


def _file_id(document: "pymupdf.Document") -> str:
    found = _ID.search(document.xref_object(-1, compressed=True))
    return found[1] if found else "00"


def _pdf(document: "pymupdf.Document") -> Object:
    return mupdf.pdf_document_from_fz_document(document)


def _trailer(document: "pymupdf.Document") -> Object:
    return mupdf.pdf_trailer(_pdf(document))
