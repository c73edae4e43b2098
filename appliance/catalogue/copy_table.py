"""Rows of copies, read and written; what writes belongs inside a function given to the writer."""

import datetime as dt
import json
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from appliance.catalogue import copy_rules, rules
from appliance.catalogue.copy_rules import Copy, CopyState, CopyValues
from appliance.errors import N_, Invalid
from appliance.storage import statements
from appliance.storage.models import BookCopy, utc_text

TAKEN = N_("Barcode ini sudah dipakai eksemplar lain.")
_COPIES = """
    SELECT b.id, b.uuid, b.publication_id, p.title, b.barcode, b.inventory_number, b.shelf, b.note,
        b.state, r.id, r.is_assumed
    FROM book_copy b JOIN publication p ON p.id = b.publication_id
    LEFT JOIN reading r ON r.copy_id = b.id AND r.returned_at IS NULL
    WHERE b.{column}
    ORDER BY b.state IN ('missing', 'withdrawn'), b.id LIMIT 200000"""
_OF, _OF_MANY, _BY_ID, _BY_BARCODE, _BY_INVENTORY = (
    _COPIES.format(column=column)
    for column in (
        "publication_id = ?",
        "publication_id IN (SELECT value FROM json_each(?))",
        "id = ?",
        "barcode = ?",
        "inventory_number = ? AND b.inventory_number <> ''",
    )
)

_PUBLICATIONS = """
    SELECT DISTINCT p.id, p.year FROM catalogue_code c JOIN publication p ON p.id = c.publication_id
    WHERE c.code IN (SELECT value FROM json_each(?)) AND p.withdrawn_at IS NULL
    ORDER BY p.year DESC, p.id DESC LIMIT 10"""

_NEXT_NUMBER = "SELECT coalesce(max(id), 0) + 1 FROM book_copy"
_IS_TAKEN = "SELECT 1 FROM book_copy WHERE barcode = ?"
_INSERT = """
    INSERT INTO book_copy (id, uuid, publication_id, barcode, inventory_number, shelf, note, state,
        added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""


def valid(values: Mapping[str, object]) -> CopyValues:
    """What can be kept of a copy. Raises Invalid with every problem."""
    wanted, problems = copy_rules.checked(values)
    if wanted is None:
        raise Invalid(problems)
    return wanted


def of(publication_id: int) -> tuple[Copy, ...]:
    """Every copy of a publication, those that are gone last."""
    return _copies(_OF, publication_id)


def of_many(publication_ids: Sequence[int]) -> dict[int, tuple[Copy, ...]]:
    """The copies of these publications, by publication; none are left out."""
    found: dict[int, list[Copy]] = {publication_id: [] for publication_id in publication_ids}
    for copy in _copies(_OF_MANY, json.dumps(list(publication_ids))):
        found[copy.publication_id].append(copy)
    return {publication_id: tuple(copies) for publication_id, copies in found.items()}


def by_id(copy_id: int) -> Copy | None:
    """One copy, or None."""
    return next(iter(_copies(_BY_ID, copy_id)), None)


def by_barcode(code: str) -> Copy | None:
    """The copy with this barcode, or None."""
    return next(iter(_copies(_BY_BARCODE, code)), None)


def by_inventory(number: str) -> tuple[Copy, ...]:
    """The copies with this inventory number: nobody keeps it unique."""
    return _copies(_BY_INVENTORY, number) if number else ()


def publications_with(codes: Sequence[str]) -> tuple[int, ...]:
    """The publications with one of these numbers, written as the index does; the newest first.

    All issues of a series have one ISSN and one catalogue number; at most ten are told.
    """
    rows = statements.every(_PUBLICATIONS, (json.dumps(list(codes)),))
    return tuple(row[0] for row in rows)


def insert(publication_id: int, values: CopyValues, now: dt.datetime) -> int:
    """A new copy. Raises Invalid for a barcode that is taken."""
    (number,) = statements.first(_NEXT_NUMBER) or (1,)
    code = values.barcode or _own_barcode(number)
    if values.barcode and is_taken(code):
        raise Invalid({"barcode": TAKEN})
    told = (values.inventory_number, values.shelf, values.note, values.state, utc_text(now))
    statements.run(_INSERT, (number, str(uuids.uuid4()), publication_id, code, *told))
    return int(number)


def is_taken(code: str) -> bool:
    """Whether a copy has this barcode."""
    return statements.first(_IS_TAKEN, (code,)) is not None


def insert_many(
    publication_id: int, count: int, *, barcode: str, shelf: str, now: dt.datetime
) -> None:
    """So many copies on one shelf; the first has this barcode, the others get ours."""
    for place in range(count):
        code = barcode if place == 0 else ""
        insert(publication_id, CopyValues(barcode=code, shelf=shelf), now)


def free_barcode(publication_number: str) -> str:
    """The barcode made from a publication's number; empty when it has none or it is taken."""
    code = rules.default_barcode(publication_number) or ""
    return "" if code and is_taken(code) else code


def update(copy: Copy, values: CopyValues) -> list[str]:
    """Write what differs; the names of the changed fields. Raises Invalid for a taken barcode."""
    wanted = asdict(values) | {"barcode": values.barcode or copy.barcode}
    now = asdict(copy.values)
    changed = {name: value for name, value in wanted.items() if value != now[name]}
    if "barcode" in changed and is_taken(str(changed["barcode"])):
        raise Invalid({"barcode": TAKEN})
    if changed:
        BookCopy.update(**changed).where(BookCopy.id == copy.id).execute()
    return sorted(changed)


def move_shelf(publication_id: int, before: str, after: str) -> None:
    """The copies of a publication that stood on one shelf stand on another."""
    here = (BookCopy.publication == publication_id) & (BookCopy.shelf == before)
    BookCopy.update(shelf=after).where(here).execute()


def set_state(copy_id: int, state: CopyState) -> None:
    """Write how a copy is."""
    BookCopy.update(state=state).where(BookCopy.id == copy_id).execute()


def _own_barcode(number: int) -> str:
    """One of ours that no file has brought from another room."""
    while is_taken(copy_rules.own_barcode(number)):
        number += 1
    return copy_rules.own_barcode(number)


def _copies(sql: str, value: int | str) -> tuple[Copy, ...]:
    return tuple(_copy(row) for row in statements.every(sql, (value,)))


def _copy(row: Sequence[Any]) -> Copy:
    (
        number,
        uuid,
        publication_id,
        title,
        barcode,
        inventory,
        shelf,
        note,
        state,
        reading_id,
        assumed,
    ) = row
    return Copy(
        id=number,
        uuid=uuid,
        publication_id=publication_id,
        title=title,
        barcode=barcode,
        inventory_number=inventory,
        shelf=shelf,
        note=note,
        kept_state=CopyState(state),
        reading_id=reading_id,
        is_assumed=bool(assumed),
    )
