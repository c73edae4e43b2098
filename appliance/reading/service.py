"""Printed publications read in the room: noted, and given back."""

import uuid as uuids
from collections.abc import Callable

from peewee import JOIN, ModelSelect

from appliance.actor import Actor
from appliance.catalogue.copy_rules import CopyState
from appliance.catalogue.holdings import HoldingsService, Match
from appliance.catalogue.service import PublicationCard
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import one_line
from appliance.reading import rules
from appliance.reading.rules import Back, ReadingNote
from appliance.record import Books
from appliance.storage.models import BookCopy, Reading
from appliance.visits.service import VisitService

TITLE_LIMIT = 400
REASON_LIMIT = 200
MOST_LISTED = 200
MOST_IN_HAND = 20  # that a visitor notes alone: nobody carries more, and others want to read
UNKNOWN_CODE = N_("Kode %(code)s belum terkatalog. Ketik judulnya untuk mencatatnya.")
MANY = N_("Paling banyak %(limit)s buku sekaligus. Kembalikan dahulu, atau temui petugas.")
SERIES = N_("Beberapa publikasi memakai nomor ini. Pilih judulnya.")


class ReadingService:
    """In-house use. A copy is in one pair of hands at a time, whatever the callers do.

    `came_back` is told of every copy that is in the room again after it was out, and says whose
    visits that concerns.
    """

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitService,
        holdings: HoldingsService,
        came_back: Callable[[int, Actor], frozenset[int]],
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._holdings = holdings
        self._came_back = came_back

    def note(
        self,
        visit_id: int,
        *,
        by: Actor,
        publication_id: int | None = None,
        copy_id: int | None = None,
        barcode: str = "",
        title: str = "",
    ) -> ReadingNote:
        """Note that this visit reads a publication, named in one of the four ways.

        A publication or a book's number takes the first copy that is free; a title alone notes a
        book that is not ours. Noting the same one again returns the first note. When staff notes
        it the promise clock stops; a visitor who waits with a book in hand still waits.

        Raises NotFound for an unknown visit, publication, copy or barcode, Refused for a closed
        visit, a book that somebody else reads, a code that is no book or more than a visitor can
        carry, Invalid when nothing is named.
        """
        title = one_line(title)
        if not title and publication_id is None and copy_id is None and not one_line(barcode):
            raise Invalid({"barcode": N_("Pindai barcode buku, atau tulis judulnya.")})
        if len(title) > TITLE_LIMIT:
            raise Invalid({"title": N_("Judul terlalu panjang.")})

        def keep() -> ReadingNote:
            visit = self._visits.require_open(visit_id)
            match = self._named(publication_id, copy_id, barcode)
            choice = rules.Choice() if match is None else self._choose(visit.id, match)
            if by.is_staff:
                self._visits.begin_service(visit_id, by=by, cause="book")
            card = None if match is None else match.publication
            found = choice.reading_id or _open_without_copy(visit.id, card, title, choice)
            _say_which(choice)
            is_here = bool(barcode) or copy_id is not None  # it was scanned, not only named
            if choice.reading_id is not None and choice.copy_id is not None and is_here:
                self._seen(choice.copy_id, by=by)
            return self.get(found or self._begin(visit.id, card, choice, title, by))

        return self._writer.run(keep)

    def give_back(self, reading_id: int, *, by: Actor) -> ReadingNote:
        """The publication is back on its shelf. Once more changes nothing; raises NotFound."""

        def keep() -> ReadingNote:
            note = self.get(reading_id)
            if note.is_open:
                self._end(note, by=by)
            return self.get(reading_id)

        return self._writer.run(keep)

    def give_back_copy(self, copy_id: int, *, by: Actor) -> ReadingNote | None:
        """A copy was brought to its shelf; the reading that ends, None when nobody read it.

        A copy that was missing or away is on its shelf again. Raises NotFound.
        """

        return self.bring_back("", copy_id=copy_id, by=by).note

    def bring_back(self, code: str, *, by: Actor, copy_id: int | None = None) -> Back:
        """A book was scanned at its shelf; `copy_id` is what a person said where it was unclear.

        Raises UnclearError with the copies that it may be, Refused when none of them is away or
        the code is no book, NotFound.
        """

        def keep() -> Back:
            if copy_id is None:
                copy = rules.coming_back(self._holdings.find(code).whose)
            else:
                copy = self._holdings.get(copy_id)
            visit_ids = self._seen(copy.id, by=by)
            note = None
            if copy.reading_id is not None:
                note = self.give_back(copy.reading_id, by=by)
                visit_ids |= {note.visit_id}
            return Back(self._holdings.get(copy.id), note, visit_ids)

        return self._writer.run(keep)

    def take_out(self, visit_id: int, publication_id: int, *, by: Actor) -> int | None:
        """The visit takes this book out of the room to have it photocopied; the reading goes on.

        The copy, None where the visit has no copy of ours in hand. Raises Refused for a copy that
        the room has not got.
        """
        notes = self.open_of_visit(visit_id)
        held = (note.copy_id for note in notes if note.publication_id == publication_id)
        copy_id = next((one for one in held if one is not None), None)
        if copy_id is not None:
            self._holdings.send_out(copy_id, by=by)
        return copy_id

    def bring_in(self, visit_id: int, publication_id: int, *, by: Actor) -> None:
        """What the visit took out of this publication is in the room again."""
        for note in self.of_visit(visit_id):
            if note.publication_id != publication_id or note.copy_id is None:
                continue
            if self._holdings.get(note.copy_id).is_out:
                self._seen(note.copy_id, by=by)

    def give_back_all(self, visit_id: int, *, by: Actor) -> int:
        """Everything this visit had in hand is back; how many that were."""

        def keep() -> int:
            notes = self.open_of_visit(visit_id)
            for note in notes:
                self._end(note, by=by)
            return len(notes)

        return self._writer.run(keep)

    def not_returned(self, reading_id: int, *, reason: str, by: Actor) -> ReadingNote:
        """The visitor leaves and the publication is not there: its copy is missing from now on.

        Raises Invalid without a reason, NotFound. What has ended stays as it is.
        """
        why = one_line(reason)
        if not why or len(why) > REASON_LIMIT:
            raise Invalid({"reason": N_("Tulis alasannya, paling panjang 200 huruf.")})

        def keep() -> ReadingNote:
            note = self.get(reading_id)
            if note.is_open:
                self._end(note, by=by, missing_reason=why)
            return self.get(reading_id)

        return self._writer.run(keep)

    def get(self, reading_id: int) -> ReadingNote:
        """One note. Raises NotFound."""
        row = _rows().where(Reading.id == reading_id).first()
        if row is None:
            raise NotFound(N_("Catatan baca tidak ditemukan."))
        return _note(row)

    def of_visit(self, visit_id: int) -> tuple[ReadingNote, ...]:
        """Everything this visit has read, the newest first."""
        query = _rows().where(Reading.visit == visit_id).order_by(Reading.id.desc())
        return tuple(_note(row) for row in query)

    def open_of_visit(self, visit_id: int) -> tuple[ReadingNote, ...]:
        """What this visit still has to give back."""
        return tuple(note for note in self.of_visit(visit_id) if note.is_open)

    def open_notes(self) -> tuple[ReadingNote, ...]:
        """What is off the shelf just now, the longest first; at most 200."""
        query = _rows().where(Reading.returned_at.is_null()).order_by(Reading.id)
        return tuple(_note(row) for row in query.limit(MOST_LISTED))

    def _named(self, publication_id: int | None, copy_id: int | None, barcode: str) -> Match | None:
        """What the caller named; None for a title alone."""
        if copy_id is not None:
            return self._holdings.of_copy(copy_id)
        if publication_id is not None:
            return self._holdings.named(publication_id)
        if not one_line(barcode):
            return None
        match = self._holdings.find(barcode)
        if match.is_series:
            raise Refused(SERIES)
        if match.publication is None:
            raise NotFound(UNKNOWN_CODE, code=match.code[:40])
        return match

    def _choose(self, visit_id: int, match: Match) -> rules.Choice:
        own = {note.copy_id: note.id for note in self.open_of_visit(visit_id) if note.copy_id}
        return rules.choose(match.whose, own)

    def _begin(
        self, visit_id: int, card: PublicationCard | None, choice: rules.Choice, title: str,
        by: Actor,
    ) -> int:  # fmt: skip
        if not by.is_staff and len(self.open_of_visit(visit_id)) >= MOST_IN_HAND:
            raise Refused(MANY, limit=MOST_IN_HAND)
        if choice.copy_id is not None:
            self._seen(choice.copy_id, by=by)
        row = Reading.create(
            uuid=str(uuids.uuid4()),
            visit=visit_id,
            publication=card.id if card else None,
            book_copy=choice.copy_id,
            is_assumed=int(choice.is_assumed),
            title=card.title if card else title,
            noted_at=self._clock.now(),
            noted_by=str(by),
        )
        data = card.numbers if card else {}
        self._recorder.fact("reading.noted", f"reading/{row.uuid}", data, by=by)
        return int(row.id)

    def _seen(self, copy_id: int, *, by: Actor) -> frozenset[int]:
        """The copy is in the room, whatever was said of it; whose visits that concerns."""
        was_out = self._holdings.get(copy_id).is_out
        self._holdings.seen_on_shelf(copy_id, by=by)
        return self._came_back(copy_id, by) if was_out else frozenset()

    def _end(self, note: ReadingNote, *, by: Actor, missing_reason: str | None = None) -> None:
        ended = {"returned_at": self._clock.now(), "returned_by": str(by)}
        change = Reading.update(**ended, missing_reason=missing_reason)
        change.where(Reading.id == note.id).execute()
        is_missing = missing_reason is not None
        if is_missing and note.copy_id is not None:
            self._holdings.set_state(note.copy_id, CopyState.MISSING, by=by)
        event = "reading.missing" if is_missing else "reading.returned"
        data = {"publication_id": note.publication_id}
        self._recorder.fact(event, f"reading/{note.uuid}", data, by=by, why=missing_reason or "")


def _say_which(choice: rules.Choice) -> None:
    """Write which copies the open readings are of, now that a person has said it."""
    if choice.moves is not None:
        reading_id, copy_id = choice.moves
        Reading.update(book_copy=copy_id).where(Reading.id == reading_id).execute()
    if choice.reading_id is not None and not choice.is_assumed:
        mine = Reading.update(book_copy=choice.copy_id, is_assumed=0)
        mine.where(Reading.id == choice.reading_id).execute()


def _rows() -> "ModelSelect[Reading]":
    """Readings, each with its copy where it is of one."""
    return Reading.select(Reading, BookCopy).join(BookCopy, JOIN.LEFT_OUTER)


def _open_without_copy(
    visit_id: int, card: PublicationCard | None, title: str, choice: rules.Choice
) -> int | None:
    """The visit's open note of a book that has no copy of ours."""
    if choice.copy_id is not None:
        return None
    same = Reading.publication == card.id if card else Reading.publication.is_null()
    rows = Reading.select().where(Reading.visit == visit_id, Reading.returned_at.is_null(), same)
    fits = (row.id for row in rows if card or row.title.casefold() == title.casefold())
    return next(fits, None)


def _note(row: Reading) -> ReadingNote:
    copy = row.book_copy
    return ReadingNote(
        id=row.id,
        uuid=row.uuid,
        # Peewee makes both of these from the columns.
        visit_id=row.visit_id,  # type: ignore[attr-defined]
        publication_id=row.publication_id,  # type: ignore[attr-defined]
        copy_id=None if copy is None else copy.id,
        barcode="" if copy is None else copy.barcode,
        shelf="" if copy is None else copy.shelf,
        title=row.title,
        noted_at=row.noted_at,
        returned_at=row.returned_at,
        missing_reason=row.missing_reason or "",
    )
