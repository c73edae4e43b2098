"""Fills a demonstration: staff, lockers, catalogue, and a month that has passed.

The past month is no fact of this appliance: it is written in bulk without outbox rows, and the
journal says in one line that it is made up.
"""

import random
import uuid as uuids
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from peewee import Model

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core
from appliance.catalogue import index
from appliance.catalogue.copy_rules import own_barcode
from appliance.clock import Clock
from appliance.day_closing.rules import Kind
from appliance.demo.desk_work import OFFICER, cards, photocopies
from appliance.demo.districts import district_of
from appliance.demo.past import PastVisit, made_up_uuid, past_visits
from appliance.demo.publications import Row, publications
from appliance.demo.replies import replies
from appliance.demo.softcopies import FOLDER, write_softcopy
from appliance.demo.voices import voices
from appliance.errors import Refused
from appliance.offices import Office
from appliance.privacy.rules import guardian_notice, notice
from appliance.ratings.service import ID_BITS, TRAITS
from appliance.services import Services
from appliance.storage.models import (
    BookCopy,
    Consent,
    GroupMember,
    GuardianConsent,
    Guest,
    Locker,
    LockerSession,
    Publication,
    Rating,
    RatingAnswer,
    RatingCount,
    RatingProfile,
    Reading,
    ScanJob,
    SkdAnswer,
    SkdReply,
    Visit,
    Visitor,
    VisitorVisit,
    utc_text,
)

STAFF = (
    ("petugas", "Petugas Contoh", "officer"),
    ("operator", "Operator Contoh", "operator"),
    ("admin", "Admin Contoh", "admin"),
    ("kepala", "Kepala Contoh", "head"),
)
LOCKERS = 12
# Titles that can be read on the screen and fetched.
SOFTCOPIES = (
    "{d} Dalam Angka 2023",
    "{d} Dalam Angka 2024",
    "{d} Dalam Angka 2025",
)
_PRINTED = ("shelf", "barcode", "copies")
CHUNK = 100  # rows a statement: SQLite takes 32,766 parameters, visits have about 30 columns


def seed(core: Core, services: Services) -> None:
    """Everything a demonstration needs; what is there already stays as it is.

    Each part is one transaction, so a seeding that was cut short is simply done again.
    """
    _seed_staff(services)
    services.lockers.sync_bank(dict.fromkeys(range(1, LOCKERS + 1), True), by=SYSTEM)
    core.writer.run(lambda: seed_catalogue(core.office, core.clock))
    _seed_softcopies(core)
    core.writer.run(lambda: _seed_past(core))
    _close_last_day(services)


def _close_last_day(services: Services) -> None:
    """The day before was closed, as it should have been, so that nobody is asked to."""
    days = services.days
    if days.reports():
        return
    with suppress(Refused):  # by a clock that is not set
        for date in days.unclosed():
            things = days.open_things(date)
            usual = {one.field: one.usual or next(iter(one.choices)) for one in things}
            usual |= {one.field: "still_out" for one in things if one.kind is Kind.PHOTOCOPY}
            days.close(date, usual, by=Actor.staff("petugas", "officer"))


def _seed_staff(services: Services) -> None:
    known = {person.username for person in services.staff.people()}
    for username, display_name, role in STAFF:
        if username not in known:
            services.staff.add(
                username, display_name, role, f"{username}-demo", by=SYSTEM, known_password=True
            )


def seed_catalogue(office: Office, clock: Clock) -> None:
    """A catalogue with its copies; belongs inside a function given to the writer."""
    if Publication.select().exists():
        return
    rows = publications(district_of(office))
    _insert(Publication, ({n: row[n] for n in row if n not in _PRINTED} for row in rows))
    now = utc_text(clock.now())
    _insert(BookCopy, _copies(rows, now))
    index.refresh(len(rows))


def _copies(rows: list[Row], added_at: str) -> Iterable[dict[str, object]]:
    """The printed copies of these publications, whose ids are their places in the list."""
    number = 0
    for publication_id, row in enumerate(rows, start=1):
        for place in range(int(str(row["copies"]))):
            number += 1
            yield {
                "uuid": str(uuids.uuid5(uuids.NAMESPACE_URL, f"copy/{number}")),
                "publication": publication_id,
                "barcode": row["barcode"] if place == 0 else own_barcode(number),
                "shelf": row["shelf"],
                "added_at": added_at,
            }


def _seed_softcopies(core: Core) -> None:
    """Files first: a softcopy that the catalogue names is there."""
    district = district_of(core.office)
    for title in SOFTCOPIES:
        row = Publication.get_or_none(Publication.title == title.format(d=district.name))
        if row is None or row.softcopy_path:
            continue
        path = f"{FOLDER}/{row.publication_number}.pdf"
        write_softcopy(core.settings.data_dir / path, row.title, district.sub_districts)
        core.writer.run(lambda row=row, path=path: _set_softcopy(row.id, path))  # type: ignore[misc]


def _set_softcopy(publication_id: int, path: str) -> None:
    Publication.update(softcopy_path=path).where(Publication.id == publication_id).execute()


def _seed_past(core: Core) -> None:
    if Visit.select().exists():
        return
    today = core.office.business_date(core.clock.now())
    visits = dict(enumerate(past_visits(core.office, today), start=1))
    _insert(Visit, ({"id": key, **visit.columns} for key, visit in visits.items()))
    _insert(Guest, ({"visit": key, **visit.guest} for key, visit in visits.items()))
    _insert(GroupMember, _members(visits))
    visitors = _visitors(visits)
    _insert(Visitor, ({"id": key, **columns} for key, (columns, _) in enumerate(visitors, 1)))
    ties = ((visit, key) for key, (_, ids) in enumerate(visitors, 1) for visit in ids)
    _insert(VisitorVisit, ({"visit": visit, "visitor": key} for visit, key in ties))
    _insert(Consent, _consents(core.office, visits))
    _insert(GuardianConsent, _guardians(core.office, visits))
    _insert(LockerSession, _locker_sessions(visits))
    if core.office.policy.card_for_locker:
        for model, rows in cards(core.office, visits):
            _insert(model, rows)
    if core.office.policy.photocopy:
        for model, rows in photocopies(core.office, visits):
            _insert(model, rows)
    for model, rows in voices(core.office, visits, core.clock.now()):
        _insert(model, rows)
    _insert(Reading, _readings(visits))
    _insert(ScanJob, _scans(visits))
    _insert_ratings(visits.values())
    detail = {"visits": len(visits), "publications": Publication.select().count()}
    core.recorder.note("demo.seeded", "demo", by=SYSTEM, detail=detail)


def _consents(office: Office, visits: dict[int, PastVisit]) -> Iterable[dict[str, object]]:
    shown = notice(office, "id")
    for key, visit in visits.items():
        yield {
            "visit": key,
            "notice_version": shown.version,
            "text_hash": shown.text_hash,
            "language": shown.language,
            "channel": visit.columns["channel"],
            "action": "given",
            "at": visit.registered_at,
        }


def _guardians(office: Office, visits: dict[int, PastVisit]) -> Iterable[dict[str, object]]:
    shown = guardian_notice(office, "id")
    for key, visit in visits.items():
        if visit.guest["guardian_name"]:
            is_desk = visit.columns["channel"] == "desk"
            yield {
                "visit": key,
                "action": "given",
                "relation": "guardian",
                "way": "spoken" if is_desk else "screen",
                "notice_version": shown.version,
                "text_hash": shown.text_hash,
                "language": shown.language,
                "channel": visit.columns["channel"],
                "at": visit.registered_at,
                "by": OFFICER if is_desk else f"visitor:{visit.columns['uuid']}",
            }


def _locker_sessions(visits: dict[int, PastVisit]) -> Iterable[dict[str, object]]:
    lockers = [row.id for row in Locker.select().order_by(Locker.number)]
    for key, visit in visits.items():
        if visit.uses_locker and lockers:
            yield {
                "uuid": made_up_uuid("locker", visit),
                "locker": lockers[key % len(lockers)],
                "visit": key,
                "started_at": visit.served_at,
                "started_by": OFFICER,
                "ended_at": visit.closed_at,
                "ended_by": OFFICER,
                "end_reason": "visitor",
            }


def _members(visits: dict[int, PastVisit]) -> Iterable[dict[str, object]]:
    for key, visit in visits.items():
        for sex, band, count in visit.heads:
            yield {"visit": key, "sex": sex, "age_band": band, "heads": count}


def _visitors(visits: dict[int, PastVisit]) -> list[tuple[dict[str, object], list[int]]]:
    """The people of these visits, each with what is known and the ids of their visits."""
    found: dict[object, tuple[dict[str, object], list[int]]] = {}
    for key, visit in visits.items():
        phone = visit.guest["phone"]
        who = (visit.guest["name"], phone) if phone else key
        columns: dict[str, object] = {
            "uuid": made_up_uuid("visitor", visit),
            "created_at": visit.registered_at,
        }
        found.setdefault(who, (columns, []))[1].append(key)
    return list(found.values())


def _readings(visits: dict[int, PastVisit]) -> Iterable[dict[str, object]]:
    printed = list(
        Publication.select(Publication.id, Publication.title)
        .where(Publication.copies > 0)
        .order_by(Publication.year.desc(), Publication.id)
    )
    chance = random.Random(len(visits))  # noqa: S311 - made-up data
    for key, visit in visits.items():
        for place in range(visit.readings):
            # New publications are read most: the cube leans towards the head of the list.
            book = printed[int(chance.random() ** 3 * len(printed))]
            yield {
                "uuid": made_up_uuid(f"reading{place}", visit),
                "visit": key,
                "publication": book.id,
                "title": book.title,
                "noted_at": visit.served_at,
                "noted_by": OFFICER,
                "returned_at": visit.closed_at,
                "returned_by": OFFICER,
            }


def _scans(visits: dict[int, PastVisit]) -> Iterable[dict[str, object]]:
    for key, visit in visits.items():
        if visit.scanned_pages:
            yield {
                "uuid": made_up_uuid("scan", visit),
                "visit": key,
                "state": "discarded",  # as after its time: the file is gone, the count stays
                "preset": "document",
                "opened_at": visit.served_at,
                "opened_by": "station:stasiun",
                "closed_at": visit.closed_at,
                "page_count": visit.scanned_pages,
            }


def _insert_ratings(visits: Iterable[PastVisit]) -> None:
    chance = random.SystemRandom()
    rated = [(chance.getrandbits(ID_BITS), visit) for visit in visits if visit.answers]
    months = {key: visit.date.isoformat()[:7] for key, visit in rated}
    _insert(Rating, ({"id": k, "month": months[k], "comment": v.comment} for k, v in rated))
    _insert(
        RatingAnswer,
        (
            {"rating": key, "element": element, "value": value}
            for key, visit in rated
            for element, value in (visit.answers or {}).items()
        ),
    )
    channels = Counter(months.values())
    _insert(
        RatingCount,
        (
            {"month": month, "kind": "channel", "code": "phone", "times": count}
            for month, count in channels.items()
        ),
    )
    given = list(replies(months.values(), ID_BITS, chance))
    _insert(SkdReply, (reply for reply, _answers in given))
    _insert(SkdAnswer, (answer for _reply, answers in given for answer in answers))
    profile = Counter(
        (months[key], trait, visit.columns[trait]) for key, visit in rated for trait in TRAITS
    )
    _insert(
        RatingProfile,
        (
            {"month": month, "trait": trait, "code": code, "respondents": count}
            for (month, trait, code), count in profile.items()
        ),
    )


def _insert(model: type[Model], rows: Iterable[dict[str, object]]) -> None:
    listed = list(rows)
    for start in range(0, len(listed), CHUNK):
        model.insert_many(listed[start : start + CHUNK]).execute()
