"""Rows of records, read and written; what writes belongs inside a function given to the writer.

A record says shelf, barcode and number of copies as people write them into one form or one line
of a file. They are kept in the copies, from which the database tells them again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from appliance.catalogue import copy_table, rules
from appliance.catalogue.copy_rules import Copy
from appliance.catalogue.rules import Kind, Record
from appliance.errors import N_, Invalid, NotFound
from appliance.storage import statements
from appliance.storage.models import Publication

NOT_FOUND = N_("Publikasi tidak ditemukan di katalog.")
HELD = frozenset({"shelf", "barcode", "copies"})
OWN = tuple(name for name in rules.FIELDS if name not in HELD)

_COLUMNS = ", ".join(("id", "softcopy_path", "withdrawn_at", *rules.FIELDS))
_FROM = "SELECT {columns} FROM publication WHERE {which}"
_ONE, _BY_SOURCE, _AFTER = (
    _FROM.format(columns=_COLUMNS, which=which)
    for which in (
        "id = ?",
        "source_id = ?",
        "withdrawn_at IS NULL AND id > ? ORDER BY id LIMIT 200",
    )
)
_ADD = "INSERT INTO publication ({columns}) VALUES ({places}) RETURNING id"
_INSERT = _ADD.format(columns=", ".join(OWN), places=", ".join("?" * len(OWN)))


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as it is kept, with what is not for people to write."""

    id: int
    record: Record
    softcopy_path: str | None
    is_withdrawn: bool


def valid(values: Mapping[str, object]) -> Record:
    """The record; raises Invalid with every problem."""
    record, problems = rules.checked(values)
    if record is None:
        raise Invalid(problems)
    return record


def row(publication_id: int) -> Kept:
    """One record. Raises NotFound."""
    found = statements.first(_ONE, (publication_id,))
    if found is None:
        raise NotFound(NOT_FOUND)
    return _kept(found)


def with_source(source_id: str) -> Kept | None:
    """The record with this number of the source."""
    found = statements.first(_BY_SOURCE, (source_id,))
    return None if found is None else _kept(found)


def after(last_id: int) -> list[Kept]:
    """The next records that are not withdrawn, in the order in which they came in."""
    return [_kept(found) for found in statements.every(_AFTER, (last_id,))]


def insert(record: Record, now: dt.datetime) -> int:
    """A new record with its copies. Raises Invalid for a barcode or source that is taken."""
    refuse_taken_source(record, None)
    made = statements.first(_INSERT, [getattr(record, name) for name in OWN])
    row_id = int(made[0]) if made is not None else 0
    count = record.copies or int(bool(record.barcode))
    if count:
        code = record.barcode or copy_table.free_barcode(record.publication_number)
        copy_table.insert_many(row_id, count, barcode=code, shelf=record.shelf, now=now)
    return row_id


def update(row_id: int, before: Record, after: Record, now: dt.datetime) -> list[str]:
    """Write what differs; the names of the changed fields. Raises Invalid as `insert` does."""
    changed = [name for name in rules.FIELDS if getattr(after, name) != getattr(before, name)]
    refuse_taken_source(after, row_id)
    own = {name: getattr(after, name) for name in changed if name not in HELD}
    if own:
        Publication.update(**own).where(Publication.id == row_id).execute()
    if HELD & set(changed):
        _hold(row_id, before, after, now)
    return changed


def refuse_taken_source(record: Record, row_id: int | None) -> None:
    """Raises Invalid when another record has this number of the source."""
    other = with_source(record.source_id) if record.source_id else None
    if other is not None and other.id != row_id:
        raise Invalid({"source_id": N_("Kode sumber ini sudah dipakai publikasi lain.")})


def complete(row_id: int) -> None:
    """The record has more than its title now."""
    Publication.update(quick_added_at=None).where(
        Publication.id == row_id, Publication.quick_added_at.is_null(False)
    ).execute()


def _hold(row_id: int, before: Record, after: Record, now: dt.datetime) -> None:
    """Make the copies what the record says of them; nothing that is printed is ever removed."""
    if after.copies < before.copies:
        raise Invalid({"copies": N_("Eksemplar dikurangi di daftar eksemplarnya, satu per satu.")})
    copies = [copy for copy in copy_table.of(row_id) if copy.kept_state.is_held]
    if after.shelf != before.shelf:
        copy_table.move_shelf(row_id, before.shelf, after.shelf)
    if after.barcode and after.barcode != before.barcode and copies:
        _give_barcode(copies, before.barcode, after.barcode)
    missing = max(after.copies, int(bool(after.barcode))) - len(copies)
    code = "" if copies else after.barcode or copy_table.free_barcode(after.publication_number)
    copy_table.insert_many(row_id, missing, barcode=code, shelf=after.shelf, now=now)


def _give_barcode(copies: Iterable[Copy], before: str | None, code: str) -> None:
    """The copy that told its barcode for the record gets another one."""
    copy = next((one for one in copies if one.barcode == before), None)
    if copy is not None:
        copy_table.update(copy, replace(copy.values, barcode=code))


def _kept(found: Sequence[Any]) -> Kept:
    row_id, softcopy_path, withdrawn_at, *told = found
    values = dict(zip(rules.FIELDS, told, strict=True))
    record = Record(**values | {"kind": Kind(values["kind"])})
    return Kept(row_id, record, softcopy_path, withdrawn_at is not None)
