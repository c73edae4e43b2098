"""The lockers table as the bank and its sensors write it."""

from collections.abc import Mapping

from appliance.actor import SYSTEM, Actor
from appliance.clock import Clock
from appliance.lockers.rules import Condition
from appliance.record import Recorder
from appliance.storage.models import Locker
from appliance.storage.writer import Writer

NOT_IN_BANK = "Tidak terpasang"


class BankTable:
    """Which lockers there are, and how their doors stand. Any thread."""

    def __init__(self, *, writer: Writer, clock: Clock, recorder: Recorder) -> None:
        self._writer = writer
        self._clock = clock
        self._recorder = recorder

    def sync(self, sensors: Mapping[int, bool], *, by: Actor = SYSTEM) -> None:
        """Make the table hold the lockers of the bank: number -> has a sensor.

        Lockers that the bank no longer has are blocked, never deleted. An empty bank (none
        configured, or its board not answering) changes nothing.
        """

        def write() -> None:
            known = {row.number: row for row in Locker.select()}
            for number, has_sensor in sensors.items():
                row = known.pop(number, None)
                if row is None:
                    Locker.create(number=number, has_sensor=has_sensor)
                    detail = {"has_sensor": has_sensor}
                    self._recorder.note("locker.added", f"locker/{number}", by=by, detail=detail)
                    continue
                Locker.update(has_sensor=has_sensor).where(Locker.id == row.id).execute()
                if row.condition_note == NOT_IN_BANK:
                    self.set_condition(row, Condition.USABLE, "", by=by)
            for row in known.values():
                if row.condition == Condition.USABLE:
                    self.set_condition(row, Condition.BLOCKED, NOT_IN_BANK, by=by)

        if sensors:
            self._writer.run(write)

    def set_condition(self, row: Locker, condition: Condition, note: str, *, by: Actor) -> None:
        """Take a locker out of use or back. Belongs inside the writer."""
        Locker.update(condition=condition, condition_note=note).where(Locker.id == row.id).execute()
        data = {"locker": row.number, "condition": str(condition)}
        self._recorder.fact("locker.condition", f"locker/{row.number}", data, by=by, why=note)

    def door(self, number: int, state: str) -> None:
        """The door as its sensor sees it now."""

        def write() -> None:
            Locker.update(door=state, door_at=self._clock.now()).where(
                (Locker.number == number) & (Locker.door != state)
            ).execute()

        self._writer.run(write)

    def alarm(self, number: int, alarm: str) -> None:
        """Something at this door wants a person to look."""
        data = {"locker": number, "alarm": alarm}
        self._writer.run(
            lambda: self._recorder.fact("locker.alarm", f"locker/{number}", data, by=SYSTEM)
        )
