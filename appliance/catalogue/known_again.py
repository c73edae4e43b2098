"""Which record and which copy a line of a file already is.

A record is known again by its source's number, its publication number, a barcode of one of its
copies, or its title and year.
"""

from collections.abc import Mapping, Sequence

from appliance.catalogue import copy_table, record_table
from appliance.catalogue.codes import compact
from appliance.catalogue.copy_rules import Copy
from appliance.catalogue.record_table import Kept
from appliance.catalogue.rules import Record
from appliance.errors import N_, Invalid
from appliance.free_text import one_line
from appliance.storage import statements

OTHERS_BARCODE = N_("Barcode ini milik publikasi lain.")
_SAME_TITLE = """
    SELECT id FROM publication WHERE title = ? COLLATE NOCASE AND withdrawn_at IS NULL
    ORDER BY id LIMIT 20"""


def same_record(
    record: Record, items: Sequence[Mapping[str, object]], *, is_kind_told: bool
) -> Kept | None:
    """The record that this one already is; None for a new one.

    Raises Invalid when a barcode is that of another record.
    """
    if record.source_id:
        row = record_table.with_source(record.source_id)
        if row is not None:
            return row
    if record.publication_number:
        row = _numbered(record)
        if row is not None:
            return row
    codes = [one_line(item.get("barcode")).upper() for item in items] + [record.barcode or ""]
    for code in filter(None, codes):
        copy = copy_table.by_barcode(code)
        if copy is not None:
            return _unless_another(record, copy)
    for (row_id,) in statements.every(_SAME_TITLE, (record.title,)):
        row = record_table.row(row_id)
        if _is_same_edition(record, row.record, is_kind_told=is_kind_told):
            return row
    return None


def same_copy(row_id: int, item: Mapping[str, object], copies: Sequence[Copy]) -> Copy | None:
    """The copy of the record that an item of a line is; None for a new one.

    `copies` are those that no item before was. Raises Invalid for a barcode of another record.
    """
    code, number = one_line(item.get("barcode")).upper(), one_line(item.get("inventory_number"))
    if code:
        copy = copy_table.by_barcode(code)
        if copy is not None and copy.publication_id != row_id:
            raise Invalid({"barcode": OTHERS_BARCODE})
        return copy
    if number:
        return next((copy for copy in copies if copy.inventory_number == number), None)
    return next(iter(copies), None)


def _numbered(record: Record) -> Kept | None:
    ids = copy_table.publications_with([compact(record.publication_number)])
    rows = [record_table.row(row_id) for row_id in ids]
    number = record.publication_number
    same = [row for row in rows if row.record.publication_number == number]
    title = record.title.casefold()
    titled = [row for row in same if row.record.title.casefold() == title]
    return next(iter(titled or same), None)


def _unless_another(record: Record, copy: Copy) -> Kept:
    """The record of a copy with this barcode; raises Invalid when the line is about another."""
    row = record_table.row(copy.publication_id)
    if row.record.title.casefold() != record.title.casefold() or _differ(record, row.record):
        raise Invalid({"barcode": OTHERS_BARCODE})  # a slip must not give a record another title
    return row


def _is_same_edition(record: Record, row: Record, *, is_kind_told: bool) -> bool:
    years = {record.year, row.year} - {None}
    if len(years) > 1 or (is_kind_told and record.kind != row.kind):
        return False
    return not _differ(record, row)


def _differ(record: Record, row: Record) -> bool:
    """Whether both have a number of the same sort, and not the same one."""
    pairs = (
        (record.source_id, row.source_id),
        (record.publication_number, row.publication_number),
        (compact(record.issn), compact(row.issn)),
        (record.catalogue_number, row.catalogue_number),
    )
    return any(mine and theirs and mine != theirs for mine, theirs in pairs)
