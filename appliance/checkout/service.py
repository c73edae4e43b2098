"""Check-out: bag out of the locker, card back, everything returned; then the visit ends."""

from collections.abc import Callable

from appliance.actor import Actor, Role
from appliance.checkout import rules
from appliance.checkout.rules import Card, Checklist, Item
from appliance.deposits.rules import Deposit, DepositState
from appliance.deposits.service import DepositService
from appliance.errors import N_, Forbidden, Refused
from appliance.lockers.rules import EndReason, Purpose, Released
from appliance.lockers.service import LockerService
from appliance.reading.service import ReadingService
from appliance.storage.models import ScanJob
from appliance.storage.writer import Writer
from appliance.visits.rules import VisitState
from appliance.visits.service import VisitService

# How many photocopy trips a visit had, and how many publications are still out of the room.
PhotocopyCount = Callable[[int], tuple[int, int]]
MOVED = N_("Barangnya sudah dipindahkan ke loker %(number)s. Lihat dahulu ke dalam loker itu.")


class CheckoutService:
    """Ends visits. Any thread; `start` must not be called inside the writer."""

    def __init__(
        self,
        *,
        writer: Writer,
        visits: VisitService,
        lockers: LockerService,
        deposits: DepositService,
        reading: ReadingService,
        photocopies: PhotocopyCount = lambda _visit_id: (0, 0),
    ) -> None:
        self._writer = writer
        self._visits = visits
        self._lockers = lockers
        self._deposits = deposits
        self._reading = reading
        self._photocopies = photocopies

    def checklist(self, visit_id: int) -> Checklist:
        """What this visit has settled and what not. Raises NotFound."""
        visit = self._visits.by_id(visit_id)
        locker = self._lockers.of_visit(visit_id)
        card = self._deposits.of_visit(visit_id)
        readings = self._reading.of_visit(visit_id)
        trips, trips_out = self._photocopies(visit_id)
        scans = _scans(visit_id)
        return rules.checklist(
            rules.Situation(
                locker_in_use=None if locker is None else locker.number,
                locker_given_back=self._lockers.had_one(visit_id),
                card=_card(card),
                card_slot=card.tray_slot or 0 if card and card.is_in_tray else 0,
                readings=len(readings),
                readings_out=sum(1 for note in readings if note.is_open),
                photocopies=trips,
                photocopies_out=trips_out,
                scans=len(scans),
                scans_unfinished=scans.count("open"),
                details_missing=visit.is_incomplete,
                has_rated=visit.rated_at is not None,
            )
        )

    def start(self, visit_id: int, *, by: Actor) -> Checklist:
        """Begin to leave: the locker opens so that the bag can be fetched.

        With nothing to settle the visit ends at once. Starting again changes nothing and opens
        nothing. Raises Refused when the visit is closed.
        """
        was_leaving = self._visits.by_id(visit_id).state is VisitState.LEAVING

        def write() -> None:
            self._visits.leave(visit_id, by=by)
            self._settle(visit_id, by)

        self._writer.run(write)
        if not was_leaving and self._lockers.of_visit(visit_id) is not None:
            self._open_to_fetch(visit_id, by)
        return self.checklist(visit_id)

    def locker_is_empty(
        self, visit_id: int, *, by: Actor, number: int | None = None
    ) -> Released | None:
        """A person says that the locker is empty; ends the visit when that was the last thing.

        `number` is the locker the person was asked about. None when it had been given back
        before: a second tap. Raises NotFound when the visit never had one, Refused when the
        things were moved to another locker meanwhile: that one nobody called empty.
        """
        reason = EndReason.STAFF_EMPTY if by.is_staff else EndReason.VISITOR

        def write() -> Released | None:
            own = self._lockers.group.numbers(visit_id)
            if not own and self._lockers.had_one(visit_id):
                return None
            if own and number is not None and number not in own:
                if self._lockers.group.gave_back(visit_id, number):
                    return None
                raise Refused(MOVED, number=own[0])
            released = self._lockers.release(visit_id, by=by, reason=reason, number=number)
            self._settle(visit_id, by)
            return released

        return self._writer.run(write)

    def card_returned(self, visit_id: int, *, by: Actor) -> None:
        """The card is in its owner's hand; ends the visit when that was the last thing.

        Once more changes nothing. Raises NotFound when none was ever held, Refused while the
        locker is still in use: the card stands for the locker.
        """

        def write() -> None:
            locker = self._lockers.of_visit(visit_id)
            if locker is not None:
                raise Refused(
                    N_("Loker %(number)s belum dinyatakan kosong. Kosongkan loker dahulu."),
                    number=locker.number,
                )
            card = self._deposits.of_visit(visit_id)
            if card is not None and not card.is_owed:
                return  # a second tap
            self._deposits.give_back(visit_id, by=by)
            self._settle(visit_id, by)

        self._writer.run(write)

    def card_stays(self, visit_id: int, *, by: Actor, reason: str) -> None:
        """The explicit exception: the visitor leaves without the card, for an officer's reason.

        Ends the visit when that was the last thing. Raises Invalid without a reason, NotFound
        without a card, Forbidden for anybody but an officer.
        """
        if by.role not in (Role.OFFICER, Role.ADMIN):
            raise Forbidden(N_("Hanya petugas meja yang boleh mengecualikan kartu."))

        def write() -> None:
            self._deposits.leave_behind(visit_id, by=by, note=reason)
            self._settle(visit_id, by)

        self._writer.run(write)

    def settle(self, visit_id: int, *, by: Actor) -> Checklist:
        """End the visit if it is leaving and nothing is outstanding; the checklist either way."""
        self._writer.run(lambda: self._settle(visit_id, by))
        return self.checklist(visit_id)

    def finish(self, visit_id: int, *, by: Actor) -> None:
        """End the visit. Raises Refused naming the first thing that is outstanding."""

        def write() -> None:
            self._visits.require_open(visit_id)
            outstanding = self.checklist(visit_id).outstanding
            if outstanding:
                raise Refused(_HELD[outstanding[0].item], number=outstanding[0].count)
            self._visits.close(visit_id, by=by, state=VisitState.FINISHED)

        self._writer.run(write)

    def close(self, visit_id: int, *, by: Actor, reason: str) -> None:
        """Staff ends a visit whose visitor is gone.

        Raises Refused naming what is outstanding, since a card or a bag must not be forgotten,
        Invalid without a reason.
        """

        def write() -> None:
            outstanding = self.checklist(visit_id).outstanding
            held = [line for line in outstanding if line.item in (Item.LOCKER, Item.CARD)]
            if held:
                raise Refused(_HELD[held[0].item], number=held[0].count)
            self._visits.close(visit_id, by=by, state=VisitState.CLOSED_BY_STAFF, reason=reason)

        self._writer.run(write)

    def _settle(self, visit_id: int, by: Actor) -> None:
        is_leaving = self._visits.by_id(visit_id).state is VisitState.LEAVING
        if is_leaving and self.checklist(visit_id).is_settled:
            self._visits.close(visit_id, by=by, state=VisitState.FINISHED)

    def _open_to_fetch(self, visit_id: int, by: Actor) -> None:
        try:
            self._lockers.open_again(visit_id, by=by, purpose=Purpose.FETCH)
        except Refused:
            return  # it is just being opened, which is what was wanted


_HELD = {
    Item.LOCKER: N_("Loker %(number)s masih dipakai. Buka dan nyatakan kosong dahulu."),
    Item.CARD: N_("Kartu atau jaminan belum dikembalikan. Kembalikan, atau tulis alasannya."),
    Item.READINGS: N_("%(number)s publikasi belum dikembalikan."),
    Item.PHOTOCOPIES: N_("%(number)s publikasi belum kembali dari fotokopi."),
}


def _card(deposit: Deposit | None) -> Card:
    if deposit is None or deposit.state is DepositState.WAIVED:
        return Card.NONE
    if deposit.state is DepositState.HELD:
        return Card.OWED
    return Card.EXCEPTED if deposit.is_owed else Card.RETURNED


def _scans(visit_id: int) -> list[str]:
    """The state of each of the visit's scans that was not thrown away."""
    kept = (ScanJob.visit == visit_id) & (ScanJob.state != "discarded")
    return [str(job.state) for job in ScanJob.select(ScanJob.state).where(kept)]
