"""The catalogue: found, shown, kept up, imported."""

import contextlib
import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from peewee import fn

from appliance.actor import Actor
from appliance.catalogue import facets, index, rules, search
from appliance.catalogue.import_file import Line
from appliance.catalogue.rules import Filters, Holding, Kind, Order, Record, search_text
from appliance.catalogue.search import Results
from appliance.codes import CodeKind, parse_barcode
from appliance.errors import N_, Invalid, NotFound, Refused
from appliance.free_text import one_line
from appliance.record import Books
from appliance.storage.models import Publication, Reading
from appliance.storage.once import once

IMPORT_CHUNK = 200  # records a commit: others wait for the writer at most that long
MOST_OF_A_SERIES = 10
NOT_FOUND = N_("Publikasi tidak ditemukan di katalog.")


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


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One field of one line that could not be kept."""

    line: int
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, or would do in a dry run. Lines with problems are left out."""

    added: int
    changed: int
    unchanged: int
    problems: tuple[ImportProblem, ...]


class CatalogueService:
    """Reads from any thread; every change goes through the writer."""

    def __init__(self, *, books: Books) -> None:
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
    ) -> Results:
        """One page of hits; any text is a valid search. An unknown kind filters nothing.

        `typing` is for answers to every key stroke: cheaper, and ranked less finely. `literal`
        puts no word right. `area` is a BPS domain code.
        """
        if index.is_behind():  # somebody wrote records without making their entries
            self._writer.run(index.refresh)
        known = next((one for one in Kind if one == kind), None)
        sorting = Order.NEWEST if order == Order.NEWEST else Order.RELEVANCE
        chosen = Filters(known, year, search_text(subject), search_text(area))
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
        self._writer.run(index.merge)
        return made

    def get(self, publication_id: int) -> PublicationCard:
        """One record, withdrawn ones too. Raises NotFound."""
        return _card(_row(publication_id))

    def by_barcode(self, text: str) -> PublicationCard:
        """The record behind a scanned barcode or a typed number.

        Raises Refused for a code of ours that is no book, NotFound for any other.
        """
        scanned = parse_barcode(text)
        if scanned is not None and scanned.kind is not CodeKind.PUBLICATION:
            raise Refused(_WRONG_CODE[scanned.kind])
        code = one_line(text).upper()
        number = scanned.value if scanned else code
        fits = (
            (Publication.barcode == code)
            | (Publication.publication_number == number)
            | (Publication.catalogue_number == number)
        )
        row = (
            Publication.select()
            .where(Publication.withdrawn_at.is_null(), fits)
            .order_by(Publication.id)
            .first()
            if code
            else None
        )
        if row is None:
            raise NotFound(
                N_("Kode %(code)s belum terkatalog. Ketik judulnya untuk mencatatnya."),
                code=code[:40],
            )
        return _card(row)

    def by_book_number(self, number: str) -> tuple[PublicationCard, ...]:
        """The records with this ISBN or ISSN, however its hyphens are set, the newest first.

        Every issue of a series has the same ISSN; at most MOST_OF_A_SERIES are told.
        """
        plain = fn.REPLACE(fn.REPLACE(fn.UPPER(Publication.issn), "-", ""), " ", "")
        rows = Publication.select().where(
            Publication.withdrawn_at.is_null(),
            Publication.issn != "",
            plain == number.upper().replace("-", "").replace(" ", ""),
        )
        newest = rows.order_by(Publication.year.desc(), Publication.id.desc())
        return tuple(_card(row) for row in newest.limit(MOST_OF_A_SERIES))

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
        record = _valid(values)

        def insert() -> str:
            self._refuse_taken(record, None)
            row_id = self._insert(record)
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
            before = _record(_row(publication_id))
            record = _valid(dataclasses.asdict(before) | dict(values))
            self._refuse_taken(record, publication_id)
            changed = [
                name for name in rules.FIELDS if getattr(record, name) != getattr(before, name)
            ]
            if changed:
                self._update(publication_id, record)
                index.refresh()
                subject = f"publication/{publication_id}"
                self._recorder.note("catalogue.edited", subject, by=by, detail={"fields": changed})

        self._writer.run(update)
        return self.get(publication_id)

    def withdraw(self, publication_id: int, *, by: Actor, back: bool = False) -> PublicationCard:
        """Take a record out of the catalogue, or back into it; its readings stay."""

        def update() -> None:
            _row(publication_id)
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
    ) -> ImportResult:
        """Add or change records, each given with its line in the file (import_file.read_file).

        A record is known again by `source_id`, `publication_number` or `barcode`; empty fields
        of the file leave what is there. Good lines are kept even when others have problems, and
        the same file once more changes nothing.
        """
        tally = dict.fromkeys(("added", "changed", "unchanged"), 0)
        problems: list[ImportProblem] = []
        lines = iter(records)
        while chunk := list(islice(lines, IMPORT_CHUNK)):
            self._import_chunk(chunk, tally, problems, dry_run=dry_run)
        if not dry_run:
            detail = {**tally, "problems": len(problems)}
            self._writer.run(
                lambda: self._recorder.note("catalogue.imported", "catalogue", by=by, detail=detail)
            )
        return ImportResult(**tally, problems=tuple(problems))

    def _import_chunk(
        self,
        chunk: list[Line],
        tally: dict[str, int],
        problems: list[ImportProblem],
        *,
        dry_run: bool,
    ) -> None:
        def keep() -> None:
            for line, values in chunk:
                try:
                    tally[self._import_one(values)] += 1
                except Invalid as invalid:
                    for field, message in invalid.problems.items():
                        problems.append(ImportProblem(line, field, message))
            if dry_run:
                raise _DryRunError  # the writer undoes everything, and nothing had to be guessed
            index.refresh()

        with contextlib.suppress(_DryRunError):
            self._writer.run(keep)

    def _import_one(self, values: Mapping[str, object]) -> str:
        given = {name: value for name, value in values.items() if one_line(value)}
        record = _valid(given)
        row = _same(record)
        if row is None:
            self._refuse_taken(record, None)
            self._insert(record)
            return "added"
        before = _record(row)
        after = _valid(dataclasses.asdict(before) | given)
        if after == before:
            return "unchanged"
        self._refuse_taken(after, row.id)
        self._update(row.id, after)
        return "changed"

    def _insert(self, record: Record) -> int:
        if record.copies and not record.barcode:
            code = rules.default_barcode(record.publication_number)
            if code and not _is_taken(Publication.barcode == code, None):
                record = dataclasses.replace(record, barcode=code)
        return int(Publication.insert(**dataclasses.asdict(record)).execute())

    @staticmethod
    def _update(row_id: int, record: Record) -> None:
        Publication.update(**dataclasses.asdict(record)).where(Publication.id == row_id).execute()

    @staticmethod
    def _refuse_taken(record: Record, row_id: int | None) -> None:
        problems = {}
        if record.barcode and _is_taken(Publication.barcode == record.barcode, row_id):
            problems["barcode"] = N_("Barcode ini sudah dipakai publikasi lain.")
        if record.source_id and _is_taken(Publication.source_id == record.source_id, row_id):
            problems["source_id"] = N_("Kode sumber ini sudah dipakai publikasi lain.")
        if problems:
            raise Invalid(problems)


class _DryRunError(Exception):
    """Raised at the end of a trial so that the writer undoes it."""


_WRONG_CODE = {
    CodeKind.TICKET: N_("Itu kode kunjungan, bukan kode buku."),
    CodeKind.LOCKER: N_("Itu kode loker, bukan kode buku."),
    CodeKind.STAFF: N_("Itu kode petugas, bukan kode buku."),
    CodeKind.ACTION: N_("Itu kode pilihan untuk loker, bukan kode buku."),
}


def _valid(values: Mapping[str, object]) -> Record:
    record, problems = rules.checked(values)
    if record is None:
        raise Invalid(problems)
    return record


def _row(publication_id: int) -> Publication:
    row = Publication.get_or_none(Publication.id == publication_id)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def _same(record: Record) -> Publication | None:
    """The row this record is already kept in."""
    for column, value in (
        (Publication.source_id, record.source_id),
        (Publication.publication_number, record.publication_number),
        (Publication.barcode, record.barcode),
    ):
        row = Publication.get_or_none(column == value) if value else None
        if row is not None:
            return row
    return None


def _is_taken(fits: object, row_id: int | None) -> bool:
    query = Publication.select().where(fits)
    return bool((query if row_id is None else query.where(Publication.id != row_id)).exists())


def _record(row: Publication) -> Record:
    values = {name: getattr(row, name) for name in rules.FIELDS}
    return Record(**values | {"kind": Kind(row.kind)})


def _card(row: Publication) -> PublicationCard:
    being_read = Reading.select().where(
        Reading.publication == row.id, Reading.returned_at.is_null()
    )
    holding = Holding(row.shelf, row.copies, being_read.count(), row.softcopy_path is not None)
    return PublicationCard(row.id, _record(row), holding, row.withdrawn_at is not None)
