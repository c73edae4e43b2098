"""Printed publications read in the room: noted, and given back."""

import datetime as dt
import uuid as uuids
from dataclasses import dataclass

from appliance.actor import Actor
from appliance.catalogue.service import CatalogueService, PublicationCard
from appliance.errors import N_, Invalid, NotFound
from appliance.free_text import one_line
from appliance.record import Books
from appliance.storage.models import Reading
from appliance.visits.service import VisitService

TITLE_LIMIT = 400
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class ReadingNote:
    """One publication in one visitor's hands; `publication_id` None: not catalogued yet."""

    id: int
    uuid: str
    visit_id: int
    publication_id: int | None
    title: str
    noted_at: dt.datetime
    returned_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        return self.returned_at is None


class ReadingService:
    """In-house use. One visit has each publication at most once at a time."""

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitService,
        catalogue: CatalogueService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._catalogue = catalogue

    def note(
        self,
        visit_id: int,
        *,
        by: Actor,
        publication_id: int | None = None,
        barcode: str = "",
        title: str = "",
    ) -> ReadingNote:
        """Note that this visit reads a publication, named in one of the three ways.

        A title alone notes a book that is not catalogued yet. Noting the same one again returns
        the first note. When staff notes it the promise clock stops; a visitor who waits with a
        book in hand still waits.

        Raises NotFound for an unknown visit, publication or barcode, Refused for a closed visit
        or a code that is no book, Invalid when nothing is named.
        """
        title = one_line(title)
        card = self._named(publication_id, barcode)
        if card is None and not title:
            raise Invalid({"barcode": N_("Pindai barcode buku, atau tulis judulnya.")})
        if len(title) > TITLE_LIMIT:
            raise Invalid({"title": N_("Judul terlalu panjang.")})

        def keep() -> ReadingNote:
            visit = self._visits.require_open(visit_id)
            if by.is_staff:
                self._visits.begin_service(visit_id, by=by)
            found = self._open_note(visit_id, card, title)
            if found is not None:
                return _note(found)
            row = Reading.create(
                uuid=str(uuids.uuid4()),
                visit=visit.id,
                publication=card.id if card else None,
                title=card.title if card else title,
                noted_at=self._clock.now(),
                noted_by=str(by),
            )
            data = _public_facts(card) if card else {}
            self._recorder.fact("reading.noted", f"reading/{row.uuid}", data, by=by)
            return _note(row)

        return self._writer.run(keep)

    def give_back(self, reading_id: int, *, by: Actor) -> ReadingNote:
        """The publication is back on its shelf. Once more changes nothing; raises NotFound."""

        def keep() -> ReadingNote:
            row = _row(reading_id)
            if row.returned_at is None:
                row.returned_at = self._clock.now()
                row.returned_by = str(by)
                row.save(only=[Reading.returned_at, Reading.returned_by])
                data = {"publication_id": _note(row).publication_id}
                self._recorder.fact("reading.returned", f"reading/{row.uuid}", data, by=by)
            return _note(row)

        return self._writer.run(keep)

    def get(self, reading_id: int) -> ReadingNote:
        """One note. Raises NotFound."""
        return _note(_row(reading_id))

    def of_visit(self, visit_id: int) -> tuple[ReadingNote, ...]:
        """Everything this visit has read, the newest first."""
        query = Reading.select().where(Reading.visit == visit_id).order_by(Reading.id.desc())
        return tuple(_note(row) for row in query)

    def open_of_visit(self, visit_id: int) -> tuple[ReadingNote, ...]:
        """What this visit still has to give back."""
        return tuple(note for note in self.of_visit(visit_id) if note.is_open)

    def open_notes(self) -> tuple[ReadingNote, ...]:
        """What is off the shelf just now, the longest first; at most 200."""
        query = Reading.select().where(Reading.returned_at.is_null()).order_by(Reading.id)
        return tuple(_note(row) for row in query.limit(MOST_LISTED))

    def _named(self, publication_id: int | None, barcode: str) -> PublicationCard | None:
        if publication_id is not None:
            return self._catalogue.get(publication_id)
        return self._catalogue.by_barcode(barcode) if one_line(barcode) else None

    @staticmethod
    def _open_note(visit_id: int, card: PublicationCard | None, title: str) -> Reading | None:
        same = Reading.publication == card.id if card else Reading.publication.is_null()
        rows = Reading.select().where(
            Reading.visit == visit_id, Reading.returned_at.is_null(), same
        )
        fits = (row for row in rows if card or row.title.casefold() == title.casefold())
        return next(fits, None)


def _public_facts(card: PublicationCard) -> dict[str, object]:
    return {
        "publication_id": card.id,
        "catalogue_number": card.record.catalogue_number,
        "publication_number": card.record.publication_number,
    }


def _row(reading_id: int) -> Reading:
    row = Reading.get_or_none(Reading.id == reading_id)
    if row is None:
        raise NotFound(N_("Catatan baca tidak ditemukan."))
    return row


def _note(row: Reading) -> ReadingNote:
    return ReadingNote(
        id=row.id,
        uuid=row.uuid,
        # Peewee makes both of these from the columns.
        visit_id=row.visit_id,  # type: ignore[attr-defined]
        publication_id=row.publication_id,  # type: ignore[attr-defined]
        title=row.title,
        noted_at=row.noted_at,
        returned_at=row.returned_at,
    )
