"""A past month of visits as an office of this size would have had them, of people made up."""

import datetime as dt
import random
import uuid as uuids
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from appliance import codes
from appliance.offices import Office
from appliance.ratings.questions import Element
from appliance.visits.rules import VisitState

T = TypeVar("T")

DAYS_BACK = 33  # reaches into the month before, whatever day it is
FRIDAY = 4
SATURDAY = 5
VISITS_A_DAY = (6, 15)
FIRST_NAMES = (
    "Bunga",
    "Melati",
    "Kenanga",
    "Cempaka",
    "Mawar",
    "Anggrek",
    "Teratai",
    "Dahlia",
    "Kamboja",
    "Flamboyan",
    "Seroja",
    "Wijaya",
    "Kusuma",
    "Tanjung",
    "Beringin",
    "Pinus",
    "Cemara",
    "Meranti",
    "Jati",
    "Surian",
)
SURNAME = "Contoh"
AGENCIES = {
    "4": ("Dinas Contoh", "Kantor Camat Contoh", "Bappeda Contoh"),
    "6": ("Universitas Contoh", "SMA Contoh 1", "Politeknik Contoh"),
    "8": ("CV Contoh Jaya", "PT Contoh Makmur"),
}
# People who come again, with the number they leave; the last is the first one, spelt otherwise.
REGULARS = {
    "Bunga": "081200000001",
    "Melati": "081200000002",
    "Jati": "081200000003",
    "Pinus": "081200000004",
    "Boenga": "081200000001",
}
UNDER_17 = "1"
GROUPS = (3, 6, 12, 28)  # people of a visit of several
LATE = {"crowd": 40, "long_service": 25, "officer_away": 12, "system": 5, "not_there": 8, "": 10}
# How often each code is chosen; what is not listed is never chosen here.
WEIGHTS = {
    "sex": {"1": 45, "2": 55},
    "age_band": {"1": 6, "2": 58, "3": 16, "4": 11, "5": 6, "6": 3},
    "education": {"1": 46, "2": 8, "3": 38, "4": 7, "5": 1},
    "occupation": {"1": 55, "2": 8, "3": 21, "5": 7, "6": 6, "7": 3},
    "agency_category": {"2": 4, "4": 22, "6": 62, "8": 10, "9": 2},
    "purpose": {"1": 52, "2": 20, "3": 5, "4": 18, "5": 5},
    "services": {"1": 60, "1 2": 22, "8": 8, "1 8": 6, "16": 4},
    "channels": {"1": 85, "1 4": 15},
}
ENDS = {
    VisitState.FINISHED: 90,
    VisitState.CLOSED_BY_STAFF: 4,
    VisitState.NOT_RETURNED: 3,
    VisitState.CANCELLED: 3,
}
# Weights of the answers 1 to 4; nobody pays, so the fee is always the best answer.
ANSWERS = {
    Element.FEE: (0, 0, 0, 1),
    Element.TIME: (1, 6, 48, 45),
    Element.FACILITIES: (2, 12, 56, 30),
    Element.COMPLAINTS: (2, 8, 50, 40),
}
USUAL_ANSWERS = (1, 5, 50, 44)
COMMENTS = (
    "Petugasnya ramah dan cepat.",
    "Tolong tambah stopkontak di meja baca.",
    "Data kecamatan lengkap, terima kasih.",
    "Wi-Fi kadang lambat.",
    "Kursinya nyaman.",
    "Antreannya jelas, langsung dipanggil.",
    "Semoga jam buka ditambah sampai sore.",
    "Publikasi tahun lama sulit dicari sebelumnya, sekarang mudah.",
    "Loker praktis sekali.",
    "Mohon AC di ruang baca diperiksa.",
    "Hasil pindai jelas dan bisa langsung diunduh.",
    "Penjelasan tentang PDRB sangat membantu skripsi saya.",
)


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One visit of the past: its columns, its guest, and what was done in it."""

    columns: dict[str, object]
    guest: dict[str, object]
    date: dt.date
    registered_at: dt.datetime
    served_at: dt.datetime | None
    closed_at: dt.datetime
    uses_locker: bool
    readings: int
    scanned_pages: int
    answers: dict[Element, int] | None
    comment: str
    heads: tuple[tuple[str, str, int], ...] = ()
    """Of a group, without its leader: sex, age band, how many."""


def past_visits(office: Office, today: dt.date) -> Iterator[PastVisit]:
    """The visits of the working days before today, in order; the same for the same day."""
    chance = random.Random(f"{office.domain}:{today}")  # noqa: S311 - made-up data
    for back in range(DAYS_BACK, 0, -1):
        day = today - dt.timedelta(days=back)
        if day.weekday() >= SATURDAY:
            continue
        minutes = sorted(_minutes(chance, day))
        for number, minute in enumerate(minutes, start=1):
            yield _visit(chance, office, day, number, minute)


def _minutes(chance: random.Random, day: dt.date) -> list[int]:
    """When people come, in minutes after 08:00: mornings more than afternoons."""
    longest = 180 if day.weekday() == FRIDAY else 420
    return [int(chance.triangular(3, longest, 110)) for _ in range(chance.randint(*VISITS_A_DAY))]


def _visit(
    chance: random.Random, office: Office, day: dt.date, number: int, minute: int
) -> PastVisit:
    uuid = str(uuids.UUID(int=chance.getrandbits(128), version=4))
    opens = dt.datetime.combine(day, dt.time(8), office.zone).astimezone(dt.UTC)
    registered = opens + dt.timedelta(minutes=minute, seconds=chance.randint(0, 59))
    state = _pick(chance, ENDS)
    is_served = state is not VisitState.CANCELLED
    wait_s = round(chance.lognormvariate(4.6, 0.75), 1) if is_served else None
    is_measured = wait_s is not None and chance.random() > 0.03
    served = registered + dt.timedelta(seconds=wait_s) if wait_s is not None else None
    stay_s = chance.uniform(900, 7200) if is_served else 240.0
    closed = registered + dt.timedelta(seconds=(wait_s or 0) + stay_s)
    is_rated = state is VisitState.FINISHED and chance.random() < 0.55
    statistics = {name: _pick(chance, weights) for name, weights in WEIGHTS.items()}
    promised_s = office.policy.promise_minutes * 60
    is_late = is_measured and wait_s is not None and wait_s > promised_s
    heads = _heads(chance) if is_served and chance.random() < 0.05 else ()
    columns: dict[str, object] = {
        "uuid": uuid,
        "token_hash": codes.token_hash(codes.new_token()),  # its link has ended with its day
        "code": codes.new_short_code(),
        "business_date": day.isoformat(),
        "number": number,
        "state": str(state),
        "channel": chance.choice(("phone", "phone", "phone", "kiosk", "desk")),
        "registered_at": registered,
        "registered_boot_id": f"demo-{day}",
        "registered_boot_ms": minute * 60_000,
        "registered_clock": 2,
        "served_at": served,
        "served_by": "petugas" if is_served else None,
        "wait_s": wait_s if is_measured else None,
        "closed_at": closed,
        "closed_by": "petugas",
        "close_reason": "Data contoh" if state is VisitState.CLOSED_BY_STAFF else "",
        "promise_minutes": office.policy.promise_minutes,
        "late_reason": _pick(chance, LATE) if is_late else "",
        "persons": 1 + sum(count for _sex, _band, count in heads),
        "stay_s": None if state is VisitState.NOT_RETURNED or not is_measured else stay_s,
        "rated_at": closed if is_rated else None,
        **statistics,
    }
    return PastVisit(
        columns=columns,
        guest=_guest(chance, statistics["agency_category"], statistics["age_band"]),
        date=day,
        registered_at=registered,
        served_at=served,
        closed_at=closed,
        uses_locker=is_served and chance.random() < 0.6,
        readings=chance.choice((0, 1, 1, 2, 3)) if is_served else 0,
        scanned_pages=chance.randint(1, 24) if is_served and chance.random() < 0.25 else 0,
        answers=_answers(chance) if is_rated else None,
        comment=chance.choice(COMMENTS) if is_rated and chance.random() < 0.12 else "",
        heads=heads,
    )


def _heads(chance: random.Random) -> tuple[tuple[str, str, int], ...]:
    """A class or a few students who came with their leader."""
    band, others = chance.choice((UNDER_17, "2")), chance.choice(GROUPS) - 1
    women = chance.randint(1, others - 1)
    return (("1", band, others - women), ("2", band, women))


def _guest(chance: random.Random, agency_category: str, age_band: str) -> dict[str, object]:
    is_regular = chance.random() < 0.12
    first = chance.choice(tuple(REGULARS) if is_regular else FIRST_NAMES)
    agencies = AGENCIES.get(agency_category, ("Instansi Contoh",))
    return {
        "name": f"{first} {SURNAME}",
        "email": f"{first.lower()}@contoh.example" if chance.random() < 0.5 else None,
        "phone": REGULARS[first] if is_regular else None,
        "guardian_name": f"Wali {first} {SURNAME}" if age_band == UNDER_17 else None,
        "agency_name": chance.choice(agencies),
    }


def _answers(chance: random.Random) -> dict[Element, int]:
    return {
        element: chance.choices((1, 2, 3, 4), ANSWERS.get(element, USUAL_ANSWERS))[0]
        for element in Element
    }


def _pick(chance: random.Random, weights: dict[T, int]) -> T:
    return chance.choices(list(weights), list(weights.values()))[0]


def made_up_uuid(thing: str, visit: PastVisit) -> str:
    """The uuid of something of this visit; the same for the same visit."""
    return str(uuids.uuid5(uuids.UUID(str(visit.columns["uuid"])), thing))
