"""What people ask about their data: to see, correct, restrict or erase it, within 3 x 24 hours."""

import datetime as dt
import uuid as uuids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from peewee import ModelSelect

from appliance.actor import Actor, Role
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import Field, checked
from appliance.privacy.wiping import IDENTITY
from appliance.record import Books, Recorder
from appliance.storage import statements
from appliance.storage.models import Guest, PrivacyRequest, RestrictedIdentity, Visit

TERM = dt.timedelta(hours=72)  # on the wall: holidays and closed rooms do not stop it
SOON = dt.timedelta(hours=24)
SHOWN = 100
_NEXT_DUE = "SELECT min(due_at) FROM privacy_request WHERE state = 'open'"
KIND_WORDS = {
    "access": N_("Minta salinan data"),
    "correct": N_("Perbaiki data"),
    "restrict": N_("Batasi pemakaian data"),
    "lift": N_("Cabut pembatasan"),
    "erase": N_("Hapus data"),
}
SAY_WHAT = N_("Tulis apa yang perlu diperbaiki.")
SAY_ANSWER = N_("Tulis jawaban untuk pengunjung.")
DO_IT = N_("Lakukan dahulu di halaman ini; permintaannya lalu selesai sendiri. Atau tolak.")
# Ended by doing it: what is only said to be done would still be kept, or in use.
ENDED_BY_DOING = ("restrict", "lift", "erase")
NOT_FOUND = N_("Permintaan itu tidak ada.")
ERASED = N_("Data diri kunjungan ini sudah dihapus; tidak ada lagi yang dapat diminta atau diubah.")
RESTRICTED = N_("Pemakaian data ini dibatasi. Cabut pembatasannya dahulu bila pemiliknya meminta.")
IS_RESTRICTED = N_("Pemakaian data ini sudah dibatasi.")
NOT_RESTRICTED = N_("Pemakaian data ini tidak sedang dibatasi.")
LONGEST = 500


@dataclass(frozen=True, slots=True)
class DataRequest:
    """One request; `left_s` is the time until it is due, below zero when it is late."""

    uuid: str
    visit_id: int
    kind: str
    words: str = field(repr=False)
    state: str
    asked_at: dt.datetime
    due_at: dt.datetime
    left_s: float
    answered_at: dt.datetime | None
    answer: str = field(repr=False)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.state == "open"

    @property
    def is_late(self) -> bool:
        """Whether the time that the law leaves is over."""
        return self.is_open and self.left_s < 0


class DataRights:
    """Any thread may call it."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def ask(self, visit_id: int, form: Mapping[str, str], *, by: Actor) -> DataRequest:
        """Keep what a visitor asks; while the same is open, that one.

        `form` has `kind` and `words`. Raises Invalid, NotFound, Refused for what cannot be done:
        with data that is gone, or restricted already, or not restricted.
        """
        kind = form.get("kind", "")
        if kind not in KIND_WORDS:
            raise Invalid({"kind": N_("Pilih apa yang Anda minta.")})
        missing = SAY_WHAT if kind == "correct" else ""
        words = checked(form, {"words": Field(LONGEST, missing, lines=True)})["words"]
        return self._writer.run(lambda: self._ask(visit_id, kind, words, by))

    def of_visit(self, visit_id: int) -> tuple[DataRequest, ...]:
        """What this visit asked, the newest first."""
        rows = PrivacyRequest.select().where(PrivacyRequest.visit == visit_id)
        return self._views(rows.order_by(PrivacyRequest.id.desc()))

    def next_due(self) -> dt.datetime | None:
        """When the most urgent request must be answered; None while nobody waits."""
        row = statements.first(_NEXT_DUE)
        return dt.datetime.fromisoformat(row[0]) if row and row[0] else None

    def waiting(self) -> tuple[DataRequest, ...]:
        """What nobody has answered, the most urgent first."""
        rows = PrivacyRequest.select().where(PrivacyRequest.state == "open")
        return self._views(rows.order_by(PrivacyRequest.due_at).limit(SHOWN))

    def answered(self) -> tuple[DataRequest, ...]:
        """What was answered, the newest first."""
        rows = PrivacyRequest.select().where(PrivacyRequest.state != "open")
        return self._views(rows.order_by(PrivacyRequest.answered_at.desc()).limit(SHOWN))

    def answer(
        self, uuid: str, form: Mapping[str, str], *, by: Actor, refused: bool = False
    ) -> DataRequest:
        """Say what became of it, on the visitor's page. Once answered it stays so.

        Raises Invalid without an answer, and for what is done by doing it and not by words
        unless it is `refused`; NotFound.
        """
        words = checked(form, {"answer": Field(LONGEST, SAY_ANSWER, lines=True)})["answer"]

        def answer() -> DataRequest:
            row = _row(uuid)
            if row.state == "open":
                if row.kind in ENDED_BY_DOING and not refused:
                    raise Invalid({"answer": DO_IT})
                self._end(row, words, "refused" if refused else "done", by)
            return self._view(_row(uuid))

        return self._writer.run(answer)

    def is_restricted(self, visit_id: int) -> bool:
        """Whether who this visit is of may be kept but not used."""
        rows = RestrictedIdentity.select().where(RestrictedIdentity.visit == visit_id)
        return bool(rows.exists())

    def restrict(self, visit_id: int, *, by: Actor) -> None:
        """Take who this visit is of out of every screen. Repeating is fine.

        Raises NotFound, Refused when nothing is kept any more.
        """
        self._writer.run(lambda: self._restrict(visit_id, by))

    def lift(self, visit_id: int, *, by: Actor) -> None:
        """Let it be used again. Repeating is fine. Raises NotFound."""
        self._writer.run(lambda: self._lift(visit_id, by))

    def withheld(self, visit_id: int, *, by: Actor) -> dict[str, str | None]:
        """Who a restricted visit is of, for admins alone; every look is journalled."""
        row = RestrictedIdentity.get_or_none(RestrictedIdentity.visit == visit_id)
        if row is None or by.role is not Role.ADMIN:
            return {}
        subject = f"visit/{_visit(visit_id).uuid}"
        self._writer.run(lambda: self._recorder.note("data.read", subject, by=by))
        return {name: getattr(row, name) for name in IDENTITY}

    # Inside a function of the writer --------------------------------------------------------

    def _ask(self, visit_id: int, kind: str, words: str, by: Actor) -> DataRequest:
        visit, now = _visit(visit_id), self._clock.now()
        self._check(visit_id, kind)
        same = (PrivacyRequest.visit == visit_id) & (PrivacyRequest.kind == kind)
        row = PrivacyRequest.get_or_none(same & (PrivacyRequest.state == "open"))
        if row is None:
            row = PrivacyRequest.create(
                uuid=str(uuids.uuid4()),
                visit=visit_id,
                kind=kind,
                words=words,
                asked_at=now,
                asked_by="visitor" if by.role is Role.VISITOR else "staff",
                due_at=now + TERM,
            )
            detail = {"kind": kind}
            self._recorder.note("data.asked", f"visit/{visit.uuid}", by=by, detail=detail)
        return self._view(_row(row.uuid))

    def _check(self, visit_id: int, kind: str) -> None:
        """Raises Refused for what would have no sensible end."""
        if is_erased(visit_id):
            raise Refused(ERASED)
        is_restricted = self.is_restricted(visit_id)
        if kind == "restrict" and is_restricted:
            raise Refused(IS_RESTRICTED)
        if kind == "lift" and not is_restricted:
            raise Refused(NOT_RESTRICTED)

    def _restrict(self, visit_id: int, by: Actor) -> None:
        visit = _visit(visit_id)
        if is_erased(visit_id):
            raise Refused(ERASED)
        guest = Guest.get_or_none(Guest.visit == visit_id)
        if guest is not None and not self.is_restricted(visit_id):
            told = {name: getattr(guest, name) for name in IDENTITY}
            RestrictedIdentity.create(visit=visit_id, at=self._clock.now(), by=str(by), **told)
            Guest.update(dict.fromkeys(IDENTITY)).where(Guest.visit == visit_id).execute()
            self._recorder.note("data.restricted", f"visit/{visit.uuid}", by=by)
        self._end_open(visit_id, "restrict", by)

    def _lift(self, visit_id: int, by: Actor) -> None:
        visit = _visit(visit_id)
        row = RestrictedIdentity.get_or_none(RestrictedIdentity.visit == visit_id)
        if row is not None:
            told = {name: getattr(row, name) for name in IDENTITY}
            Guest.update(told).where(Guest.visit == visit_id).execute()
            row.delete_instance()
            self._recorder.note("data.lifted", f"visit/{visit.uuid}", by=by)
        self._end_open(visit_id, "lift", by)

    def _end_open(self, visit_id: int, kind: str, by: Actor) -> None:
        same = (PrivacyRequest.visit == visit_id) & (PrivacyRequest.kind == kind)
        for row in PrivacyRequest.select().where(same & (PrivacyRequest.state == "open")):
            self._end(row, "", "done", by)

    def _end(self, row: PrivacyRequest, words: str, state: str, by: Actor) -> None:
        ended: dict[str, object] = {"answer": words, "state": state, "answered_by": str(by)}
        ended["answered_at"] = self._clock.now()
        PrivacyRequest.update(ended).where(PrivacyRequest.id == row.id).execute()
        detail = {"kind": row.kind, "state": state}
        subject = f"visit/{_visit(row.visit_id).uuid}"
        self._recorder.note("data.answered", subject, by=by, detail=detail)

    def _views(self, rows: "ModelSelect[PrivacyRequest]") -> tuple[DataRequest, ...]:
        return tuple(self._view(row) for row in rows)

    def _view(self, row: PrivacyRequest) -> DataRequest:
        return DataRequest(
            uuid=row.uuid,
            visit_id=row.visit_id,
            kind=row.kind,
            words=row.words,
            state=row.state,
            asked_at=row.asked_at,
            due_at=row.due_at,
            left_s=(row.due_at - self._clock.now()).total_seconds(),
            answered_at=row.answered_at,
            answer=row.answer,
        )


def is_erased(visit_id: int) -> bool:
    """Whether nobody can say any more who this visit was of."""
    gone = (Guest.visit == visit_id) & Guest.erased_at.is_null(False)
    return bool(Guest.select().where(gone).exists())


def check_changeable(visit_id: int) -> None:
    """Return when who this visit is of may be written. Raises Refused."""
    if is_erased(visit_id):
        raise Refused(ERASED)
    if RestrictedIdentity.select().where(RestrictedIdentity.visit == visit_id).exists():
        raise Refused(RESTRICTED)


def end_requests(
    visit_ids: Sequence[int], recorder: Recorder, now: dt.datetime, *, by: Actor
) -> None:
    """End what is still open of visits that are being erased: there is nothing left to answer.

    Whoever asked for the erasure has it done. Belongs inside a function given to the writer.
    """
    is_theirs = PrivacyRequest.visit.in_(list(visit_ids)) & (PrivacyRequest.state == "open")
    for row in PrivacyRequest.select(PrivacyRequest, Visit).join(Visit).where(is_theirs):
        state = "done" if row.kind == "erase" else "ended"
        ended: dict[str, object] = {"state": state, "answered_at": now, "answered_by": str(by)}
        PrivacyRequest.update(ended).where(PrivacyRequest.id == row.id).execute()
        detail = {"kind": row.kind, "state": state}
        recorder.note("data.answered", f"visit/{row.visit.uuid}", by=by, detail=detail)


def _visit(visit_id: int) -> Visit:
    visit: Visit | None = Visit.get_or_none(Visit.id == visit_id)
    if visit is None:
        raise NotFound(N_("Kunjungan itu tidak ada."))
    return visit


def _row(uuid: str) -> PrivacyRequest:
    row: PrivacyRequest | None = PrivacyRequest.get_or_none(PrivacyRequest.uuid == uuid)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row
