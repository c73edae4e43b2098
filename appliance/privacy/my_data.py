"""Everything kept about one visit, column by column, for whoever it is about."""

import datetime as dt
import json

from peewee import Model

from appliance.actor import Actor, Role
from appliance.privacy import spoken
from appliance.privacy.register import CATEGORIES, COLUMNS
from appliance.privacy.wiping import IDENTITY
from appliance.record import Books
from appliance.storage.models import (
    CardSwap,
    CatalogueQuestion,
    Consent,
    Deposit,
    DepositContact,
    GuardianConsent,
    Guest,
    JournalWords,
    LockerMove,
    LockerSession,
    MailMessage,
    Photocopy,
    PrivacyRequest,
    Reading,
    RestrictedIdentity,
    ServedCorrection,
    SoftcopyRequest,
    Visit,
    Visitor,
    VisitorVisit,
    utc_text,
)

TABLES: dict[str, type[Model]] = {
    "guest": Guest,
    "restricted_identity": RestrictedIdentity,
    "visitor": Visitor,
    "visit": Visit,
    "privacy_request": PrivacyRequest,
    "catalogue_question": CatalogueQuestion,
    "deposit": Deposit,
    "deposit_contact": DepositContact,
    "card_swap": CardSwap,
    "softcopy_request": SoftcopyRequest,
    "mail_message": MailMessage,
    "served_correction": ServedCorrection,
    "locker_move": LockerMove,
    "reading": Reading,
    "photocopy": Photocopy,
    "journal_words": JournalWords,
}
STATISTICS = (
    *("business_date", "dated_on", "number", "state", "channel", "sex", "age_band", "education"),
    *("occupation", "agency_category", "purpose", "services", "channels", "disability"),
)
SECRET = frozenset({"card_hash"})  # opens earlier answers; says nothing to whom it is of
# What an officer wrote about two people: neither is told of the other.
OF_TWO = {"card_swap": frozenset({"note"})}

ABOUT_THE_PERSON = (Guest, RestrictedIdentity, Visit)


class MyData:
    """The rows of one visit and of nobody else."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def export(self, visit_id: int, *, by: Actor) -> bytes:
        """All of it as JSON, for the person to take away; journalled.

        What was completed from an earlier visit only staff may take out, who see whose it is;
        what is restricted only the person and admins.
        """
        visit = Visit.get_by_id(visit_id)
        hidden = _taken_over(visit_id) if by.role is Role.VISITOR else frozenset()
        if by.role not in (Role.VISITOR, Role.ADMIN):
            hidden |= _withheld(visit_id)
        told = {
            "made_at": utc_text(self._clock.now()),
            "visit": {n: getattr(visit, n) for n in STATISTICS if n not in hidden},
            "consent": [_consent(row) for row in Consent.select().where(Consent.visit == visit_id)],
            "guardian_consent": [
                _consent(row, ("relation", "way", "reason"))
                for row in GuardianConsent.select().where(GuardianConsent.visit == visit_id)
            ],
            "kept": _kept(visit_id, hidden),
        }
        subject = f"visit/{visit.uuid}"
        self._writer.run(lambda: self._recorder.note("data.exported", subject, by=by))
        return json.dumps(told, ensure_ascii=False, indent=1, default=_text).encode() + b"\n"


def _taken_over(visit_id: int) -> frozenset[str]:
    guest = Guest.get_or_none(Guest.visit == visit_id)
    return frozenset() if guest is None else frozenset(guest.taken_over.split())


def _withheld(visit_id: int) -> frozenset[str]:
    rows = RestrictedIdentity.select().where(RestrictedIdentity.visit == visit_id)
    return frozenset(IDENTITY) if rows.exists() else frozenset()


def _kept(visit_id: int, hidden: frozenset[str]) -> dict[str, list[dict[str, object]]]:
    """Table -> rows with what is personal in them; a table without rows is left out."""
    found = {}
    for table, model in TABLES.items():
        kinds = [kind for kind in COLUMNS.get(table, {}) if CATEGORIES[kind].goes]
        names = [name for kind in kinds for name in COLUMNS[table][kind].split()]
        secret = SECRET | hidden if model in ABOUT_THE_PERSON else SECRET
        secret |= OF_TWO.get(table, frozenset())
        shown = [name for name in names if name not in secret]
        rows = [{name: getattr(row, name) for name in shown} for row in _rows(model, visit_id)]
        if shown and rows:
            found[table] = rows
    return found


def _rows(model: type[Model], visit_id: int) -> list[Model]:
    deposits = Deposit.select(Deposit.id).where(Deposit.visit == visit_id)
    if model is Visit:
        condition = Visit.id == visit_id
    elif model is DepositContact:
        condition = DepositContact.deposit.in_(deposits)
    elif model is CardSwap:
        condition = CardSwap.first.in_(deposits) | CardSwap.second.in_(deposits)
    elif model is Visitor:
        ties = VisitorVisit.select(VisitorVisit.visitor).where(VisitorVisit.visit == visit_id)
        condition = Visitor.id.in_(ties)
    elif model is LockerMove:
        uses = LockerSession.select(LockerSession.id).where(LockerSession.visit == visit_id)
        condition = LockerMove.session.in_(uses)
    elif model is JournalWords:
        condition = JournalWords.seq.in_(spoken.lines_about(visit_id))
    else:
        condition = model.visit == visit_id  # type: ignore[attr-defined]
    return list(model.select().where(condition))


def _consent(row: Consent | GuardianConsent, more: tuple[str, ...] = ()) -> dict[str, object]:
    names = ("notice_version", "text_hash", "language", "channel", "action", "at", *more)
    return {name: getattr(row, name) for name in names}


def _text(value: object) -> str:
    return utc_text(value) if isinstance(value, dt.datetime) else str(value)
