"""Complaints and suggestions: what may be said, and by when it is answered."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.errors import N_
from appliance.free_text import Field
from appliance.hours.rules import OpeningHours

# SP4N-LAPOR: first response, information, complaint, complaint that is looked into on the spot.
# All are working days.
FIRST_DAYS = 3
INFORMATION_DAYS = 5
COMPLAINT_DAYS = 14
CHECK_DAYS = 60
REPLY_DAYS = 10  # so long its holder may find the answer to be none before it closes by itself
MOST_LATE_DAYS = 90  # a letter that lay longer in a drawer was dated wrongly


class ComplaintKind(StrEnum):
    """What somebody wants to say."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    QUESTION = "question"
    APPRECIATION = "appreciation"


class ComplaintState(StrEnum):
    """Where a complaint stands; its holder may bring it back once from the last two."""

    NEW = "new"
    IN_HAND = "in_hand"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is still owed."""
        return self in (ComplaintState.NEW, ComplaintState.IN_HAND)


class Channel(StrEnum):
    """How a complaint reached the office; the values are those of the database."""

    BOX = "box"
    """Written on this appliance by whoever holds its ticket."""
    PAPER = "paper"
    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"
    ONLINE = "online"
    IN_PERSON = "in_person"


KINDS = (
    (ComplaintKind.COMPLAINT, N_("Pengaduan")),
    (ComplaintKind.SUGGESTION, N_("Saran")),
    (ComplaintKind.QUESTION, N_("Pertanyaan")),
    (ComplaintKind.APPRECIATION, N_("Apresiasi")),
)
# What an officer may write down for somebody else.
ENTERED = (
    (Channel.PAPER, N_("Kotak saran kertas")),
    (Channel.LETTER, N_("Surat")),
    (Channel.PHONE, N_("Telepon")),
    (Channel.EMAIL, N_("Email")),
    (Channel.ONLINE, N_("LAPOR! atau formulir di Internet")),
    (Channel.IN_PERSON, N_("Disampaikan di meja")),
)
CHANNELS = ((Channel.BOX, N_("Kotak saran di peranti ini")), *ENTERED)
CHOOSE_KIND = N_("Pilih apa yang ingin Anda sampaikan.")
CHOOSE_TOPIC = N_("Pilih tentang apa pengaduan ini.")
CHOOSE_CHANNEL = N_("Pilih bagaimana pengaduan ini sampai ke kantor.")
NOT_A_DAY = N_("Tulis tanggal diterima: hari ini, atau paling lama 90 hari yang lalu.")
FIELDS = {
    "body": Field(3000, N_("Tulis pengaduan atau saran Anda."), lines=True),
    "contact": Field(200),
}
ANSWER_FIELDS = {"answer": Field(3000, N_("Tulis jawabannya."), lines=True)}
NOTE_FIELDS = {"note": Field(1000, N_("Tulis catatannya."), lines=True)}
REOPEN_FIELDS = {"words": Field(1000, N_("Tulis apa yang belum terjawab."), lines=True)}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint. `contact` is for staff screens only; `code` finds it again.

    `code` is empty once the complaint is forgotten. `needs_check`: somebody has to look outside
    of the office, which takes longer. `first_due_at` None: from before that was promised.
    `created_at` is when it reached the office; of what an officer typed only the day is known.
    """

    id: int
    uuid: str
    code: str
    kind: ComplaintKind
    topic: str
    body: str
    contact: str
    state: ComplaintState
    created_at: dt.datetime
    first_due_at: dt.datetime | None
    due_at: dt.datetime
    needs_check: bool
    handler: str
    answer: str
    answered_at: dt.datetime | None
    closed_at: dt.datetime | None
    reopened_at: dt.datetime | None
    reopen_words: str
    earlier_answer: str
    channel: Channel = Channel.BOX
    entered_by: str = ""

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether it should have been answered by now."""
        return self.state.is_waiting and now > self.due_at

    def is_unseen(self, now: dt.datetime) -> bool:
        """Whether somebody should have taken it in hand by now."""
        is_late = self.first_due_at is not None and now > self.first_due_at
        return self.state is ComplaintState.NEW and is_late

    @property
    def may_reopen(self) -> bool:
        """Whether its holder may say once that the answer is none."""
        return not self.state.is_waiting and self.reopened_at is None


@dataclass(frozen=True, slots=True)
class Note:
    """What an officer wrote for the others; `by` is a user name."""

    at: dt.datetime
    by: str
    words: str


@dataclass(frozen=True, slots=True)
class ComplaintFigures:
    """What of one kind came in during a period, as it stands now.

    `seen_in_time` were taken in hand within three working days, `seen_late` later or still not;
    `in_time` and `late` were answered; `overdue` should have been; `closed` need nothing more.
    """

    kind: ComplaintKind
    made: int
    seen_in_time: int
    in_time: int
    late: int
    overdue: int
    reopened: int
    seen_late: int
    closed: int


def answer_days(kind: ComplaintKind, *, needs_check: bool) -> int:
    """Within how many working days it is answered."""
    if kind is not ComplaintKind.COMPLAINT:
        return INFORMATION_DAYS
    return CHECK_DAYS if needs_check else COMPLAINT_DAYS


def received_on(text: str, today: dt.date) -> dt.date | None:
    """The day on which it came, as typed; nothing typed is today. None for no likely day."""
    if not text.strip():
        return today
    try:
        date = dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return date if 0 <= (today - date).days <= MOST_LATE_DAYS else None


def due_at(start: dt.datetime, days: int, opening: OpeningHours, zone: dt.tzinfo) -> dt.datetime:
    """The end of the last of so many working days after a moment.

    An office that hardly ever opens has so many days of the calendar.
    """
    date = start.astimezone(zone).date()
    last = opening.working_days_after(date, days) or date + dt.timedelta(days=days)
    return dt.datetime.combine(last, dt.time(23, 59, 59), zone)


def closes_at(answered: dt.datetime, opening: OpeningHours, zone: dt.tzinfo) -> dt.datetime:
    """Until when its holder may answer back before a complaint answered then closes by itself."""
    return due_at(answered, REPLY_DAYS, opening, zone)
