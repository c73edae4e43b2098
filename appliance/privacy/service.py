"""The erasure that the privacy notice promises: the visit stays, who it was does not."""

import datetime as dt

from peewee import Expression, ModelSelect, fn

from appliance.actor import SYSTEM
from appliance.clock import ClockQuality
from appliance.journal import Journal, written
from appliance.offices import Office
from appliance.privacy import rules
from appliance.privacy.rights import end_requests
from appliance.privacy.wiping import wipe
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.models import (
    Complaint,
    Deposit,
    FoundProperty,
    Guest,
    KeyEvent,
    LockerSession,
    NoticeText,
    Visit,
)

BATCH = 50  # rows per commit: some 10 ms, so that a registration never waits for an erasure
log = get_logger("privacy")


class PrivacyService:
    """Empties what would tell who a visitor was; the visit stays for the statistics."""

    def __init__(self, *, books: Books, journal: Journal, office: Office) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._journal = journal
        self._office = office

    def erase_due(self) -> int:
        """Erase everybody whose time is over; how many people that were.

        A visit that is open, uses a locker or has its card in the tray is kept, whatever its age,
        and so is the name of who still has a key.
        Nothing is erased by a clock that may be wrong. The old text leaves the files of the
        database with the next truncating checkpoint, which is the caller's.
        """
        erased = 0
        parts = (
            self._erase_visits,
            self._erase_contacts,
            self._erase_receivers,
            self._erase_key_holders,
        )
        for erase in parts:
            while found := self._writer.run(erase):
                erased += found
        while self._writer.run(self._forget_words):
            pass
        return erased

    def keep_notices(self) -> int:
        """Keep the notices as they are shown now, so that a consent can be read for ever; new ones.

        The hash that a consent holds finds its text.
        """
        makers = (rules.notice, rules.guardian_notice)
        shown = [make(self._office, language) for make in makers for language in rules.TEXTS]
        return self._writer.run(lambda: sum(self._keep_notice(one) for one in shown))

    def would_erase(self) -> dict[str, int] | None:
        """What `erase_due` would find now, by category; None while no clock can tell."""
        last_day = self.last_day()
        if last_day is None:
            return None
        end = self._end_of(last_day)
        return {
            "identity": visits_due(last_day.isoformat()).count(),
            "complaint": Complaint.select().where(contacts_due(end)).count(),
            "receiver": FoundProperty.select().where(receivers_due(end)).count()
            + KeyEvent.select().where(holders_due(end)).count(),
        }

    def last_day(self) -> dt.date | None:
        """The newest day of which nobody is to be known any more; None while no clock can tell."""
        now = self._clock.stamp()
        if not rules.may_erase(now, self._journal.newest_at()):
            log.warning("the wall clock may be wrong; nobody is erased")
            return None
        today = self._office.business_date(now.at)
        return rules.last_day_to_erase(today, self._office.notice.identity_kept_months)

    # Inside a function of the writer --------------------------------------------------------

    def _keep_notice(self, shown: rules.Notice) -> bool:
        if NoticeText.select().where(NoticeText.text_hash == shown.text_hash).exists():
            return False
        NoticeText.create(
            text_hash=shown.text_hash,
            version=shown.version,
            language=shown.language,
            text=shown.text,
            kept_at=self._clock.now(),
        )
        return True

    def _erase_visits(self) -> int:
        last_day = self.last_day()
        if last_day is None:
            return 0
        rows = list(_due_visits(last_day.isoformat()))
        ids = [row.id for row in rows]
        end_requests(ids, self._recorder, self._clock.now(), by=SYSTEM)
        wipe(ids, self._clock.now())
        for row in rows:
            self._recorder.fact("person.erased", f"visit/{row.uuid}", by=SYSTEM)
        return len(rows)

    def _erase_contacts(self) -> int:
        end = self._end_of_last_day()
        if end is None:
            return 0
        is_due = contacts_due(end)
        rows = list(Complaint.select(Complaint.id, Complaint.uuid).where(is_due).limit(BATCH))
        Complaint.update(contact=None).where(Complaint.id.in_([row.id for row in rows])).execute()
        for row in rows:
            self._recorder.note("complaint.contact_erased", f"complaint/{row.uuid}", by=SYSTEM)
        return len(rows)

    def _erase_receivers(self) -> int:
        """Who was given found property, and what they proved it with."""
        end = self._end_of_last_day()
        if end is None:
            return 0
        texts = dict.fromkeys(("handed_to", "proof", "note"), "")
        rows = list(FoundProperty.select().where(receivers_due(end)).limit(BATCH))
        FoundProperty.update(texts).where(FoundProperty.id.in_([r.id for r in rows])).execute()
        for row in rows:
            self._recorder.note("property.receiver_erased", f"property/{row.uuid}", by=SYSTEM)
        return len(rows)

    def _erase_key_holders(self) -> int:
        end = self._end_of_last_day()
        if end is None:
            return 0
        rows = list(KeyEvent.select(KeyEvent.id).where(holders_due(end)).limit(BATCH))
        ids = [row.id for row in rows]
        KeyEvent.update(holder="").where(KeyEvent.id.in_(ids)).execute()
        if ids:
            detail = {"count": len(ids)}
            self._recorder.note("key.holders_erased", "keys", by=SYSTEM, detail=detail)
        return len(ids)

    def _forget_words(self) -> int:
        """What officers said beside the journal, be it about whom it may."""
        end = self._end_of_last_day()
        return 0 if end is None else written.forget_before(end, BATCH)

    def _end_of_last_day(self) -> dt.datetime | None:
        last_day = self.last_day()
        if last_day is None:
            return None
        return self._end_of(last_day)

    def _end_of(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self._office.zone) + dt.timedelta(days=1)


def contacts_due(end: dt.datetime) -> Expression:
    """Contacts of complaints that were answered before this moment."""
    condition: Expression = Complaint.contact.is_null(False) & (Complaint.answered_at < end)
    return condition


def receivers_due(end: dt.datetime) -> Expression:
    """Who was given found property before this moment."""
    condition: Expression = (FoundProperty.handed_to != "") & (FoundProperty.ended_at < end)
    return condition


def holders_due(end: dt.datetime) -> Expression:
    """Names of who has brought the key back since."""
    moves = KeyEvent.select(fn.MAX(KeyEvent.id)).where(KeyEvent.event != "used")
    is_back = KeyEvent.id.not_in(moves.group_by(KeyEvent.locker))
    condition: Expression = (KeyEvent.holder != "") & (KeyEvent.at < end) & is_back
    return condition


def _due_visits(last_day: str) -> list[Visit]:
    return list(visits_due(last_day).order_by(Visit.id).limit(BATCH))


def visits_due(last_day: str) -> "ModelSelect[Visit]":
    """Visits of that day or before that nothing of ours is still tied to."""
    cards = Deposit.select(Deposit.visit).where(Deposit.returned_at.is_null())
    lockers = LockerSession.select(LockerSession.visit).where(LockerSession.ended_at.is_null())
    return (
        Visit.select(Visit.id, Visit.uuid)
        .join(Guest, on=(Guest.visit == Visit.id))
        .where(
            Guest.erased_at.is_null(),
            Visit.closed_at.is_null(False),
            _is_as_old_as(last_day),
            Visit.id.not_in(cards),
            Visit.id.not_in(lockers),
        )
    )


def _is_as_old_as(last_day: str) -> Expression:
    """Whether a visit was on that day or before.

    The date of one registered by a clock that was not set says nothing: its place among the
    others does.
    """
    is_dated = (Visit.registered_clock > int(ClockQuality.UNSET)) | Visit.dated_on.is_null(False)
    earlier = Visit.alias()
    of_day = (earlier.registered_clock > int(ClockQuality.UNSET)) & (
        earlier.business_date <= last_day
    )
    newest = earlier.select(fn.MAX(earlier.id)).where(of_day)
    found: Expression = (is_dated & (Visit.day() <= last_day)) | (~is_dated & (Visit.id < newest))
    return found
