"""Cards in the wrong hands: two owners, what became of each card, until both are put right."""

import uuid as uuids
from collections.abc import Iterable

from appliance.actor import Actor
from appliance.deposits import rules, table
from appliance.deposits.rules import Deposit, DepositState, Swap
from appliance.deposits.service import DepositService
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.record import Books
from appliance.storage.models import CardSwap as Row
from appliance.storage.models import Deposit as DepositRow
from appliance.visits.service import VisitService

# Where each of the two cards is when the swap comes to light.
WITH_OTHER, HERE, WITH_OWNER = "with_other", "here", "with_owner"
PLACES = (WITH_OTHER, HERE, WITH_OWNER)


class CardSwaps:
    """Reads from any thread; changes may also be called inside the writer."""

    def __init__(self, *, books: Books, visits: VisitService, deposits: DepositService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._deposits = deposits

    def open(self) -> tuple[Swap, ...]:
        """The swaps that are not put right, the oldest first."""
        return self._swaps(Row.select().where(Row.settled_at.is_null()).order_by(Row.id))

    def of_deposit(self, deposit_id: int) -> tuple[Swap, ...]:
        """Every swap that this card was part of, the newest first."""
        mine = (Row.first == deposit_id) | (Row.second == deposit_id)
        return self._swaps(Row.select().where(mine).order_by(Row.id.desc()))

    def candidates(self, deposit_id: int) -> tuple[Deposit, ...]:
        """The cards it may have been swapped with: those of the same day and what is kept."""
        mine = self._deposits.get(deposit_id)
        day = self._visits.by_id(mine.visit_id).business_date
        of_day = [visit.id for visit in self._visits.of_date(day)]
        rows = DepositRow.select().where(DepositRow.visit.in_(of_day))
        found = {one.id: one for one in (*table.read(rows, self._visits), *self._deposits.owed())}
        return tuple(
            found[id_]
            for id_ in sorted(found.keys() - {deposit_id}, reverse=True)
            if found[id_].is_card and found[id_].state is not DepositState.HANDED_OVER
        )

    def note(
        self,
        first_id: int,
        second_id: int | None,
        places: tuple[str, str],
        *,
        by: Actor,
        note: str = "",
    ) -> Swap:
        """Two cards were swapped; `places` says where the first and the second are now.

        A card with the other owner counts as owed again; one that turns up here although it was
        noted as returned comes back into the tray. Raises Invalid, NotFound, Refused when one
        of them is in an open swap already, or the tray is full.
        """
        said = rules.checked_note(note, rules.OPTIONAL_NOTE)
        problems = {}
        if second_id is None or second_id == first_id:
            problems["other"] = N_("Pilih kartu yang satunya.")
        if any(place not in PLACES for place in places) or WITH_OTHER not in places:
            problems["places"] = N_("Katakan di mana kedua kartu itu sekarang.")
        if problems or second_id is None:
            raise Invalid(problems)

        def write() -> Swap:
            rows = table.row_of(first_id), table.row_of(second_id)
            self._check_free(rows)
            for row, place in zip(rows, places, strict=True):
                self._place(row, place, by)
            swap = Row.create(
                uuid=str(uuids.uuid4()),
                first=first_id,
                second=second_id,
                noted_at=self._clock.now(),
                noted_by=by.name,
                note=said,
            )
            detail = {"first": places[0], "second": places[1]}
            self._recorder.note("card.swapped", _subject(swap), by=by, why=said, detail=detail)
            return self._settled(swap, by)

        return self._writer.run(write)

    def put_right(self, swap_id: int, deposit_id: int, place: str, *, by: Actor) -> Swap:
        """One of the two cards is with its owner at last, or has come back here.

        The swap is over once no card of it is with the other owner. Once more changes nothing.
        Raises Invalid, NotFound.
        """
        if place not in (HERE, WITH_OWNER):
            raise Invalid({"places": N_("Katakan di mana kartu itu sekarang.")})

        def write() -> Swap:
            swap: Row | None = Row.get_or_none(Row.id == swap_id)
            row = table.row_of(deposit_id)
            if swap is None or row.id not in _pair(swap):
                raise NotFound(N_("Catatan kartu tertukar itu tidak ada."))
            if row.state == DepositState.SWAPPED:
                self._place(row, place, by)
                detail = {"deposit": row.uuid, "place": place}
                self._recorder.note("card.put_right", _subject(swap), by=by, detail=detail)
            return self._settled(swap, by)

        return self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _check_free(self, rows: Iterable[DepositRow]) -> None:
        for row in rows:
            if row.kind != rules.Kind.CARD:
                raise Refused(N_("Hanya kartu yang dapat tertukar."))
            if any(swap.settled_at is None for swap in self.of_deposit(row.id)):
                raise Refused(N_("Kartu ini sudah tercatat tertukar. Selesaikan dahulu."))

    def _place(self, row: DepositRow, place: str, by: Actor) -> None:
        state = DepositState(row.state)
        if place == WITH_OTHER:
            self._move(row, DepositState.SWAPPED)
        elif place == WITH_OWNER and state is not DepositState.RETURNED:
            ended = {"returned_at": self._clock.now(), "returned_by": by.name}
            self._move(row, DepositState.RETURNED, **ended)
        elif place == HERE and state in (DepositState.RETURNED, DepositState.SWAPPED):
            self._move(row, DepositState.LEFT_BEHIND, tray_slot=self._slot(row))

    def _slot(self, row: DepositRow) -> int:
        free = self._deposits.free_slots()
        if not free:
            raise Refused(N_("Baki kartu penuh. Kembalikan kartu yang sudah selesai dahulu."))
        return int(row.tray_slot) if row.tray_slot in free else free[0]

    def _move(self, row: DepositRow, target: DepositState, **values: object) -> None:
        rules.check_move(row.state, target)
        owed = table.owed_row(table.visit_of(row))
        if target.is_owed and owed is not None and owed.id != row.id:
            raise Refused(N_("Kunjungan itu sudah menitipkan kartu lain."))
        ended = {"returned_at": None, "returned_by": None} | values
        DepositRow.update(state=target, **ended).where(DepositRow.id == row.id).execute()

    def _settled(self, swap: Row, by: Actor) -> Swap:
        read = self._swaps([Row.get_by_id(swap.id)])[0]
        is_right = all(one.state is not DepositState.SWAPPED for one in read.deposits)
        if read.settled_at is None and is_right:
            ended = {"settled_at": self._clock.now(), "settled_by": by.name}
            Row.update(**ended).where(Row.id == swap.id).execute()
            read = self._swaps([Row.get_by_id(swap.id)])[0]
        return read

    def _swaps(self, rows: Iterable[Row]) -> tuple[Swap, ...]:
        found = list(rows)
        if not found:
            return ()
        ids = {one for row in found for one in _pair(row)}
        cards = DepositRow.select().where(DepositRow.id.in_(sorted(ids)))
        deposits = {one.id: one for one in table.read(cards, self._visits)}
        return tuple(
            Swap(
                id=row.id,
                first=deposits[_pair(row)[0]],
                second=deposits[_pair(row)[1]],
                noted_at=row.noted_at,
                noted_by=row.noted_by,
                note=row.note,
                settled_at=row.settled_at,
                settled_by=row.settled_by or "",
            )
            for row in found
        )


def _subject(row: Row) -> str:
    return f"swap/{row.uuid}"


def _pair(row: Row) -> tuple[int, int]:
    """The ids of its two cards, which Peewee makes from the columns."""
    return int(row.first_id), int(row.second_id)  # type: ignore[attr-defined]
