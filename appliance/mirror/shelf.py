"""Which PDFs and covers are kept here: of the pinned, then of the most used, then of the newest."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from peewee import fn

from appliance.catalogue.rules import Kind
from appliance.mirror import rules
from appliance.mirror.records import ListKey
from appliance.source_settings import CatalogueSource, Model
from appliance.storage.models import (
    MarkedCopy,
    MirrorFile,
    MirrorPin,
    MirrorRecord,
    PageReading,
    Publication,
    Reading,
    SoftcopyRequest,
)

KINDS = ("pdf", "cover", "table", "excel")
MODELS: dict[str, tuple[Model, ...]] = {  # whose records have such a file
    "pdf": ("publication", "pressrelease"),
    "cover": ("publication",),
    "table": ("statictable",),
    "excel": ("statictable",),
}
IN_TURN = ("cover", "table", "pdf", "excel")  # of one record; the first one shows the most
MEGABYTE = 1_000_000
NEWEST_LOOKED_AT = 2000
MOST_OPENED_A_DAY = 20  # more is a script, which may not push out what people read
ASSUMED_BYTES = {  # where the source tells no size
    "pdf": 10 * MEGABYTE,
    "cover": 100_000,
    "table": 20_000,
    "excel": 50_000,
}
ROWS_AT_ONCE = 500  # of an IN list


@dataclass(frozen=True, slots=True)
class Want:
    """A publication that is worth keeping, and what of it: each in its turn."""

    publication_id: int
    key: ListKey
    remote_id: str
    updated_on: str
    size_bytes: int | None
    whats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to keep, the most wanted first; `ranks` are those of all that were looked at."""

    wants: tuple[Want, ...] = ()
    ranks: Mapping[int, int] = field(default_factory=dict)

    def unwanted(self, files: Iterable[MirrorFile], what: str) -> list[MirrorFile]:
        """Of these files those that may go, the least wanted last."""
        kept = {want.publication_id for want in self.wants if what in want.whats}
        free = [row for row in files if row.publication_id not in kept]
        return sorted(free, key=lambda row: self.ranks.get(row.publication_id, len(self.ranks)))


class Shelf:
    """Reads the catalogue and what is used of it."""

    def __init__(self, source: CatalogueSource) -> None:
        self._pinned = source.pinned
        self._lang = source.languages[0]
        self.budget_bytes = {what: getattr(source, f"{what}_mb") * MEGABYTE for what in KINDS}

    def plan(self) -> Plan:
        """What fits into the budgets."""
        order = self._order()
        records = self._records(order)
        order = [one for one in order if one in records]
        own = _own_softcopies(order)
        chosen = {}
        for what in IN_TURN:
            fit = [one for one in order if records[one].model in MODELS[what]]
            free = [one for one in fit if what != "pdf" or one not in own]
            chosen[what] = self._chosen(what, free, records)
        wanted = {one: tuple(what for what in IN_TURN if one in chosen[what]) for one in order}
        wants = tuple(_want(records[one], whats) for one, whats in wanted.items() if whats)
        return Plan(wants, {one: rank for rank, one in enumerate(order)})

    def pinned(self) -> list[int]:
        """Publications that are kept whatever is read: by the settings, or by a person's hand."""
        by_hand = [row.publication_id for row in MirrorPin.select().order_by(MirrorPin.pinned_at)]
        if not self._pinned:
            return by_hand
        names = list(self._pinned)
        told = Publication.select(Publication.id).where(
            Publication.source_id.in_(names)
            | Publication.publication_number.in_(names)
            | Publication.catalogue_number.in_(names)
        )
        return list(dict.fromkeys([*(row.id for row in told), *by_hand]))

    def _order(self) -> list[int]:
        uses: Counter[int] = Counter()
        for model in (Reading, MarkedCopy, SoftcopyRequest):
            rows = model.select(model.publication).where(model.publication.is_null(False))
            uses.update(row_id for (row_id,) in rows.tuples().iterator())
        opened = fn.SUM(fn.MIN(PageReading.opened, MOST_OPENED_A_DAY))
        on_screen = PageReading.select(PageReading.publication, opened)
        uses.update(dict(on_screen.group_by(PageReading.publication).tuples().iterator()))
        used = [row_id for row_id, _ in uses.most_common(NEWEST_LOOKED_AT)]
        return list(dict.fromkeys([*self.pinned(), *used, *_newest()]))

    def _records(self, order: Sequence[int]) -> dict[int, MirrorRecord]:
        found: dict[int, MirrorRecord] = {}
        for start in range(0, len(order), ROWS_AT_ONCE):
            rows = MirrorRecord.select().where(
                MirrorRecord.publication.in_(order[start : start + ROWS_AT_ONCE]),
                MirrorRecord.gone_at.is_null(),
            )
            for row in rows:
                if row.publication_id not in found or row.lang == self._lang:
                    found[row.publication_id] = row
        return found

    def _chosen(
        self, what: str, order: Sequence[int], records: dict[int, MirrorRecord]
    ) -> Collection[int]:
        here = {row.publication_id: row.size_bytes for row in on_disk(what)}

        def size(one: int) -> int:
            told = records[one].size_bytes if what in ("pdf", "excel") else None
            return here.get(one) or told or ASSUMED_BYTES[what]

        return rules.chosen(((one, size(one)) for one in order), self.budget_bytes[what])


def _want(record: MirrorRecord, whats: tuple[str, ...]) -> Want:
    return Want(
        publication_id=record.publication_id,
        key=ListKey(cast("Model", record.model), record.domain, record.lang),
        remote_id=record.remote_id,
        updated_on=record.updated_on,
        size_bytes=record.size_bytes,
        whats=whats,
    )


def _newest() -> list[int]:
    """The newest of every kind; of one year what is small goes first."""
    found: list[tuple[int, int, int]] = []
    for place, kind in enumerate((Kind.STATIC_TABLE, Kind.PRESS_RELEASE, Kind.PUBLICATION)):
        rows = (
            Publication.select(Publication.id, Publication.year)
            .where(Publication.kind == kind, Publication.withdrawn_at.is_null())
            .order_by(Publication.year.desc(), Publication.id.desc())
            .limit(NEWEST_LOOKED_AT)
        )
        found += [(-(year or 0), place, -row_id) for row_id, year in rows.tuples().iterator()]
    return [-row_id for _, _, row_id in sorted(found)]


def on_disk(what: str) -> list[MirrorFile]:
    """The rows of the files that are here."""
    return list(MirrorFile.select().where(MirrorFile.what == what, MirrorFile.path.is_null(False)))


def used_bytes(files: Iterable[MirrorFile]) -> int:
    """How much of a budget these files take."""
    return sum(row.size_bytes or 0 for row in files)


def _own_softcopies(order: Sequence[int]) -> set[int]:
    """Those whose softcopy the office put here itself; it is neither replaced nor counted."""
    ours = {row.path for row in on_disk("pdf")}
    found: set[int] = set()
    for start in range(0, len(order), ROWS_AT_ONCE):
        rows = Publication.select(Publication.id, Publication.softcopy_path).where(
            Publication.id.in_(order[start : start + ROWS_AT_ONCE]),
            Publication.softcopy_path.is_null(False),
        )
        found.update(row.id for row in rows if row.softcopy_path not in ours)
    return found
