"""The answers of the WebAPI as it sends them, and the one form that we go on with.

Every field that is used must be there and be what it was: an answer that differs is refused as a
whole and told by its place, never by its content. Fields that are new are read over, and named.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import msgspec

from appliance.catalogue.rules import FIRST_YEAR, LAST_YEAR, LONGEST
from appliance.mirror.texts import plain, size_bytes
from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.source_settings import Model

T = TypeVar("T")
# Far more than any office has, ten to a page: a list that claims more still is no list, and would
# be read for ever.
Total = Annotated[int, msgspec.Meta(ge=0, le=2_000_000)]
Pages = Annotated[int, msgspec.Meta(ge=0, le=200_000)]
Id = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
PublicationId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$")]
Title = Annotated[str, msgspec.Meta(min_length=1)]
NO_DATE = ("", "0000-00-00", "-")  # how a database of theirs says: not known
NO_NUMBER = ("", "-")
NEW_FIELDS_TOLD = 20


class _Paging(msgspec.Struct, frozen=True):
    page: Pages
    pages: Pages
    total: Total


class _Publication(msgspec.Struct, frozen=True):
    pub_id: PublicationId
    title: Title
    abstract: str | None
    issn: str | None
    rl_date: str | None
    updt_date: str | None
    size: str | None


class _PressRelease(msgspec.Struct, frozen=True):
    brs_id: Id
    subj: str | None
    title: Title
    abstract: str | None
    rl_date: str | None
    updt_date: str | None
    size: str | None = None


class _StaticTable(msgspec.Struct, frozen=True):
    table_id: Id
    title: Title
    subj: str | None
    updt_date: str | None
    size: str | None = None


class _ReleaseView(msgspec.Struct, frozen=True):
    brs_id: Id
    abstract: str | None
    pdf: str | None = None


class _TableView(msgspec.Struct, frozen=True):
    table_id: Id
    table: str | None
    excel: str | None = None


class _View(msgspec.Struct, frozen=True):
    pub_id: PublicationId
    kat_no: str | None
    pub_no: str | None
    pdf: str | None = None
    cover: str | None = None


_KNOWN: dict[Model, str] = {
    "publication": "pub_id title abstract issn sch_date rl_date updt_date cover pdf size",
    "pressrelease": "brs_id subj_id subj title abstract rl_date updt_date pdf size slide thumbnail",
    "statictable": "table_id title subj_id subj updt_date size excel",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a list; `values` are fields of the catalogue, empty text is: not known."""

    remote_id: str
    values: Mapping[str, str | int | None]
    updated_on: str
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page. An empty list has no pages and no items; `new_fields` are those we do not know."""

    page: int
    pages: int
    total: int
    items: tuple[Item, ...] = ()
    new_fields: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class View:
    """What only the record's own answer has: its numbers, and links that are good for now."""

    catalogue_number: str
    publication_number: str
    pdf_url: str
    cover_url: str


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """A press release's own answer; the link is good for now."""

    abstract: str
    pdf_url: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A static table's own answer: the table as they have it in HTML, and a spreadsheet."""

    html: str
    excel_url: str


def list_page(body: bytes, model: Model, asked: int) -> ListPage:
    """The page in this answer. Raises SourceTrouble."""
    data = _data(body, none="list-not-available")
    if data is None:
        return ListPage(page=asked, pages=0, total=0)
    paging, raw = _as(data, tuple[_Paging, list[dict[str, Any]]], "data")
    if not raw and paging.page <= paging.pages:
        raise SourceTrouble(Trouble.SHAPE, "an empty page where there should be records")
    made = [_item(one, model, place) for place, one in enumerate(raw)]
    new = sorted({name for one in raw for name in one} - set(_KNOWN[model].split()))
    return ListPage(
        page=paging.page,
        pages=paging.pages,
        total=paging.total,
        items=tuple({item.remote_id: item for item in made}.values()),
        new_fields=tuple(_name(name) for name in new[:NEW_FIELDS_TOLD]),
    )


def view(body: bytes, remote_id: str) -> View | None:
    """The record in this answer, None when the source does not have it. Raises SourceTrouble."""
    data = _data(body, none="not-available")
    if data is None:
        return None
    found = _as(data, _View, "data")
    if found.pub_id != remote_id:
        raise SourceTrouble(Trouble.SHAPE, "the answer is another record's")
    return View(
        catalogue_number=_number(found.kat_no, "catalogue_number"),
        publication_number=_number(found.pub_no, "publication_number"),
        pdf_url=found.pdf or "",
        cover_url=found.cover or "",
    )


def release_view(body: bytes, remote_id: str) -> ReleaseView | None:
    """The press release in this answer, None when there is none. Raises SourceTrouble."""
    data = _data(body, none="not-available")
    if data is None:
        return None
    found = _as(data, _ReleaseView, "data")
    _check_same(found.brs_id, remote_id)
    return ReleaseView(plain(found.abstract, LONGEST["abstract"]), found.pdf or "")


def table_view(body: bytes, remote_id: str) -> TableView | None:
    """The static table in this answer, None when there is none. Raises SourceTrouble."""
    data = _data(body, none="not-available")
    if data is None:
        return None
    found = _as(data, _TableView, "data")
    _check_same(found.table_id, remote_id)
    return TableView(found.table or "", found.excel or "")


def _check_same(number: int, remote_id: str) -> None:
    if str(number) != remote_id:
        raise SourceTrouble(Trouble.SHAPE, "the answer is another record's")


def _data(body: bytes, *, none: str) -> object:
    """What the envelope holds; None when it says that there is nothing."""
    if body.lstrip()[:1] not in (b"{", b"["):
        raise SourceTrouble(Trouble.NOT_JSON)
    try:
        found = msgspec.json.decode(body)
    except UnicodeDecodeError:
        raise SourceTrouble(Trouble.SHAPE, "a text that is not UTF-8") from None
    except (msgspec.DecodeError, RecursionError):
        raise SourceTrouble(Trouble.CUT, "not a whole JSON text") from None
    if not isinstance(found, dict):
        raise SourceTrouble(Trouble.SHAPE, "no object")
    status, data = found.get("status"), found.get("data")
    if status == "Error":
        said = str(found.get("message", "")).lower()
        is_key = "key" in said or "token" in said
        raise SourceTrouble(Trouble.BAD_KEY if is_key else Trouble.REFUSED, "status Error")
    if status != "OK":
        raise SourceTrouble(Trouble.SHAPE, "status is neither OK nor Error")
    available = found.get("data-availability")
    if available == none and data == "":
        return None
    if available != "available":
        raise SourceTrouble(Trouble.SHAPE, "data-availability has another word or other data")
    return data


def _as(data: object, shape: type[T], place: str) -> T:
    try:
        return msgspec.convert(data, shape)
    except msgspec.ValidationError as error:
        raise SourceTrouble(Trouble.SHAPE, f"{place}: {error}") from None


def _item(raw: Mapping[str, Any], model: Model, place: int) -> Item:
    where = f"data[1][{place}]"
    if model == "publication":
        return _publication(_as(raw, _Publication, where))
    if model == "pressrelease":
        return _press_release(_as(raw, _PressRelease, where))
    return _static_table(_as(raw, _StaticTable, where))


def _publication(item: _Publication) -> Item:
    released = _day(item.rl_date)
    values = {
        "title": _title(item.title, item.pub_id),
        "abstract": plain(item.abstract, LONGEST["abstract"]),
        "issn": _number(item.issn, "issn"),
        "released_on": released,
        "year": _year(released),
    }
    return Item(item.pub_id, values, _day(item.updt_date) or "", size_bytes(item.size))


def _press_release(item: _PressRelease) -> Item:
    released = _day(item.rl_date)
    values = {
        "title": _title(item.title, str(item.brs_id)),
        "abstract": plain(item.abstract, LONGEST["abstract"]),
        "subject": plain(item.subj, LONGEST["subject"]),
        "released_on": released,
        "year": _year(released),
    }
    return Item(str(item.brs_id), values, _day(item.updt_date) or "", size_bytes(item.size))


def _static_table(item: _StaticTable) -> Item:
    updated = _day(item.updt_date)
    values = {
        "title": _title(item.title, str(item.table_id)),
        "subject": plain(item.subj, LONGEST["subject"]),
        "released_on": updated,
        "year": _year(updated),
    }
    return Item(str(item.table_id), values, updated or "", size_bytes(item.size))


def _title(text: str, otherwise: str) -> str:
    return plain(text, LONGEST["title"]) or otherwise


def _number(text: str | None, name: str) -> str:
    found = plain(text, LONGEST[name])
    return "" if found in NO_NUMBER else found


def _day(text: str | None) -> str | None:
    """A date out of the answer, also one with a time behind it. Raises SourceTrouble."""
    written = (text or "").strip()[:10]
    if written in NO_DATE:
        return None
    try:
        return dt.date.fromisoformat(written).isoformat()
    except ValueError:
        raise SourceTrouble(Trouble.SHAPE, "a date that is not YYYY-MM-DD") from None


def _year(day: str | None) -> int | None:
    year = int(day[:4]) if day else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _name(text: str, allowed: Iterable[str] = "_-") -> str:
    return "".join(c for c in text if c.isalnum() or c in allowed)[:40]
