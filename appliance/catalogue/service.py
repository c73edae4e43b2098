"""Records of the catalogue: found, shown, kept up, imported."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.actor import Actor
from appliance.catalogue import facets, index, record_table
from appliance.catalogue.rules import Filters, Holding, Kind, Order, Record, search_text
from appliance.errors import Unavailable
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import Publication
from appliance.storage.once import once

if TYPE_CHECKING:
    from appliance.catalogue.importing import ImportResult
    from appliance.catalogue.search import Results

# How many copies are in somebody's hand, and how many are photocopied or repaired.
_IN_USE = """
    SELECT
        (SELECT count(*) FROM reading WHERE publication_id = ? AND returned_at IS NULL),
        (SELECT count(*) FROM book_copy b
         WHERE b.publication_id = ? AND b.state IN ('out', 'repair') AND NOT EXISTS (
            SELECT 1 FROM reading r WHERE r.copy_id = b.id AND r.returned_at IS NULL))"""


@dataclass(frozen=True, slots=True)
class PublicationCard:
    """One record as screens show it, with where its copies are."""

    id: int
    record: Record
    holding: Holding
    is_withdrawn: bool

    @property
    def title(self) -> str:
        return self.record.title

    @property
    def numbers(self) -> dict[str, object]:
        """How events name the publication: by its id here and the numbers that BPS gave it."""
        return {
            "publication_id": self.id,
            "catalogue_number": self.record.catalogue_number,
            "publication_number": self.record.publication_number,
        }


class CatalogueService:
    """Reads from any thread; every change goes through the writer."""

    def __init__(self, *, books: Books) -> None:
        self._books = books
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def search(
        self,
        text: str,
        kind: Kind | str | None = None,
        year: int | None = None,
        page: int = 1,
        *,
        subject: str = "",
        area: str = "",
        order: Order | str = Order.RELEVANCE,
        typing: bool = False,
        literal: bool = False,
    ) -> "Results":
        """One page of hits; any text is a valid search. An unknown kind filters nothing.

        `typing` is for answers to every key stroke: cheaper, and ranked less finely. `literal`
        puts no word right. `area` is a BPS domain code.
        """
        if index.is_behind():  # somebody wrote records without making their entries
            with contextlib.suppress(Unavailable):  # a full card is no reason to find nothing
                self._writer.run(index.refresh)
        known = next((one for one in Kind if one == kind), None)
        sorting = Order.NEWEST if order == Order.NEWEST else Order.RELEVANCE
        chosen = Filters(known, year, search_text(subject), search_text(area))
        from appliance.catalogue import search  # the lockers process never does

        return search.search(text, chosen, page, order=sorting, typing=typing, literal=literal)

    def mend_index(self) -> int:
        """Bring every entry of the search index up to date; how many had to be made.

        Blocks for as long as there is something to do, in steps that let others write between.
        """
        if not index.is_whole():
            self._writer.run(index.start_anew)
        made = 0
        while done := self._writer.run(index.refresh):
            made += done
        if made > index.REFRESH_LIMIT:
            more = self._writer.run(lambda: index.merge(is_first=True))
            while more:
                more = self._writer.run(lambda: index.merge(is_first=False))
        return made

    def get(self, publication_id: int) -> PublicationCard:
        """One record, withdrawn ones too. Raises NotFound."""
        return _card(record_table.row(publication_id))

    def years(self) -> tuple[int, ...]:
        """Every year that has a record, the newest first."""
        return tuple(reversed(facets.years()))

    def subjects(self) -> tuple[str, ...]:
        """Every subject that has a record, by name."""
        return facets.subjects()

    def areas(self) -> tuple[str, ...]:
        """The BPS domain code of every area that has a record."""
        return facets.areas()

    def count(self) -> int:
        """How many records there are, withdrawn ones left out."""
        return int(Publication.select().where(Publication.withdrawn_at.is_null()).count())

    def add(
        self, values: Mapping[str, object], *, by: Actor, idempotency_key: str = ""
    ) -> PublicationCard:
        """A new record. Raises Invalid with every problem. The same key adds only once."""
        record = record_table.valid(values)

        def insert() -> str:
            row_id = record_table.insert(record, self._clock.now())
            index.refresh()
            self._recorder.note("catalogue.added", f"publication/{row_id}", by=by)
            return str(row_id)

        row_id = self._writer.run(lambda: once("publication", idempotency_key, self._clock, insert))
        return self.get(int(row_id))

    def edit(
        self, publication_id: int, values: Mapping[str, object], *, by: Actor
    ) -> PublicationCard:
        """Change the given fields of a record. Raises Invalid, NotFound."""

        def update() -> None:
            before = record_table.row(publication_id).record
            record = record_table.valid(dataclasses.asdict(before) | dict(values))
            changed = record_table.update(publication_id, before, record, self._clock.now())
            record_table.complete(publication_id)
            if changed:
                index.refresh()
                subject = f"publication/{publication_id}"
                self._recorder.note("catalogue.edited", subject, by=by, detail={"fields": changed})

        self._writer.run(update)
        return self.get(publication_id)

    def withdraw(self, publication_id: int, *, by: Actor, back: bool = False) -> PublicationCard:
        """Take a record out of the catalogue, or back into it; its readings stay."""

        def update() -> None:
            record_table.row(publication_id)
            at = None if back else self._clock.now()
            Publication.update(withdrawn_at=at).where(Publication.id == publication_id).execute()
            index.refresh()
            action = "catalogue.restored" if back else "catalogue.withdrawn"
            self._recorder.note(action, f"publication/{publication_id}", by=by)

        self._writer.run(update)
        return self.get(publication_id)

    def import_records(
        self,
        records: Iterable[tuple[int, Mapping[str, object]]],
        *,
        by: Actor,
        dry_run: bool = False,
        tell: Callable[[int], None] = lambda _lines: None,
    ) -> "ImportResult":
        """Add or change records and copies, each given with its line (import_file.read_file).

        `tell` hears after each step how many lines were looked at.
        """
        from appliance.catalogue.importing import CatalogueImport  # only a desk imports

        return CatalogueImport(books=self._books, is_trial=dry_run).run(records, by=by, tell=tell)


def _card(kept: record_table.Kept) -> PublicationCard:
    (being_read, away) = statements.first(_IN_USE, (kept.id, kept.id)) or (0, 0)
    record, has_softcopy = kept.record, kept.softcopy_path is not None
    holding = Holding(record.shelf, record.copies, being_read, has_softcopy, away)
    return PublicationCard(kept.id, record, holding, kept.is_withdrawn)
