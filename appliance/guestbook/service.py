"""Guest book: one form makes one visit, with its guest and the consent given."""

import datetime as dt
from dataclasses import dataclass, field

from appliance.actor import ANYONE, Actor
from appliance.errors import NotFound
from appliance.guestbook import rules
from appliance.guestbook.rules import Entry, FormData
from appliance.offices import Office
from appliance.privacy.rules import notice
from appliance.record import Books
from appliance.storage.models import Consent, Guest
from appliance.storage.once import once
from appliance.visits.directory import NOT_FOUND
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

CHANNELS = frozenset({"phone", "kiosk", "desk"})
SCOPE = "guestbook"


@dataclass(frozen=True, slots=True)
class StoredPerson:
    """What is kept about who the visitor is; None after an erasure, or when it was not given."""

    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    agency_name: str | None = field(repr=False)
    consent_version: str
    consent_at: dt.datetime
    erased_at: dt.datetime | None


class GuestbookService:
    """Takes entries from phones, the tablet at the door, and the desk."""

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
        self._office = office
        self._visits = visits

    def register(
        self,
        form: FormData,
        *,
        channel: str,
        language: str,
        idempotency_key: str,
        by: Actor = ANYONE,
    ) -> VisitCard:
        """The visit this form opens; the first one again when its key has come before.

        `channel` is phone, kiosk or desk; `language` the one in which the privacy notice was
        shown. Raises Invalid with every problem of the form at once.
        """
        if channel not in CHANNELS:
            raise ValueError(f"unknown channel {channel!r}")
        entry = rules.check(form, self._office.policy)

        made: list[VisitCard] = []

        def make() -> str:
            made.append(self._write(entry, channel=channel, language=language, by=by))
            return str(made[0].id)

        def write() -> VisitCard:
            visit_id = once(SCOPE, idempotency_key, self._clock, make)
            if not made and not self._visits.is_of_today(int(visit_id)):
                # A form left open since yesterday is a new visit, and its double tap that one.
                scope = f"{SCOPE}/after/{visit_id}"
                visit_id = once(scope, idempotency_key, self._clock, make)
            return made[0] if made else self._visits.by_id(int(visit_id))

        return self._writer.run(write)

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
            consent_version=consent.notice_version,
            consent_at=consent.at,
            erased_at=guest.erased_at,
        )

    def _write(self, entry: Entry, *, channel: str, language: str, by: Actor) -> VisitCard:
        shown = notice(self._office, language)
        visit_id = self._visits.open(entry.statistics, channel=channel)
        Guest.create(
            visit=visit_id,
            name=entry.name,
            email=entry.email,
            phone=entry.phone,
            agency_name=entry.agency_name,
        )
        Consent.create(
            visit=visit_id,
            notice_version=shown.version,
            text_hash=shown.text_hash,
            language=shown.language,
            channel=channel,
            action="given",
            at=self._clock.now(),
        )
        visit = self._visits.by_id(visit_id)
        self._record(visit, shown.version, by)
        return visit

    def _record(self, visit: VisitCard, notice_version: str, by: Actor) -> None:
        counted = visit.statistics
        data = {
            "number": visit.number,
            "business_date": visit.business_date.isoformat(),
            "channel": visit.channel,
            "sex": counted.sex,
            "age_band": counted.age_band,
            "education": counted.education,
            "occupation": counted.occupation,
            "agency_category": counted.agency_category,
            "purpose": counted.purpose,
            "services": list(counted.services),
            "channels": list(counted.channels),
            "disability": counted.disability,
            "notice_version": notice_version,
        }
        actor = Actor.visitor(visit.uuid) if by == ANYONE else by
        self._recorder.fact("visit.registered", f"visit/{visit.uuid}", data, by=actor)
