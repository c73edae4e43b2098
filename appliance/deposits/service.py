"""Identity cards: taken, held in a numbered slot, given back."""

import uuid as uuids

from peewee import Expression

from appliance.actor import Actor
from appliance.deposits import rules
from appliance.deposits.rules import Deposit, DepositState
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import Deposit as Row
from appliance.visits.service import VisitService


class DepositService:
    """Keeps the tray. Reads from any thread; changes may also be called inside the writer."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._policy = office.policy
        self._visits = visits

    @property
    def is_asked(self) -> bool:
        """Whether this office holds a card for the use of a locker."""
        return self._policy.card_for_locker

    @property
    def slot_count(self) -> int:
        return self._policy.tray_slots

    def receive(
        self, visit_id: int, card_type: str, *, by: Actor, tray_slot: int | None = None
    ) -> Deposit:
        """Hold a card in this slot, or in the lowest free one.

        Once more for a visit whose card is held changes nothing. Raises Invalid for a card or a
        slot this office does not have, Refused when the visit is closed, the slot taken or the
        tray full.
        """

        def write() -> Deposit:
            held = self._held_row(visit_id)
            if held is not None:
                return self._deposit(held)
            self._visits.begin_service(visit_id, by=by)
            self._check(card_type, tray_slot)
            row = Row.create(
                uuid=str(uuids.uuid4()),
                visit=visit_id,
                card_type=card_type,
                tray_slot=self._slot(tray_slot),
                state=DepositState.HELD,
                received_at=self._clock.now(),
                received_by=by.name,
            )
            self._fact("deposit.received", row, by)
            return self._deposit(row)

        return self._writer.run(write)

    def give_back(self, visit_id: int, *, by: Actor) -> Deposit:
        """The card went back to its owner. Raises NotFound when none is held."""
        return self._take_out(visit_id, DepositState.RETURNED, by=by)

    def leave_behind(self, visit_id: int, *, by: Actor, note: str) -> Deposit:
        """The owner left without the card; it stays in its slot. Raises Invalid without a note."""

        def write() -> Deposit:
            row = self._row(visit_id)
            why = _note(note)
            Row.update(state=DepositState.LEFT_BEHIND, note=why).where(Row.id == row.id).execute()
            self._recorder.note("deposit.left_behind", self._subject(row), by=by, why=why)
            return self._deposit(Row.get_by_id(row.id))

        return self._writer.run(write)

    def hand_over(self, visit_id: int, *, by: Actor, note: str) -> Deposit:
        """A card left behind went to somebody else, say the police. Raises Invalid, NotFound."""
        return self._take_out(visit_id, DepositState.HANDED_OVER, by=by, note=_note(note))

    def of_visit(self, visit_id: int) -> Deposit | None:
        """The visit's newest deposit, returned or not; None when there never was one."""
        row = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc()).first()
        return None if row is None else self._deposit(row)

    def is_held(self, visit_id: int) -> bool:
        """Whether a card of this visit lies in the tray."""
        return self._held_row(visit_id) is not None

    def held(self) -> tuple[Deposit, ...]:
        """Every card in the tray, by slot."""
        rows = list(Row.select().where(_in_tray()).order_by(Row.tray_slot))
        visits = self._visits.by_ids(_visit_id(row) for row in rows)
        return tuple(_deposit(row, visits[_visit_id(row)].label) for row in rows)

    def free_slots(self) -> tuple[int, ...]:
        """The free slots, lowest first: the first one is the one to propose."""
        query = Row.select(Row.tray_slot).where(_in_tray())
        return rules.free_slots({row.tray_slot for row in query}, self.slot_count)

    def _take_out(
        self, visit_id: int, state: DepositState, *, by: Actor, note: str = ""
    ) -> Deposit:
        def write() -> Deposit:
            row = self._row(visit_id)
            Row.update(
                state=state, returned_at=self._clock.now(), returned_by=by.name, note=note
            ).where(Row.id == row.id).execute()
            self._fact(f"deposit.{state}", row, by, why=note)
            return self._deposit(Row.get_by_id(row.id))

        return self._writer.run(write)

    def _check(self, card_type: str, tray_slot: int | None) -> None:
        problems = {}
        if card_type not in self._policy.card_types:
            problems["card_type"] = N_("Pilih jenis kartu.")
        if tray_slot is not None and not 1 <= tray_slot <= self.slot_count:
            problems["tray_slot"] = N_("Slot baki itu tidak ada.")
        if problems:
            raise Invalid(problems)

    def _slot(self, wanted: int | None) -> int:
        free = self.free_slots()
        if wanted is not None and wanted not in free:
            raise Refused(N_("Slot %(slot)s sudah terisi. Pilih slot lain."), slot=wanted)
        if not free:
            raise Refused(N_("Baki kartu penuh. Kembalikan kartu yang sudah selesai dahulu."))
        return free[0] if wanted is None else wanted

    def _held_row(self, visit_id: int) -> Row | None:
        return Row.get_or_none((Row.visit == visit_id) & _in_tray())

    def _row(self, visit_id: int) -> Row:
        row = self._held_row(visit_id)
        if row is None:
            raise NotFound(N_("Tidak ada kartu yang dititipkan pada kunjungan ini."))
        return row

    def _subject(self, row: Row) -> str:
        return f"visit/{self._visits.by_id(_visit_id(row)).uuid}"

    def _fact(self, event: str, row: Row, by: Actor, why: str = "") -> None:
        data = {"card_type": row.card_type, "tray_slot": row.tray_slot}
        self._recorder.fact(event, self._subject(row), data, by=by, why=why)

    def _deposit(self, row: Row) -> Deposit:
        return _deposit(row, self._visits.by_id(_visit_id(row)).label)


def _in_tray() -> Expression:
    return among(Row.state, rules.IN_TRAY)


def _deposit(row: Row, visit_label: str) -> Deposit:
    return Deposit(
        uuid=row.uuid,
        visit_id=_visit_id(row),
        visit_label=visit_label,
        card_type=row.card_type,
        tray_slot=row.tray_slot,
        state=DepositState(row.state),
        received_at=row.received_at,
        received_by=row.received_by,
        returned_at=row.returned_at,
        returned_by=row.returned_by or "",
        note=row.note,
    )


def _visit_id(row: Row) -> int:
    return int(row.visit_id)  # type: ignore[attr-defined] # Peewee makes it from the column


def _note(text: str) -> str:
    return checked({"note": text}, rules.NOTE_FIELDS)["note"]
