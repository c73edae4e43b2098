"""What may be done to the pages of an open job, over a real database."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.bootstrap import Core
from appliance.documents import rows
from appliance.documents.looks import Trims
from appliance.documents.scan_pages import ScanPages
from appliance.documents.service import DocumentsService
from appliance.errors import NotFound, Refused
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.storage.models import Journal, ScanJob, ScanPage
from tests.documents_kit import STATION, a_visit, keep_page


@pytest.fixture
def documents(services: Services, attended: WakeSocket) -> DocumentsService:
    return services.documents


@pytest.fixture
def job(core: Core, services: Services, documents: DocumentsService) -> str:
    return documents.open_job(a_visit(core, services), "colour", by=STATION).uuid


@pytest.fixture
def page(core: Core, scan_pages: ScanPages, job: str) -> str:
    return keep_page(core, scan_pages, job, view_name="drawn.view.jpg")


def shown(documents: DocumentsService, job: str) -> list[str]:
    return [page.uuid for page in documents.job(job).pages]


def row(uuid: str) -> ScanPage:
    return ScanPage.get(ScanPage.uuid == uuid)


def notes(action: str) -> int:
    return Journal.select().where(Journal.action == action).count()


def test_a_turned_page_is_to_be_drawn_again(documents, scan_pages, job, page):
    scan_pages.turn_page(job, page, 90, by=STATION)

    assert (row(page).turned, row(page).view_name) == (90, None)
    assert documents.job(job).is_drawing


def test_turning_twice_to_the_same_side_is_turning_once(scan_pages, job, page):
    scan_pages.turn_page(job, page, 90, by=STATION)
    scan_pages.turn_page(job, page, 90, by=STATION)

    assert row(page).turned == 90
    assert notes("scan.page_turned") == 1


def test_a_cut_is_told_again_in_millimetres(scan_pages, job, page):
    scan_pages.crop_page(job, page, Trims(left=10, top=20), by=STATION)

    sheet, trims = scan_pages.cut_of(job, page)

    assert sheet.seen_mm(0) == pytest.approx((210, 297), abs=0.1)
    assert (trims.left, trims.top, trims.right) == pytest.approx((10, 20, 0), abs=0.2)
    scan_pages.crop_page(job, page, "none", by=STATION)
    assert row(page).crop is None


@pytest.mark.parametrize("trims", ["x", "", Trims(left=300), Trims(top=float("nan"))])
def test_a_cut_that_makes_no_sense_is_refused(scan_pages, job, page, trims):
    with pytest.raises(Refused):
        scan_pages.crop_page(job, page, trims, by=STATION)

    assert row(page).crop is None


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(-1, 9)), max_size=6))
def test_pages_stand_where_they_were_moved_to(core, documents, scan_pages, job, moves):
    core.writer.run(ScanPage.update(state="removed", image_name=None).execute)
    pages = [keep_page(core, scan_pages, job) for _ in range(5)]

    for which, place in moves:
        page = pages[which]
        scan_pages.move_page(job, page, place, by=STATION)
        pages.remove(page)
        pages.insert(min(max(place, 1), 5) - 1, page)
        assert shown(documents, job) == pages


def test_moving_to_the_place_it_has_changes_nothing(core, scan_pages, job, page):
    keep_page(core, scan_pages, job)

    scan_pages.move_page(job, page, 1, by=STATION)

    assert notes("scan.page_moved") == 0


def test_a_removed_page_comes_back_to_its_place(core, documents, scan_pages, job, page):
    second, third = (keep_page(core, scan_pages, job) for _ in range(2))
    scan_pages.remove_page(job, second, by=STATION)
    scan_pages.remove_page(job, second, by=STATION)
    assert documents.job(job).removed.uuid == second

    scan_pages.restore_page(job, second, by=STATION)
    scan_pages.restore_page(job, second, by=STATION)

    assert shown(documents, job) == [page, second, third]
    assert documents.job(job).removed is None
    assert (notes("scan.page_removed"), notes("scan.page_restored")) == (1, 1)


def test_a_page_scanned_meanwhile_does_not_take_the_place_of_a_removed_one(
    core, documents, scan_pages, job, page
):
    scan_pages.remove_page(job, page, by=STATION)
    newer = keep_page(core, scan_pages, job)

    scan_pages.restore_page(job, page, by=STATION)

    assert shown(documents, job) == [page, newer]


def test_a_page_whose_picture_is_deleted_does_not_come_back(core, documents, scan_pages, job, page):
    scan_pages.remove_page(job, page, by=STATION)
    core.writer.run(ScanPage.update(image_name=None).execute)

    assert documents.job(job).removed is None
    with pytest.raises(Refused, match="sudah dihapus"):
        scan_pages.restore_page(job, page, by=STATION)


def test_a_page_that_was_scanned_again_does_not_come_back(core, documents, scan_pages, job, page):
    again = scan_pages.ask_page(job, by=STATION, replaces=page)
    done = {"state": "kept", "finished_at": core.clock.now(), "image_name": "x.jpg"}
    core.writer.run(
        lambda: (
            ScanPage.update(state="removed").where(ScanPage.uuid == page).execute(),
            ScanPage.update(done).where(ScanPage.uuid == again.uuid).execute(),
        )
    )

    assert documents.job(job).removed is None
    with pytest.raises(Refused):
        scan_pages.restore_page(job, page, by=STATION)


def test_a_page_that_seemed_blank_can_be_kept(core, documents, scan_pages, job):
    page = keep_page(core, scan_pages, job, is_blank=True)
    assert documents.job(job).pages[0].is_blank

    scan_pages.keep_blank(job, page, by=STATION)

    assert not documents.job(job).pages[0].is_blank


CHANGES = {
    "turn": lambda scan_pages, job, page: scan_pages.turn_page(job, page, 90, by=STATION),
    "crop": lambda scan_pages, job, page: scan_pages.crop_page(job, page, "edges", by=STATION),
    "move": lambda scan_pages, job, page: scan_pages.move_page(job, page, 2, by=STATION),
    "remove": lambda scan_pages, job, page: scan_pages.remove_page(job, page, by=STATION),
    "restore": lambda scan_pages, job, page: scan_pages.restore_page(job, page, by=STATION),
    "keep": lambda scan_pages, job, page: scan_pages.keep_blank(job, page, by=STATION),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_is_changed_while_a_page_is_scanned_or_after_the_end(
    core, services, documents, scan_pages, job, page, change
):
    scan_pages.ask_page(job, by=STATION)
    with pytest.raises(Refused, match="masih dipindai"):
        change(scan_pages, job, page)
    scan_pages.cancel_page(job, by=STATION)
    documents.finish(job, by=STATION)
    with pytest.raises(Refused, match="PDF sedang dibuat"):
        change(scan_pages, job, page)

    assert (row(page).turned, row(page).crop, row(page).state) == (0, None, "kept")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_page_of_another_job_is_not_found(
    core, services, documents, scan_pages, job, page, change
):
    scan_pages.leave(job, by=STATION)
    other = documents.open_job(a_visit(core, services), "colour", by=STATION).uuid

    with pytest.raises(NotFound):
        change(scan_pages, other, page)


def feed(core: Core, scan_pages: ScanPages, job: str, sheets: int) -> list[str]:
    """A stack that came through a one-sided feeder."""
    pages = [keep_page(core, scan_pages, job, source="feeder") for _ in range(sheets)]
    stack = ScanPage.update(batch=pages[0]).where(ScanPage.uuid.in_(pages))
    core.writer.run(stack.execute)
    return pages


def test_the_backs_of_a_stack_go_between_its_fronts(core, documents, scan_pages, job, page):
    fronts = feed(core, scan_pages, job, 3)
    assert (documents.job(job).fed_sheets, documents.job(job).may_be_collated) == (3, False)
    backs = feed(core, scan_pages, job, 3)
    assert documents.job(job).may_be_collated

    scan_pages.collate(job, by=STATION)
    scan_pages.collate(job, by=STATION)

    first, second, third = fronts
    assert shown(documents, job) == [page, first, backs[2], second, backs[1], third, backs[0]]
    assert (notes("scan.collated"), documents.job(job).may_be_collated) == (1, False)


def test_sides_of_different_length_are_not_put_together(core, documents, scan_pages, job):
    feed(core, scan_pages, job, 3)
    backs = feed(core, scan_pages, job, 2)

    with pytest.raises(Refused, match="tidak sama"):
        scan_pages.collate(job, by=STATION)

    assert shown(documents, job)[3:] == backs


def test_a_visit_has_a_share_of_pages(core, documents, scan_pages, job, page):
    core.writer.run(
        lambda: (
            ScanPage.update(size_bytes=600_000_000).execute(),
            ScanJob.update(state="ready").execute(),
        )
    )
    another = documents.open_job(documents.job(job).visit_id, "colour", by=STATION).uuid

    with pytest.raises(Refused, match="paling banyak 500 MB"):
        scan_pages.ask_page(another, by=STATION)
    documents.discard(job, by=STATION)
    assert scan_pages.ask_page(another, by=STATION).is_active


def test_a_page_kept_while_its_job_is_read_is_still_waited_for(
    core, documents, scan_pages, job, monkeypatch
):
    uuid, read = scan_pages.ask_page(job, by=STATION).uuid, rows.kept_pages

    def kept_meanwhile(row):
        found = read(row)
        kept = {"state": "kept", "finished_at": core.clock.now()}
        core.writer.run(ScanPage.update(kept).where(ScanPage.uuid == uuid).execute)
        return found

    monkeypatch.setattr(rows, "kept_pages", kept_meanwhile)
    seen = documents.job(job)

    assert (seen.pages, seen.is_busy) == ((), True)
