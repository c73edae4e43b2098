"""What a door may want a person to look at, and when a sensor is no longer believed."""

import datetime as dt
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field

NOTE_FIELDS = {"note": Field(200)}
CHATTER_CHANGES = 6  # opening and shutting thrice: more than a person does without a command
CHATTER_WINDOW_S = 10.0
UNKNOWN_FOR_S = 5.0  # a board that misses one question has not gone


class AlarmKind(StrEnum):
    """Why somebody should look at a door; the values are those of the database."""

    OPENED_WITHOUT_COMMAND = "opened_without_command"
    NOT_OPENED = "not_opened"
    LEFT_OPEN = "left_open"
    SENSOR_DISAGREES = "sensor_disagrees"
    OUTPUT_STUCK = "output_stuck"
    NOT_ANSWERING = "not_answering"

    @property
    def sentence(self) -> str:
        """What is the matter and what to do, as a message with a %(number)s place."""
        return SENTENCES[self]


SENTENCES = {
    AlarmKind.OPENED_WITHOUT_COMMAND: N_(
        "Pintu loker %(number)s terbuka tanpa perintah. Lihat ke sana, lalu catat apa yang terjadi."
    ),
    AlarmKind.NOT_OPENED: N_(
        "Pintu loker %(number)s tidak terbuka. Tekan pintunya dan coba lagi, atau pakai kunci"
        " mekanis."
    ),
    AlarmKind.LEFT_OPEN: N_("Pintu loker %(number)s lama terbuka. Tutuplah."),
    AlarmKind.SENSOR_DISAGREES: N_(
        "Sensor loker %(number)s tidak dapat dipercaya. Lihat pintunya sendiri, dan minta sensornya"
        " diperiksa."
    ),
    AlarmKind.OUTPUT_STUCK: N_(
        "Solenoid loker %(number)s tidak mau mati. Putuskan listrik loker sekarang, lalu panggil"
        " teknisi."
    ),
    AlarmKind.NOT_ANSWERING: N_(
        "Loker %(number)s tidak menjawab. Periksa kabel dan listriknya; buka dengan kunci mekanis."
    ),
}


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One alarm as screens show it; `ended_at` None while it is open."""

    uuid: str
    number: int
    kind: AlarmKind
    raised_at: dt.datetime
    ended_at: dt.datetime | None
    ended_by: str
    note: str

    @property
    def sentence(self) -> str:
        """What is the matter and what to do, as a message with a %(number)s place."""
        return self.kind.sentence


@dataclass(slots=True)
class Chatter:
    """Counts the changes of one door that no command explains. Seconds of one monotonic clock."""

    changes: deque[float] = field(default_factory=deque)

    def changed(self, at_s: float) -> bool:
        """Note a change; True when a sensor does this, and no door."""
        self.changes.append(at_s)
        while self.changes[0] < at_s - CHATTER_WINDOW_S:
            self.changes.popleft()
        return len(self.changes) >= CHATTER_CHANGES
