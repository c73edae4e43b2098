"""The lockers table as the bank and its sensors write it."""

from collections.abc import Mapping

from appliance.actor import SYSTEM, Actor
from appliance.lockers.alarms import doubted_numbers
from appliance.lockers.rules import Condition
from appliance.record import Books
from appliance.storage.models import Locker

NOT_IN_BANK = "Tidak terpasang"


class BankTable:
    """Which lockers there are, and how their doors stand. Any thread."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def sync(
        self,
        sensors: Mapping[int, bool],
        sizes: Mapping[int, str] | None = None,
        *,
        by: Actor = SYSTEM,
    ) -> None:
        """Make the table hold the lockers of the bank: number -> has a sensor, number -> size.

        `sizes` names every locker of the settings, also where its board does not answer now and
        so has no sensors to tell of. Lockers that neither knows are blocked, never deleted; when
        both are empty, nothing is changed. A sensor that is in doubt counts as none.
        """
        sizes = sizes or dict.fromkeys(sensors, "")
        numbers = sorted(sizes.keys() | sensors.keys())

        def write() -> None:
            known = {row.number: row for row in Locker.select()}
            doubted = doubted_numbers()
            for number in numbers:
                row = known.pop(number, None) or self._add(number, by)
                if row.condition_note == NOT_IN_BANK:
                    self.set_condition(row, Condition.USABLE, "", by=by)
                has_sensor = sensors.get(number, row.has_sensor) and number not in doubted
                size = sizes.get(number) or row.size
                if (has_sensor, size) != (row.has_sensor, row.size):
                    changed = {"has_sensor": has_sensor, "size": size}
                    Locker.update(**changed).where(Locker.id == row.id).execute()
            for row in known.values():
                if row.condition == Condition.USABLE:
                    self.set_condition(row, Condition.BLOCKED, NOT_IN_BANK, by=by)

        if numbers:
            self._writer.run(write)

    def _add(self, number: int, by: Actor) -> Locker:
        self._recorder.note("locker.added", f"locker/{number}", by=by)
        return Locker.create(number=number, has_sensor=False)

    def set_condition(self, row: Locker, condition: Condition, note: str, *, by: Actor) -> None:
        """Take a locker out of use or back. Belongs inside the writer."""
        Locker.update(condition=condition, condition_note=note).where(Locker.id == row.id).execute()
        data = {"locker": row.number, "condition": str(condition)}
        self._recorder.fact("locker.condition", f"locker/{row.number}", data, by=by, why=note)

    def door(self, number: int, state: str) -> None:
        """The door as its sensor sees it now."""
        self.doors({number: state})

    def doors(self, states: Mapping[int, str]) -> None:
        """These doors as their sensors see them now."""

        def write() -> None:
            now = self._clock.now()
            for number, state in states.items():
                Locker.update(door=state, door_at=now).where(
                    (Locker.number == number) & (Locker.door != state)
                ).execute()

        # Asked without the write lock first: at a start most doors stand as they stood.
        known = {row.number: row.door for row in Locker.select(Locker.number, Locker.door)}
        if any(known.get(number, state) != state for number, state in states.items()):
            self._writer.run(write)
