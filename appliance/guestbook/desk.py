"""The guest book as the desk keeps it: groups, quick entries, paper slips, corrections."""

from collections.abc import Mapping
from dataclasses import fields
from zlib import crc32

from appliance.actor import Actor
from appliance.choice import Choice
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.guestbook import rules
from appliance.guestbook.entries import Arrival, EntryBook
from appliance.guestbook.group_rules import Heads, checked_heads
from appliance.guestbook.guardians import Given, Guardians, newest
from appliance.guestbook.paper_rules import check_paper
from appliance.guestbook.rules import Entry, FormData
from appliance.guestbook.visitors import Visitors
from appliance.offices import Office
from appliance.privacy.rights import check_changeable
from appliance.record import Books
from appliance.storage.models import GroupMember, Guest, Visit
from appliance.visits.rules import Statistics, VisitCard
from appliance.visits.service import VisitService

CHANNEL = "desk"
SCOPE = "guestbook/desk"
IDENTITY = ("name", "email", "phone", "agency_name", "guardian_name")
LISTS = ("services", "channels")
# Told by their code; every other answer is somebody's own words and stays out of the journal.
CODED = (
    *("sex", "age_band", "education", "occupation", "agency_category", "purpose", "disability"),
    *LISTS,
)
# A list and no free text: the journal outlives an erasure, and a sentence may name somebody.
WHY_CORRECTED = (
    Choice("typed", "Salah ketik atau salah pilih", "Typed or chosen wrongly"),
    Choice("told", "Pengunjung memberi data yang benar", "The visitor gave the right answer"),
    Choice("asked", "Pengunjung minta diperbaiki", "The visitor asked for the correction"),
    Choice("checked", "Hasil pemeriksaan petugas", "Found when checked"),
)
COMPLETED = "completed"
NO_REASON = N_("Pilih alasan perbaikannya.")
NOTHING_CHANGED = N_("Tidak ada yang berubah, jadi tidak ada yang dicatat.")
CHANGED_MEANWHILE = N_(
    "Isian ini diubah di layar lain sejak halaman ini dibuka. Bandingkan dahulu dengan"
    " kunjungannya; bila isian di bawah yang benar, simpan sekali lagi."
)


class GuestbookDesk:
    """What officers write into the guest book. Every change goes through the writer."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        visitors: Visitors,
        book: EntryBook,
        guardians: Guardians,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._visitors = visitors
        self._book = book
        self._guardians = guardians

    def register(
        self, form: FormData, *, language: str, key: str, by: Actor, returning: str = ""
    ) -> VisitCard:
        """The visit of a form that an officer filled in, with the heads of its group.

        No address and no telephone number is demanded here. Raises Invalid.
        """
        filled = self._visitors.completed(form, returning)
        entry, heads = self._checked(filled, "")
        taken = rules.taken_over(form, filled)
        arrival = Arrival(entry, CHANNEL, language, heads, visitor_uuid=returning, taken_over=taken)
        return self._book.write_once(arrival, scope=SCOPE, key=key, by=by)

    def quick(self, form: FormData, *, language: str, key: str, by: Actor) -> VisitCard:
        """A visit by name alone, to be completed later. Raises Invalid."""
        entry = rules.check_quick(form)
        arrival = Arrival(entry, CHANNEL, language, is_incomplete=True)
        return self._book.write_once(arrival, scope=SCOPE, key=key, by=by)

    def from_paper(self, form: FormData, *, language: str, key: str, by: Actor) -> VisitCard:
        """The visit of a paper slip, with the times that stand on it.

        Raises Invalid with every problem of answers and times, Refused while no clock can tell.
        """
        problems: dict[str, str] = {}
        paper = None
        try:
            paper = check_paper(form, self._clock.stamp(), self._office.zone)
        except Invalid as invalid:
            problems |= invalid.problems
        try:
            entry, heads = self._checked(form, "")
        except Invalid as invalid:
            raise Invalid(problems | invalid.problems) from None
        if paper is None:
            raise Invalid(problems)
        arrival = Arrival(entry, CHANNEL, language, heads, paper=paper)
        return self._book.write_once(arrival, scope=SCOPE, key=key, by=by)

    def answers(self, visit_id: int) -> dict[str, str | list[str]]:
        """What was answered for a visit, by field name, as a form shows it.

        Raises NotFound, Refused for what was erased or is restricted.
        """
        check_changeable(visit_id)
        return self._answers(visit_id)

    def version(self, visit_id: int) -> str:
        """Another text as soon as any answer of this visit is another. Raises NotFound."""
        return str(crc32(repr(self._answers(visit_id)).encode()))

    def _answers(self, visit_id: int) -> dict[str, str | list[str]]:
        visit, guest = self._visits.by_id(visit_id), self._guest(visit_id)
        found: dict[str, str | list[str]] = {name: getattr(guest, name) or "" for name in IDENTITY}
        for one in fields(Statistics):
            value = getattr(visit.statistics, one.name)
            found[one.name] = list(value) if one.name in LISTS else value
        row = newest(visit_id)
        if row is not None and row.action == "given":
            found |= {"guardian_relation": row.relation, "guardian_consent": "1"}
        for head in self.heads(visit_id):
            found[f"heads_{head.sex}_{head.age_band}"] = str(head.count)
        return found

    def heads(self, visit_id: int) -> tuple[Heads, ...]:
        """Who came with the leader of this visit."""
        rows = GroupMember.select().where(GroupMember.visit == visit_id)
        return tuple(
            Heads(row.sex, row.age_band, row.heads)
            for row in rows.order_by(GroupMember.age_band, GroupMember.sex)
        )

    def amend(
        self,
        visit_id: int,
        form: FormData,
        *,
        by: Actor,
        reason: str = "",
        language: str = "id",
        seen: str = "",
    ) -> VisitCard:
        """Correct the answers of a visit, or complete those of a quick entry.

        `reason` is a code of WHY_CORRECTED; completing needs none. `seen` is the version of the
        answers that the form was filled with. Raises Invalid, NotFound, Refused when nothing
        changed, somebody else changed them since, the person was erased or their data restricted.
        """
        was_incomplete = self._visits.by_id(visit_id).is_incomplete
        entry, heads = self._checked({**form, "consent": "1"}, "")  # given when they came
        if not was_incomplete and reason not in {choice.code for choice in WHY_CORRECTED}:
            raise Invalid({"reason": NO_REASON})
        why = COMPLETED if was_incomplete else reason

        def write() -> VisitCard:
            before, guest = self._visits.by_id(visit_id), self._guest(visit_id)
            check_changeable(visit_id)
            is_stale = seen not in ("", self.version(visit_id))
            changed = _changed(guest, before.statistics, entry)
            if set(heads) != set(self.heads(visit_id)):
                changed.append("heads")
            has_consented = self._keep_guardian(visit_id, entry, language, by)
            if not (changed or before.is_incomplete or has_consented):
                raise Refused(NOTHING_CHANGED)
            if is_stale:
                raise Refused(CHANGED_MEANWHILE)
            untold = [name for name in guest.taken_over.split() if name not in changed]
            self._store(visit_id, entry, heads, untold)
            after = self._visits.by_id(visit_id)
            if changed or before.is_incomplete:
                data = _told(before, after, changed) | self._to_seal(entry, changed)
                subject = f"visit/{after.uuid}"
                self._recorder.fact("visit.corrected", subject, data, by=by, why=why)
            return after

        return self._writer.run(write)

    def _checked(self, form: FormData, returning: str) -> tuple[Entry, tuple[Heads, ...]]:
        problems: dict[str, str] = {}
        heads: tuple[Heads, ...] = ()
        try:
            heads = checked_heads(form)
        except Invalid as invalid:
            problems = dict(invalid.problems)
        try:
            entry = rules.check(self._visitors.completed(form, returning), None)
        except Invalid as invalid:
            raise Invalid(invalid.problems | problems) from None
        if problems:
            raise Invalid(problems)
        return entry, heads

    def _guest(self, visit_id: int) -> Guest:
        guest: Guest | None = Guest.get_or_none(Guest.visit == visit_id)
        if guest is None:
            raise NotFound(N_("Kunjungan ini tidak mempunyai isian buku tamu."))
        return guest

    def _keep_guardian(self, visit_id: int, entry: Entry, language: str, by: Actor) -> bool:
        """Whether a guardian has consented who had not before."""
        if not entry.guardian_relation:
            return False
        given = Given(entry.guardian_relation, "spoken", language, CHANNEL, self._clock.now())
        return self._guardians.keep(visit_id, given, by=by)

    def _store(
        self, visit_id: int, entry: Entry, heads: tuple[Heads, ...], untold: list[str]
    ) -> None:
        answers = {name: getattr(entry, name) for name in IDENTITY}
        answers["taken_over"] = " ".join(untold)
        Guest.update(answers).where(Guest.visit == visit_id).execute()
        counted: dict[str, object] = {"incomplete": 0}
        for one in fields(Statistics):
            value = getattr(entry.statistics, one.name)
            counted[one.name] = " ".join(value) if one.name in LISTS else value
        Visit.update(counted).where(Visit.id == visit_id).execute()
        self._book.replace_heads(visit_id, heads)

    def _to_seal(self, entry: Entry, changed: list[str]) -> dict[str, object]:
        """Of what names the visitor, what is new and the office lets the portal alone read."""
        return {
            name: getattr(entry, name) for name in self._office.notice.sealed if name in changed
        }


def _told(before: VisitCard, after: VisitCard, changed: list[str]) -> dict[str, object]:
    return {"fields": changed, "was": _codes(before, changed), "now": _codes(after, changed)}


def _changed(guest: Guest, before: Statistics, entry: Entry) -> list[str]:
    """The names of the answers that are no longer what they were."""
    own = [name for name in IDENTITY if (getattr(guest, name) or None) != getattr(entry, name)]
    counted = [
        one.name
        for one in fields(Statistics)
        if getattr(before, one.name) != getattr(entry.statistics, one.name)
    ]
    return own + counted


def _codes(visit: VisitCard, changed: list[str]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name in changed:
        if name in CODED:
            value = getattr(visit.statistics, name)
            found[name] = list(value) if name in LISTS else value
    if "heads" in changed:
        found["persons"] = visit.persons
    return found
