"""What a catalogue record is, and what of a typed or imported one can be kept."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from appliance.choice import Choice
from appliance.codes import CodeKind, barcode, parse_barcode
from appliance.errors import N_
from appliance.free_text import one_line

FIRST_YEAR, LAST_YEAR = 1900, 2100
MOST_COPIES = 999
MOST_PAGES = 9999
QUERY_LIMIT = 200  # characters of a search that are looked at; nobody types more
SHORT_PREFIX = 4  # cut-off words shorter than this match too much to be worth ranking
PAGE_SIZE = 20
COUNT_LIMIT = 1000
TYPING_LIMIT = 200  # what is counted at every key stroke
KIND_LIMIT = 99  # what is counted of each kind
RANKED = 200  # of the newest matches, those whose titles are read to rank them


class Kind(StrEnum):
    """What sort of thing a record describes."""

    PUBLICATION = "publication"
    PRESS_RELEASE = "press_release"
    STATIC_TABLE = "static_table"
    LEAFLET = "leaflet"
    BOOK = "book"


KINDS = (
    Choice(Kind.PUBLICATION, "Publikasi", "Publication"),
    Choice(Kind.PRESS_RELEASE, "Berita Resmi Statistik", "Press release"),
    Choice(Kind.STATIC_TABLE, "Tabel statistik", "Statistical table"),
    Choice(Kind.LEAFLET, "Leaflet", "Leaflet"),
    Choice(Kind.BOOK, "Buku rujukan", "Reference book"),
)


class Order(StrEnum):
    """What of a result list stands first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filters:
    """What records must be besides having the words; None and empty: whatever they are."""

    kind: Kind | None = None
    year: int | None = None
    subject: str = ""
    area: str = ""  # a BPS domain code


class Whereabouts(StrEnum):
    """Where the printed copies are just now."""

    ON_SHELF = "on_shelf"
    BEING_READ = "being_read"
    AWAY = "away"
    SOFTCOPY_ONLY = "softcopy_only"
    NOT_HELD = "not_held"


@dataclass(frozen=True, slots=True)
class Holding:
    """Printed copies of one record. `being_read` counts open readings in the room.

    `away` are copies that are being photocopied or repaired.
    """

    shelf: str
    copies: int
    being_read: int
    has_softcopy: bool
    away: int = 0

    @property
    def on_shelf(self) -> int:
        return max(0, self.copies - self.being_read - self.away)

    @property
    def whereabouts(self) -> Whereabouts:
        if self.on_shelf:
            return Whereabouts.ON_SHELF
        if self.being_read:
            return Whereabouts.BEING_READ
        if self.copies:
            return Whereabouts.AWAY
        return Whereabouts.SOFTCOPY_ONLY if self.has_softcopy else Whereabouts.NOT_HELD


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is known of one publication; empty text and None mean: not known."""

    title: str
    kind: Kind = Kind.PUBLICATION
    year: int | None = None
    subject: str = ""
    abstract: str = ""
    released_on: str | None = None
    issn: str = ""
    catalogue_number: str = ""
    publication_number: str = ""
    pages: int | None = None
    shelf: str = ""
    barcode: str | None = None
    copies: int = 0
    source_id: str | None = None
    domain: str = ""


LONGEST = {
    "title": 400,
    "subject": 100,
    "abstract": 8000,
    "issn": 40,
    "catalogue_number": 40,
    "publication_number": 40,
    "shelf": 20,
    "barcode": 60,
    "source_id": 60,
    "domain": 10,
}
FIELDS = tuple(field.name for field in fields(Record))
_NUMBERS = {
    "year": (FIRST_YEAR, LAST_YEAR),
    "pages": (1, MOST_PAGES),
    "copies": (0, MOST_COPIES),
}
_BARCODE_TEXT = re.compile(r"[A-Z0-9][A-Z0-9.\-/]*")


def checked(values: Mapping[str, object]) -> tuple[Record | None, dict[str, str]]:
    """The record, or None and a message for every field that cannot be kept.

    Unknown fields are ignored; numbers may come as text; a missing field keeps its default.
    """
    problems: dict[str, str] = {}
    texts = {name: one_line(values.get(name)) for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            problems[name] = N_("Terlalu panjang.")
    if not texts["title"]:
        problems["title"] = N_("Tulis judulnya.")
    numbers = {name: _number(name, values.get(name), problems) for name in _NUMBERS}
    kind = _kind(values.get("kind"), problems)
    released_on = _date(values.get("released_on"), problems)
    code = _barcode(texts["barcode"], problems)
    if problems:
        return None, problems
    record = Record(
        **{name: texts[name] for name in LONGEST if name not in ("barcode", "source_id")},
        kind=kind,
        year=numbers["year"] or _year_of(released_on),
        pages=numbers["pages"],
        copies=numbers["copies"] or 0,
        released_on=released_on,
        barcode=code,
        source_id=texts["source_id"] or None,
    )
    return record, {}


def search_text(text: str) -> str:
    """What of a typed search is looked at."""
    return one_line(text[: 2 * QUERY_LIMIT])[:QUERY_LIMIT]


def default_barcode(publication_number: str) -> str | None:
    """The barcode text of a record that was given none; None when it has no number either."""
    cleaned = publication_number.upper()
    if not _BARCODE_TEXT.fullmatch(cleaned):
        return None
    return barcode(CodeKind.PUBLICATION, cleaned)


def page_bounds(page: int, total: int) -> tuple[int, int]:
    """The page that exists nearest to the one asked for, and how many there are."""
    pages = max(1, -(-total // PAGE_SIZE))
    return min(max(page, 1), pages), pages


def _number(name: str, value: object, problems: dict[str, str]) -> int | None:
    text = one_line(value)
    if not text:
        return None
    lowest, highest = _NUMBERS[name]
    if text.isascii() and text.isdigit() and len(text) < 6 and lowest <= int(text) <= highest:
        return int(text)
    problems[name] = {
        "year": N_("Tulis tahun dengan empat angka, misalnya 2024."),
        "pages": N_("Tulis jumlah halaman dengan angka."),
        "copies": N_("Tulis jumlah eksemplar dengan angka, 0 sampai 999."),
    }[name]
    return None


def _kind(value: object, problems: dict[str, str]) -> Kind:
    text = one_line(value)
    if not text or text in Kind.__members__.values():
        return Kind(text or Kind.PUBLICATION)
    problems["kind"] = N_("Pilih salah satu jenis yang ada.")
    return Kind.PUBLICATION


def _date(value: object, problems: dict[str, str]) -> str | None:
    text = one_line(value)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        problems["released_on"] = N_("Tulis tanggal seperti 2024-02-28.")
        return None


def _year_of(released_on: str | None) -> int | None:
    return int(released_on[:4]) if released_on else None


def _barcode(text: str, problems: dict[str, str]) -> str | None:
    code = text.upper()
    if not code:
        return None
    ours = parse_barcode(code)
    if ours is not None and ours.kind is not CodeKind.PUBLICATION:
        problems["barcode"] = N_("Itu bukan barcode buku.")
    elif not _BARCODE_TEXT.fullmatch(code):
        problems["barcode"] = N_("Barcode hanya berisi huruf, angka, titik, dan tanda hubung.")
    return code
