"""Taking out of every table who the visitors of some visits were.

Everything here belongs inside a function given to the writer. What `register` calls personal of
a visit is emptied here; a test holds the two together.
"""

import datetime as dt
import re
from collections.abc import Sequence

from peewee import Field, Model, fn

from appliance.privacy import mentions, spoken
from appliance.storage.models import (
    CardSwap,
    CatalogueQuestion,
    Complaint,
    Deposit,
    DepositContact,
    DoorCommand,
    FoundProperty,
    Guest,
    KeyEvent,
    LockerMove,
    LockerSession,
    MailMessage,
    MarkedCopy,
    Photocopy,
    PrivacyRequest,
    PublicationRatingTie,
    RatingInvitation,
    Reading,
    RestrictedIdentity,
    ServedCorrection,
    SoftcopyRequest,
    Visit,
    Visitor,
    VisitorVisit,
)

IDENTITY = ("name", "email", "phone", "agency_name", "guardian_name")
# Written by visitors, or about them, in free words: they may name somebody.
FREE_TEXTS = ("occupation_other", "agency_other", "purpose_other", "data_wanted", "late_note")
UNTITLED = "–"
_REQUEST_WORDS = {"email": None, "purpose": "", "area": "", "note": "", "reason": ""}


def wipe(visit_ids: Sequence[int], now: dt.datetime) -> None:
    """Empty what tells who these visits were of; what is counted stays."""
    ids = list(visit_ids)
    _empty_reasons(ids)
    Guest.update(dict.fromkeys(IDENTITY) | {"erased_at": now}).where(Guest.visit.in_(ids)).execute()
    _delete(RestrictedIdentity, RestrictedIdentity.visit, ids)
    _untie(ids)
    Visit.update(dict.fromkeys(FREE_TEXTS, "")).where(Visit.id.in_(ids)).execute()
    told = Visit.close_reason != ""
    Visit.update(close_reason="").where(Visit.id.in_(ids) & told).execute()
    _empty_cards(ids)
    for table in (Reading, Photocopy):  # titles that the visitor wrote, of no record of ours
        foreign = table.visit.in_(ids) & table.publication.is_null()
        table.update(title=UNTITLED).where(foreign).execute()
    requests = SoftcopyRequest.visit.in_(ids)
    SoftcopyRequest.update(_REQUEST_WORDS).where(requests).execute()
    own_words = requests & SoftcopyRequest.publication.is_null()
    SoftcopyRequest.update(wanted="").where(own_words).execute()
    asked = {"words": "", "answer": ""}
    PrivacyRequest.update(asked).where(PrivacyRequest.visit.in_(ids)).execute()
    _delete(CatalogueQuestion, CatalogueQuestion.visit, ids)
    _delete(RatingInvitation, RatingInvitation.visit, ids)
    _delete(PublicationRatingTie, PublicationRatingTie.visit, ids)
    pending = MailMessage.visit.in_(ids) & MailMessage.address.is_null(False)
    wiped = {"state": "cancelled", "address": None, "ended_at": now}
    MailMessage.update(wiped).where(pending).execute()
    # A copy can be verified for as long as it exists; whose it was is nobody's business.
    MarkedCopy.update(visit=None).where(MarkedCopy.visit.in_(ids)).execute()


def let_go_elsewhere(visit_ids: Sequence[int]) -> None:
    """Who they are where no visit leads to: given property, keys, complaints, words of others.

    Before `wipe`, and only for who asks: those records have terms of their own.
    """
    ids = list(visit_ids)
    names = {mentions.words(name) for name in mentions.own_names(ids)}
    _let_property_go(ids, names)
    # Anybody may write a key holder's name into the guest book; who has a key now stays known.
    moves = KeyEvent.select(fn.MAX(KeyEvent.id)).where(KeyEvent.event != "used")
    is_back = KeyEvent.id.not_in(moves.group_by(KeyEvent.locker))
    held = list(KeyEvent.select().where(KeyEvent.holder != "", is_back))
    theirs = [row.id for row in held if mentions.words(row.holder) in names]
    KeyEvent.update(holder="").where(KeyEvent.id.in_(theirs)).execute()
    pattern = mentions.pattern_of(ids)
    if pattern is not None:
        _let_complaints_go(pattern)
        mentions.take_out(pattern)


def _let_property_go(ids: list[int], names: set[tuple[str, ...]]) -> None:
    """Who got what was found: in a locker of these visits, or under a name that is theirs alone."""
    given = list(FoundProperty.select().where(FoundProperty.handed_to != ""))
    theirs = [
        row.id
        for row in given
        if mentions.words(row.handed_to) in names
        or (row.visit is not None and row.visit.id in ids and row.state == "handed_over")
    ]
    texts = dict.fromkeys(("handed_to", "proof", "note"), "")
    FoundProperty.update(texts).where(FoundProperty.id.in_(theirs)).execute()


def _let_complaints_go(pattern: re.Pattern[str]) -> None:
    left = list(Complaint.select().where(Complaint.contact.is_null(False)))
    theirs = [row.id for row in left if pattern.search(row.contact or "")]
    Complaint.update(contact=None).where(Complaint.id.in_(theirs)).execute()


def _empty_reasons(ids: list[int]) -> None:
    """What officers wrote about these visits, in the tables and beside the journal."""
    uses = LockerSession.select(LockerSession.id).where(LockerSession.visit.in_(ids))
    LockerMove.update(reason="").where(LockerMove.session.in_(uses)).execute()
    DoorCommand.update(reason="").where(DoorCommand.session.in_(uses)).execute()
    ServedCorrection.update(reason="").where(ServedCorrection.visit.in_(ids)).execute()
    missing = Reading.missing_reason.is_null(False)
    Reading.update(missing_reason="").where(Reading.visit.in_(ids), missing).execute()
    Photocopy.update(lost_reason="").where(Photocopy.visit.in_(ids)).execute()
    spoken.forget(ids)


def _empty_cards(ids: list[int]) -> None:
    deposits = Deposit.select(Deposit.id).where(Deposit.visit.in_(ids))
    DepositContact.update(note="").where(DepositContact.deposit.in_(deposits)).execute()
    swapped = CardSwap.first.in_(deposits) | CardSwap.second.in_(deposits)
    CardSwap.update(note="").where(swapped).execute()
    Deposit.update(note="").where(Deposit.visit.in_(ids)).execute()


def _untie(visit_ids: list[int]) -> None:
    """Let nobody tell any more that these visits were of one person, nor by whose card."""
    is_theirs = VisitorVisit.visit.in_(visit_ids)
    ties = VisitorVisit.select(VisitorVisit.visitor).where(is_theirs)
    whose = {tie.visitor.id for tie in ties}
    VisitorVisit.delete().where(is_theirs).execute()  # type: ignore[misc]
    still_known = VisitorVisit.select(VisitorVisit.visitor)
    gone = Visitor.id.in_(sorted(whose)) & Visitor.id.not_in(still_known)
    Visitor.delete().where(gone).execute()  # type: ignore[misc]


def _delete(table: type[Model], visit: Field, ids: list[int]) -> None:
    table.delete().where(visit.in_(ids)).execute()
