"""People who come again: known by their telephone number and name, or by a visitor's card."""

import datetime as dt
import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass, field

from appliance import codes
from appliance.actor import Actor
from appliance.choice import Choice
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.guestbook import rules
from appliance.guestbook.rules import FormData
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import Guest, Visitor, VisitorVisit
from appliance.visits.rules import VisitCard, mask_name
from appliance.visits.service import VisitService

LOOKED_AT = 20  # visits of one person, newest first, in which a lasting answer is looked for
SHOWN_DIGITS = 4
_COLUMNS = ("business_date", *rules.LASTING, *rules.OTHERS.values())
_JOIN = "FROM visitor_visit t JOIN guest g ON g.visit_id = t.visit_id"
_BY_PHONE = f"SELECT t.visitor_id, g.name {_JOIN} WHERE g.phone = ? AND g.name IS NOT NULL"
_ANSWERS = f"""
    SELECT {", ".join(_COLUMNS)} {_JOIN} JOIN visit v ON v.id = t.visit_id
    WHERE t.visitor_id = ? AND g.name IS NOT NULL ORDER BY t.visit_id DESC LIMIT {LOOKED_AT}"""
_VISITS = "SELECT visit_id FROM visitor_visit WHERE visitor_id = ?"
UNKNOWN = N_("Pengunjung itu tidak ditemukan.")
NOT_KNOWN = N_("Data sebelumnya tidak ditemukan. Isi buku tamu seperti biasa.")
SAME_PERSON = N_("Pilih dua pengunjung yang berbeda.")
NO_REASON = N_("Pilih alasannya.")
WHY_MERGED = (
    Choice("twice", "Orang yang sama tercatat dua kali", "The same person was written down twice"),
    Choice("number", "Nomor handphonenya berganti", "Their telephone number has changed"),
    Choice("name", "Namanya ditulis berbeda", "Their name was spelt differently"),
)


@dataclass(frozen=True, slots=True)
class KnownVisitor:
    """Somebody who was here before, as a screen may show them: nothing in full.

    `known` are the lasting answers by field name, for the guest book to complete a form with;
    never for a screen.
    """

    id: int
    uuid: str
    masked_name: str
    masked_phone: str
    last_visit: dt.date
    visits: int
    has_card: bool
    known: dict[str, str] = field(repr=False)


class Visitors:
    """Which visits are of one person. Reads from any thread, changes through the writer."""

    def __init__(self, *, books: Books, visits: VisitService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits

    # Finding ------------------------------------------------------------------------------

    def by_contact(self, name: str, phone: str) -> KnownVisitor:
        """Who left this number under this name. Raises NotFound unless that is exactly one."""
        number = rules.phone_number(phone[: rules.LONGEST_PHONE]) if phone.strip() else None
        found = _of_contact(name, number) if number else set()
        if len(found) != 1:
            raise NotFound(NOT_KNOWN)
        return self.get(found.pop())

    def by_card(self, text: str, *, digits: str | None = None) -> KnownVisitor:
        """Whose card this is. Raises NotFound.

        `digits` are the last four of their number, which whoever found the card on the floor
        does not know; None at the desk, where an officer sees who holds it.
        """
        code = codes.parse_card_code(text)
        row = Visitor.get_or_none(Visitor.card_hash == codes.token_hash(code)) if code else None
        known = None if row is None else _known(row)
        if known is None:
            raise NotFound(NOT_KNOWN)
        if digits is not None and known.masked_phone[-SHOWN_DIGITS:] != digits.strip():
            raise NotFound(NOT_KNOWN)
        return known

    def get(self, visitor_id: int) -> KnownVisitor:
        """One person. Raises NotFound, also when everything about them was erased."""
        row = Visitor.get_or_none(Visitor.id == visitor_id)
        known = None if row is None else _known(row)
        if known is None:
            raise NotFound(UNKNOWN)
        return known

    def read(self, visitor_id: int, *, by: Actor) -> tuple[VisitCard, ...]:
        """The visits of one person for a member of staff, the newest first. Raises NotFound."""
        known = self.get(visitor_id)
        self._writer.run(
            lambda: self._recorder.note("visitor.read", f"visitor/{known.uuid}", by=by)
        )
        return self.visits_of(visitor_id)

    def by_uuid(self, uuid: str) -> KnownVisitor:
        """One person by what a form carries. Raises NotFound."""
        row = Visitor.get_or_none(Visitor.uuid == uuid)
        known = None if row is None else _known(row)
        if known is None:
            raise NotFound(UNKNOWN)
        return known

    def of_visit(self, visit_id: int) -> KnownVisitor | None:
        """The person of a visit; None once they were erased."""
        tie = VisitorVisit.get_or_none(VisitorVisit.visit == visit_id)
        return None if tie is None else _known(tie.visitor)

    def visits_of(self, visitor_id: int) -> tuple[VisitCard, ...]:
        """The visits of one person, the newest first."""
        found = self._visits.by_ids(_visit_ids(visitor_id))
        return tuple(found[visit_id] for visit_id in sorted(found, reverse=True))

    def twins(self, visitor_id: int) -> tuple[KnownVisitor, ...]:
        """Others who may be the same person: they left the same number."""
        own = Guest.select(Guest.phone).where(Guest.visit.in_(_visit_ids(visitor_id)))
        phones = {guest.phone for guest in own if guest.phone}
        same = Guest.select(Guest.visit).where(Guest.phone.in_(sorted(phones)))
        rows = (
            VisitorVisit.select(VisitorVisit.visitor)
            .where(VisitorVisit.visit.in_(same), VisitorVisit.visitor != visitor_id)
            .distinct()
            .limit(LOOKED_AT)
        )
        found = (_known(row.visitor) for row in rows)
        return tuple(known for known in found if known is not None)

    def completed(self, form: FormData, uuid: str) -> FormData:
        """The form, its empty lasting fields taken from this person; as it is for nobody."""
        if not uuid:
            return form
        try:
            return rules.completed(form, self.by_uuid(uuid).known)
        except NotFound:  # erased or merged meanwhile: then the form itself must say everything
            return form

    # Writing ------------------------------------------------------------------------------

    def tie(self, visit_id: int, entry: rules.Entry, visitor_uuid: str) -> None:
        """Note whose visit this is: the one who said so, the one match, or somebody new.

        Belongs inside a function given to the writer.
        """
        row = Visitor.get_or_none(Visitor.uuid == visitor_uuid) if visitor_uuid else None
        if row is None and entry.phone:
            found = _of_contact(entry.name, entry.phone) - {None}
            row = Visitor.get_by_id(found.pop()) if len(found) == 1 else None
        if row is None:
            row = self._new()
        VisitorVisit.create(visit=visit_id, visitor=row.id)

    def issue_card(self, visitor_id: int, *, by: Actor) -> str:
        """The text of a new card, shown only now; an older card of theirs is void.

        Raises NotFound.
        """
        self.get(visitor_id)
        code = codes.new_card_code()

        def write() -> None:
            self._set_card(visitor_id, codes.token_hash(code), by, "visitor.card_issued")

        self._writer.run(write)
        return codes.barcode(codes.CodeKind.VISITOR, code)

    def revoke_card(self, visitor_id: int, *, by: Actor) -> None:
        """Make their card void. Raises NotFound, Refused without one."""
        if not self.get(visitor_id).has_card:
            raise Refused(N_("Pengunjung ini tidak mempunyai kartu."))
        self._writer.run(lambda: self._set_card(visitor_id, None, by, "visitor.card_revoked"))

    def merge(self, kept_id: int, other_id: int, *, by: Actor, reason: str) -> KnownVisitor:
        """Make the visits of the other one those of the kept one; nobody's answers change.

        The kept one's card stays, else the other's. Raises Invalid without a reason of
        WHY_MERGED, Refused for one and the same, NotFound.
        """
        if reason not in {choice.code for choice in WHY_MERGED}:
            raise Invalid({"reason": NO_REASON})
        if kept_id == other_id:
            raise Refused(SAME_PERSON)

        def write() -> None:
            kept, other = self._row(kept_id), self._row(other_id)
            moved = (
                VisitorVisit.update(visitor=kept_id)
                .where(VisitorVisit.visitor == other_id)
                .execute()
            )
            card = (other.card_hash, other.card_at, other.card_by)
            Visitor.delete().where(Visitor.id == other_id).execute()  # type: ignore[misc]
            if kept.card_hash is None and card[0] is not None:
                _set(kept_id, card_hash=card[0], card_at=card[1], card_by=card[2])
            detail = {"other": other.uuid, "visits": moved, "reason": reason}
            self._recorder.note("visitor.merged", f"visitor/{kept.uuid}", by=by, detail=detail)

        self._writer.run(write)
        return self.get(kept_id)

    def part(self, visit_id: int, *, by: Actor) -> KnownVisitor:
        """Take one visit out: it was somebody else, who is known by it from now on.

        Raises NotFound, Refused when the person has no other visit.
        """

        def write() -> int:
            tie = VisitorVisit.get_or_none(VisitorVisit.visit == visit_id)
            if tie is None:
                raise NotFound(UNKNOWN)
            before = tie.visitor
            if len(_visit_ids(before.id)) == 1:
                raise Refused(N_("Ini satu-satunya kunjungan orang itu."))
            made = self._new()
            VisitorVisit.update(visitor=made.id).where(VisitorVisit.visit == visit_id).execute()
            detail = {"other": made.uuid}
            self._recorder.note("visitor.parted", f"visitor/{before.uuid}", by=by, detail=detail)
            return int(made.id)

        return self.get(self._writer.run(write))

    def _new(self) -> Visitor:
        return Visitor.create(uuid=str(uuids.uuid4()), created_at=self._clock.now())

    def _row(self, visitor_id: int) -> Visitor:
        row: Visitor | None = Visitor.get_or_none(Visitor.id == visitor_id)
        if row is None:
            raise NotFound(UNKNOWN)
        return row

    def _set_card(self, visitor_id: int, card_hash: str | None, by: Actor, action: str) -> None:
        row = self._row(visitor_id)
        has_card = card_hash is not None
        _set(
            visitor_id,
            card_hash=card_hash,
            card_at=self._clock.now() if has_card else None,
            card_by=by.name if has_card else None,
        )
        self._recorder.note(action, f"visitor/{row.uuid}", by=by)


def _of_contact(name: str, phone: str) -> set[int]:
    """The people who left this number under this name."""
    rows = statements.every(_BY_PHONE, (phone,))
    return {int(visitor_id) for visitor_id, known in rows if rules.same_name(known, name)}


def _known(row: Visitor) -> KnownVisitor | None:
    answers = _answers(row.id)
    if not answers:
        return None
    known = _lasting(answers)
    return KnownVisitor(
        id=row.id,
        uuid=row.uuid,
        masked_name=mask_name(known["name"]),
        masked_phone=_mask_phone(known.get("phone", "")),
        last_visit=dt.date.fromisoformat(answers[0]["business_date"]),
        visits=len(_visit_ids(row.id)),
        has_card=row.card_hash is not None,
        known=known,
    )


def _answers(visitor_id: int) -> list[dict[str, str]]:
    """What they answered at each of their last visits, the newest first; erased ones left out."""
    rows = statements.every(_ANSWERS, (visitor_id,))
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _lasting(answers: Iterable[dict[str, str]]) -> dict[str, str]:
    """The newest answer to each lasting question, the words behind 'other' with it."""
    known: dict[str, str] = {}
    for of_visit in answers:
        for name in rules.LASTING:
            if name not in known and of_visit[name]:
                known[name] = of_visit[name]
                if name in rules.OTHERS:
                    known[rules.OTHERS[name]] = of_visit[rules.OTHERS[name]]
    return known


def _mask_phone(phone: str) -> str:
    return f"•••• {phone[-SHOWN_DIGITS:]}" if phone else ""


def _visit_ids(visitor_id: int) -> list[int]:
    rows = statements.every(_VISITS, (visitor_id,))
    return [int(visit_id) for (visit_id,) in rows]


def _set(visitor_id: int, **values: object) -> None:
    Visitor.update(**values).where(Visitor.id == visitor_id).execute()
