"""Alarms of the doors: raised once, ended by their cause or by a person who has looked."""

import datetime as dt
import uuid as uuids
from collections.abc import Mapping

from peewee import ModelSelect

from appliance.actor import SYSTEM, Actor
from appliance.errors import N_, NotFound
from appliance.free_text import checked
from appliance.lockers.alarm_rules import NOTE_FIELDS, AlarmKind, AlarmView
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import DoorAlarm as Row
from appliance.storage.models import Locker
from appliance.storage.prepared import Prepared

BY_KEY = "kunci mekanis"


class DoorAlarms:
    """Any thread. An alarm never changes who uses a locker."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    # Looking ------------------------------------------------------------------------------

    def open(self) -> tuple[AlarmView, ...]:
        """What wants a person now, the oldest first."""
        return tuple(
            AlarmView(uuid, number, AlarmKind(kind), dt.datetime.fromisoformat(at), None, "", note)
            for uuid, number, kind, at, note in statements.every(_OPEN)
        )

    def by_locker(self) -> Mapping[int, tuple[AlarmView, ...]]:
        """The open alarms by the number on the door."""
        found: dict[int, tuple[AlarmView, ...]] = {}
        for alarm in self.open():
            found[alarm.number] = (*found.get(alarm.number, ()), alarm)
        return found

    def recent(self, limit: int = 50) -> tuple[AlarmView, ...]:
        """The newest alarms, ended ones too, the newest first."""
        return tuple(_view(row) for row in _alarms().order_by(Row.id.desc()).limit(limit))

    def doubted(self) -> frozenset[int]:
        """The doors whose sensor is not believed, so that a person is asked instead."""
        return doubted_numbers()

    # A person has looked ------------------------------------------------------------------

    def acknowledge(self, alarm_uuid: str, *, by: Actor, note: str = "") -> AlarmView:
        """A person has looked at the door; once more changes nothing.

        The sensor of a door that was in doubt is believed again. Raises NotFound, Invalid for a
        note that is too long.
        """
        text = checked({"note": note}, NOTE_FIELDS)["note"]

        def write() -> AlarmView:
            row = _alarms().where(Row.uuid == alarm_uuid).first()
            if row is None:
                raise NotFound(N_("Peringatan itu tidak ada."))
            if row.ended_at is None:
                self._end(row, by, text)
            return _view(_alarms().where(Row.uuid == alarm_uuid).get())

        return self._writer.run(write)

    def explained_by_key(self, number: int, by: Actor) -> None:
        """Somebody wrote down that the mechanical key was used: that is why the door opened."""
        self.end(number, AlarmKind.OPENED_WITHOUT_COMMAND, by=by, note=BY_KEY)

    # As the doors tell --------------------------------------------------------------------

    def raise_(self, number: int, kind: AlarmKind) -> bool:
        """Something at this door wants a person to look; False when that is known already.

        A number without a row in the table of lockers is nobody's door, and raises nothing.
        """

        def write() -> bool:
            locker = Locker.get_or_none(Locker.number == number)
            if locker is None or _open_row(locker, kind) is not None:
                return False
            row = {"uuid": str(uuids.uuid4()), "raised_at": self._clock.now()}
            Row.create(locker=locker, kind=kind, **row)
            if kind is AlarmKind.SENSOR_DISAGREES:
                # From now on a door like those without a sensor: its state is asked of a person.
                _believe(locker, has_sensor=False)
            self._say("locker.alarm", number, kind, SYSTEM)
            return True

        return self._writer.run(write)

    def end(self, number: int, kind: AlarmKind, *, by: Actor = SYSTEM, note: str = "") -> None:
        """The cause is gone, if this alarm was open at all."""

        def write() -> None:
            row = _open_row(Locker.get_or_none(Locker.number == number), kind)
            if row is not None:
                self._end(row, by, note)

        # Asked without the write lock first: doors are shut all day, and few had an alarm.
        if _open_row(Locker.get_or_none(Locker.number == number), kind) is not None:
            self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _end(self, row: Row, by: Actor, note: str) -> None:
        ended = {"ended_at": self._clock.now(), "ended_by": str(by), "note": note}
        Row.update(**ended).where(Row.id == row.id).execute()
        kind = AlarmKind(row.kind)
        if kind is AlarmKind.SENSOR_DISAGREES:
            _believe(row.locker, has_sensor=True)
        self._say("locker.alarm_ended", row.locker.number, kind, by, note)

    def _say(self, fact: str, number: int, kind: AlarmKind, by: Actor, why: str = "") -> None:
        data = {"locker": number, "alarm": str(kind)}
        self._recorder.fact(fact, f"locker/{number}", data, by=by, why=why)


def doubted_numbers() -> frozenset[int]:
    """The doors whose sensor is not believed."""
    return frozenset(locker.number for locker in _IN_DOUBT.rows())


# Told on every page of staff.
_OPEN = """
    SELECT a.uuid, l.number, a.kind, a.raised_at, a.note
    FROM door_alarm AS a JOIN locker AS l ON l.id = a.locker_id
    WHERE a.ended_at IS NULL ORDER BY a.id"""
# Asked before every command and twice a second all day.
_IN_DOUBT = Prepared(
    Locker,
    lambda: (
        Locker.select()
        .join(Row)
        .where((Row.kind == AlarmKind.SENSOR_DISAGREES) & Row.ended_at.is_null())
    ),
)


def _alarms() -> "ModelSelect[Row]":
    return Row.select(Row, Locker).join(Locker)


def _open_row(locker: Locker | None, kind: AlarmKind) -> Row | None:
    if locker is None:
        return None
    is_it = (Row.locker == locker.id) & (Row.kind == kind) & Row.ended_at.is_null()
    row: Row | None = _alarms().where(is_it).first()
    return row


def _believe(locker: Locker, *, has_sensor: bool) -> None:
    now_known = {"has_sensor": has_sensor, "door": "unknown"}
    Locker.update(**now_known).where(Locker.id == locker.id).execute()


def _view(row: Row) -> AlarmView:
    return AlarmView(
        uuid=row.uuid,
        number=row.locker.number,
        kind=AlarmKind(row.kind),
        raised_at=row.raised_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by or "",
        note=row.note,
    )
