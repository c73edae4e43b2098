"""The suggestion box: what may be said, and by when it is answered."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.actor import Role
from appliance.errors import N_
from appliance.free_text import Field

# SP4N-LAPOR answers a complaint that needs no visit in the field within five days; a box in the
# room keeps no longer than that.
ANSWER_DAYS = 5


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    NEW = "new"
    IN_HAND = "in_hand"
    ANSWERED = "answered"


TOPICS = (
    ("service", N_("Pelayanan petugas")),
    ("facility", N_("Sarana dan prasarana")),
    ("collection", N_("Koleksi dan data")),
    ("integrity", N_("Pungutan, gratifikasi, atau calo")),
    ("suggestion", N_("Saran")),
    ("other", N_("Hal lain")),
)
TOPIC_CODES = frozenset(code for code, _ in TOPICS)
# An officer must not be the one who reads that an officer took money.
ADMIN_TOPICS = frozenset({"integrity"})
CHOOSE_TOPIC = N_("Pilih tentang apa pengaduan ini.")
FIELDS = {
    "body": Field(3000, N_("Tulis pengaduan atau saran Anda."), lines=True),
    "contact": Field(200),
}
ANSWER_FIELDS = {"answer": Field(3000, N_("Tulis jawabannya."), lines=True)}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint. `contact` is for staff screens only; `code` finds it again."""

    id: int
    code: str
    topic: str
    body: str
    contact: str
    state: ComplaintState
    created_at: dt.datetime
    due_at: dt.datetime
    answer: str
    answered_at: dt.datetime | None

    def is_overdue(self, now: dt.datetime) -> bool:
        """Whether it should have been answered by now."""
        return self.state is not ComplaintState.ANSWERED and now > self.due_at


def due_at(created: dt.datetime) -> dt.datetime:
    """By when a complaint of this moment is answered."""
    return created + dt.timedelta(days=ANSWER_DAYS)


def hidden_topics(role: Role) -> frozenset[str]:
    """The topics that people of this role do not get to read."""
    return frozenset() if role is Role.ADMIN else ADMIN_TOPICS


def topic_label(code: str) -> str:
    """The words of a topic, as a message to translate."""
    return dict(TOPICS).get(code, code)
