"""Past visits in bulk, and their figures counted one row at a time: what reports are held against.

Nothing of it goes through the services: a year of registrations would take minutes.
"""

import datetime as dt
import random
import uuid as uuids
from collections import Counter
from dataclasses import dataclass, fields

from appliance.guestbook.choices import LISTS
from appliance.storage import statements
from appliance.storage.models import (
    Complaint,
    Deposit,
    GroupMember,
    Locker,
    LockerSession,
    MarkedCopy,
    Reading,
    ScanJob,
    SoftcopyRequest,
    Visit,
)

STATES = ["finished"] * 18 + ["closed_by_staff", "not_returned", "cancelled"]
LOCKERS = 6
LIMIT_S = 300  # of the office's promise
TITLES = ("Harga", "Dalam Angka", "=HYPERLINK(1)", "+62", "Sensus")
CHUNK = 400


@dataclass(frozen=True)
class Past:
    """What was written, as the rows have it."""

    visits: list[dict]
    heads: list[dict]
    sessions: list[dict]
    deposits: list[dict]
    readings: list[dict]
    scans: list[dict]
    copies: list[dict]
    requests: list[dict]
    complaints: list[dict]


def write_past(core, first: dt.date, after: dt.date, count: int, seed: int = 1) -> Past:
    """So many visits spread over these days of the office, with what was done in them."""
    chance = random.Random(seed)
    days = sorted(
        first + dt.timedelta(days=chance.randrange((after - first).days)) for _ in range(count)
    )
    numbers: Counter[dt.date] = Counter()
    begin = Visit.select().count() + 1
    past = Past(*([] for _ in fields(Past)))
    for place, day in enumerate(days, start=begin):
        numbers[day] += 1
        _add_visit(past, core.office.zone, chance, place, day, numbers[day])
    core.writer.run(lambda: _write(past))
    return past


def _add_visit(past: Past, zone, chance, place: int, day: dt.date, number: int) -> None:
    opens = dt.datetime.combine(day, dt.time(8), zone).astimezone(dt.UTC)
    came = opens + dt.timedelta(seconds=chance.randrange(7 * 3600))
    state = chance.choice(STATES)
    wait_s = float(chance.choice([0, 60, 299, 300, 301, chance.randrange(900)]))
    is_served = state != "cancelled" and chance.random() > 0.05
    is_known = is_served and chance.random() > 0.1
    visit = {
        "id": place,
        "uuid": str(uuids.UUID(int=chance.getrandbits(128))),
        "token_hash": f"hash-{place}",
        "code": f"{place:08}",
        "business_date": day.isoformat(),
        "number": number,
        "lane": chance.choice("AAB"),
        "state": state,
        "channel": chance.choice(["phone", "kiosk", "desk"]),
        "registered_at": came,
        "registered_boot_id": "boot",
        "registered_boot_ms": place,
        "registered_clock": chance.choice([0, 1, 2, 2]),
        "served_at": came if is_served else None,
        "served_by": "rina" if is_served else None,
        "wait_s": wait_s if is_known else None,
        "closed_at": came + dt.timedelta(hours=1),
        "closed_by": "rina",
        "stay_s": float(chance.randrange(5000)) if is_known else None,
        "late_reason": chance.choice(["", "crowd"]) if is_known and wait_s > LIMIT_S else "",
    }
    for question in ("sex", "age_band", "education", "occupation", "agency_category", "purpose"):
        visit[question] = chance.choice(LISTS[question]).code
    visit["disability"] = chance.choice(["", "", "", "1", "4"])
    for question in ("services", "channels"):
        codes = [choice.code for choice in LISTS[question]]
        visit[question] = " ".join(chance.sample(codes, chance.randint(1, 3)))
    visit["persons"] = 1
    if chance.random() < 0.1:
        heads = [
            {"visit": place, "sex": sex, "age_band": "1", "heads": chance.randint(1, 20)}
            for sex in chance.sample(["1", "2"], chance.randint(1, 2))
        ]
        visit["persons"] += sum(head["heads"] for head in heads)
        past.heads.extend(heads)
    past.visits.append(visit)
    _add_use(past, chance, visit, came)


def _add_use(past: Past, chance, visit: dict, came: dt.datetime) -> None:
    place = visit["id"]
    if chance.random() < 0.5:
        length = dt.timedelta(seconds=chance.randrange(1, 7200))
        past.sessions.append(
            {
                "uuid": f"session-{place}",
                "locker": chance.randint(1, LOCKERS),
                "visit": place,
                "started_at": came,
                "started_by": "rina",
                "ended_at": came + length,
                "ended_by": "rina",
                "end_reason": chance.choice(["visitor", "staff_empty", "found_property"]),
            }
        )
    if chance.random() < 0.2:
        kind = chance.choice(["card", "guarantee", "none"])
        past.deposits.append(
            {
                "uuid": f"deposit-{place}",
                "visit": place,
                "kind": kind,
                "card_type": {"card": "KTP", "guarantee": "Kunci motor"}.get(kind, ""),
                "tray_slot": None if kind == "none" else 1,
                "state": "waived" if kind == "none" else "returned",
                "received_at": came,
                "received_by": "rina",
                "returned_at": came,
                "returned_by": "rina",
            }
        )
    for step in range(chance.randrange(3)):
        past.readings.append(
            {
                "uuid": f"reading-{place}-{step}",
                "visit": place,
                "title": chance.choice(TITLES),
                "noted_at": came,
                "noted_by": "rina",
                "returned_at": came,
                "returned_by": "rina",
            }
        )
    if chance.random() < 0.2:
        pages = chance.choice([None, 1, 5, 20])
        past.scans.append(
            {
                "uuid": f"scan-{place}",
                "visit": place,
                "state": "discarded",
                "preset": "document",
                "opened_at": came,
                "opened_by": "rina",
                "closed_at": came,
                "page_count": pages,
                "discarded_for": "closing",
            }
        )
    _add_papers(past, chance, visit, came)


def _add_papers(past: Past, chance, visit: dict, came: dt.datetime) -> None:
    place = visit["id"]
    if chance.random() < 0.2:
        past.copies.append(
            {
                "number": f"1309-2026-{place:08}",
                "visit": place,
                "title": chance.choice(TITLES),
                "purpose": visit["purpose"],
                "made_at": came,
                "size_bytes": 1,
                "sha256": f"sha-{place}",
            }
        )
    if chance.random() < 0.1:
        past.requests.append(
            {
                "uuid": f"request-{place}",
                "visit": place,
                "wanted": "PDRB",
                "level": chance.choice(["", "1", "3"]),
                "source": chance.choice(["", "publication"]),
                "quality": chance.choice([None, 7, 10]),
                "state": chance.choice(["new", "refused"]),
                "created_at": came,
            }
        )
        if past.requests[-1]["state"] != "new":
            past.requests[-1] |= {"changed_at": came, "changed_by": "rina"}
        else:
            past.requests[-1] |= {"changed_at": None, "changed_by": None}
    if chance.random() < 0.03:
        answered = came + dt.timedelta(days=chance.choice([1, 9]))
        is_answered = chance.random() < 0.7
        past.complaints.append(
            {
                "uuid": f"complaint-{place}",
                "code": f"K{place:07}",
                "topic": chance.choice(["service", "facility"]),
                "body": "AC",
                "state": "answered" if is_answered else "new",
                "created_at": came,
                "due_at": came + dt.timedelta(days=5),
                "answered_at": answered if is_answered else None,
                "answered_by": "rina" if is_answered else None,
            }
        )


def _write(past: Past) -> None:
    if not Locker.select().exists():
        Locker.insert_many([{"id": n, "number": n} for n in range(1, LOCKERS + 1)]).execute()
    # Several may use one locker at a time here: the report counts what it finds.
    for model, rows in (
        (Visit, past.visits),
        (GroupMember, past.heads),
        (LockerSession, past.sessions),
        (Deposit, past.deposits),
        (Reading, past.readings),
        (ScanJob, past.scans),
        (MarkedCopy, past.copies),
        (SoftcopyRequest, past.requests),
        (Complaint, past.complaints),
    ):
        for start in range(0, len(rows), CHUNK):
            model.insert_many(rows[start : start + CHUNK]).execute()
    statements.run("ANALYZE")


def counted(rows: list[dict], key: str) -> Counter:
    """How many rows have each value."""
    return Counter(row[key] for row in rows)


def highest_at_once(sessions: list[dict]) -> int:
    """The most sessions that were open at any of their beginnings."""
    return max(
        (
            sum(other["started_at"] <= one["started_at"] < other["ended_at"] for other in sessions)
            for one in sessions
        ),
        default=0,
    )
