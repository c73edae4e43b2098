"""Whose data an incident touched: by kind of data, as counts and as visits.

What is meant by a kind of data is what the register says: every column that is not empty counts.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import Expression, Model, ModelSelect, fn

from appliance.clock import ClockQuality
from appliance.privacy.breaches import Breach
from appliance.privacy.register import COLUMNS
from appliance.privacy.wiping import IDENTITY
from appliance.storage import models, statements
from appliance.storage.models import (
    CardSwap,
    Deposit,
    DepositContact,
    Guest,
    MailMessage,
    RestrictedIdentity,
    ScanJob,
    Visit,
    Visitor,
    VisitorVisit,
    utc_text,
)

AT_ONCE = 500
_BY_VISIT = ("visit", "visitor", "deposit_contact", "card_swap")  # without a column of it
_MODELS: dict[str, type[Model]] = {one._meta.table_name: one for one in models.ALL}  # noqa: SLF001 - Peewee names it so


@dataclass(frozen=True, slots=True)
class Touched:
    """How much of one kind: people and visits; `records` where no visit leads to anybody."""

    kind: str
    people: int
    visits: int
    records: int


@dataclass(frozen=True, slots=True)
class TouchedVisit:
    """One visit: which kinds of its data were touched. `number` is that of its day."""

    id: int
    uuid: str
    business_date: str
    number: int
    kinds: tuple[str, ...]
    is_child: bool
    is_erased: bool


class Affected:
    """What an incident touched, read once: ids of visits for each kind of data."""

    def __init__(self, breach: Breach) -> None:
        self._within = _visits_of(breach)
        self._began = breach.began_at
        self._until = breach.until
        self._visits = {kind: self._of_kind(kind) for kind in breach.kinds}
        self._records = {kind: _records(kind) for kind in breach.kinds}

    def counts(self) -> tuple[Touched, ...]:
        """The figures for each kind; several visits of one known visitor are one person."""
        ties = _ties()
        return tuple(
            Touched(
                kind,
                len({ties.get(one, -one) for one in visits}),
                len(visits),
                self._records[kind],
            )
            for kind, visits in self._visits.items()
        )

    def visits(self) -> Iterator[TouchedVisit]:
        """Every visit that was touched, the oldest first."""
        for ids in self._slices():
            rows = Visit.select().where(Visit.id.in_(ids)).order_by(Visit.id)
            known = Guest.select(Guest.visit, Guest.guardian_name, Guest.erased_at)
            guests = {row[0]: row for row in _rows(known.where(Guest.visit.in_(ids)))}
            for row in rows:
                _visit, guardian, erased_at = guests.get(row.id, (0, None, None))
                kinds = tuple(kind for kind, found in self._visits.items() if row.id in found)
                yield TouchedVisit(
                    row.id,
                    row.uuid,
                    row.dated_on or row.business_date,
                    row.number,
                    kinds,
                    guardian is not None,
                    erased_at is not None,
                )

    def contacts(self) -> Iterator[tuple[int, dict[str, str | None]]]:
        """Id of a visit and whom to write to, for each of which anything is still kept."""
        for ids in self._slices():
            told: dict[int, dict[str, str | None]] = {}
            for model in (Guest, RestrictedIdentity):
                for visit_id, *values in _identities(model, ids):
                    if any(values):
                        told[visit_id] = dict(zip(IDENTITY, values, strict=True))
            yield from sorted(told.items())

    def _slices(self) -> Iterator[list[int]]:
        ids = sorted(set[int]().union(*self._visits.values()))
        for start in range(0, len(ids), AT_ONCE):
            yield ids[start : start + AT_ONCE]

    def _of_kind(self, kind: str) -> set[int]:
        found: set[int] = set()
        for table, kinds in COLUMNS.items():
            if kind in kinds and table in _MODELS:
                found |= _visits_with(_MODELS[table], kinds[kind].split())
        if kind == "identity":  # erased since: their data was there when it happened
            found |= _ids(Guest.select(Guest.visit).where(Guest.erased_at >= self._began))
        if kind == "mail":  # an address goes once the mail is sent
            sent = (MailMessage.asked_at < self._until) & (MailMessage.ended_at >= self._began)
            found |= _ids(MailMessage.select(MailMessage.visit).where(sent))
        if kind == "scan":
            of_then = (ScanJob.opened_at < self._until) & (
                ScanJob.closed_at.is_null() | (ScanJob.closed_at >= self._began)
            )
            found |= _ids(ScanJob.select(ScanJob.visit).where(of_then))
        return found & self._within


def _visits_of(breach: Breach) -> set[int]:
    """The visits that had been written down by then; for a period only those that were on."""
    came_at = fn.COALESCE(Visit.dated_at, Visit.registered_at)
    has_come = (came_at < utc_text(breach.until)) | (
        Visit.registered_clock <= int(ClockQuality.UNSET)
    )
    query = Visit.select(Visit.id).where(has_come)
    if breach.scope == "period":
        query = query.where(Visit.closed_at.is_null() | (Visit.closed_at >= breach.began_at))
    else:
        gone = Guest.select(Guest.visit).where(Guest.erased_at < breach.began_at)
        query = query.where(Visit.id.not_in(gone))
    return _ids(query)


def _visits_with(model: type[Model], columns: Iterable[str]) -> set[int]:
    """The visits that any row of this table with something in these columns leads to."""
    is_told = _is_told(model, columns)
    if model is Visit:
        return _ids(Visit.select(Visit.id).where(is_told))
    if model is DepositContact:
        return _ids(Deposit.select(Deposit.visit).join(DepositContact).where(is_told))
    if model is CardSwap:
        first = Deposit.select(Deposit.visit).join(CardSwap, on=(CardSwap.first == Deposit.id))
        second = Deposit.select(Deposit.visit).join(CardSwap, on=(CardSwap.second == Deposit.id))
        return _ids(first.where(is_told)) | _ids(second.where(is_told))
    if model is Visitor:
        return _ids(VisitorVisit.select(VisitorVisit.visit).join(Visitor).where(is_told))
    visit = getattr(model, "visit", None)
    return set() if visit is None else _ids(model.select(visit).where(is_told))


def _identities(model: type[Model], ids: list[int]) -> list[tuple[Any, ...]]:
    visit = getattr(model, "visit")  # noqa: B009 - two tables with the same columns
    columns = [getattr(model, name) for name in IDENTITY]
    return _rows(model.select(visit, *columns).where(visit.in_(ids)))


def _ids(query: "ModelSelect[Any]") -> set[int]:
    return {int(value) for (value,) in _rows(query) if value is not None}


def _rows(query: "ModelSelect[Any]") -> list[tuple[Any, ...]]:
    return list(query.tuples())


def _records(kind: str) -> int:
    """The rows of a kind that no visit leads to, such as complaints and accounts of staff."""
    found = 0
    for table, kinds in COLUMNS.items():
        model = _MODELS.get(table)
        if kind in kinds and table not in _BY_VISIT and not hasattr(model, "visit"):
            told = " OR ".join(f"coalesce({name}, '') <> ''" for name in kinds[kind].split())
            sql = f"SELECT count(*) FROM {table} WHERE {told}"  # noqa: S608 - the register's names
            rows = statements.first(sql)
            found += int(rows[0]) if rows else 0
    return found


def _is_told(model: type[Model], columns: Iterable[str]) -> Expression:
    told = [fn.COALESCE(getattr(model, name), "") != "" for name in columns]
    whole: Expression = told[0]
    for one in told[1:]:
        whole = whole | one
    return whole


def _ties() -> dict[int, int]:
    query = VisitorVisit.select(VisitorVisit.visit, VisitorVisit.visitor)
    return {int(visit): int(visitor) for visit, visitor in _rows(query)}
