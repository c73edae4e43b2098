"""Consent given for a child: by whom, how, to which words, and what happens when it is withdrawn.

Whoever answers for a child may take the consent back at any time. From then on nobody is shown
who the child is, and the desk has 3 x 24 hours to erase it, as with any request.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from appliance.actor import Actor, Role
from appliance.choice import Choice
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.guestbook import choices, rules
from appliance.offices import Office
from appliance.privacy.rights import DataRights, check_changeable
from appliance.privacy.rules import guardian_notice
from appliance.record import Books
from appliance.storage.models import Consent, Guest, Visit
from appliance.storage.models import GuardianConsent as Row

WAYS = (
    Choice("spoken", "Lisan di depan petugas", "Spoken, in front of an officer"),
    Choice("written", "Tertulis, lembarnya disimpan kantor", "In writing, kept by the office"),
    Choice("phone", "Lewat telepon", "By telephone"),
    Choice("screen", "Di layar buku tamu", "On the screen of the guest book"),
)
AT_DESK = WAYS[:3]
WHY_WITHDRAWN = (
    Choice("wish", "Pendamping memintanya", "The guardian asks for it"),
    Choice("mistaken", "Dicatat keliru", "Noted by mistake"),
    Choice("not_entitled", "Bukan yang berhak menyetujui", "Not entitled to consent"),
)
CHOOSE_WAY = N_("Pilih bagaimana persetujuannya diberikan.")
CHOOSE_WHY = N_("Pilih alasan pencabutannya.")
NOT_A_CHILD = N_("Kunjungan ini bukan kunjungan anak di bawah 17 tahun.")
NONE_GIVEN = N_("Belum ada persetujuan pendamping yang dapat dicabut.")


@dataclass(frozen=True, slots=True)
class GuardianConsent:
    """How it stands: `is_given`, or withdrawn for `reason`.

    `relation`, `way` and `reason` are codes of choices.GUARDIANS, WAYS and WHY_WITHDRAWN; `name`
    is None once it was erased or while it is restricted.
    """

    is_given: bool
    name: str | None = field(repr=False)
    relation: str
    way: str
    reason: str
    version: str
    text_hash: str
    channel: str
    at: dt.datetime


class Guardians:
    """Any thread may call it."""

    def __init__(self, *, books: Books, office: Office, rights: DataRights) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._rights = rights

    def of_visit(self, visit_id: int) -> GuardianConsent | None:
        """How consent for the child of a visit stands; None when nobody was asked."""
        row = newest(visit_id)
        guest = Guest.get_or_none(Guest.visit == visit_id)
        return None if row is None else _view(row, guest.guardian_name if guest else None)

    def is_missing(self, visit_id: int) -> bool:
        """Whether this is a child whose data is kept without the consent of a guardian."""
        is_child = (Visit.id == visit_id) & (Visit.age_band == choices.UNDER_17)
        known = Visit.select().join(Guest, on=(Guest.visit == Visit.id)).where(is_child)
        row = newest(visit_id)
        is_given = row is not None and row.action == "given"
        return not is_given and bool(known.where(Guest.erased_at.is_null()).exists())

    def give(
        self, visit_id: int, form: Mapping[str, str], *, language: str, by: Actor
    ) -> GuardianConsent:
        """Note at the desk what a guardian said.

        `form` has guardian_name, guardian_relation, guardian_way. Raises Invalid, NotFound,
        Refused for an adult and for data that is gone or restricted.
        """
        name = rules.guardian_name(form)
        problems = dict(name.problems)
        relation, way = form.get("guardian_relation", ""), form.get("guardian_way", "")
        if relation not in _codes(choices.GUARDIANS):
            problems["guardian_relation"] = rules.CHOOSE_GUARDIAN
        if way not in _codes(AT_DESK):
            problems["guardian_way"] = CHOOSE_WAY
        if problems:
            raise Invalid(problems)

        def write() -> GuardianConsent:
            visit = _visit(visit_id)
            check_changeable(visit_id)
            if visit.age_band != choices.UNDER_17:
                raise Refused(NOT_A_CHILD)
            Guest.update(guardian_name=name.text).where(Guest.visit == visit_id).execute()
            # Of a child whose age is known nothing else was left for later.
            Visit.update(incomplete=0).where(Visit.id == visit_id).execute()
            given = Given(relation, way, language, "desk", self._clock.now())
            self.keep(visit_id, given, by=by)
            return self._of(visit_id)

        return self._writer.run(write)

    def withdraw(self, visit_id: int, reason: str, *, by: Actor) -> GuardianConsent:
        """Take the consent back: who the child is goes out of sight, and is to be erased.

        Raises Invalid for an unknown reason, NotFound, Refused when none is given.
        """
        if reason not in _codes(WHY_WITHDRAWN):
            raise Invalid({"reason": CHOOSE_WHY})

        def write() -> GuardianConsent:
            visit, row = _visit(visit_id), newest(visit_id)
            if row is None or row.action != "given":
                raise Refused(NONE_GIVEN)
            channel = "desk" if by.role is not Role.VISITOR else "phone"
            again = {name: getattr(row, name) for name in ("relation", "way", "language")}
            shown = {"notice_version": row.notice_version, "text_hash": row.text_hash}
            moment = {"channel": channel, "action": "withdrawn", "at": self._clock.now()}
            Row.create(visit=visit_id, reason=reason, by=str(by), **again, **shown, **moment)
            _withdraw_own(visit_id, moment)
            detail = {"relation": row.relation, "why": reason}
            subject = f"visit/{visit.uuid}"
            self._recorder.note("consent.guardian_withdrawn", subject, by=by, detail=detail)
            self._rights.restrict(visit_id, by=by)
            self._rights.ask(visit_id, {"kind": "erase"}, by=by)
            return self._of(visit_id)

        return self._writer.run(write)

    def keep(self, visit_id: int, given: "Given", *, by: Actor) -> bool:
        """Write down a consent; False when the same stands already. Inside the writer."""
        row = newest(visit_id)
        if row is not None and (row.action, row.relation) == ("given", given.relation):
            return False
        shown = guardian_notice(self._office, given.language)
        Row.create(
            visit=visit_id,
            action="given",
            relation=given.relation,
            way=given.way,
            notice_version=shown.version,
            text_hash=shown.text_hash,
            language=shown.language,
            channel=given.channel,
            at=given.at,
            by=str(by),
        )
        detail = {"relation": given.relation, "way": given.way, "version": shown.version}
        subject = f"visit/{_visit(visit_id).uuid}"
        self._recorder.note("consent.guardian_given", subject, by=by, detail=detail)
        return True

    def _of(self, visit_id: int) -> GuardianConsent:
        found = self.of_visit(visit_id)
        if found is None:
            raise NotFound(NONE_GIVEN)
        return found


@dataclass(frozen=True, slots=True)
class Given:
    """A consent as it was given: codes, in which language it was read, where and when."""

    relation: str
    way: str
    language: str
    channel: str
    at: dt.datetime


def way_of(channel: str, *, is_paper: bool) -> str:
    """How consent is given on a form that came this way."""
    if is_paper:
        return "written"
    return "spoken" if channel == "desk" else "screen"


def newest(visit_id: int) -> Row | None:
    """The last word about a child; None when nothing was said."""
    row: Row | None = Row.select().where(Row.visit == visit_id).order_by(Row.id.desc()).first()
    return row


def _withdraw_own(visit_id: int, moment: Mapping[str, object]) -> None:
    """The consent that was given with the guest book was the guardian's too."""
    last = Consent.select().where(Consent.visit == visit_id).order_by(Consent.id.desc()).first()
    if last is not None and last.action == "given":
        Consent.create(
            visit=visit_id,
            notice_version=last.notice_version,
            text_hash=last.text_hash,
            language=last.language,
            **moment,
        )


def _view(row: Row, name: str | None) -> GuardianConsent:
    return GuardianConsent(
        is_given=row.action == "given",
        name=name,
        relation=row.relation,
        way=row.way,
        reason=row.reason,
        version=row.notice_version,
        text_hash=row.text_hash,
        channel=row.channel,
        at=row.at,
    )


def _visit(visit_id: int) -> Visit:
    visit: Visit | None = Visit.get_or_none(Visit.id == visit_id)
    if visit is None:
        raise NotFound(N_("Kunjungan itu tidak ada."))
    return visit


def _codes(listed: tuple[Choice, ...]) -> frozenset[str]:
    return frozenset(one.code for one in listed)
