"""Marked copies of publications: asked for, handed out, verified."""

import datetime as dt
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance import codes
from appliance.actor import SYSTEM, Actor
from appliance.catalogue.service import CatalogueService, PublicationCard
from appliance.catalogue.softcopy import NO_SOFTCOPY, softcopy_of
from appliance.documents.rules import OWNER
from appliance.errors import N_, Invalid, NotFound, Refused, Unavailable
from appliance.guestbook.choices import codes_of
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import MarkedCopy, PreparedCopy
from appliance.storage.once import once
from appliance.visits.service import VisitService
from appliance.watermarks import rules
from appliance.watermarks.inspection import FileInspector
from appliance.watermarks.joined import Checksums, JoinedFile
from appliance.watermarks.rules import PASSING, CopyState, Problem
from appliance.watermarks.tail import Plan, append
from appliance.watermarks.views import CopyNote, Finding, Offer, Verdict

UNKNOWN_COPY = N_("Salinan itu tidak ada. Minta lagi dari halaman publikasinya.")
NOT_READY = N_("Salinan masih disiapkan. Tunggu sebentar.")


@dataclass(frozen=True, slots=True)
class CopyFile:
    """A file to send: close it. `download_name` is plain ASCII, `version` that of these bytes."""

    file: JoinedFile
    download_name: str
    version: str


class CopyService:
    """Any thread may call it. Preparing is the documents process's; this only asks for it."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        waker: Waker,
        visits: VisitService,
        catalogue: CatalogueService,
        data_dir: Path,
        prepared_dir: Path,
        new_code: Callable[[], str] = codes.new_short_code,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._waker = waker
        self._visits = visits
        self._catalogue = catalogue
        self._data_dir = data_dir
        self._folder = prepared_dir
        self._new_code = new_code
        self._look = rules.look(office)
        self._checksums = Checksums()

    def offer(self, publication_id: int) -> Offer:
        """How far the softcopy of this publication is. Raises NotFound without one."""
        card = self._published(publication_id)
        is_marked = self._office.policy.watermark
        try:
            source = softcopy_of(self._data_dir, publication_id)
        except NotFound:
            if not card.holding.has_softcopy:
                raise
            return Offer(card.id, card.title, is_marked, CopyState.REFUSED, Problem.MISSING)
        if not is_marked:
            return Offer(card.id, card.title, is_marked, None)
        row = self._newest(publication_id)
        if row is None or row.source_stamp != source.version or row.state == CopyState.GONE:
            return Offer(card.id, card.title, is_marked, None)
        state = CopyState(row.state)
        is_attended = state not in rules.PENDING or self._waker.is_listening(OWNER)
        return Offer(card.id, card.title, is_marked, state, row.problem, is_attended)

    def ask(self, publication_id: int) -> Offer:
        """Have this publication prepared, unless it is, or cannot be. Raises as `offer`.

        Raises Unavailable when nobody is there to prepare it.
        """
        offer = self.offer(publication_id)
        if not offer.is_marked or offer.is_pending or offer.state is CopyState.READY:
            return offer
        if offer.state is CopyState.REFUSED and offer.problem not in PASSING:
            return offer
        source = softcopy_of(self._data_dir, publication_id)
        self._writer.run(lambda: self._put_in_line(publication_id, source.version))
        if not self._waker.wake(OWNER):
            raise Unavailable(N_("Layanan dokumen sedang tidak berjalan. Panggil petugas."))
        return self.offer(publication_id)

    def make(
        self,
        visit_id: int,
        publication_id: int,
        purpose: str,
        *,
        by: Actor,
        idempotency_key: str = "",
    ) -> CopyNote:
        """A copy for this visit, in the ledger; the same key again returns the first one.

        Raises NotFound, Invalid without a purpose of the guest book's list, Refused when the
        visit is closed, has had too many, or while the file is not prepared.
        """
        if purpose not in codes_of("purpose"):
            raise Invalid({"purpose": N_("Pilih untuk keperluan apa.")})
        card, row = self._published(publication_id), self._ready(publication_id)
        # Before the writer's turn: the first copy of a long file reads all of it.
        line = self._line(card, row, purpose)
        number, now = line["number"], line["made_at"]

        def keep() -> str:
            visit = self._visits.require_open(visit_id)
            _check_share(visit_id)
            MarkedCopy.create(visit=visit.id, **line)
            PreparedCopy.update(used_at=now).where(PreparedCopy.id == row.id).execute()
            data = {"publication_id": card.id, "pages": row.pages, "size_bytes": row.size_bytes}
            self._recorder.fact("copy.made", f"copy/{number}", data, by=by)
            return str(number)

        scope = f"copy/{visit_id}"
        made = self._writer.run(lambda: once(scope, idempotency_key, self._clock, keep))
        return _note(MarkedCopy.get(MarkedCopy.number == made))

    def of_visit(self, visit_id: int) -> tuple[CopyNote, ...]:
        """The copies made for this visit, the newest first."""
        rows = MarkedCopy.select().where(MarkedCopy.visit == visit_id)
        return tuple(_note(row) for row in rows.order_by(MarkedCopy.id.desc()))

    def file(self, visit_id: int, number: str) -> CopyFile:
        """The copy with this number. Raises NotFound unless it is this visit's and still there."""
        row = MarkedCopy.get_or_none((MarkedCopy.number == number) & (MarkedCopy.visit == visit_id))
        if row is None:
            raise NotFound(UNKNOWN_COPY)
        prepared = PreparedCopy.get_or_none(PreparedCopy.id == row.prepared_id)
        if prepared is None or prepared.state != CopyState.READY:
            raise NotFound(UNKNOWN_COPY)
        end = self._end(prepared, row.number, row.made_at, row.purpose)
        path = self._folder / str(prepared.name)
        try:
            checksum = self._checksums.sha256(path, str(prepared.sha256), end)
            # The office's settings may have changed since: never another file under this number.
            if checksum != row.sha256:
                raise NotFound(UNKNOWN_COPY)
            return CopyFile(
                JoinedFile(path, end), rules.download_name(row.title, number), row.sha256
            )
        except FileNotFoundError:
            raise NotFound(UNKNOWN_COPY) from None

    def note_unmarked(self, visit_id: int, publication_id: int, *, by: Actor) -> None:
        """Write down once that this visit takes the softcopy as it is. Raises NotFound, Refused."""
        card = self._published(publication_id)
        size = softcopy_of(self._data_dir, publication_id).size_bytes

        def keep() -> str:
            self._visits.require_open(visit_id)
            data = {"publication_id": card.id, "size_bytes": size}
            self._recorder.fact("copy.made", f"publication/{card.id}", data, by=by)
            return ""

        scope, key = f"unmarked/{visit_id}", str(card.id)
        self._writer.run(lambda: once(scope, key, self._clock, keep))

    def unmarked_file(self, publication_id: int) -> CopyFile:
        """The softcopy as it is, in an office that does not mark. Raises NotFound."""
        card = self._published(publication_id)
        if self._office.policy.watermark:
            raise NotFound(UNKNOWN_COPY)
        source = softcopy_of(self._data_dir, publication_id)
        name = rules.download_name(card.title, str(card.record.year or card.id))
        return CopyFile(JoinedFile(source.path, b""), name, source.version)

    def verify_number(self, typed: str) -> Finding:
        """What is known of a copy with this number. Raises NotFound for any other text."""
        number = rules.parse_number(typed)
        row = MarkedCopy.get_or_none(MarkedCopy.number == number) if number else None
        if row is None:
            raise NotFound(N_("Nomor itu tidak ada di daftar salinan kantor ini."))
        return _finding(Verdict.KNOWN_NUMBER, row)

    def verify_file(self, seen: FileInspector) -> Finding:
        """What a file turns out to be."""
        row = MarkedCopy.select().where(MarkedCopy.sha256 == seen.sha256).first()
        if row is not None:
            return _finding(Verdict.GENUINE, row)
        if not seen.number:
            is_cut = PreparedCopy.select().where(PreparedCopy.sha256 == seen.sha256).exists()
            return Finding(Verdict.CUT if is_cut else Verdict.UNKNOWN)
        row = MarkedCopy.get_or_none(MarkedCopy.number == seen.number)
        if row is None:
            return Finding(Verdict.FOREIGN_NUMBER, number=seen.number)
        return _finding(Verdict.CHANGED, row)

    def _published(self, publication_id: int) -> PublicationCard:
        card = self._catalogue.get(publication_id)
        if card.is_withdrawn:
            raise NotFound(NO_SOFTCOPY)
        return card

    def _newest(self, publication_id: int) -> PreparedCopy | None:
        fits = (PreparedCopy.publication == publication_id) & (PreparedCopy.look == self._look)
        row: PreparedCopy | None = (
            PreparedCopy.select().where(fits).order_by(PreparedCopy.id.desc()).first()
        )
        return row

    def _ready(self, publication_id: int) -> PreparedCopy:
        offer, row = self.offer(publication_id), self._newest(publication_id)
        if row is None or offer.state is not CopyState.READY:
            raise Refused(rules.sentence(offer.problem) or NOT_READY)
        return row

    def _line(self, card: PublicationCard, row: PreparedCopy, purpose: str) -> dict[str, Any]:
        """A new copy as the ledger has it, but for whose it is. Raises Refused."""
        now = self._clock.now()
        number = rules.number(self._office, self._office.business_date(now), self._new_code())
        end = self._end(row, number, now, purpose)
        checksum = self._checksums.sha256(self._folder / str(row.name), str(row.sha256), end)
        if checksum is None:
            self._prepare_anew(row)
            raise Refused(NOT_READY)
        return {
            "number": number,
            "publication": card.id,
            "prepared": row.id,
            "title": card.title,
            "purpose": purpose,
            "made_at": now,
            "size_bytes": (row.size_bytes or 0) + len(end),
            "sha256": checksum,
        }

    def _prepare_anew(self, row: PreparedCopy) -> None:
        """The card lost or changed the file: never hand it out, and have it made again."""

        def give_up() -> None:
            still = (PreparedCopy.id == row.id) & (PreparedCopy.state == CopyState.READY)
            if PreparedCopy.update(state=CopyState.GONE, name=None).where(still).execute():
                self._recorder.note("copy.lost", f"publication/{row.publication_id}", by=SYSTEM)

        self._writer.run(give_up)
        with suppress(Unavailable):  # asked for again with the next tap
            self.ask(row.publication_id)

    def _end(self, row: PreparedCopy, number: str, made_at: dt.datetime, purpose: str) -> bytes:
        """What follows the prepared file in the copy with this number."""
        day = self._office.business_date(made_at)
        return append(_plan(row), rules.personal(self._office, number, day, purpose), number)

    def _put_in_line(self, publication_id: int, stamp: str) -> None:
        row = self._newest(publication_id)
        if row is not None and row.source_stamp == stamp and row.state in (*rules.PENDING, "ready"):
            return
        if row is not None and row.state in (*rules.PENDING, CopyState.READY):
            # Its source was replaced; the file itself goes with the next tidying.
            gone = {"state": CopyState.GONE, "name": None}
            PreparedCopy.update(gone).where(PreparedCopy.id == row.id).execute()
        PreparedCopy.create(
            publication=publication_id,
            source_stamp=stamp,
            look=self._look,
            state=CopyState.WAITING,
            asked_at=self._clock.now(),
        )


def _check_share(visit_id: int) -> None:
    """Return when the visit may have another copy; raises Refused when it has had its share."""
    if MarkedCopy.select().where(MarkedCopy.visit == visit_id).count() >= rules.MOST_COPIES:
        raise Refused(
            N_("Satu kunjungan paling banyak %(limit)s salinan. Tanyakan ke petugas."),
            limit=rules.MOST_COPIES,
        )


def _plan(row: PreparedCopy) -> Plan:
    return Plan(**json.loads(str(row.tail)))


def _note(row: MarkedCopy) -> CopyNote:
    return CopyNote(
        number=row.number,
        publication_id=row.publication_id,
        title=row.title,
        purpose=row.purpose,
        made_at=row.made_at,
        size_bytes=row.size_bytes,
    )


def _finding(verdict: Verdict, row: MarkedCopy) -> Finding:
    return Finding(verdict, row.number, row.title, row.made_at, row.purpose)
