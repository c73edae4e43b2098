"""Records that the portal sends down, each kept in the publication that it is.

What somebody wrote here stays, and so do copies: the portal adds, follows what it added, and takes
back only what nobody here has a copy of.
"""

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from appliance.catalogue import index, known_again, record_table
from appliance.catalogue import rules as catalogue_rules
from appliance.catalogue.rules import Record
from appliance.clock import Clock
from appliance.mirror import rules
from appliance.storage import statements
from appliance.storage.models import PortalCatalogueRow, PortalRecord, Publication
from appliance.storage.models.row import utc_text
from appliance.sync.protocol import CatalogueItem

FOLLOWED = tuple(name for name in record_table.OWN if name != "source_id")
BURIED_AT_ONCE = 100
_KNOWN = "SELECT publication_id, made, said, gone_at FROM portal_record WHERE remote_id = ?"
_KEEP = """
    INSERT INTO portal_record (remote_id, publication_id, made, said, seen) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (remote_id) DO UPDATE SET said = excluded.said,
        seen = max(seen, excluded.seen), gone_at = NULL"""
_GONE = "UPDATE portal_record SET gone_at = ? WHERE remote_id = ?"
_UNSEEN = "SELECT remote_id FROM portal_record WHERE gone_at IS NULL AND seen < ? LIMIT ?"
_WITHDRAW = """
    UPDATE publication SET withdrawn_at = ?
    WHERE id = ? AND withdrawn_at IS NULL AND copies = 0 AND softcopy_path IS NULL
    AND NOT EXISTS (SELECT 1 FROM mirror_record m
        WHERE m.publication_id = publication.id AND m.gone_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM portal_record r
        WHERE r.publication_id = publication.id AND r.gone_at IS NULL)"""
_RESTORE = "UPDATE publication SET withdrawn_at = NULL WHERE id = ? AND withdrawn_at = ?"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some records."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    skipped: int = 0  # what cannot be kept: no title, for example

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.added + other.added,
            self.changed + other.changed,
            self.gone + other.gone,
            self.skipped + other.skipped,
        )


class PortalRows:
    """Everything here belongs inside a function given to the writer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take(self, items: Sequence[CatalogueItem], version: int) -> Taken:
        """Follow these records; `version` is the catalogue's that they stand in."""
        taken = Taken()
        for item in items:
            taken += self._one(item, version)
        index.refresh()
        return taken

    def bury_unseen(self, version: int) -> int:
        """Take back some of what no longer is in the whole of this version; 0 when all is done."""
        rows = statements.every(_UNSEEN, (version, BURIED_AT_ONCE))
        for (remote_id,) in rows:
            self._bury(remote_id)
        index.refresh()
        return len(rows)

    def _one(self, item: CatalogueItem, version: int) -> Taken:
        if item.document is None:
            return Taken(gone=self._bury(item.id))
        values = {name: item.document[name] for name in record_table.OWN if name in item.document}
        record, _problems = catalogue_rules.checked(values)
        if record is None:
            return Taken(skipped=1)
        known = statements.first(_KNOWN, (item.id,))
        if known is None:
            return self._new(item.id, record, values, version)
        publication_id, made, said, gone_at = known
        if gone_at is not None:
            statements.run(_RESTORE, (publication_id, gone_at))
        changed = _follow(publication_id, record, values, json.loads(said))
        self._keep(item.id, publication_id, made, _said(record, values), version)
        return Taken(changed=int(changed or gone_at is not None))

    def _new(self, remote_id: str, record: Record, values: Collection[str], version: int) -> Taken:
        found = known_again.same_record(record, (), is_kind_told="kind" in values)
        if found is None:
            own = replace(record, shelf="", barcode=None, copies=0)
            publication_id = record_table.insert(own, self._clock.now())
        else:
            publication_id = found.id
            _follow(publication_id, record, values, {})
        said = _said(record, values)
        self._keep(remote_id, publication_id, int(found is None), said, version)
        return Taken(added=int(found is None), changed=int(found is not None))

    def _keep(
        self, remote_id: str, publication_id: int, made: int, said: Mapping[str, str], version: int
    ) -> None:
        statements.run(_KEEP, (remote_id, publication_id, made, json.dumps(said), version))

    def _bury(self, remote_id: str) -> int:
        known = statements.first(_KNOWN, (remote_id,))
        if known is None or known[3] is not None:
            return 0
        publication_id, made, _, _ = known
        now = utc_text(self._clock.now())
        statements.run(_GONE, (now, remote_id))
        if made:
            statements.run(_WITHDRAW, (now, publication_id))
        return 1


@dataclass(frozen=True, slots=True)
class Pack:
    """The whole catalogue as one file, which is on its way."""

    version: int
    sha256: str
    size_bytes: int
    lines: int = 0  # that are here already


@dataclass(frozen=True, slots=True)
class Followed:
    """How far the portal's catalogue was followed. `after` None: the whole comes first."""

    after: int | None = None
    checked_at: dt.datetime | None = None
    problem: str = ""  # in English, for who mends it
    skipped: int = 0
    pack: Pack | None = None


def followed() -> Followed:
    """How far it is just now."""
    row = PortalCatalogueRow.get_by_id(1)
    return Followed(
        after=row.after,
        checked_at=row.checked_at,
        problem=row.problem,
        skipped=row.skipped,
        pack=_pack(row),
    )


def count() -> int:
    """How many of the portal's records are here."""
    return int(PortalRecord.select().where(PortalRecord.gone_at.is_null()).count())


def note(**values: object) -> None:
    """Write how far it was followed. Belongs inside a function given to the writer."""
    PortalCatalogueRow.update(**values).execute()


def _pack(row: PortalCatalogueRow) -> Pack | None:
    if row.pack_version is None or row.pack_sha256 is None or row.pack_bytes is None:
        return None
    return Pack(row.pack_version, row.pack_sha256, row.pack_bytes, row.pack_lines)


def _said(record: Record, values: Collection[str]) -> dict[str, str]:
    return {name: rules.digest(getattr(record, name)) for name in FOLLOWED if name in values}


def _follow(
    publication_id: int, record: Record, values: Collection[str], known: Mapping[str, str]
) -> bool:
    """Write what is empty here or still as the portal once said it; whether anything was."""
    row = Publication.get_by_id(publication_id)
    said = {name: getattr(record, name) for name in FOLLOWED if name in values}
    here = {name: getattr(row, name) for name in said}
    before = {name: (digest,) for name, digest in known.items()}
    changes, _held = rules.merged(here, said, before)
    if changes:
        Publication.update(**changes).where(Publication.id == publication_id).execute()
    return bool(changes)
