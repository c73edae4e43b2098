"""Cards whose owners went home without them: sought, sealed, and at last handed over."""

from collections.abc import Iterable

from appliance.actor import Actor
from appliance.deposits import rules, table
from appliance.deposits.rules import (
    Contact,
    Deposit,
    DepositState,
    Outcome,
    Receiver,
    Uncollected,
    Way,
)
from appliance.deposits.service import DepositService
from appliance.errors import N_, Invalid, Refused
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.models import Deposit as Row
from appliance.storage.models import DepositContact as ContactRow
from appliance.visits.service import VisitService

STILL_HERE = N_("Pemiliknya masih tercatat di ruangan. Selesaikan kunjungannya dahulu.")


class UncollectedCards:
    """Reads from any thread; changes may also be called inside the writer."""

    def __init__(
        self, *, books: Books, office: Office, visits: VisitService, deposits: DepositService
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._deposits = deposits

    def all(self) -> tuple[Uncollected, ...]:
        """Everything whose owner has gone, the longest first."""
        owed = self._deposits.owed()
        visits = self._visits.by_ids(deposit.visit_id for deposit in owed)
        left = [
            deposit
            for deposit in owed
            if deposit.state is not DepositState.HELD or not visits[deposit.visit_id].is_open
        ]
        contacts = _contacts(deposit.id for deposit in left)
        today = self._office.business_date(self._clock.now())
        return tuple(
            rules.uncollected(
                deposit,
                visits[deposit.visit_id].business_date,
                today,
                contacts.get(deposit.id, ()),
                self._office.cards,
            )
            for deposit in left
        )

    def contacts(self, deposit_id: int) -> tuple[Contact, ...]:
        """Every try to reach this owner, the newest first."""
        return _contacts([deposit_id]).get(deposit_id, ())

    def note_contact(
        self, deposit_id: int, way: str, outcome: str, note: str = "", *, by: Actor
    ) -> None:
        """Somebody called or wrote. Raises Invalid, also for a note that holds a number."""
        problems = {}
        if way not in list(Way):
            problems["way"] = N_("Pilih cara menghubungi.")
        if outcome not in list(Outcome):
            problems["outcome"] = N_("Pilih hasilnya.")
        if problems:
            raise Invalid(problems)
        said = rules.checked_note(note, rules.OPTIONAL_NOTE)

        def write() -> None:
            row = table.row_of(deposit_id)
            ContactRow.create(
                deposit=row.id, at=self._clock.now(), by=by.name, way=way, outcome=outcome,
                note=said,
            )  # fmt: skip
            detail = {"way": way, "outcome": outcome}
            self._recorder.note("deposit.contacted", _subject(row), by=by, detail=detail)

        self._writer.run(write)

    def seal(self, deposit_id: int, *, by: Actor) -> Deposit:
        """Into a sealed envelope with a number of its own; its slot is free again.

        Once more changes nothing. Raises NotFound, Refused for what is no card in the tray or
        while its owner is still in the room.
        """

        def write() -> Deposit:
            row = table.row_of(deposit_id)
            if row.state == DepositState.SEALED:
                return self._deposits.get(deposit_id)
            self._check_gone(row)
            rules.check_move(row.state, DepositState.SEALED)
            envelope = row.envelope or table.next_number(Row.envelope)
            Row.update(state=DepositState.SEALED, envelope=envelope).where(
                Row.id == row.id
            ).execute()
            detail = {"envelope": envelope, "tray_slot": row.tray_slot}
            self._recorder.note("deposit.sealed", _subject(row), by=by, detail=detail)
            return self._deposits.get(deposit_id)

        return self._writer.run(write)

    def hand_over(self, deposit_id: int, receiver: str, *, by: Actor, note: str = "") -> Deposit:
        """To the police or the civil registry, with the number of the paper that both sign.

        Who took it signs on paper; no name is kept here. Once more changes nothing. Raises
        Invalid, NotFound, Refused while its owner is still in the room.
        """
        if receiver not in list(Receiver):
            raise Invalid({"receiver": N_("Pilih siapa yang menerima.")})
        said = rules.checked_note(note, rules.OPTIONAL_NOTE)

        def write() -> Deposit:
            row = table.row_of(deposit_id)
            if row.state == DepositState.HANDED_OVER:
                return self._deposits.get(deposit_id)
            self._check_gone(row)
            rules.check_move(row.state, DepositState.HANDED_OVER)
            Row.update(
                state=DepositState.HANDED_OVER,
                returned_at=self._clock.now(),
                returned_by=by.name,
                handed_to=receiver,
                receipt=table.next_number(Row.receipt),
                note=said or row.note,
            ).where(Row.id == row.id).execute()
            data = {"card_type": row.card_type, "tray_slot": row.tray_slot}
            visit = self._visits.by_id(table.visit_of(row))
            self._recorder.fact(
                "deposit.handed_over", f"visit/{visit.uuid}", data, by=by, why=said or receiver
            )
            return self._deposits.get(deposit_id)

        return self._writer.run(write)

    def _check_gone(self, row: Row) -> None:
        if self._visits.by_id(table.visit_of(row)).is_open:
            raise Refused(STILL_HERE)


def _subject(row: Row) -> str:
    return f"deposit/{row.uuid}"


def _contacts(deposit_ids: Iterable[int]) -> dict[int, tuple[Contact, ...]]:
    found: dict[int, tuple[Contact, ...]] = {}
    wanted = sorted(set(deposit_ids))
    if not wanted:
        return found
    rows = ContactRow.select().where(ContactRow.deposit.in_(wanted))
    for row in rows.order_by(ContactRow.id.desc()):
        contact = Contact(row.at, row.by, Way(row.way), Outcome(row.outcome), row.note)
        of = int(row.deposit_id)  # type: ignore[attr-defined] # made from the column
        found[of] = (*found.get(of, ()), contact)
    return found
