"""Everything that is used and done in a month, counted from the journal alone."""

import datetime as dt

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.photocopy.rules import TripState
from appliance.ratings.questions import Element
from appliance.ratings.rules import Channel, How
from appliance.reports import periods
from appliance.storage.models import Reading, ScanHandOut, ScanJob, SoftcopyRequest
from appliance.visits.rules import VisitState
from tests.entries import filled
from tests.services.library import OFFICER

NOVEMBER = periods.parse("2026-11")
GOOD = dict.fromkeys(map(str, Element), 4)
OFFICE_DAYS = dt.timedelta(days=1).total_seconds()


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"  # lends its books to the photocopier


def come(services, key: str):
    form = filled(phone="", email="")
    return services.guestbook.register(form, channel="phone", language="id", idempotency_key=key)


@pytest.fixture
def used(core, services, clock, listening):
    """Two visits that did everything that leaves a line, and one that did nothing."""
    services.lockers.sync_bank(dict.fromkeys(range(1, 7), True), by=SYSTEM)
    for place in range(2):
        visit = come(services, f"visit-{place}")
        me = Actor.visitor(visit.uuid)
        clock.advance(100 + 400 * place)
        services.visits.serve(visit.id, by=OFFICER)
        services.deposits.receive(visit.id, "KTP", by=OFFICER)
        services.reading.note(visit.id, title="Harga", by=OFFICER)
        wish = {"wanted": "PDRB", "purpose": "skripsi", "email": ""}
        services.requests.make(visit.id, wish, by=me)
        form = {"title": "Harga", "pages": "1"}
        trip = services.photocopy.ask(visit.id, form, by=me)
        services.photocopy.move(trip.id, TripState.OUT, by=OFFICER)
        services.photocopy.move(trip.id, TripState.BACK, by=OFFICER)
        scan(core, visit, pages=place + 2)
        services.deposits.give_back(visit.id, by=OFFICER)
        services.ratings.give(visit.id, GOOD, by=me)
    services.deposits.undo_return(visit.id, by=OFFICER)
    come(services, "idle")
    said = {"topic": "time", "body": "Lama", "kind": "question", "contact": ""}
    services.complaints.make(said, by=OFFICER)
    services.ratings.give_apart(GOOD, by=OFFICER, how=How(Channel.PAPER))
    return services


def scan(core, visit, pages: int) -> None:
    """A scan as the documents process leaves it, with its lines: made, then printed."""
    now, uuid = core.clock.now(), f"scan-{visit.id}"
    told = {"opened_at": now, "opened_by": "rina", "closed_at": now, "preset": "document"}
    job = ScanJob.create(
        uuid=uuid, visit=visit.id, state="discarded", page_count=pages, discarded_for="closing",
        **told,
    )  # fmt: skip
    ScanHandOut.create(
        uuid=uuid, job=job.id, kind="print", state="done", pages=pages, asked_at=now,
        boot_id="boot", asked_boot_ms=1, ended_at=now,
    )  # fmt: skip

    def write() -> None:
        core.recorder.note("scan.opened", f"scan/{uuid}", by=OFFICER)
        data = {"pages": pages, "size_bytes": 9}
        core.recorder.fact("scan.made", f"scan/{uuid}", data, by=SYSTEM)
        core.recorder.fact("scan.printed", f"scan/{uuid}", {"pages": pages}, by=SYSTEM)

    core.writer.run(write)


def told(found) -> dict[str, int]:
    return {line.name.id: line.journalled for line in found.lines}


def test_every_use_is_told_by_the_journal_alone(used, clock):
    found = used.reports.recount(NOVEMBER)

    assert found.is_same, [line for line in (*found.lines, *found.others) if not line.is_same]
    numbers = told(found)
    for name, expected in {
        "Kunjungan": 3,
        "Tunggu median (detik)": 100,
        "Tunggu persentil 90 (detik)": 500,
        "Baca di tempat": 2,
        "Hasil pindai": 2,
        "Halaman dipindai": 5,
        "Hasil pindai dibawa: Dicetak": 2,
        "Permintaan softcopy": 2,
        "Fotokopi": 2,
        "Keadaan publikasi yang difotokopi: Kembali": 2,
        "Pengaduan dan saran": 1,
        "Jawaban menurut jenis: Pertanyaan": 1,
        "Responden SKM": 3,
        "Kartu dan jaminan dititipkan": 2,
        "Dikembalikan": 1,
    }.items():
        assert numbers[name] == expected, name
    for text in ("2026-10", "2026-12", "2025"):
        other = used.reports.recount(periods.parse(text))
        assert other.is_same
        assert not any(told(other).values())
    day = used.reports.present(periods.Span.DAY)
    assert used.reports.recount(day).is_same


@pytest.mark.parametrize(
    ("better", "name"),
    [
        (lambda: Reading.insert_many([_copy(Reading)]).execute(), "Baca di tempat"),
        (lambda: ScanJob.update(page_count=50).execute(), "Halaman dipindai"),
        (lambda: SoftcopyRequest.delete().execute(), "Permintaan softcopy"),
    ],
)
def test_use_that_somebody_bettered_does_not_agree(used, better, name):
    better()

    found = used.reports.recount(NOVEMBER)

    assert name in [line.name.id for line in found.lines if not line.is_same]


def _copy(model) -> dict:
    row = model.select().dicts().first()
    return {key: value for key, value in row.items() if key != "id"} | {"uuid": "another"}


def test_a_letter_counts_on_the_day_it_came(services, clock):
    came = (clock.now() - dt.timedelta(days=40)).date().isoformat()
    said = {"topic": "time", "body": "Lama", "kind": "complaint", "contact": ""}
    services.complaints.enter(said | {"channel": "letter", "received_on": came}, by=OFFICER)

    before, now = (services.reports.recount(periods.parse(t)) for t in (came[:7], "2026-11"))

    assert before.is_same
    assert now.is_same
    assert [told(one)["Pengaduan dan saran"] for one in (before, now)] == [1, 0]


def test_a_visit_that_ends_another_day_has_no_wait_and_no_stay(services, core, clock):
    """Nobody knows how long somebody sat there who was found in the book the next morning."""
    served = come(services, "a")
    clock.advance(60)
    services.visits.serve(served.id, by=OFFICER)
    late = come(services, "b")
    clock.advance(OFFICE_DAYS)
    services.visits.serve(late.id, by=OFFICER)
    for visit in (served, late):
        why = {"state": VisitState.NOT_RETURNED, "reason": "lupa"}
        services.visits.close(visit.id, by=OFFICER, **why)

    report = services.reports.report(NOVEMBER)

    assert report.figure("wait_p90").value == 60
    assert report.figure("unknown_waits").value == 1
    assert report.tables["times"].rows[2][1] is None
    assert services.reports.recount(NOVEMBER).is_same
