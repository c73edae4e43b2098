"""How other systems and people call the columns, kinds and states of a shelf list.

Columns of SLiMS are those of its exports of records and of items (slims/slims9_bulian).
"""

import re
from collections.abc import Mapping

from appliance.catalogue import copy_rules, rules
from appliance.free_text import one_line

KNOWN = frozenset({*rules.FIELDS, *copy_rules.FIELDS, "items", "problem"})
_COLUMNS = {
    "judul": "title",
    "jenis": "kind",
    "tahun": "year",
    "tahun_terbit": "year",
    "publish_year": "year",
    "subjek": "subject",
    "abstrak": "abstract",
    "notes": "abstract",
    "tanggal_rilis": "released_on",
    "rl_date": "released_on",
    "no_katalog": "catalogue_number",
    "nomor_katalog": "catalogue_number",
    "kat_no": "catalogue_number",
    "no_publikasi": "publication_number",
    "nomor_publikasi": "publication_number",
    "pub_no": "publication_number",
    "pub_id": "source_id",
    "isbn": "issn",
    "isbn/issn": "issn",
    "issn/isbn": "issn",
    "isbn_issn": "issn",
    "halaman": "pages",
    "collation": "pages",
    "wilayah": "domain",
    "kode_wilayah": "domain",
    "eksemplar": "copies",
    "rak": "shelf",
    "lokasi_rak": "shelf",
    "site": "shelf",
    "nomor_barcode": "barcode",
    "kode_eksemplar": "barcode",
    "item_code": "barcode",
    "nomor_induk": "inventory_number",
    "no_induk": "inventory_number",
    "no_inventaris": "inventory_number",
    "nomor_inventaris": "inventory_number",
    "inventory_code": "inventory_number",
    "keadaan": "state",
    "status": "state",
    "item_status_name": "state",
    "catatan": "note",
}
_KINDS = {
    word.casefold(): choice.code
    for choice in rules.KINDS
    for word in (choice.code, choice.label_id, choice.label_en)
} | {"buku": "book", "brs": "press_release", "tabel": "static_table", "book": "book"}
_STATES = {
    word.casefold(): choice.code
    for choice in copy_rules.STATES
    for word in (choice.code, choice.label_id, choice.label_en)
} | {
    "tersedia": "on_shelf",
    "available": "on_shelf",
    "baik": "on_shelf",
    "repair": "repair",
    "rusak": "repair",
    "hilang": "missing",
    "missing": "missing",
    "lost": "missing",
    "no loan": "on_shelf",
}
TOPICS = "topics"  # SLiMS's column; a subject of ours may stand in angle brackets and mean them
_LISTED = re.compile(r"<([^<>]+)>")  # how SLiMS writes several values into one cell
_PAGES = re.compile(r"(\d{1,4})\s*(?:hlm|hal|h\b|p\b|pages|lembar)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}")


def column(name: str) -> str:
    """The field that a column is; its own name when we know none."""
    known = one_line(name).casefold().replace(" ", "_")
    return known if known in KNOWN else _COLUMNS.get(known, known)


def spoken(values: Mapping[str, object]) -> dict[str, object]:
    """The same values in our words: kinds, states, pages, and lists in one cell taken apart."""
    ours = dict(values)
    for name, words in (("kind", _KINDS), ("state", _STATES)):
        text = one_line(ours.get(name))
        if text:
            ours[name] = words.get(text.casefold(), text)
    if "pages" in ours:
        ours["pages"] = pages_of(one_line(ours["pages"]))
    if topics := one_line(ours.pop(TOPICS, None)):
        ours.setdefault("subject", (_LISTED.findall(topics) or [topics])[0])
    codes = _LISTED.findall(one_line(ours.get("barcode")))
    if codes:
        ours["items"] = [{"barcode": code} for code in codes]
        del ours["barcode"]
    return ours


def pages_of(text: str) -> str:
    """The pages in a description such as `xii, 320 hlm. : ilus. ; 21 cm`."""
    if text.isdigit() or not text:
        return text
    told = _PAGES.search(text) or _NUMBER.search(text)
    return (told[1] if told.re is _PAGES else told[0]) if told else ""
