"""Guest book: one form makes one visit, with its guest and the consent given."""

import datetime as dt
from dataclasses import dataclass, field

from appliance.actor import ANYONE, Actor
from appliance.errors import NotFound
from appliance.guestbook import rules
from appliance.guestbook.entries import Arrival, EntryBook
from appliance.guestbook.rules import FormData
from appliance.guestbook.visitors import Visitors
from appliance.offices import Office
from appliance.storage.models import Consent, Guest
from appliance.visits.directory import NOT_FOUND
from appliance.visits.rules import VisitCard

CHANNELS = frozenset({"phone", "kiosk", "desk"})
SCOPE = "guestbook"


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """What is kept about who the visitor is; None after an erasure, or when it was not given."""

    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    agency_name: str | None = field(repr=False)
    guardian_name: str | None = field(repr=False)
    consent_version: str
    consent_at: dt.datetime
    erased_at: dt.datetime | None
    taken_over: tuple[str, ...] = ()  # from earlier visits: not for the visit's own pages


class GuestbookService:
    """Takes entries from phones, the tablet at the door, and the desk."""

    def __init__(self, *, office: Office, book: EntryBook, visitors: Visitors) -> None:
        self._office = office
        self._book = book
        self._visitors = visitors

    def register(
        self,
        form: FormData,
        *,
        channel: str,
        language: str,
        idempotency_key: str,
        by: Actor = ANYONE,
        returning: str = "",
    ) -> VisitCard:
        """The visit this form opens; the first one again when its key has come before.

        `channel` is phone, kiosk or desk; `language` the one in which the privacy notice was
        shown; `returning` the uuid of the known visitor whose answers stand in for empty fields.
        Raises Invalid with every problem of the form at once.
        """
        if channel not in CHANNELS:
            raise ValueError(f"unknown channel {channel!r}")
        filled = self._visitors.completed(form, returning)
        entry = rules.check(filled, self._office.policy)
        arrival = Arrival(
            entry,
            channel,
            language,
            is_incomplete=entry.wants_guardian,
            visitor_uuid=returning,
            taken_over=rules.taken_over(form, filled),
        )
        return self._book.write_once(arrival, scope=SCOPE, key=idempotency_key, by=by)

    def person(self, visit_id: int) -> StoredPerson:
        """What is kept about the person of a visit. Raises NotFound."""
        guest = Guest.get_or_none(Guest.visit == visit_id)
        consent = Consent.select().where(Consent.visit == visit_id).order_by(Consent.id).first()
        if guest is None or consent is None:
            raise NotFound(NOT_FOUND)
        return StoredPerson(
            name=guest.name,
            email=guest.email,
            phone=guest.phone,
            agency_name=guest.agency_name,
            guardian_name=guest.guardian_name,
            consent_version=consent.notice_version,
            consent_at=consent.at,
            erased_at=guest.erased_at,
            taken_over=tuple(guest.taken_over.split()),
        )
