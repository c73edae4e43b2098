"""What screens see of the readers: the last read at a place, and how the readers are."""

import datetime as dt
from dataclasses import dataclass
from zlib import crc32

from appliance.codes import ReadKind
from appliance.lockers.rules import Outcome
from appliance.readers.answers import OPENED, Answer, Choice, Place, Tone


@dataclass(frozen=True, slots=True)
class ReadView:
    """One read as its place shows it; ids are None where it has nothing of the sort.

    `outcome` is how the door command stands that this read gave; `choices` what may be chosen
    now. It holds no name: a display at the lockers is read by the whole room.
    """

    uuid: str
    reader: str
    place: Place
    kind: ReadKind
    answer: Answer
    at: dt.datetime
    locker_number: int | None
    visit_id: int | None
    visit_label: str
    publication_id: int | None
    title: str
    copy_id: int | None
    shelf: str
    book: str
    username: str
    outcome: Outcome | None
    choices: tuple[Choice, ...]
    is_taken: bool
    """Whether somebody has chosen already, or a screen has taken it."""

    @property
    def sentence(self) -> str:
        """What happened and what to do, as a message with places for `values`."""
        if self.outcome is None or self.outcome.is_running or not self.answer.opens_a_door:
            return self.answer.sentence
        if self.outcome is Outcome.OPENED:
            return OPENED[self.answer]
        return self.outcome.sentence

    @property
    def values(self) -> dict[str, str]:
        number = "" if self.locker_number is None else f"{self.locker_number:02d}"
        return {
            "number": number,
            "label": self.visit_label,
            "title": self.title,
            "shelf": self.shelf or "–",
        }

    @property
    def tone(self) -> Tone:
        """Whether it went well, as far as is known."""
        if self.outcome is not None and self.outcome.needs_help:
            return Tone.BAD
        return self.answer.tone

    @property
    def is_moving(self) -> bool:
        """Whether a door is on its way because of this read."""
        return self.outcome is not None and self.outcome.is_running


@dataclass(frozen=True, slots=True)
class ReaderView:
    """One reader: its name, its place, and whether it is `ready`, `absent` or `fault`."""

    name: str
    place: Place
    state: str
    since: dt.datetime

    @property
    def is_ready(self) -> bool:
        return self.state == "ready"


@dataclass(frozen=True, slots=True)
class PlaceNow:
    """A place as its screen shows it; `read` None when nothing was read there lately."""

    read: ReadView | None
    readers: tuple[ReaderView, ...]

    @property
    def has_reader(self) -> bool:
        """Whether a person can scan here just now."""
        return any(reader.is_ready for reader in self.readers)

    @property
    def version(self) -> str:
        """A word that changes with whatever is shown."""
        return f"{crc32(repr(self).encode()):x}"
