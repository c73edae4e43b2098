"""The log of the mechanical keys: used, handed out, lost and found again."""

import datetime as dt
import uuid as uuids
from collections.abc import Callable, Iterator, Mapping

from peewee import Expression, ModelSelect, fn

from appliance.actor import Actor
from appliance.errors import N_, Invalid, NotFound
from appliance.free_text import checked
from appliance.lockers import key_rules as rules
from appliance.lockers.key_rules import KeyEvent, KeyPlace, KeyWord
from appliance.lockers.property_rules import FOUND_PROPERTY
from appliance.lockers.rules import Condition
from appliance.lockers.service import LockerService
from appliance.record import Books
from appliance.storage.models import FoundProperty, Locker
from appliance.storage.models import KeyEvent as Row
from appliance.storage.once import once

MOST_SHOWN = 100
# Tell the alarm of this door that a person opened it with its key.
Explain = Callable[[int, Actor], object]


class KeyLog:
    """Reads from any thread; changes may also be called inside the writer."""

    def __init__(
        self,
        *,
        books: Books,
        lockers: LockerService,
        explain: Explain = lambda _number, _by: None,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._lockers = lockers
        self._explain = explain

    # Looking ------------------------------------------------------------------------------

    def latest(self) -> tuple[KeyEvent, ...]:
        """The newest lines of every locker, at most 100."""
        return tuple(_events(_rows().order_by(Row.id.desc()).limit(MOST_SHOWN)))

    def of_locker(self, number: int) -> tuple[KeyEvent, ...]:
        """The newest lines of one locker, at most 100."""
        query = _rows().where(Locker.number == number).order_by(Row.id.desc())
        return tuple(_events(query.limit(MOST_SHOWN)))

    def out(self) -> tuple[KeyEvent, ...]:
        """The keys that were handed out and are not back, the longest gone first."""
        return tuple(event for event in self._moves() if event.event is KeyWord.HANDED_OUT)

    def lost(self) -> tuple[KeyEvent, ...]:
        """The keys that are lost and neither found nor replaced."""
        return tuple(event for event in self._moves() if event.event is KeyWord.LOST)

    def place(self, number: int) -> KeyPlace:
        """Where the key of this locker is."""
        moves = _rows().where(_is_move(), Locker.number == number)
        last: Row | None = moves.order_by(Row.id.desc()).first()
        return rules.place(None if last is None else KeyWord(last.event))

    # Writing down -------------------------------------------------------------------------

    def note(
        self,
        number: int,
        word: KeyWord | str,
        form: Mapping[str, str],
        *,
        by: Actor,
        is_usable: bool = False,
        idempotency_key: str = "",
    ) -> KeyPlace:
        """Write down what happened to a key, and where it is then.

        A lost key takes its locker out of use. One that is found or replaced gives it back only
        with `is_usable`, an officer's word. The same form sent twice is one line. Raises Invalid
        without the holder or the reason that `key_rules.FIELDS` ask for, NotFound for a locker
        that does not exist, Refused for what cannot be: a key brought back that is here.
        """
        happened = _word(word)
        texts = checked(form, rules.FIELDS[happened])

        def write() -> KeyPlace:
            once("key", idempotency_key, self._clock, add)
            return self.place(number)

        def add() -> str:
            locker = Locker.get_or_none(Locker.number == number)
            if locker is None:
                raise NotFound(N_("Loker itu tidak ada."))
            rules.check(self.place(number), happened, number)
            row = Row.create(
                uuid=str(uuids.uuid4()),
                locker=locker,
                event=happened,
                at=self._clock.now(),
                by=by.name,
                **texts,
            )
            data = {"locker": number, "event": str(happened)}
            self._recorder.fact("key.event", f"key/{number}", data, by=by, why=row.note)
            self._follow(number, happened, row.note, is_usable, by)
            return str(row.uuid)

        return self._writer.run(write)

    # Inside -------------------------------------------------------------------------------

    def _follow(self, number: int, word: KeyWord, note: str, is_usable: bool, by: Actor) -> None:
        """Take the locker of a lost key out of use, and back when somebody says so."""
        if word is KeyWord.USED:
            self._explain(number, by)
        if word is KeyWord.LOST:
            self._lockers.set_condition(number, Condition.KEY_LOST, by=by, note=note)
            return
        is_back = word in (KeyWord.FOUND, KeyWord.REPLACED) and is_usable
        if not is_back or self._lockers.tile(number).condition is not Condition.KEY_LOST:
            return
        if _holds_property(number):
            self._lockers.set_condition(number, Condition.BLOCKED, by=by, note=FOUND_PROPERTY)
        else:
            self._lockers.set_condition(number, Condition.USABLE, by=by)

    def _moves(self) -> Iterator[KeyEvent]:
        """The last move of each key."""
        newest = Row.select(fn.MAX(Row.id)).where(_is_move()).group_by(Row.locker)
        return _events(_rows().where(Row.id.in_(newest)).order_by(Row.id))


def explained_by_key(number: int, at: dt.datetime) -> bool:
    """Whether a mechanical opening of this locker is in the log about that moment.

    Any thread of any process that has the database open.
    """
    is_near = (Row.at >= at - rules.EXPLAINS) & (Row.at <= at + rules.EXPLAINS)
    used = _rows().where((Locker.number == number) & (Row.event == KeyWord.USED) & is_near)
    return bool(used.exists())


def _is_move() -> Expression:
    """A mechanical opening leaves the key where it is."""
    moved: Expression = Row.event != KeyWord.USED
    return moved


def _word(word: KeyWord | str) -> KeyWord:
    if word not in list(KeyWord):
        raise Invalid({"event": N_("Pilih apa yang terjadi pada kunci ini.")})
    return KeyWord(word)


def _holds_property(number: int) -> bool:
    kept = (FoundProperty.state == "kept") & (FoundProperty.kept_at == "")
    query = FoundProperty.select().join(Locker).where(kept & (Locker.number == number))
    return bool(query.exists())


def _rows() -> "ModelSelect[Row]":
    return Row.select(Row, Locker).join(Locker)


def _events(query: "ModelSelect[Row]") -> Iterator[KeyEvent]:
    for row in query:
        yield KeyEvent(
            locker=row.locker.number,
            event=KeyWord(row.event),
            at=row.at,
            by=row.by,
            holder=row.holder,
            note=row.note,
        )
