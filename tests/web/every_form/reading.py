"""What of an answer came from a payload and is more than text: nothing may be."""

import csv
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pymupdf
from werkzeug.test import TestResponse

from tests.web.every_form.payloads import MARK, SUM

# Attributes that are only shown or sent back; in all others a text of somebody is a finding.
HARMLESS = {"value", "title", "alt", "placeholder", "aria-label", "content", "label", "download"}
ADDRESSES = {"href", "src", "action", "hx-get", "hx-post", "formaction"}
HARMLESS_KINDS = ("image/", "text/plain", "application/")  # `nosniff` keeps them that
OURS = re.compile(r"[/?#](?![/\\])")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ACTIONS = re.compile(rb"/(?:JS|JavaScript|OpenAction|AA|Launch|URI|SubmitForm|RichMedia)\b")


class Page(HTMLParser):
    """Reads a page as a browser does, and keeps what is suspicious in `found`."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.forms: list[tuple[str, set[str]]] = []  # the address and the fields of each form
        self._is_post = False
        self._code = ""
        self.feed(text)
        self.close()
        if self._code:
            self.found.append(f"<{self._code}> without an end")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_odd = MARK in tag or "<" in tag
        is_odd |= "http-equiv" in given and MARK in given.get("content", "")
        if is_odd or any(self._is_odd(*one) for one in given.items()):
            self.found.append(self.get_starttag_text() or tag)
        if tag in ("script", "style"):
            self._code = tag
        if tag == "form":
            self._is_post = given.get("method", "").lower() == "post"
            if self._is_post:
                self.forms.append((given.get("action", ""), set()))
        elif self._is_post and given.get("name"):
            self.forms[-1][1].add(given["name"])

    def handle_endtag(self, tag: str) -> None:
        if tag == self._code:
            self._code = ""
        if tag == "form":
            self._is_post = False

    def handle_data(self, data: str) -> None:
        if (self._code and MARK in data) or SUM in data:
            self.found.append(data[:200])

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.found.append(data[:200])

    def _is_odd(self, name: str, value: str) -> bool:
        if SUM in value or MARK in name:
            return True
        if MARK not in value:
            return False
        if name in ADDRESSES:
            return OURS.match(value) is None
        return name not in HARMLESS and not name.startswith("data-")


def suspicious(answer: TestResponse) -> list[str]:
    """What a payload did to this answer; empty when it is only text in it."""
    return in_file(answer.data, answer.mimetype)


def in_file(data: bytes, kind: str) -> list[str]:
    """The same for a file of this type, or with a name that ends like it."""
    if kind.endswith("html"):
        return Page(data.decode()).found
    if kind.endswith("csv"):
        return in_rows(data.decode("utf-8-sig"))
    if kind.endswith(("sheet", "xlsx")):
        return in_workbook(data)
    if kind.endswith("pdf"):
        return in_pdf(data)
    if kind.endswith("zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as inside:
            found = [in_file(inside.read(name), name) for name in inside.namelist()]
            names = [name for name in inside.namelist() if MARK in name]
        return [one for each in found for one in each] + names
    if kind.endswith("xml"):
        return [one.tag for one in ET.fromstring(data).iter() if MARK in one.tag]
    return (
        []
        if kind.startswith(HARMLESS_KINDS) or kind.endswith((".txt", ".json", ".jsonl"))
        else [kind]
    )


def in_rows(text: str) -> list[str]:
    """Cells that a spreadsheet takes for a formula, or that a payload has made."""
    first = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    cells = [cell for row in rows for cell in row]
    return [cell for cell in cells if cell.startswith(FORMULA) and not _is_number(cell)]


def in_workbook(data: bytes) -> list[str]:
    """Formulas and links of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert sheets
        roots = [ET.fromstring(book.read(name)) for name in sheets]
        links = [name for name in book.namelist() if "externalLink" in name]
    formulas = [str(one.text) for root in roots for one in root.iter(f"{SHEET}f")]
    return formulas + links + [one.tag for root in roots for one in root.iter(f"{SHEET}hyperlink")]


def in_pdf(data: bytes) -> list[str]:
    """Actions and links of a PDF."""
    with pymupdf.open(stream=data) as document:
        objects = [document.xref_object(one) for one in range(1, document.xref_length())]
        links = [str(link) for page in document for link in page.get_links()]
    plain = [re.sub(rb"\((?:\\.|[^\\)])*\)|<[0-9A-Fa-f\s]*>", b"", one.encode()) for one in objects]
    return [one.decode() for one in plain if ACTIONS.search(one)] + links


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"[+-]?\d+([.,]\d+)?", cell) is not None


def words_of_pdf(path: Path) -> str:
    """All that is shown in a PDF, without the ends of its lines."""
    with pymupdf.open(path) as document:
        return "".join(page.get_text() for page in document).replace("\n", "")
