"""Deposits as the database keeps them, read into what services return."""

import datetime as dt
from collections.abc import Iterable

from peewee import Expression, fn

from appliance.deposits import rules
from appliance.deposits.rules import Deposit, DepositState, Kind, Receiver
from appliance.errors import N_, NotFound
from appliance.storage.among import among
from appliance.storage.models import CardSwap
from appliance.storage.models import Deposit as Row
from appliance.visits.service import VisitService

NONE_HELD = N_("Tidak ada kartu yang dititipkan pada kunjungan ini.")


def is_in_tray() -> Expression:
    """Whether a row takes a slot."""
    return among(Row.state, rules.IN_TRAY)


def is_owed() -> Expression:
    """Whether its owner has still to get it."""
    return among(Row.state, rules.OWED)


def owed_row(visit_id: int) -> Row | None:
    """What this visit has still to get back; None without."""
    return Row.get_or_none((Row.visit == visit_id) & is_owed())


def require_owed(visit_id: int) -> Row:
    """The same. Raises NotFound."""
    row = owed_row(visit_id)
    if row is None:
        raise NotFound(NONE_HELD)
    return row


def newest_row(visit_id: int) -> Row | None:
    """The visit's newest deposit, returned or not; None when there never was one."""
    row: Row | None = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc()).first()
    return row


def returned_rows(since: dt.datetime, limit: int) -> list[Row]:
    """What went back to its owner since then, the newest first."""
    is_back = among(Row.state, (DepositState.RETURNED,)) & (Row.returned_at >= since)
    return list(Row.select().where(is_back).order_by(Row.returned_at.desc()).limit(limit))


def settle_swaps(deposit_id: int, now: dt.datetime, by: str) -> None:
    """End the swaps of this card in which no card is with the other owner any more."""
    mine = (CardSwap.first == deposit_id) | (CardSwap.second == deposit_id)
    for swap in CardSwap.select().where(mine, CardSwap.settled_at.is_null()):
        pair = (Row.id == swap.first) | (Row.id == swap.second)
        if not Row.select().where(pair & (Row.state == DepositState.SWAPPED)).exists():
            ended = {"settled_at": now, "settled_by": by}
            CardSwap.update(ended).where(CardSwap.id == swap.id).execute()


def row_of(deposit_id: int) -> Row:
    """One row. Raises NotFound."""
    row: Row | None = Row.get_or_none(Row.id == deposit_id)
    if row is None:
        raise NotFound(N_("Titipan itu tidak ada."))
    return row


def taken_slots() -> set[int]:
    """The slots that something lies in."""
    rows = Row.select(Row.tray_slot).where(is_in_tray())
    return {row.tray_slot for row in rows if row.tray_slot is not None}


def next_number(column: object) -> int:
    """The next number of a paper: of envelopes, or of receipts. Belongs in the writer."""
    return int(Row.select(fn.MAX(column)).scalar() or 0) + 1


def visit_of(row: Row) -> int:
    """The visit's id."""
    return int(row.visit_id)  # type: ignore[attr-defined] # Peewee makes it from the column


def read(rows: Iterable[Row], visits: VisitService) -> tuple[Deposit, ...]:
    """The deposits of these rows, their visits looked up once."""
    found = list(rows)
    if not found:
        return ()
    cards = visits.by_ids(visit_of(row) for row in found)
    return tuple(deposit(row, cards[visit_of(row)].label) for row in found)


def deposit(row: Row, visit_label: str) -> Deposit:
    """One row in words."""
    return Deposit(
        id=row.id,
        uuid=row.uuid,
        visit_id=visit_of(row),
        visit_label=visit_label,
        kind=Kind(row.kind),
        card_type=row.card_type,
        tray_slot=row.tray_slot,
        state=DepositState(row.state),
        received_at=row.received_at,
        received_by=row.received_by,
        envelope=row.envelope,
        returned_at=row.returned_at,
        returned_by=row.returned_by or "",
        handed_to=None if row.handed_to is None else Receiver(row.handed_to),
        receipt=row.receipt,
        note=row.note,
    )
