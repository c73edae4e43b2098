"""What staff see of the mirror, and the few things they decide: when, and what is always kept."""

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import one_line
from appliance.mirror import numbers, rules, shelf
from appliance.mirror.covers import Cover, cover_of
from appliance.mirror.kept_tables import Spreadsheet, kept_spreadsheet, kept_table
from appliance.mirror.passes import Passes
from appliance.mirror.records import ListKey
from appliance.mirror.shelf import KINDS, Shelf
from appliance.mirror.state import PullState, Standing
from appliance.mirror.tables import StatTable
from appliance.mirror.trouble import SENTENCES, Trouble
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.source_settings import CatalogueSource
from appliance.storage.models import (
    MirrorFile,
    MirrorList,
    MirrorPin,
    MirrorRecord,
    Publication,
)

OWNER = "sync"  # the process that pulls
MOST_PINS = 200
MOST_LISTED = 50
LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class ListState:
    """One list: what it is of, when all of it was read last, and how far the pass under way is."""

    key: ListKey
    completed_at: dt.datetime | None = None
    records: int = 0
    page: int = 0  # 0: none under way
    pages: int = 0
    sentence: str = ""  # what is wrong with this list alone
    detail: str = ""
    is_unsteady: bool = False
    is_doubted: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Files of one kind: how many, how large, and why others are not here (problem -> count)."""

    what: str
    files: int
    used_mb: float
    budget_mb: int
    problems: dict[str, int]


@dataclass(frozen=True, slots=True)
class Named:
    """A publication in a list; `fields` are those that differ from the source."""

    publication_id: int
    title: str
    has_softcopy: bool = False
    is_by_settings: bool = False
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MirrorReport:
    """The state of this moment."""

    is_set: bool
    standing: Standing
    is_asked: bool
    lists: tuple[ListState, ...]
    numbers_waiting: int
    held: tuple[Named, ...]
    kept: tuple[Kept, ...]
    pinned: tuple[Named, ...]

    @property
    def sentence(self) -> str:
        """What is wrong and what to do; empty when nothing is."""
        trouble = self.standing.trouble
        return "" if trouble is None else SENTENCES[trouble]


class MirrorService:
    """For screens. Reads from any thread; asks nothing of the source itself."""

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        source: CatalogueSource,
        office: Office,
        data_dir: Path,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._data_dir = data_dir
        self._source = source
        self._state = PullState(books)
        self._shelf = Shelf(source)
        self._passes = Passes(
            books=books, source=source, domains=source.domains or (office.domain,)
        )

    def report(self) -> MirrorReport:
        """How far every list is, what is kept, and what is in the way."""
        standing = self._state.standing()
        return MirrorReport(
            is_set=self._source.is_set,
            standing=standing,
            is_asked=self._passes.is_asked(standing.asked_at),
            lists=self._lists(),
            numbers_waiting=numbers.waiting().count(),
            held=_held(),
            kept=tuple(self._kept(what) for what in KINDS),
            pinned=self._pinned(),
        )

    def cover(self, publication_id: int) -> Cover | None:
        """The picture of its cover; None where none was fetched."""
        return cover_of(self._data_dir, publication_id)

    def table(self, publication_id: int) -> StatTable | None:
        """The static table that this record is; None where it is not here."""
        return kept_table(self._data_dir, publication_id)

    def spreadsheet(self, publication_id: int) -> Spreadsheet | None:
        """The same as a file; None where it is not here."""
        return kept_spreadsheet(self._data_dir, publication_id)

    def ask(self, *, by: Actor) -> None:
        """Have every list read now. Raises ConfigError when no source is set."""
        self._source.checked()

        def write() -> None:
            self._state.ask()
            self._recorder.note("catalogue.pull_asked", "catalogue", by=by)

        self._writer.run(write)
        self._waker.wake(OWNER)

    def pin(self, code: str, *, by: Actor) -> str:
        """Always keep the softcopy of the publication with this number or barcode; its title.

        Raises NotFound, and Refused when there are too many.
        """
        row = _by_code(code)

        def write() -> None:
            if MirrorPin.select().count() >= MOST_PINS:
                raise Refused(N_("Daftar yang selalu disimpan sudah penuh. Lepas satu dahulu."))
            MirrorPin.insert(
                publication=row.id, pinned_at=self._clock.now(), pinned_by=str(by)
            ).on_conflict_ignore().execute()
            self._recorder.note("softcopy.pinned", f"publication/{row.id}", by=by)

        self._writer.run(write)
        return str(row.title)

    def unpin(self, publication_id: int, *, by: Actor) -> None:
        """Keep it no longer than others; nothing happens when it is not pinned."""

        def write() -> None:
            pinned = MirrorPin.publication == publication_id
            if MirrorPin.delete().where(pinned).execute():  # type: ignore[misc]
                self._recorder.note("softcopy.unpinned", f"publication/{publication_id}", by=by)

        self._writer.run(write)

    def follow(self, publication_id: int, *, by: Actor) -> None:
        """Give the fields that a person wrote back to the source: the next pull overwrites them.

        Raises NotFound.
        """

        def write() -> None:
            row = Publication.get_or_none(Publication.id == publication_id)
            if row is None:
                raise NotFound(N_("Publikasi tidak ditemukan di katalog."))
            records = MirrorRecord.publication == publication_id
            for record in list(MirrorRecord.select().where(records, MirrorRecord.held != "")):
                said = {name: rules.digest(getattr(row, name)) for name in record.held.split()}
                MirrorRecord.update(
                    said=json.dumps(json.loads(record.said) | said), held="", viewed_at=None
                ).where(records, MirrorRecord.lang == record.lang).execute()
            self._recorder.note("catalogue.follows", f"publication/{publication_id}", by=by)

        self._writer.run(write)

    def _lists(self) -> tuple[ListState, ...]:
        rows = {(row.model, row.domain, row.lang): row for row in MirrorList.select()}
        return tuple(_list_state(key, rows.get(key)) for key in self._passes.keys)

    def _kept(self, what: str) -> Kept:
        here = shelf.on_disk(what)
        problems = MirrorFile.select(MirrorFile.problem).where(
            MirrorFile.what == what, MirrorFile.problem.is_null(False)
        )
        return Kept(
            what=what,
            files=len(here),
            used_mb=shelf.used_bytes(here) / shelf.MEGABYTE,
            budget_mb=self._shelf.budget_bytes[what] // shelf.MEGABYTE,
            problems=dict(Counter(problem for (problem,) in problems.tuples().iterator())),
        )

    def _pinned(self) -> tuple[Named, ...]:
        ids = self._shelf.pinned()
        by_hand = {row.publication_id for row in MirrorPin.select()}
        rows = {row.id: row for row in Publication.select().where(Publication.id.in_(ids))}
        return tuple(
            Named(
                publication_id=one,
                title=rows[one].title,
                has_softcopy=rows[one].softcopy_path is not None,
                is_by_settings=one not in by_hand,
            )
            for one in ids
            if one in rows
        )


def _list_state(key: ListKey, row: MirrorList | None) -> ListState:
    if row is None:
        return ListState(key)
    return ListState(
        key=key,
        completed_at=row.completed_at,
        records=row.complete_total,
        page=row.next_page - 1,
        pages=row.pages,
        sentence=SENTENCES[Trouble(row.trouble)] if row.trouble else "",
        detail=row.detail,
        is_unsteady=row.moves >= rules.MOVES_IN_A_ROW,
        is_doubted=row.doubted_pass is not None,
    )


def _held() -> tuple[Named, ...]:
    rows = (
        MirrorRecord.select(MirrorRecord.publication, MirrorRecord.held)
        .where(MirrorRecord.held != "", MirrorRecord.gone_at.is_null())
        .order_by(MirrorRecord.publication)
        .limit(MOST_LISTED)
    )
    held = {row.publication_id: tuple(row.held.split()) for row in rows}
    found = Publication.select().where(Publication.id.in_(list(held)))
    return tuple(
        Named(row.id, row.title, fields=held[row.id]) for row in found.order_by(Publication.id)
    )


def _by_code(text: str) -> Publication:
    code = one_line(text)[:LONGEST_CODE]
    fits = (
        (Publication.source_id == code)
        | (Publication.publication_number == code)
        | (Publication.catalogue_number == code)
        | (Publication.barcode == code.upper())
    )
    wanted = Publication.select().where(fits, Publication.withdrawn_at.is_null())
    row: Publication | None = wanted.order_by(Publication.id).first() if code else None
    if row is None:
        raise NotFound(N_("Tidak ada publikasi dengan nomor atau barcode itu."))
    return row
