"""What a person saw of a door, where no sensor sees it or the sensor is in doubt."""

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.lockers import rules
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.alarms import DoorAlarms
from appliance.lockers.commands import DoorCommands
from appliance.lockers.outcomes import life, subject
from appliance.lockers.rules import CommandView, Outcome, Said
from appliance.lockers.uses import NO_LOCKER, use_of
from appliance.record import Books
from appliance.storage.models import DoorCommand as Row
from appliance.storage.models import Locker

NOTHING_TO_SAY = N_("Tidak ada perintah loker %(number)s yang perlu dijawab.")


class DoorWitness:
    """Keeps a person's word on the last command of a door. Any thread."""

    def __init__(
        self,
        *,
        books: Books,
        commands: DoorCommands,
        alarms: DoorAlarms,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._commands = commands
        self._alarms = alarms

    def say(self, number: int, saw: Said | str, *, by: Actor) -> CommandView:
        """Staff has looked at the door; the last word counts.

        A word against what the sensor saw puts the sensor in doubt. Raises NotFound for a locker
        that does not exist, Refused when no pulse was sent to it last or one is on its way.
        """
        word = Said(saw)

        def write() -> CommandView:
            locker = Locker.get_or_none(Locker.number == number)
            if locker is None:
                raise NotFound(N_("Loker itu tidak ada."))
            self._keep(locker, self._last(locker, rules.MAY_BE_SAID), word, by)
            return self._view(locker)

        return self._writer.run(write)

    def say_of_visit(
        self, visit_id: int, saw: Said | str, *, by: Actor, number: int | None = None
    ) -> CommandView:
        """The visitor before the own locker says whether it opened; `number` of several.

        Only of a command that nobody knows the end of: a visitor does not overrule a sensor.
        Raises NotFound without a locker, Refused when there is nothing to be said.
        """
        word = Said(saw)

        def write() -> CommandView:
            session = use_of(visit_id, number)
            if session is None:
                raise NotFound(NO_LOCKER)
            self._keep(session.locker, self._last(session.locker, rules.ASKED_OF_PERSON), word, by)
            return self._view(session.locker)

        return self._writer.run(write)

    def _last(self, locker: Locker, may_be: frozenset[Outcome]) -> Row:
        rows = Row.select().where(Row.locker == locker.id)
        row: Row | None = rows.order_by(Row.id.desc()).first()
        if row is None or self._seen(row) not in may_be:
            raise Refused(NOTHING_TO_SAY, number=locker.number)
        return row

    def _seen(self, row: Row) -> Outcome:
        return rules.machine_outcome(life(row), self._clock.stamp())

    def _keep(self, locker: Locker, row: Row, word: Said, by: Actor) -> None:
        if row.person_says == word:
            return
        said = {"person_says": word, "person_says_by": str(by)}
        Row.update(person_says_at=self._clock.now(), **said).where(Row.id == row.id).execute()
        data = {"locker": locker.number, "says": str(word)}
        self._recorder.fact("locker.seen_by_person", subject(locker), data, by=by)
        self._tell(locker.number, self._seen(row), word)

    def _tell(self, number: int, seen: Outcome, word: Said) -> None:
        contradicts = (seen, word) in (
            (Outcome.OPENED, Said.NOT_OPENED),
            (Outcome.OPEN_NOT_DETECTED, Said.OPENED),
        )
        if contradicts:
            self._alarms.raise_(number, AlarmKind.SENSOR_DISAGREES)
        if word is Said.NOT_OPENED:
            self._alarms.raise_(number, AlarmKind.NOT_OPENED)
        else:
            self._alarms.end(number, AlarmKind.NOT_OPENED)

    def _view(self, locker: Locker) -> CommandView:
        view = self._commands.last_of(locker.id)
        if view is None:
            raise NotFound(NOTHING_TO_SAY, number=locker.number)
        return view
