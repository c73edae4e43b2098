"""The printed holdings: which copies there are, where each stands, and what a code names."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING

from appliance.actor import Actor
from appliance.catalogue import copy_rules, copy_table
from appliance.catalogue.codes import compact
from appliance.catalogue.copy_rules import Copy, CopyState, Whose
from appliance.catalogue.service import CatalogueService, PublicationCard
from appliance.codes import CodeKind, ReadKind, parse_barcode, recognise
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import one_line
from appliance.record import Books
from appliance.storage.models import BookCopy, Publication
from appliance.storage.once import once

if TYPE_CHECKING:
    from appliance.catalogue.export_file import Format

MOST_LISTED = 200
LONGEST_CODE = 60
NOT_FOUND = N_("Eksemplar itu tidak ada.")
WRONG_CODE = {
    CodeKind.TICKET: N_("Itu kode kunjungan, bukan kode buku."),
    CodeKind.LOCKER: N_("Itu kode loker, bukan kode buku."),
    CodeKind.STAFF: N_("Itu kode petugas, bukan kode buku."),
    CodeKind.ACTION: N_("Itu kode pilihan untuk loker, bukan kode buku."),
    CodeKind.VISITOR: N_("Itu kartu pengunjung, bukan kode buku."),
}
NOBODY = Whose((), None)


@dataclass(frozen=True, slots=True)
class Match:
    """What a scanned or typed code names. No publication: unknown; several: a series."""

    code: str
    publications: tuple[PublicationCard, ...] = ()
    whose: Whose = NOBODY

    @property
    def publication(self) -> PublicationCard | None:
        """The one publication that is meant; None when unknown or not clear."""
        return self.publications[0] if len(self.publications) == 1 else None

    @property
    def is_series(self) -> bool:
        return len(self.publications) > 1


class HoldingsService:
    """Reads from any thread; every change goes through the writer."""

    def __init__(self, *, books: Books, catalogue: CatalogueService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._catalogue = catalogue

    def of(self, publication_id: int) -> tuple[Copy, ...]:
        """Every copy of a publication and how it is; nobody's name or number is in it."""
        return copy_table.of(publication_id)

    def get(self, copy_id: int) -> Copy:
        """One copy. Raises NotFound."""
        copy = copy_table.by_id(copy_id)
        if copy is None:
            raise NotFound(NOT_FOUND)
        return copy

    def has(self, text: str) -> bool:
        """Whether this is the barcode of a copy, whoever printed it."""
        code = one_line(text).upper()
        return len(code) <= LONGEST_CODE and copy_table.by_barcode(code) is not None

    def find(self, text: str) -> Match:
        """What a barcode, an inventory, publication or book number names.

        Raises Refused for a code of ours that is no book.
        """
        code = one_line(text).upper()[: 2 * LONGEST_CODE]
        if not code:
            return Match("")
        scanned = parse_barcode(code)
        if scanned is not None and scanned.kind is not CodeKind.PUBLICATION:
            raise Refused(WRONG_CODE[scanned.kind])
        copy = copy_table.by_barcode(code)
        if copy is not None:
            return self._match(code, (copy.publication_id,), copy.id)
        number = scanned.value if scanned else code
        found = copy_table.publications_with(_spellings(number))
        if not found:
            listed = copy_table.by_inventory(one_line(text))
            if len(listed) == 1:
                return self._match(code, (listed[0].publication_id,), listed[0].id)
        return self._match(code, found)

    def named(self, publication_id: int) -> Match:
        """The match for a publication that was chosen by its title. Raises NotFound."""
        return self._match("", (publication_id,))

    def of_copy(self, copy_id: int) -> Match:
        """The match for one copy. Raises NotFound."""
        copy = self.get(copy_id)
        return self._match(copy.barcode, (copy.publication_id,), copy.id)

    def add(
        self,
        publication_id: int,
        values: Mapping[str, object],
        *,
        by: Actor,
        idempotency_key: str = "",
    ) -> Copy:
        """One more copy. Raises Invalid, NotFound. The same key adds only once."""
        wanted = copy_table.valid(values)

        def insert() -> str:
            card = self._catalogue.get(publication_id)
            copy_id = copy_table.insert(card.id, wanted, self._clock.now())
            self._recorder.note("holding.added", f"copy/{copy_id}", by=by)
            return str(copy_id)

        scope = f"copy/{publication_id}"
        made = self._writer.run(lambda: once(scope, idempotency_key, self._clock, insert))
        return self.get(int(made))

    def change(self, copy_id: int, values: Mapping[str, object], *, by: Actor) -> Copy:
        """Change the given fields. Raises Invalid, NotFound, Refused while it is being read."""

        def update() -> None:
            copy = self.get(copy_id)
            wanted = copy_table.valid(asdict(copy.values) | dict(values))
            if copy.reading_id is not None and wanted.state is not copy.kept_state:
                raise Refused(N_("Buku ini sedang dibaca. Catat dahulu bahwa sudah kembali."))
            changed = copy_table.update(copy, wanted)
            if changed:
                detail = {"fields": changed}
                self._recorder.note("holding.changed", f"copy/{copy_id}", by=by, detail=detail)

        self._writer.run(update)
        return self.get(copy_id)

    def set_state(self, copy_id: int, state: CopyState, *, by: Actor) -> None:
        """Say how a copy is; what is so already is not written again."""
        if self.get(copy_id).kept_state is state:
            return

        def write() -> None:
            copy_table.set_state(copy_id, state)
            detail = {"state": state}
            self._recorder.note("holding.changed", f"copy/{copy_id}", by=by, detail=detail)

        self._writer.run(write)

    def send_out(self, copy_id: int, *, by: Actor) -> None:
        """The copy leaves the room to be photocopied; once more changes nothing.

        Raises NotFound, Refused for a copy that the room has not got.
        """
        if not self.get(copy_id).kept_state.is_held:
            raise Refused(N_("Eksemplar ini tercatat tidak ada di ruangan. Pindai dahulu bukunya."))
        self.set_state(copy_id, CopyState.OUT, by=by)

    def seen_on_shelf(self, copy_id: int, *, by: Actor) -> None:
        """The copy was in somebody's hand: it is neither missing nor away any more."""
        if self.get(copy_id).kept_state is not CopyState.WITHDRAWN:
            self.set_state(copy_id, CopyState.ON_SHELF, by=by)

    def quick_add(
        self, title: str, *, code: str = "", by: Actor, idempotency_key: str = ""
    ) -> Copy:
        """A book that is not catalogued yet: its title and one copy, to be completed later.

        `code` is what was scanned: a book's own number, or else the barcode it shall have.
        The same key adds only once. Raises Invalid, Refused for a code of ours that is no book.
        """
        number = recognise(code)
        is_number = number.kind in (ReadKind.ISBN, ReadKind.ISSN)
        record = {"title": title, "kind": "book", "issn": number.value if is_number else ""}

        def insert() -> str:
            match = self.find(code)
            if match.publications:
                raise Invalid({"book": N_("Kode ini sudah ada di katalog.")})
            values = copy_table.valid({"barcode": "" if is_number else match.code})
            card = self._catalogue.add(record, by=by)
            now = self._clock.now()
            mine = Publication.id == card.id
            Publication.update(quick_added_at=now).where(mine).execute()
            return str(copy_table.insert(card.id, values, now))

        made = self._writer.run(lambda: once("quick_add", idempotency_key, self._clock, insert))
        return self.get(int(made))

    def ids_to_complete(self) -> frozenset[int]:
        """Which publications were added by their title alone; at most 200."""
        rows = Publication.select(Publication.id).where(
            Publication.quick_added_at.is_null(False), Publication.withdrawn_at.is_null()
        )
        listed = rows.order_by(Publication.id).limit(MOST_LISTED).tuples().iterator()
        return frozenset(row_id for (row_id,) in listed)

    def to_complete(self) -> tuple[PublicationCard, ...]:
        """What was added by its title alone, the oldest first; at most 200."""
        return tuple(self._catalogue.get(row_id) for row_id in sorted(self.ids_to_complete()))

    def count(self) -> int:
        """How many copies the room holds, those that are gone left out."""
        gone = (CopyState.MISSING, CopyState.WITHDRAWN)
        return int(BookCopy.select().where(BookCopy.state.not_in(gone)).count())

    def export(self, form: "Format", file: IO[bytes], *, by: Actor) -> int:
        """Write the whole catalogue with its copies; how many records it has."""
        from appliance.catalogue import export_file  # only a desk exports

        count = export_file.write(form, file)
        detail = {"format": form, "records": count}
        self._writer.run(
            lambda: self._recorder.note("catalogue.exported", "catalogue", by=by, detail=detail)
        )
        return count

    def _match(self, code: str, found: Sequence[int], named_id: int | None = None) -> Match:
        cards = tuple(self._catalogue.get(publication_id) for publication_id in found)
        if len(cards) != 1:
            return Match(code, cards)
        return Match(code, cards, copy_rules.whose(copy_table.of(cards[0].id), named_id))


def _spellings(number: str) -> tuple[str, ...]:
    """How a number may stand in a record: a bar code says an ISBN or ISSN without its hyphens."""
    read = recognise(number)
    if read.kind in (ReadKind.ISBN, ReadKind.ISSN):
        return copy_rules.book_numbers(read.value)
    return (compact(number),)
