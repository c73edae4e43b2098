"""One record as MARC21 has it, and back.

Ours are written by the rules of MARC21 with what it has no place for in field 998, and come back
exactly as they were. Others are read as their systems write them:

- SLiMS: 020 has ISBN and ISSN alike, 245 a:b, 260 c, 300 a, 500, 65X, and no copies.
- INLISLite (INDOMARC): 245, 260 or 264, 300, 520, 650, and a 990 $a for every copy.
- Koha and others: copies in 852 $p, 876 $p, 952 $p or 995 $f.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pymarc import Field, Indicators, Record, Subfield

from appliance.catalogue.import_words import pages_of

OURS = "ID-RuangBaca"
_ISSN = re.compile(r"\d{4}-?\d{3}[\dXx]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ISBD_END = " /:;,="  # how cataloguers close a title before what follows
_SUBJECTS = ("650", "651", "653", "600", "610", "690")
# Where a copy stands in MARC: tag -> subfields of barcode, inventory number, shelf.
_COPIES = {
    "852": ("p", "i", "c"),
    "876": ("p", "a", "l"),
    "952": ("p", "i", "c"),
    "995": ("f", "j", "e"),
    "990": ("b", "a", "c"),
}
_OWN = {"a": "kind", "b": "released_on", "c": "domain", "d": "year", "e": "subject"}
_PLACES = {"title": "245", "publication_number": "088", "catalogue_number": "086"}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def record_of(
    number: int, values: Mapping[str, Any], copies: Iterable[Mapping[str, str]]
) -> Record:
    """The MARC record of a publication with its copies."""
    told = {name: _ILLEGAL.sub("", str(value or "")) for name, value in values.items()}
    record = Record(force_utf8=True, leader="     nam a22     4i 4500")
    record.add_field(Field("001", data=f"rb{number}"), Field("003", data=OURS))
    if told["issn"]:
        record.add_field(_field("022" if _ISSN.fullmatch(told["issn"]) else "020", a=told["issn"]))
    if told["source_id"]:
        record.add_field(_field("035", a=told["source_id"]))
    for name in ("catalogue_number", "publication_number", "title"):
        if told[name]:
            record.add_field(_field(_PLACES[name], a=told[name]))
    if told["year"]:
        record.add_field(_field("264", "1", c=told["year"]))
    if told["pages"]:
        record.add_field(_field("300", a=f"{told['pages']} hlm."))
    if told["abstract"]:
        record.add_field(_field("520", a=told["abstract"]))
    if told["subject"]:
        record.add_field(_field("650", "4", a=told["subject"]))
    for copy in copies:
        told_copy = {code: _ILLEGAL.sub("", copy[name]) for code, name in _OF_COPY.items()}
        record.add_field(_field("852", **{code: text for code, text in told_copy.items() if text}))
    own = {code: told[name] for code, name in _OWN.items() if told[name]}
    record.add_field(_field("998", **own))
    return record


_OF_COPY = {"p": "barcode", "i": "inventory_number", "c": "shelf", "x": "note", "s": "state"}


def values_of(record: Record) -> dict[str, object]:
    """What a record of any system tells, with its copies in `items`."""
    if any(field.data == OURS for field in record.get_fields("003")):
        return _ours(record)
    numbers = [_first(field) for field in record.get_fields("020", "022")]
    texts = [_first(field) for field in record.get_fields("520")] or [
        _first(field) for field in record.get_fields("500")
    ]
    years = [_YEAR.search(text) for text in _all(record, ("260", "264"), "c")]
    subjects = [_clean(_first(field)) for field in record.get_fields(*_SUBJECTS)]
    return {
        "title": _title(record),
        "new_kind": "book",
        "issn": _number(next(iter(numbers), "")),
        "publication_number": next(_all(record, ("088",), "a"), ""),
        "year": next((year[0] for year in years if year), ""),
        "pages": pages_of(next(_all(record, ("300",), "a"), "")),
        "abstract": " ".join(texts),
        "subject": next(filter(None, subjects), ""),
        "items": list(_items(record)),
    }


def _ours(record: Record) -> dict[str, object]:
    own = record.get_fields("998")
    told: dict[str, object] = {
        name: own[0].get(code, "") if own else "" for code, name in _OWN.items()
    }
    for name, tags in _TOLD.items():
        told[name] = next(_all(record, tags, "a"), "")
    told["pages"] = pages_of(str(told["pages"]))
    told["items"] = [
        {name: field.get(code, "") for code, name in _OF_COPY.items()}
        for field in record.get_fields("852")
    ]
    return told


_TOLD: dict[str, Sequence[str]] = {
    "issn": ("020", "022"),
    "source_id": ("035",),
    "catalogue_number": ("086",),
    "publication_number": ("088",),
    "title": ("245",),
    "pages": ("300",),
    "abstract": ("520",),
}


def _title(record: Record) -> str:
    field = next(iter(record.get_fields("245")), None)
    if field is None:
        return ""
    parts = [_clean(text.lstrip(" :")) for code in "anpb" for text in field.get_subfields(code)]
    main, *rest = [part for part in parts if part] or [""]
    return ": ".join([main, *rest])


def _items(record: Record) -> Iterator[dict[str, object]]:
    """The copies; a record of INLISLite may have both 990 and 852, which are the same ones."""
    found = [tag for tag in _COPIES if record.get_fields(tag)]
    tag = next((tag for tag in found if _has_codes(record, tag)), None)
    if tag is None:
        return
    barcode, inventory, shelf = _COPIES[tag]
    for field in record.get_fields(tag):
        named = {
            "barcode": field.get(barcode, ""),
            "inventory_number": field.get(inventory, ""),
            "shelf": field.get(shelf, ""),
        }
        if named["barcode"] or named["inventory_number"]:
            yield {name: _clean(text) for name, text in named.items()}


def _has_codes(record: Record, tag: str) -> bool:
    barcode, inventory, _ = _COPIES[tag]
    fields = record.get_fields(tag)
    return any(field.get(barcode) or field.get(inventory) for field in fields)


def _number(text: str) -> str:
    """ISBN and ISSN are often followed by a binding or a price in brackets."""
    return text.partition("(")[0].strip(" :.")


def _clean(text: str) -> str:
    return text.strip().rstrip(_ISBD_END).strip()


def _first(field: Field) -> str:
    return field.get("a", "") if not field.control_field else ""


def _all(record: Record, tags: Sequence[str], code: str) -> Iterator[str]:
    for field in record.get_fields(*tags):
        if not field.control_field:
            yield from field.get_subfields(code)


def _field(tag: str, second: str = " ", **subfields: str) -> Field:
    first = "0" if tag == "245" else " "
    return Field(
        tag,
        Indicators(first, second),
        [Subfield(code, text) for code, text in subfields.items()],
    )
