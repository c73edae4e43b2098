"""Records of the source, each kept in the publication that it is."""

import dataclasses
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from peewee import Expression, ModelSelect

from appliance.catalogue.codes import compact
from appliance.catalogue.rules import Kind
from appliance.clock import Clock
from appliance.mirror import rules
from appliance.mirror.shapes import Item, View
from appliance.source_settings import Model
from appliance.storage import statements
from appliance.storage.models import CatalogueCode, MirrorRecord, Publication, utc_text

KINDS: dict[Model, Kind] = {
    "publication": Kind.PUBLICATION,
    "pressrelease": Kind.PRESS_RELEASE,
    "statictable": Kind.STATIC_TABLE,
}

# Written out, because a first mirror runs them a hundred thousand times.
_BY_SOURCE = """
    SELECT source_id, id FROM publication WHERE source_id IN (SELECT value FROM json_each(?))"""
_ADD_PUBLICATION = """
    INSERT INTO publication (kind, source_id, domain, title, abstract, subject, year, released_on,
        issn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"""
_ADD_RECORD = """
    INSERT INTO mirror_record (model, domain, lang, remote_id, publication_id, seen_pass, said,
        held, updated_on, size_bytes, viewed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class ListKey(NamedTuple):
    """Which list: what it is of, whose, in which language."""

    model: Model
    domain: str
    lang: str

    def __str__(self) -> str:
        return f"{self.model} {self.domain} {self.lang}"


@dataclass(slots=True)
class Tally:
    """What a page brought."""

    added: int = 0
    changed: int = 0


class Records:
    """Everything here belongs inside a function given to the writer."""

    def __init__(self, clock: Clock, languages: Collection[str]) -> None:
        self._clock = clock
        self._languages = tuple(languages)

    def take(self, key: ListKey, pass_number: int, items: Iterable[Item]) -> Tally:
        """Add what is new, change what has changed, and mark all of it as seen by this pass."""
        tally = Tally()
        wanted = {item.remote_id: item for item in items}
        rows = MirrorRecord.select().where(of_list(key), MirrorRecord.remote_id.in_(list(wanted)))
        known = {row.remote_id: row for row in rows}
        same = []
        for remote_id, row in known.items():
            if _is_same(row, wanted[remote_id]):
                same.append(remote_id)
            else:
                tally.changed += self._change(key, row, pass_number, wanted[remote_id])
        new = [item for remote_id, item in wanted.items() if remote_id not in known]
        tally.added = self._add(key, pass_number, new)
        if same:
            MirrorRecord.update(seen_pass=pass_number).where(
                of_list(key), MirrorRecord.remote_id.in_(same)
            ).execute()
        return tally

    def number(self, key: ListKey, remote_id: str, view: View | None) -> None:
        """Keep the numbers that a record's own answer told; None: the source does not have it."""
        row = _row(key, remote_id)
        said = _numbers(view)
        target = self._holding(row, view) if view is not None else row.publication_id
        held = _write(target, said, _known(row.publication_id))
        self._save(
            key,
            remote_id,
            publication=target,
            said=json.dumps(json.loads(row.said) | _digests(said)),
            held=_joined(row.held, said, held),
            viewed_at=self._clock.now(),
        )

    def fail_view(self, key: ListKey, remote_id: str, *, most_tries: int) -> None:
        """Let others go first; after so many tries the record stays without its numbers."""
        row = _row(key, remote_id)
        is_last = row.view_tries + 1 >= most_tries
        self._save(
            key,
            remote_id,
            view_tries=row.view_tries + 1,
            viewed_at=self._clock.now() if is_last else None,
        )

    def bury(self, key: ListKey, before_pass: int, limit: int) -> int:
        """Withdraw publications that no list has any more; how many records were looked at."""
        is_gone = MirrorRecord.gone_at.is_null() & (MirrorRecord.seen_pass < before_pass)
        rows = list(MirrorRecord.select().where(of_list(key), is_gone).limit(limit))
        now = self._clock.now()
        for row in rows:
            self._save(key, row.remote_id, gone_at=now)
            if not _live(row.publication_id).exists():
                Publication.update(withdrawn_at=now).where(
                    Publication.id == row.publication_id, Publication.withdrawn_at.is_null()
                ).execute()
        return len(rows)

    def _add(self, key: ListKey, pass_number: int, items: Sequence[Item]) -> int:
        """Records this list had not before; how many of them the catalogue had not, either."""
        names = [source_id(key, item.remote_id) for item in items]
        here = dict(statements.every(_BY_SOURCE, (json.dumps(names),)))
        rows: list[tuple[statements.Value, ...]] = []
        for name, item in zip(names, items, strict=True):
            publication_id, held = here.get(name), ""
            if publication_id is None:
                publication_id = _inserted(key, name, item)
            else:  # by another list, or entered by hand or from a file
                held = " ".join(self._follow(key, publication_id, item))
                self._restore(publication_id)
            said = json.dumps(_digests(item.values))
            asks = self._asks(key) or (name not in here and key.model == "publication")
            viewed_at = None if asks else utc_text(self._clock.now())
            own = (publication_id, pass_number, said, held, item.updated_on, item.size_bytes)
            rows.append((*key, item.remote_id, *own, viewed_at))
        statements.run_many(_ADD_RECORD, rows)
        return len(set(names) - set(here))

    def _change(self, key: ListKey, row: MirrorRecord, pass_number: int, item: Item) -> int:
        held = self._follow(key, row.publication_id, item)
        if row.gone_at is not None:
            self._restore(row.publication_id)
        self._save(
            key,
            item.remote_id,
            seen_pass=pass_number,
            said=json.dumps(json.loads(row.said) | _digests(item.values)),
            held=_joined(row.held, item.values, held),
            updated_on=item.updated_on,
            size_bytes=item.size_bytes,
            viewed_at=None if self._asks(key) else row.viewed_at,
            view_tries=0,
            gone_at=None,
        )
        return 1

    def _asks(self, key: ListKey) -> bool:
        """Whether the numbers of this list's records are asked for; once is enough for all."""
        return key.model == "publication" and key.lang == self._languages[0]

    def _follow(self, key: ListKey, publication_id: int, item: Item) -> tuple[str, ...]:
        """Write what follows the source, unless a language that goes first has the record, too."""
        first = self._languages[: self._languages.index(key.lang)]
        leading = MirrorRecord.lang.in_(first) if first else None
        if leading is not None and _live(publication_id).where(leading).exists():
            return ()
        return _write(publication_id, item.values, _known(publication_id))

    def _restore(self, publication_id: int) -> None:
        """Back into the catalogue, when it was we who withdrew it and not a person."""
        row = Publication.get_by_id(publication_id)
        if row.withdrawn_at is None:
            return
        ours = (MirrorRecord.publication == publication_id) & (
            MirrorRecord.gone_at == row.withdrawn_at
        )
        if MirrorRecord.select().where(ours).exists():
            Publication.update(withdrawn_at=None).where(Publication.id == publication_id).execute()

    def _holding(self, row: MirrorRecord, view: View) -> int:
        """The publication that is meant: the printed one with this number, if it was here before.

        The row that the list had made is then empty-handed, and withdrawn for good.
        """
        number, made = view.publication_number, row.publication_id
        if not number or "publication_number" in json.loads(row.said):
            return made
        kept = _printed(number, made)
        if kept is None:
            return made
        from_list = Publication.get_by_id(made)
        source = from_list.source_id
        Publication.update(source_id=None, withdrawn_at=self._clock.now()).where(
            Publication.id == made
        ).execute()
        Publication.update(source_id=kept.source_id or source).where(
            Publication.id == kept.id
        ).execute()
        MirrorRecord.update(publication=kept.id).where(MirrorRecord.publication == made).execute()
        said = {name: getattr(from_list, name) for name in json.loads(row.said)}
        _write(kept.id, said, {})
        return int(kept.id)

    @staticmethod
    def _save(key: ListKey, remote_id: str, **values: object) -> None:
        MirrorRecord.update(**values).where(
            of_list(key), MirrorRecord.remote_id == remote_id
        ).execute()


def source_id(key: ListKey, remote_id: str) -> str:
    """How the publication itself names it; unique over all lists."""
    if key.model == "publication":
        return remote_id
    return f"{key.model}/{key.domain}/{remote_id}"


def of_list(key: ListKey) -> Expression:
    """The condition that a record is of this list."""
    condition: Expression = (
        (MirrorRecord.model == key.model)
        & (MirrorRecord.domain == key.domain)
        & (MirrorRecord.lang == key.lang)
    )
    return condition


def _inserted(key: ListKey, name: str, item: Item) -> int:
    said = item.values
    texts = (said["title"], *(said.get(field, "") for field in ("abstract", "subject")))
    rest = (said["year"], said["released_on"], said.get("issn", ""))
    values = (KINDS[key.model], name, key.domain, *texts, *rest)
    (row,) = statements.every(_ADD_PUBLICATION, values)
    return int(row[0])


def _row(key: ListKey, remote_id: str) -> MirrorRecord:
    return MirrorRecord.get(of_list(key), MirrorRecord.remote_id == remote_id)


def _live(publication_id: int) -> "ModelSelect[MirrorRecord]":
    return MirrorRecord.select().where(
        MirrorRecord.publication == publication_id, MirrorRecord.gone_at.is_null()
    )


def _printed(number: str, other_than: int) -> Publication | None:
    """The oldest publication with this number that no list has, looked for by its index."""
    coded = CatalogueCode.select(CatalogueCode.publication_id).where(
        CatalogueCode.code == compact(number)
    )
    rows = Publication.select().where(
        Publication.id.in_(coded),
        Publication.id != other_than,
        Publication.publication_number == number,
        Publication.withdrawn_at.is_null(),
    )
    linked = MirrorRecord.select()
    for row in rows.order_by(Publication.id):
        if not linked.where(MirrorRecord.publication == row.id).exists():
            return row
    return None


def _known(publication_id: int) -> dict[str, set[str]]:
    """Field -> digests of what the source has said of it, in whatever list."""
    found: dict[str, set[str]] = {}
    for row in MirrorRecord.select().where(MirrorRecord.publication == publication_id):
        for name, digest in json.loads(row.said).items():
            found.setdefault(name, set()).add(digest)
    return found


def _write(
    publication_id: int,
    said: Mapping[str, rules.Value],
    known: Mapping[str, Collection[str]],
) -> tuple[str, ...]:
    row = Publication.get_by_id(publication_id)
    changes, held = rules.merged({name: getattr(row, name) for name in said}, said, known)
    if changes:
        Publication.update(**changes).where(Publication.id == publication_id).execute()
    return held


def _is_same(row: MirrorRecord, item: Item) -> bool:
    said = json.loads(row.said)
    return (
        row.gone_at is None
        and row.updated_on == item.updated_on
        and row.size_bytes == item.size_bytes
        and all(said.get(name) == digest for name, digest in _digests(item.values).items())
    )


def _numbers(view: View | None) -> dict[str, rules.Value]:
    if view is None:
        return {}
    numbers = dataclasses.asdict(view)
    return {name: numbers[name] for name in ("catalogue_number", "publication_number")}


def _digests(values: Mapping[str, rules.Value]) -> dict[str, str]:
    return {name: rules.digest(value) for name, value in values.items()}


def _joined(held: str, said: Iterable[str], now: Iterable[str]) -> str:
    """The held fields after these were said again."""
    return " ".join(sorted((set(held.split()) - set(said)) | set(now)))
