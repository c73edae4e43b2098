"""Identity is erased when the notice says so: everywhere, nobody else's, and by no wrong clock."""

import datetime as dt

import pytest

from appliance.actor import ANYONE, Actor
from appliance.bootstrap import clean
from appliance.clock import ClockQuality, Stamp
from appliance.privacy import rules
from appliance.storage.models import Guest, Visit
from tests.entries import filled
from tests.services.library import OFFICER

holding_cards = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)

ADMIN = Actor.staff("admin", "admin")
DAY_S = 24 * 3600
YEAR_S = 366 * DAY_S
# One word for each place where a visitor can leave a trace of who it was.
CANARIES = {
    "name": "Kenariname",
    "email": "kenarimail@contoh.id",
    "phone": "0899 1234 5678",
    "agency_name": "Kenariagency",
    "occupation_other": "Kenarioccupation",
    "agency_other": "Kenariotheragency",
    "purpose_other": "Kenaripurpose",
    "data_wanted": "Kenaridata",
}
# How each of them would look in a file, with those of the request and of the complaint.
TRACES = {
    *(b"kenariname", b"kenarimail", b"kenariagency", b"kenarioccupation", b"kenariotheragency"),
    *(b"kenaripurpose", b"kenaridata", b"kenariwhy", b"kenarireq", b"kenarinote"),
    *(b"kenariwish", b"kenariarea"),
    *(b"kenaricontact", b"99 1234 5678", b"9912345678", b"kenariquestion"),
}


@pytest.fixture
def canary(services):
    """A closed visit that told everything, with a request and a complaint, and answered."""
    visit = services.guestbook.register(
        filled(**CANARIES, services=["1", "2"], occupation="7", agency_category="9", purpose="5"),
        channel="phone",
        language="id",
        idempotency_key="canary",
    )
    wanted = {"wanted": "Kenariwish", "purpose": "Kenariwhy", "area": "Kenariarea", "level": "4"}
    wanted["email"] = "kenarireq@contoh.id"
    made = services.requests.make(visit.id, wanted, by=OFFICER)
    services.requests.answer(made.id, "ke kenarinote@contoh.id", by=OFFICER)
    complaint = services.complaints.make(
        {"topic": "service", "body": "Antrean lama.", "contact": "kenaricontact"}, by=ANYONE
    )
    services.complaints.answer(
        next(c.id for c in services.complaints.inbox(by=ADMIN)), "Terima kasih.", by=ADMIN
    )
    services.catalogue_questions.ask(visit.id, "Kenariquestion", by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    assert services.complaints.by_code(complaint.code).contact == "kenaricontact"
    return visit


def register(services, key: str):
    return services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=key
    )


def traces(core) -> set[bytes]:
    """What the raw bytes of all files below the data folder still tell."""
    files = [path for path in core.settings.data_dir.rglob("*") if path.is_file()]
    assert any(path.name.endswith(".db-wal") for path in files)
    content = b"".join(path.read_bytes().lower() for path in files)
    return {trace for trace in TRACES if trace in content}


def name_of(visit) -> str | None:
    return Guest.get(Guest.visit == visit.id).name


def test_after_its_time_nothing_in_any_file_tells_who_it_was(core, services, clock, canary):
    assert len(traces(core)) == len(TRACES) - 1  # the telephone number in one of its two forms
    clock.advance(YEAR_S)

    done = clean(core)
    services.exports.to_file(core.settings.data_dir / "events.json", by=ADMIN)

    assert done["privacy"] == 2  # the visit and the complaint
    assert traces(core) == set()
    erased = services.visits.by_id(canary.id)
    assert (erased.name, erased.email, erased.agency_name) == (None, None, None)
    assert Guest.get(Guest.visit == canary.id).erased_at == clock.now()
    # What the statistics count is still there.
    assert (erased.statistics.sex, erased.number) == (canary.statistics.sex, canary.number)
    assert services.requests.of_visit(canary.id)[0].level == "4"


def test_each_erasure_is_one_fact_without_data(core, services, clock, canary):
    clock.advance(YEAR_S)

    services.privacy.erase_due()

    lines = [line for line in core.journal.latest(20) if "erased" in line.action]
    assert [(line.action, line.subject, line.detail) for line in lines[1:]] == [
        ("person.erased", f"visit/{canary.uuid}", "{}")
    ]
    assert core.journal.first_broken_link() is None


def test_a_second_run_changes_nothing(core, services, clock, canary):
    clock.advance(YEAR_S)
    services.privacy.erase_due()
    newest = core.journal.newest_seq()

    assert services.privacy.erase_due() == 0
    assert core.journal.newest_seq() == newest


def test_who_came_later_is_not_touched(services, clock, canary):
    clock.advance(2 * DAY_S)
    later = register(services, "later")
    services.visits.close(later.id, by=OFFICER)
    clock.advance(YEAR_S - 2 * DAY_S)

    services.privacy.erase_due()

    assert (name_of(canary), name_of(later)) == (None, "Siti Rahmawati")
    assert services.visits.by_id(later.id).email == "siti@contoh.id"


def test_a_day_before_its_time_nobody_is_erased(services, clock, canary):
    clock.advance(365 * DAY_S)

    assert services.privacy.erase_due() == 0
    assert name_of(canary) == CANARIES["name"]


@holding_cards
def test_whoever_is_open_or_has_something_here_is_kept(core, services, clock):
    services.lockers.sync_bank({1: True}, by=OFFICER)
    is_open, has_card, has_locker = (register(services, key) for key in ("a", "b", "c"))
    for visit in (has_card, has_locker):
        services.deposits.receive(visit.id, "KTP", by=OFFICER)
    services.lockers.assign(has_locker.id, by=OFFICER)
    services.deposits.give_back(has_locker.id, by=OFFICER)
    for visit in (has_card, has_locker):
        services.visits.close(visit.id, by=OFFICER, state="not_returned")
    clock.advance(YEAR_S)

    assert services.privacy.erase_due() == 0
    services.deposits.give_back(has_card.id, by=OFFICER)
    services.lockers.release(has_locker.id, by=OFFICER)

    assert services.privacy.erase_due() == 2
    assert name_of(is_open) == "Siti Rahmawati"
    assert (name_of(has_card), name_of(has_locker)) == (None, None)


def test_more_than_one_batch_is_erased_in_one_run(services, clock, monkeypatch):
    monkeypatch.setattr("appliance.privacy.service.BATCH", 2)
    for number in range(5):
        services.visits.close(register(services, str(number)).id, by=OFFICER)
    clock.advance(YEAR_S)

    assert services.privacy.erase_due() == 5


def test_a_clock_that_may_be_wrong_erases_nobody(core, services, clock, canary):
    clock.advance(YEAR_S)
    clock.set_quality(ClockQuality.UNSET)
    assert services.privacy.erase_due() == 0
    clock.set_quality(ClockQuality.ESTIMATED)  # a whole year of silence, and nobody says why
    assert services.privacy.erase_due() == 0
    clock.set_quality(ClockQuality.SYNCED)
    clock.advance(DAY_S)
    register(services, "newest")
    clock.jump(-3600)

    assert services.privacy.erase_due() == 0
    assert name_of(canary) == CANARIES["name"]


def test_who_registered_by_a_clock_not_set_is_as_old_as_the_next_one(services, clock):
    clock.jump(-3 * 365 * DAY_S)
    clock.set_quality(ClockQuality.UNSET)
    undated = register(services, "undated")
    services.visits.close(undated.id, by=OFFICER)
    clock.jump(3 * 365 * DAY_S)
    clock.set_quality(ClockQuality.SYNCED)
    dated = register(services, "dated")
    services.visits.close(dated.id, by=OFFICER)
    assert Visit.get_by_id(undated.id).business_date < "2024"

    clock.advance(300 * DAY_S)
    assert services.privacy.erase_due() == 0
    clock.advance(YEAR_S - 300 * DAY_S)

    assert services.privacy.erase_due() == 2


@pytest.mark.parametrize(
    ("today", "months", "last"),
    [
        ("2027-11-23", 12, "2026-11-22"),
        ("2027-03-31", 1, "2027-02-27"),
        ("2027-01-15", 1, "2026-12-14"),
        ("2028-02-29", 12, "2027-02-27"),
        ("2036-12-01", 120, "2026-11-30"),
    ],
)
def test_months_are_those_of_the_calendar(today, months, last):
    found = rules.last_day_to_erase(dt.date.fromisoformat(today), months)

    assert found.isoformat() == last


def test_an_empty_journal_stands_in_nobodys_way(clock):
    now = Stamp(clock.now(), "b", 0, ClockQuality.ESTIMATED)

    assert rules.may_erase(now, None)
    assert rules.may_erase(now, clock.now())
    assert rules.may_erase(now, clock.now() - rules.LONGEST_SILENCE)
    assert not rules.may_erase(now, clock.now() - rules.LONGEST_SILENCE - dt.timedelta(seconds=1))
