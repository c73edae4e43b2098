"""What stands for a locker: taken at the desk, kept in a numbered slot, given back."""

import datetime as dt
import uuid as uuids
from collections.abc import Callable

from appliance.actor import Actor
from appliance.deposits import rules, table
from appliance.deposits.rules import Deposit, DepositState, Kind
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.offices import WITHOUT_SLOT, Cards, Office, Policy
from appliance.record import Books
from appliance.storage.models import Deposit as Row
from appliance.visits.service import VisitService

UNDO_WITHIN = dt.timedelta(hours=24)
MOST_UNDONE = 5  # a mistake is noticed before the next queue has passed


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
        self._policy: Policy = office.policy
        self._cards: Cards = office.cards
        self._visits = visits
        self._business_date = office.business_date

    # Looking ------------------------------------------------------------------------------

    @property
    def is_asked(self) -> bool:
        """Whether this office holds a card for the use of a locker."""
        return self._policy.card_for_locker

    @property
    def slot_count(self) -> int:
        return self._policy.tray_slots

    @property
    def guarantees(self) -> dict[str, str]:
        """What this office takes in place of a card, with the message that names each."""
        return self._cards.guarantee_labels

    def get(self, deposit_id: int) -> Deposit:
        """One deposit. Raises NotFound."""
        return self._deposit(table.row_of(deposit_id))

    def of_visit(self, visit_id: int) -> Deposit | None:
        """The visit's newest deposit, returned or not; None when there never was one."""
        row = table.newest_row(visit_id)
        return None if row is None else self._deposit(row)

    def is_held(self, visit_id: int) -> bool:
        """Whether something stands for this visit's locker: held, or done without for a reason."""
        newest = self.of_visit(visit_id)
        return newest is not None and newest.stands_for_locker

    def held(self) -> tuple[Deposit, ...]:
        """Everything that lies in the tray, by slot."""
        rows = Row.select().where(table.is_in_tray(), Row.tray_slot.is_null(False))
        return table.read(rows.order_by(Row.tray_slot), self._visits)

    def owed(self) -> tuple[Deposit, ...]:
        """Everything that owners have still to get, in the tray or not, the oldest first."""
        return table.read(Row.select().where(table.is_owed()).order_by(Row.id), self._visits)

    def just_returned(self) -> tuple[Deposit, ...]:
        """What went back last and `undo_return` still undoes, the newest first; at most 5."""
        since = self._clock.now() - UNDO_WITHIN
        found = table.read(table.returned_rows(since, MOST_UNDONE), self._visits)
        return tuple(one for one in found if self.may_undo(one))

    def may_undo(self, deposit: Deposit) -> bool:
        """Whether it went back today and nothing else stands for its visit since."""
        if deposit.state is not DepositState.RETURNED or deposit.returned_at is None:
            return False
        today = self._business_date(self._clock.now())
        newest = table.newest_row(deposit.visit_id)
        is_newest = newest is not None and newest.id == deposit.id
        return is_newest and self._business_date(deposit.returned_at) == today

    def free_slots(self) -> tuple[int, ...]:
        """The free slots, lowest first: the first one is the one to propose."""
        return rules.free_slots(table.taken_slots(), self.slot_count)

    # Changing -----------------------------------------------------------------------------

    def receive(
        self, visit_id: int, card_type: str, *, by: Actor, tray_slot: int | None = None
    ) -> Deposit:
        """Hold a card in this slot, or in the lowest free one.

        Once more for a visit whose card is held changes nothing. Raises Invalid for a card or a
        slot this office does not have, Refused when the visit is closed, the slot taken or the
        tray full.
        """
        problems = {}
        if card_type not in self._policy.card_types:
            problems["card_type"] = N_("Pilih jenis kartu.")
        self._check_slot(tray_slot, problems)

        def row() -> Row:
            return self._create(visit_id, Kind.CARD, card_type, by, slot=self._slot(tray_slot))

        return self._receive(visit_id, row, problems, by=by)

    def receive_guarantee(
        self,
        visit_id: int,
        guarantee: str,
        *,
        by: Actor,
        tray_slot: int | None = None,
        note: str = "",
    ) -> Deposit:
        """Hold something else for a visitor without a card that this office could take.

        Needs a slot only where something of it lies in the tray. Raises as `receive` does, and
        Invalid for a note that holds a number.
        """
        problems = {}
        if guarantee not in self._cards.guarantees:
            problems["guarantee"] = N_("Pilih jaminannya.")
        self._check_slot(tray_slot, problems)
        said = rules.checked_note(note, rules.OPTIONAL_NOTE)

        def row() -> Row:
            slot = None if guarantee in WITHOUT_SLOT else self._slot(tray_slot)
            return self._create(visit_id, Kind.GUARANTEE, guarantee, by, slot=slot, note=said)

        return self._receive(visit_id, row, problems, by=by)

    def do_without(self, visit_id: int, reason: str, *, by: Actor) -> Deposit:
        """Nothing stands for the locker, for this reason of an officer.

        Raises Invalid without a reason, Refused when the visit is closed.
        """
        why = rules.checked_note(reason, rules.REASON, "reason")

        def row() -> Row:
            return self._create(visit_id, Kind.NONE, "", by, slot=None, note=why)

        return self._receive(visit_id, row, {}, by=by)

    def give_back(self, visit_id: int, *, by: Actor) -> Deposit:
        """It went back to its owner, out of the tray or a sealed envelope.

        Raises NotFound when nothing is owed.
        """

        def write() -> Deposit:
            row = table.require_owed(visit_id)
            rules.check_move(row.state, DepositState.RETURNED)
            ended = {"returned_at": self._clock.now(), "returned_by": by.name}
            Row.update(state=DepositState.RETURNED, **ended).where(Row.id == row.id).execute()
            self._fact("deposit.returned", row, by)
            table.settle_swaps(row.id, self._clock.now(), by.name)
            return self.get(row.id)

        return self._writer.run(write)

    def undo_return(self, visit_id: int, *, by: Actor) -> Deposit:
        """It was noted as returned by mistake and is still here: back to where it lay.

        Its visit asks for it again; of a visit that has ended it counts as left behind. Once more
        changes nothing. Raises NotFound without a deposit, Refused when none was returned today
        or the tray is full.
        """

        def write() -> Deposit:
            row = table.newest_row(visit_id)
            if row is None:
                raise NotFound(table.NONE_HELD)
            before = self._deposit(row)
            if before.is_owed:
                return before  # a second tap
            if not self.may_undo(before):
                raise Refused(rules.NO_SUCH_STEP)
            self._put_back(row, by)
            return self.get(row.id)

        return self._writer.run(write)

    def leave_behind(self, visit_id: int, *, by: Actor, note: str) -> Deposit:
        """The explicit exception: its owner leaves without it, and it stays where it is.

        Raises Invalid without a note or for one with a number, NotFound, Refused when it is not
        in the tray.
        """
        why = rules.checked_note(note)

        def write() -> Deposit:
            row = table.require_owed(visit_id)
            if row.state == DepositState.LEFT_BEHIND:
                return self._deposit(row)  # a second tap
            if row.state != DepositState.HELD:
                raise Refused(rules.NO_SUCH_STEP)
            Row.update(state=DepositState.LEFT_BEHIND, note=why).where(Row.id == row.id).execute()
            self._recorder.note("deposit.left_behind", self._subject(row), by=by, why=why)
            return self.get(row.id)

        return self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _put_back(self, row: Row, by: Actor) -> None:
        state, slot = DepositState.SEALED, row.tray_slot
        if row.envelope is None:
            is_here = self._visits.by_id(table.visit_of(row)).is_open
            state = DepositState.HELD if is_here else DepositState.LEFT_BEHIND
            if slot is not None:
                slot = self._slot(slot if slot in self.free_slots() else None)
        rules.check_move(row.state, state)
        back = {"returned_at": None, "returned_by": None, "tray_slot": slot}
        Row.update(state=state, **back).where(Row.id == row.id).execute()
        self._fact("deposit.return_undone", table.row_of(row.id), by)

    def _receive(
        self,
        visit_id: int,
        create: Callable[[], Row],
        problems: dict[str, str],
        *,
        by: Actor,
    ) -> Deposit:
        def write() -> Deposit:
            owed = table.owed_row(visit_id)
            if owed is not None:
                return self._deposit(owed)
            if problems:
                raise Invalid(problems)
            self._visits.begin_service(visit_id, by=by, cause="card")
            return self._deposit(create())

        return self._writer.run(write)

    def _create(
        self, visit_id: int, kind: Kind, what: str, by: Actor, *, slot: int | None, note: str = ""
    ) -> Row:
        now = self._clock.now()
        is_none = kind is Kind.NONE
        row = Row.create(
            uuid=str(uuids.uuid4()),
            visit=visit_id,
            kind=kind,
            card_type=what,
            tray_slot=slot,
            state=DepositState.WAIVED if is_none else DepositState.HELD,
            received_at=now,
            received_by=by.name,
            returned_at=now if is_none else None,
            returned_by=by.name if is_none else None,
            note=note,
        )
        if is_none:
            self._recorder.note("deposit.waived", self._subject(row), by=by, why=note)
        else:
            self._fact("deposit.received", row, by, why=note)
        return row

    def _check_slot(self, tray_slot: int | None, problems: dict[str, str]) -> None:
        if tray_slot is not None and not 1 <= tray_slot <= self.slot_count:
            problems["tray_slot"] = N_("Slot baki itu tidak ada.")

    def _slot(self, wanted: int | None) -> int:
        free = self.free_slots()
        if wanted is not None and wanted not in free:
            raise Refused(N_("Slot %(slot)s sudah terisi. Pilih slot lain."), slot=wanted)
        if not free:
            raise Refused(N_("Baki kartu penuh. Kembalikan kartu yang sudah selesai dahulu."))
        return free[0] if wanted is None else wanted

    def _subject(self, row: Row) -> str:
        return f"visit/{self._visits.by_id(table.visit_of(row)).uuid}"

    def _fact(self, event: str, row: Row, by: Actor, why: str = "") -> None:
        data = {"card_type": row.card_type, "tray_slot": row.tray_slot}
        self._recorder.fact(event, self._subject(row), data, by=by, why=why)

    def _deposit(self, row: Row) -> Deposit:
        return table.deposit(row, self._visits.by_id(table.visit_of(row)).label)
