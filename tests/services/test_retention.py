"""The cleaning tried dry, held against the cleaning itself."""

import datetime as dt

import pytest

from appliance.actor import ANYONE, SYSTEM, Actor
from appliance.bootstrap import clean
from appliance.clock import ClockQuality
from appliance.privacy.rules import first_day_to_erase, last_day_to_erase
from tests.entries import filled
from tests.services.library import OFFICER

DAY_S = 24 * 3600
WISH = {"wanted": "PDRB", "purpose": "Skripsi", "email": "siti@contoh.id"}
COMPLAINT = {"topic": "service", "body": "Lama.", "contact": "0812"}
ADMIN = Actor.staff("admin", "admin")


@pytest.fixture
def visit(services):
    return services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )


def held(services) -> dict:
    return {one.kind: one for one in services.retention.dry_run()}


def test_every_kind_says_how_old_it_is_and_when_it_goes(services, clock, visit) -> None:
    services.requests.make(visit.id, WISH, by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    clock.advance(10 * DAY_S)

    found = held(services)

    identity = found["identity"]
    assert (identity.stored, identity.due, identity.held) == (1, 0, 0)
    assert identity.age_days(clock.now()) in (10, 11)  # from the midnight of its day
    assert identity.next_at.date() == first_day_to_erase(visit.business_date, 12)
    assert (found["request"].stored, found["request"].due) == (1, 0)
    assert found["journal"].stored == services.journal.newest_seq()
    assert {"scan", "mail", "rating", "complaint", "receiver", "backup"} <= set(found)


def test_a_dry_run_finds_what_the_cleaning_takes_and_touches_nothing(
    services, core, clock, visit
) -> None:
    services.requests.make(visit.id, WISH, by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    services.complaints.make(COMPLAINT, by=ANYONE)
    services.complaints.answer(services.complaints.inbox(by=ADMIN)[0].id, "Sudah.", by=ADMIN)
    services.lockers.sync_bank({1: True}, by=SYSTEM)
    services.keys.note(1, "handed_out", {"holder": "Kenari"}, by=OFFICER)
    clock.advance(400 * DAY_S)
    seen = core.journal.newest_seq()

    before = held(services)
    assert core.journal.newest_seq() == seen
    done = clean(core)

    due = {kind: before[kind].due for kind in ("identity", "contact", "complaint", "request")}
    assert due == {"identity": 1, "contact": 1, "complaint": 1, "request": 1}
    assert done["privacy"] + done["complaints"] + done["requests"] == sum(due.values())
    assert (before["holder"].due, before["holder"].held) == (0, 1)  # the key is still out
    assert {one.due for one in held(services).values()} == {0}


def test_what_is_old_but_in_use_is_held(services, clock, visit) -> None:
    clock.advance(400 * DAY_S)

    identity = held(services)["identity"]

    assert (identity.due, identity.held) == (0, 1)


def test_nothing_is_said_by_a_clock_that_cannot_know(services, clock, visit) -> None:
    clock.set_quality(ClockQuality.UNSET)

    assert services.retention.dry_run() is None


@pytest.mark.parametrize("months", [1, 6, 12, 13])
def test_the_first_day_to_erase_is_the_first_on_which_the_cleaning_does(months) -> None:
    for step in range(0, 1500, 7):
        day = dt.date(2023, 1, 1) + dt.timedelta(days=step)

        first = first_day_to_erase(day, months)

        assert last_day_to_erase(first, months) >= day
        assert last_day_to_erase(first - dt.timedelta(days=1), months) < day
