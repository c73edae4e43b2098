"""The figures of a report counted once more from the journal alone."""

import datetime as dt

import pytest

from appliance.actor import SYSTEM
from appliance.journal.index import JournalIndex
from appliance.reports import periods
from appliance.storage.models import Visit
from appliance.visits.rules import VisitState
from tests import report_kit as kit
from tests.entries import filled
from tests.services.library import OFFICER

NOVEMBER = periods.parse("2026-11")
YEAR = periods.parse("2026")


@pytest.fixture
def past(core):
    return kit.write_past(core, dt.date(2025, 12, 1), dt.date(2027, 1, 1), 900)


@pytest.fixture
def busy_day(core, services, clock, listening):
    """Registrations, waits, lockers and ends of every kind, all through the services."""
    services.lockers.sync_bank(dict.fromkeys(range(1, 7), True), by=SYSTEM)
    for place in range(8):
        form = filled(sex=str(1 + place % 2), purpose=str(1 + place % 4), phone="", email="")
        visit = services.guestbook.register(
            form, channel="phone", language="id", idempotency_key=f"visit-{place}"
        )
        clock.advance(120 * place)
        if place == 0:
            services.visits.close(visit.id, by=OFFICER, state=VisitState.CANCELLED)
            continue
        services.visits.serve(visit.id, by=OFFICER)
        if place < 4:
            services.lockers.assign(visit.id, by=OFFICER)
        elif place < 6:
            services.visits.close(visit.id, by=OFFICER)
        else:
            services.visits.close(visit.id, by=OFFICER, state="closed_by_staff", reason="pulang")
    return services


def test_the_journal_alone_gives_the_same_numbers(busy_day):
    found = busy_day.reports.recount(NOVEMBER)

    assert found.is_same, [line for line in (*found.lines, *found.others) if not line.is_same]
    told = {line.name.id: line.journalled for line in found.lines}
    assert (told["Kunjungan"], told["Dibatalkan"], told["Pemakaian loker"]) == (7, 1, 3)
    assert (told["Tepat janji"], told["Terlambat"]) == (2, 5)
    assert (told["Selesai"], told["Ditutup petugas"]) == (2, 2)
    assert found.answers == 50


def test_stretches_of_the_journal_before_the_period_are_passed_over(busy_day, core, clock):
    JournalIndex(core.writer).catch_up()
    clock.advance(30 * 24 * 3600)
    busy_day.visits.close(3, by=OFFICER)  # of November, closed in December
    JournalIndex(core.writer).catch_up()
    new_december = filled(phone="", email="")
    busy_day.guestbook.register(new_december, channel="phone", language="id", idempotency_key="d")

    november, december = (busy_day.reports.recount(NOVEMBER.neighbour(n)) for n in (0, 1))

    assert november.is_same
    assert december.is_same
    assert [one.lines[0].journalled for one in (november, december)] == [7, 1]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"wait_s": 1.0}, "Tepat janji"),
        ({"state": "cancelled"}, "Kunjungan"),
        ({"sex": "9"}, "Jenis kelamin: Laki-laki"),
        ({"business_date": "2026-10-01"}, "Kunjungan"),
    ],
)
def test_a_table_that_somebody_bettered_does_not_agree(busy_day, change, name):
    Visit.update(**change).where(Visit.id.in_([5, 6])).execute()

    found = busy_day.reports.recount(NOVEMBER)

    assert not found.is_same
    assert name in [x.name.id for x in (*found.lines, *found.others) if not x.is_same]


def test_visits_of_nobody_are_in_no_journal_and_that_is_said(core, services, past):
    core.writer.run(lambda: core.recorder.note("demo.seeded", "demo", by=SYSTEM))

    found = services.reports.recount(YEAR)

    assert not found.is_same
    assert found.is_made_up
