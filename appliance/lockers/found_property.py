"""The register of found property: written down, kept, given back or passed on."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping

from peewee import JOIN, ModelSelect

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked, inert
from appliance.lockers import property_rules as rules
from appliance.lockers.property_rules import FOUND_PROPERTY, FoundProperty, PropertyState
from appliance.lockers.property_table import PropertyTable, in_locker, subject
from appliance.lockers.rules import Condition
from appliance.lockers.service import LockerService
from appliance.record import Books
from appliance.storage.models import FoundProperty as Row
from appliance.storage.models import Locker, Visit
from appliance.storage.once import once
from appliance.visits.directory import label_of

MOST_SHOWN = 200
MINUTES = "%Y-%m-%d %H:%M"
COLUMNS = ("nomor", "ditemukan", "loker", "barang", "disimpan di", "keadaan", "selesai")
STATES = {
    PropertyState.KEPT: "disimpan",
    PropertyState.HANDED_OVER: "diserahkan",
    PropertyState.PASSED_ON: "diteruskan",
}


class FoundPropertyService:
    """Reads from any thread; changes may also be called inside the writer."""

    def __init__(self, *, books: Books, lockers: LockerService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._lockers = lockers
        self._table = PropertyTable(books=books)

    # Looking ------------------------------------------------------------------------------

    def kept(self) -> tuple[FoundProperty, ...]:
        """What waits for its owner, the oldest first."""
        return _entries(_rows().where(Row.state == PropertyState.KEPT).order_by(Row.number))

    def ended(self) -> tuple[FoundProperty, ...]:
        """What went back to its owner or elsewhere, the newest first, at most 200."""
        query = _rows().where(Row.state != PropertyState.KEPT).order_by(Row.ended_at.desc())
        return _entries(query.limit(MOST_SHOWN))

    def by_locker(self) -> dict[int, FoundProperty]:
        """What is still in a locker, by the locker's number."""
        found = _entries(_rows().where(in_locker()).order_by(Row.number.desc()))
        return {thing.locker: thing for thing in found if thing.locker is not None}

    def get(self, number: int) -> FoundProperty:
        """One line of the register. Raises NotFound."""
        return _entry(self._row(number))

    def read(self, number: int, *, by: Actor) -> FoundProperty:
        """The same for somebody's eyes; the journal keeps that a receiver's name was read."""
        thing = self.get(number)
        if thing.handed_to:
            self._writer.run(
                lambda: self._recorder.note("property.read", f"property/{thing.uuid}", by=by)
            )
        return thing

    # Changing -----------------------------------------------------------------------------

    def register(
        self, form: Mapping[str, str], *, by: Actor, idempotency_key: str = ""
    ) -> FoundProperty:
        """Something found in the room, but not in a locker: `description` and `kept_at`.

        Raises Invalid.
        """
        texts = checked(form, rules.ELSEWHERE_FIELDS)

        def add() -> str:
            number = self._table.add(texts["description"], by=by, kept_at=texts["kept_at"])
            return str(number)

        number = self._writer.run(lambda: once("property", idempotency_key, self._clock, add))
        return self.get(int(number))

    def register_in_locker(
        self, locker: int, description: str, *, by: Actor, idempotency_key: str = ""
    ) -> FoundProperty:
        """Something found in a locker that nobody uses any more; the locker is blocked.

        Raises Invalid, NotFound, Refused while a visit uses the locker.
        """

        def add() -> str:
            return str(self._lockers.block_for_property(locker, by=by, description=description))

        number = self._writer.run(lambda: once("property", idempotency_key, self._clock, add))
        return self.get(int(number))

    def move(
        self, number: int, form: Mapping[str, str], *, by: Actor, locker_is_empty: bool
    ) -> FoundProperty:
        """Keep it in another place, `kept_at`. Raises Invalid, NotFound, Refused once it is gone.

        Only `locker_is_empty`, an officer's word, makes the locker it lay in usable again.
        """
        place = checked(form, rules.MOVE_FIELDS)["kept_at"]

        def write() -> FoundProperty:
            row = self._kept_row(number)
            Row.update(kept_at=place).where(Row.id == row.id).execute()
            self._recorder.note("property.moved", subject(row), by=by, detail={"number": number})
            self._free_locker(row, by, locker_is_empty)
            return self.get(number)

        return self._writer.run(write)

    def hand_over(
        self, number: int, form: Mapping[str, str], *, by: Actor, locker_is_empty: bool
    ) -> FoundProperty:
        """Give it to its owner: `handed_to`, and `proof` of how they were recognised.

        Once more for the same receiver changes nothing. Raises as `move` does.
        """
        texts = checked(form, rules.HAND_OVER_FIELDS)
        return self._end(number, PropertyState.HANDED_OVER, texts, by, locker_is_empty)

    def pass_on(
        self, number: int, form: Mapping[str, str], *, by: Actor, locker_is_empty: bool
    ) -> FoundProperty:
        """Nobody came for it: to the police or the office that keeps such things, `handed_to`.

        `note` may stay empty. Raises as `move` does.
        """
        texts = checked(form, rules.PASS_ON_FIELDS)
        return self._end(number, PropertyState.PASSED_ON, texts, by, locker_is_empty)

    def export(self, *, zone: dt.tzinfo, by: Actor) -> bytes:
        """The register as CSV without names of receivers; that it was taken out is journalled.

        Times are those of the office, in `zone`.
        """
        things = _entries(_rows().order_by(Row.number))
        detail = {"count": len(things)}
        self._writer.run(
            lambda: self._recorder.note("property.exported", "property", by=by, detail=detail)
        )
        return _csv(things, zone)

    # Inside -------------------------------------------------------------------------------

    def _end(
        self,
        number: int,
        state: PropertyState,
        texts: dict[str, str],
        by: Actor,
        locker_is_empty: bool,
    ) -> FoundProperty:
        def write() -> FoundProperty:
            before = self.get(number)
            if before.state is state and before.handed_to == texts["handed_to"]:
                return before  # a second tap
            row = self._kept_row(number)
            Row.update(state=state, ended_at=self._clock.now(), ended_by=by.name, **texts).where(
                Row.id == row.id
            ).execute()
            self._recorder.fact(f"property.{state}", subject(row), {"number": number}, by=by)
            self._free_locker(row, by, locker_is_empty)
            return self.get(number)

        return self._writer.run(write)

    def _free_locker(self, row: Row, by: Actor, locker_is_empty: bool) -> None:
        """Make the locker usable when an officer says it is empty, and nothing else blocks it."""
        if row.locker is None or row.kept_at or not locker_is_empty:
            return
        tile = self._lockers.tile(row.locker.number)
        is_blocked_by_it = tile.condition is Condition.BLOCKED and tile.note == FOUND_PROPERTY
        if is_blocked_by_it and tile.number not in self.by_locker():
            self._lockers.set_condition(tile.number, Condition.USABLE, by=by)

    def _kept_row(self, number: int) -> Row:
        row = self._row(number)
        if row.state != PropertyState.KEPT:
            raise Refused(N_("%(label)s sudah diserahkan."), label=rules.label(number))
        return row

    def _row(self, number: int) -> Row:
        row: Row | None = _rows().where(Row.number == number).first()
        if row is None:
            raise NotFound(N_("Nomor barang itu tidak ada."))
        return row


def _rows() -> "ModelSelect[Row]":
    return (
        Row.select(Row, Locker, Visit)
        .join(Locker, JOIN.LEFT_OUTER)
        .switch(Row)
        .join(Visit, JOIN.LEFT_OUTER)
    )


def _entries(query: "ModelSelect[Row]") -> tuple[FoundProperty, ...]:
    return tuple(_entry(row) for row in query)


def _entry(row: Row) -> FoundProperty:
    return FoundProperty(
        uuid=row.uuid,
        number=row.number,
        locker=None if row.locker is None else row.locker.number,
        visit_id=None if row.visit is None else row.visit.id,
        visit_label="" if row.visit is None else label_of(row.visit),
        found_at=row.found_at,
        found_by=row.found_by,
        description=row.description,
        kept_at=row.kept_at,
        state=PropertyState(row.state),
        ended_at=row.ended_at,
        ended_by=row.ended_by or "",
        handed_to=row.handed_to,
        proof=row.proof,
        note=row.note,
    )


def _csv(things: Iterable[FoundProperty], zone: dt.tzinfo) -> bytes:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for thing in things:
        found_at = f"{thing.found_at.astimezone(zone):{MINUTES}}"
        ended = "" if thing.ended_at is None else f"{thing.ended_at.astimezone(zone):{MINUTES}}"
        locker = "" if thing.locker is None else thing.locker
        found = (thing.label, found_at, locker, inert(thing.description))
        lines.writerow((*found, inert(thing.kept_at), STATES[thing.state], ended))
    return b"\xef\xbb\xbf" + text.getvalue().encode()
