"""Scan jobs as screens use them: over a real database, with nobody at the scanner."""

import threading

import pytest

from appliance.actor import Actor, Role
from appliance.bootstrap import Core
from appliance.documents.rules import JOB_PAGE_LIMIT, JobState, PageState
from appliance.documents.scan_pages import ScanPages
from appliance.documents.service import DocumentsService
from appliance.errors import NotFound, Refused, Unavailable
from appliance.services import Services
from appliance.storage.models import Journal, Outbox, ScanJob, ScanPage, Visit
from tests.documents_kit import STATION, a_visit, put_pdf

OFFICER = Actor(Role.OFFICER, "petugas")


@pytest.fixture
def documents(services: Services) -> DocumentsService:
    return services.documents


@pytest.fixture
def visit_id(core: Core, services: Services) -> int:
    return a_visit(core, services)


@pytest.fixture
def job_uuid(documents: DocumentsService, visit_id: int) -> str:
    return documents.open_job(visit_id, "colour", by=STATION).uuid


def keep_page(core: Core, scan_pages: ScanPages, job_uuid: str) -> str:
    """What the worker does once the page is on disk."""
    page = scan_pages.ask_page(job_uuid, by=STATION)
    core.writer.run(
        lambda: (
            ScanPage.update(state="kept", finished_at=core.clock.now())
            .where(ScanPage.uuid == page.uuid)
            .execute()
        )
    )
    return page.uuid


def test_opening_a_job_binds_it_to_the_visit_and_stops_the_promise(
    core, services, documents, visit_id
):
    job = documents.open_job(visit_id, "fine", by=STATION)

    assert (job.visit_id, job.state, job.preset.code) == (visit_id, JobState.OPEN, "fine")
    assert services.visits.by_id(visit_id).served_at is not None


def test_an_open_job_is_gone_on_with(documents, visit_id, job_uuid):
    again = documents.open_job(visit_id, "document", by=STATION)

    assert (again.uuid, again.preset.code) == (job_uuid, "document")
    assert ScanJob.select().count() == 1


def test_a_closed_visit_cannot_scan(core, documents, scan_pages, visit_id, job_uuid):
    closed = {"state": "finished", "closed_at": core.clock.now()}
    core.writer.run(lambda: Visit.update(closed).execute())

    with pytest.raises(Refused):
        documents.open_job(visit_id, "colour", by=STATION)
    with pytest.raises(Refused):
        scan_pages.ask_page(job_uuid, by=STATION)


def test_asking_wakes_the_owner_after_the_row_is_there(scan_pages, attended, job_uuid):
    page = scan_pages.ask_page(job_uuid, by=STATION)

    assert page.state is PageState.WAITING
    assert attended.wait(1)
    row = ScanPage.get(ScanPage.uuid == page.uuid)
    assert (row.resolution_dpi, row.mode, row.position) == (300, "Color", 1)


def test_a_repeated_key_asks_for_one_page(scan_pages, attended, job_uuid):
    first = scan_pages.ask_page(job_uuid, by=STATION, idempotency_key="tap")
    second = scan_pages.ask_page(job_uuid, by=STATION, idempotency_key="tap")

    assert first.uuid == second.uuid
    assert ScanPage.select().count() == 1


def test_nobody_at_the_scanner_is_said_at_once(documents, scan_pages, job_uuid):
    with pytest.raises(Unavailable, match="tidak berjalan"):
        scan_pages.ask_page(job_uuid, by=STATION)

    failed = documents.job(job_uuid).failed
    assert (failed.state, failed.problem) == (PageState.FAILED, "unattended")
    assert Outbox.select().order_by(Outbox.id.desc()).get().type.endswith("scan.failed.v1")


def test_the_scanner_serves_one_at_a_time(
    core, services, documents, scan_pages, attended, job_uuid
):
    other = documents.open_job(a_visit(core, services), "colour", by=STATION).uuid
    scan_pages.ask_page(job_uuid, by=STATION)

    with pytest.raises(Refused, match="dalam antrean"):
        scan_pages.ask_page(other, by=STATION)
    with pytest.raises(Refused, match="masih dipindai"):
        scan_pages.ask_page(job_uuid, by=STATION)


def test_many_who_ask_at_once_get_the_scanner_once(core, services, documents, scan_pages, attended):
    jobs = [
        documents.open_job(a_visit(core, services), "colour", by=STATION).uuid for _ in range(12)
    ]
    answers: list[str] = []
    start = threading.Barrier(len(jobs))

    def ask(uuid: str) -> None:
        start.wait()
        try:
            scan_pages.ask_page(uuid, by=STATION)
            answers.append("taken")
        except Refused:
            answers.append("refused")
        finally:
            core.database.close()

    threads = [threading.Thread(target=ask, args=(uuid,)) for uuid in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["refused"] * 11 + ["taken"]


def test_a_page_forgotten_by_a_dead_owner_does_not_block_the_next(
    core, services, documents, scan_pages, attended, clock, job_uuid
):
    other = documents.open_job(a_visit(core, services), "colour", by=STATION).uuid
    scan_pages.ask_page(job_uuid, by=STATION)
    clock.advance(91)

    assert scan_pages.ask_page(other, by=STATION).state is PageState.WAITING
    assert documents.job(job_uuid).failed.problem == "expired"


def test_a_waiting_page_is_cancelled_at_once(documents, scan_pages, attended, job_uuid):
    scan_pages.ask_page(job_uuid, by=STATION)

    scan_pages.cancel_page(job_uuid, by=STATION)

    assert ScanPage.get().state == PageState.CANCELLED
    assert documents.job(job_uuid).active is None


def test_a_file_has_a_page_limit(core, documents, scan_pages, attended, job_uuid):
    last = keep_page(core, scan_pages, job_uuid)
    kept = ScanPage.select().dicts().get()
    del kept["id"]
    places = range(2, JOB_PAGE_LIMIT + 1)
    more = [kept | {"uuid": f"page {place}", "position": place} for place in places]
    core.writer.run(ScanPage.insert_many(more).execute)

    with pytest.raises(Refused, match="Satu berkas paling banyak 200 halaman"):
        scan_pages.ask_page(job_uuid, by=STATION)
    assert documents.job(job_uuid).is_full
    assert scan_pages.ask_page(job_uuid, by=STATION, replaces=last).state is PageState.WAITING


def test_scans_are_refused_before_the_disk_is_full(core, documents, scan_pages, attended, job_uuid):
    scan_pages._new._room._space = lambda folder: (32 << 30, 1 << 30)

    with pytest.raises(Refused, match="hampir penuh"):
        scan_pages.ask_page(job_uuid, by=STATION)

    assert ScanPage.select().count() == 0


def test_a_job_without_pages_cannot_be_finished(documents, job_uuid):
    with pytest.raises(Refused, match="Belum ada halaman"):
        documents.finish(job_uuid, by=STATION)


def test_a_job_with_a_page_on_the_glass_cannot_be_finished(
    core, documents, scan_pages, attended, job_uuid
):
    keep_page(core, scan_pages, job_uuid)
    scan_pages.ask_page(job_uuid, by=STATION)

    with pytest.raises(Refused, match="masih dipindai"):
        documents.finish(job_uuid, by=STATION)


def test_finishing_twice_is_finishing_once(core, documents, scan_pages, attended, job_uuid):
    keep_page(core, scan_pages, job_uuid)

    assert documents.finish(job_uuid, by=STATION).state is JobState.FINISHING
    assert documents.finish(job_uuid, by=STATION).state is JobState.FINISHING
    assert Journal.select().where(Journal.action == "scan.finished").count() == 1


def test_a_finished_job_takes_no_more_pages(core, documents, scan_pages, attended, job_uuid):
    page = keep_page(core, scan_pages, job_uuid)
    documents.finish(job_uuid, by=STATION)

    with pytest.raises(Refused):
        scan_pages.ask_page(job_uuid, by=STATION)
    with pytest.raises(Refused):
        scan_pages.remove_page(job_uuid, page, by=STATION)


def test_a_discarded_job_is_out_of_sight(core, documents, visit_id, job_uuid):
    documents.discard(job_uuid, by=OFFICER, reason="salah kunjungan")
    documents.discard(job_uuid, by=OFFICER)

    assert documents.of_visit(visit_id).jobs == ()
    assert core.journal.latest(1)[0].reason == "salah kunjungan"


def test_unknown_and_foreign_are_the_same(
    core, services, documents, scan_files, job_uuid, visit_id
):
    stranger = a_visit(core, services)

    for uuid, visit in (("nope", visit_id), (job_uuid, stranger)):
        with pytest.raises(NotFound) as job_answer:
            documents.job(uuid, visit_id=visit)
        with pytest.raises(NotFound) as pdf_answer:
            scan_files.pdf(visit, uuid, by=STATION)
        assert job_answer.value.message == pdf_answer.value.message


def test_a_page_of_another_job_is_not_found(
    core, services, documents, scan_pages, scan_files, attended, job_uuid
):
    other = documents.open_job(a_visit(core, services), "colour", by=STATION).uuid
    page = keep_page(core, scan_pages, other)

    with pytest.raises(NotFound):
        scan_pages.remove_page(job_uuid, page, by=STATION)
    with pytest.raises(NotFound):
        scan_pages.ask_page(job_uuid, by=STATION, replaces=page)
    with pytest.raises(NotFound):
        scan_files.thumbnail(job_uuid, page)


def test_fetching_a_pdf_is_on_record(core, scan_files, visit_id, job_uuid):
    put_pdf(core, job_uuid, b"%PDF-1.7")

    pdf = scan_files.pdf(visit_id, job_uuid, by=Actor.visitor("v"))

    assert pdf.path.read_bytes() == b"%PDF-1.7"
    assert pdf.download_name == "hasil-pindai-2026-11-23-A-001.pdf"
    event = Outbox.select().order_by(Outbox.id.desc()).get()
    assert event.type.endswith("scan.fetched.v1")


def test_a_pdf_lost_from_disk_is_not_found(core, scan_files, visit_id, job_uuid):
    put_pdf(core, job_uuid, b"%PDF-1.7")
    (core.settings.scans_dir / job_uuid / "scan-1.pdf").unlink()

    with pytest.raises(NotFound):
        scan_files.pdf(visit_id, job_uuid, by=STATION)


def test_a_visit_knows_until_when_its_scans_are_kept(core, documents, clock, visit_id, job_uuid):
    closing = documents.of_visit(visit_id)  # the room closes at 15.30, and it is Monday morning

    core.writer.run(lambda: Visit.update(state="finished", closed_at=clock.now()).execute())
    scans = documents.of_visit(visit_id)

    assert (closing.deleted_at.hour, closing.deleted_at.minute) == (9, 30)  # UTC, an hour of grace
    assert (scans.deleted_at - clock.now()).total_seconds() == scans.grace_minutes * 60


def test_the_staff_list_names_the_number_and_nobody(documents, job_uuid):
    (listed,) = documents.today()

    assert (listed.label, listed.job.uuid) == ("A-001", job_uuid)


def test_a_file_of_heavy_pages_is_full_sooner(core, scan_pages, attended, job_uuid):
    keep_page(core, scan_pages, job_uuid)
    core.writer.run(lambda: ScanPage.update(size_bytes=401 << 20).execute())

    with pytest.raises(Refused, match="paling banyak 1 halaman"):
        scan_pages.ask_page(job_uuid, by=STATION)


def test_a_preset_dropped_by_a_release_does_not_lock_its_job(core, scan_pages, attended, job_uuid):
    core.writer.run(lambda: ScanJob.update(preset="ancient").execute())

    assert scan_pages.ask_page(job_uuid, by=STATION).state is PageState.WAITING
