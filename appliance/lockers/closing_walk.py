"""Closing time: the walk past the lockers, kept so that anybody can go on with it at any time.

A person's word about each door is one row. The walk itself frees nothing and ends by nothing but
a person either.
"""

import datetime as dt
import uuid as uuids
from collections.abc import Callable, Iterator
from contextlib import suppress

from peewee import JOIN, ModelSelect

from appliance.actor import Actor
from appliance.clock import ClockQuality
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.lockers import closing_rules as rules
from appliance.lockers.closing_rules import ClosingWalk, Finding, Look, Scope
from appliance.lockers.found_property import FoundPropertyService
from appliance.lockers.rules import EndReason, LockerTile
from appliance.lockers.service import LockerService
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.models import ClosingLook as LookRow
from appliance.storage.models import ClosingWalk as Row
from appliance.storage.models import FoundProperty, Locker, Visit
from appliance.visits import opening
from appliance.visits.directory import label_of
from appliance.visits.opening import Closing
from appliance.visits.service import VisitService

# End the visit if its locker was the last thing it waited for.
Settle = Callable[[int, Actor], object]


class ClosingWalkService:
    """Reads from any thread. `open` must not be called inside the writer."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
        lockers: LockerService,
        found_property: FoundPropertyService,
        settle: Settle = lambda _visit_id, _by: None,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits
        self._lockers = lockers
        self._found_property = found_property
        self._settle = settle

    # Looking ------------------------------------------------------------------------------

    def time(self) -> Closing | None:
        """Today's closing time; None on a closed day, and while no clock can tell."""
        now = self._clock.stamp()
        if now.quality is ClockQuality.UNSET:
            return None
        return opening.closing(self._office.opening, now.at.astimezone(self._office.zone))

    def current(self) -> ClosingWalk | None:
        """The walk that is under way, whoever started it and on whatever day."""
        row: Row | None = Row.select().where(Row.ended_at.is_null()).first()
        return None if row is None else _walk(row)

    def get(self, walk_id: int) -> ClosingWalk:
        """A walk with everything that was found. Raises NotFound."""
        row: Row | None = Row.get_or_none(Row.id == walk_id)
        if row is None:
            raise NotFound(N_("Keliling itu tidak ada."))
        return _walk(row)

    def last(self) -> ClosingWalk | None:
        """The newest walk that was ended."""
        ended = Row.select().where(Row.ended_at.is_null(False)).order_by(Row.id.desc())
        row: Row | None = ended.first()
        return None if row is None else _walk(row)

    def stops(self) -> tuple[LockerTile, ...]:
        """The lockers that the walk under way still has to pass; none without a walk."""
        walk = self.current()
        if walk is None:
            return ()
        return rules.stops(walk, self._lockers.wall(), self._found_property.by_locker())

    def in_use(self) -> tuple[LockerTile, ...]:
        """The lockers that visits use now, of today or not."""
        return tuple(tile for tile in self._lockers.wall() if tile.visit_id is not None)

    def taken_home(self) -> tuple[LockerTile, ...]:
        """The lockers whose visit was on an earlier day: somebody went home with the key."""
        used = self.in_use()
        earlier = self._visits.of_earlier_days(tile.visit_id for tile in used if tile.visit_id)
        return tuple(tile for tile in used if tile.visit_id in earlier)

    # Walking ------------------------------------------------------------------------------

    def start(self, scope: Scope | str, *, by: Actor) -> ClosingWalk:
        """Begin a walk; while one is under way, that one."""

        def write() -> ClosingWalk:
            under_way = self.current()
            if under_way is not None:
                return under_way
            now = self._clock.now()
            row = Row.create(
                uuid=str(uuids.uuid4()),
                business_date=self._office.business_date(now).isoformat(),
                scope=Scope(scope),
                started_at=now,
                started_by=by.name,
            )
            self._recorder.fact("closing.started", _subject(row), by=by)
            return _walk(row)

        return self._writer.run(write)

    def open(self, number: int, *, by: Actor) -> None:
        """Open a door of the walk; a second tap opens nothing more.

        Raises Refused without a walk, NotFound.
        """
        self._walk_under_way()
        with suppress(Refused):  # it is just being opened, which is what was wanted
            self._lockers.open_for(number, by=by, reason=rules.OPENING_REASON)

    def is_empty(self, number: int, *, by: Actor, visit_id: int | None) -> None:
        """A person has looked in: nothing there, so the visit's use of it ends.

        `visit_id` is whose locker the officer saw it to be, None for nobody's. Saying the same
        again changes nothing. Raises Refused when the locker has changed hands meanwhile, when
        something else was said of it, or without a walk; NotFound.
        """

        def release(tile: LockerTile) -> None:
            if tile.visit_id is not None:
                end = EndReason.STAFF_EMPTY
                self._lockers.release(tile.visit_id, by=by, reason=end, number=number)
            self._lockers.moves.emptied(number, by=by)

        self._say(number, Finding.EMPTY, visit_id, release, by=by)

    def has_property(
        self, number: int, *, by: Actor, visit_id: int | None, description: str
    ) -> None:
        """A person has looked in: something is there. It is registered and the locker blocked.

        Raises Invalid without a description, otherwise as `is_empty` does.
        """

        def register(tile: LockerTile) -> int | None:
            self._lockers.moves.emptied(
                number, by=by
            )  # from now on the register says what is in it
            if tile.visit_id is None:
                return self._lockers.block_for_property(number, by=by, description=description)
            end = EndReason.FOUND_PROPERTY
            released = self._lockers.release(
                tile.visit_id, by=by, reason=end, description=description, number=number
            )
            return released.property_number

        self._say(number, Finding.PROPERTY, visit_id, register, by=by)

    def not_opened(self, number: int, *, by: Actor, visit_id: int | None, note: str = "") -> None:
        """The door did not open; the locker stays as it is. May be said anew later on."""
        why = checked({"note": note}, rules.NOT_OPENED_FIELDS)["note"]
        self._say(number, Finding.NOT_OPENED, visit_id, lambda _tile: None, by=by, note=why)

    def finish(self, *, by: Actor) -> ClosingWalk:
        """End the walk, whatever was not looked at; without one under way, the last one.

        Raises NotFound when there never was one.
        """

        def write() -> ClosingWalk:
            walk = self.current()
            if walk is None:
                walk = self.last()
                if walk is None:
                    raise NotFound(N_("Keliling belum dimulai."))
                return walk
            ended = {"ended_at": self._clock.now(), "ended_by": by.name}
            Row.update(ended).where(Row.id == walk.id).execute()
            self._recorder.fact("closing.ended", f"closing/{walk.uuid}", by=by)
            return self.get(walk.id)

        return self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _say(
        self,
        number: int,
        found: Finding,
        visit_id: int | None,
        act: Callable[[LockerTile], int | None],
        *,
        by: Actor,
        note: str = "",
    ) -> None:
        def write() -> None:
            walk, tile = self._walk_under_way(), self._lockers.tile(number)
            before = walk.look_at(tile)
            if before is not None and before.found is found:
                return  # a second tap
            if before is not None and before.found.is_final:
                raise Refused(N_("Loker %(number)s sudah diperiksa."), number=number)
            rules.check_owner(tile, visit_id)
            property_number = act(tile)
            self._keep_look(walk, tile, found, property_number, by, note)
            if tile.visit_id is not None and found.is_final:
                self._settle(tile.visit_id, by)

        self._writer.run(write)

    def _keep_look(
        self,
        walk: ClosingWalk,
        tile: LockerTile,
        found: Finding,
        property_number: int | None,
        by: Actor,
        note: str,
    ) -> None:
        thing = FoundProperty.get_or_none(FoundProperty.number == property_number)
        LookRow.insert(
            walk=walk.id,
            locker=Locker.get(Locker.number == tile.number),
            found=found,
            visit=tile.visit_id,
            property=thing,
            at=self._clock.now(),
            by=by.name,
            note=note,
        ).on_conflict_replace().execute()
        data = {"locker": tile.number, "found": str(found)}
        self._recorder.fact("closing.looked", f"closing/{walk.uuid}", data, by=by, why=note)

    def _walk_under_way(self) -> ClosingWalk:
        walk = self.current()
        if walk is None:
            raise Refused(N_("Tidak ada keliling yang sedang berjalan. Mulai keliling dahulu."))
        return walk


def _subject(row: Row) -> str:
    return f"closing/{row.uuid}"


def _walk(row: Row) -> ClosingWalk:
    return ClosingWalk(
        id=row.id,
        uuid=row.uuid,
        business_date=dt.date.fromisoformat(row.business_date),
        scope=Scope(row.scope),
        started_at=row.started_at,
        started_by=row.started_by,
        ended_at=row.ended_at,
        ended_by=row.ended_by or "",
        looks=tuple(_looks(row)),
    )


def _looks(walk: Row) -> Iterator[Look]:
    for row in _look_rows().where(LookRow.walk == walk.id).order_by(Locker.number):
        yield Look(
            locker=row.locker.number,
            found=Finding(row.found),
            visit_label="" if row.visit is None else label_of(row.visit),
            property_number=None if row.property is None else row.property.number,
            at=row.at,
            by=row.by,
            note=row.note,
        )


def _look_rows() -> "ModelSelect[LookRow]":
    return (
        LookRow.select(LookRow, Locker, Visit, FoundProperty)
        .join(Locker)
        .switch(LookRow)
        .join(Visit, JOIN.LEFT_OUTER)
        .switch(LookRow)
        .join(FoundProperty, JOIN.LEFT_OUTER)
    )
