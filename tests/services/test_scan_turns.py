"""Two stations and one scanner: places in the queue, and no page of one on the glass of another."""

import pytest

from appliance.bootstrap import Core
from appliance.config import ScannerSettings, Settings
from appliance.documents.new_pages import Queued
from appliance.documents.rules import PageState
from appliance.documents.scan_pages import ScanPages
from appliance.documents.service import DocumentsService
from appliance.documents.turn_rules import UNSEEN_S, UNUSED_S
from appliance.documents.turns import TurnKeeper
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.storage.models import ScanPage
from tests.documents_kit import STATION, a_visit, keep_page


@pytest.fixture
def settings(settings: Settings) -> Settings:
    scanners = (ScannerSettings(), ScannerSettings(name="another"))
    return Settings(data=settings.data, port=0, announce=False, scanner=scanners)


@pytest.fixture
def documents(services: Services, attended: WakeSocket) -> DocumentsService:
    return services.documents


@pytest.fixture
def jobs(
    core: Core, services: Services, documents: DocumentsService, scan_pages: ScanPages
) -> list[str]:
    """Three jobs of three visitors; the first has the scanner, and a page kept."""
    opened = [
        documents.open_job(a_visit(core, services), "colour", by=STATION).uuid for _ in range(3)
    ]
    keep_page(core, scan_pages, opened[0])
    return opened


def ask(scan_pages: ScanPages, job: str) -> int:
    """0 when a page is asked for, else the place in the queue."""
    try:
        scan_pages.ask_page(job, by=STATION)
    except Queued as queued:
        return int(str(queued.values["place"]))
    return 0


def is_called(documents: DocumentsService, job: str) -> bool:
    return documents.job(job).is_called


def test_who_comes_later_has_a_later_place_and_asking_again_keeps_it(documents, scan_pages, jobs):
    _, second, third = jobs

    assert [ask(scan_pages, job) for job in (second, third, second, third)] == [1, 2, 1, 2]
    assert ScanPage.select().count() == 1
    assert documents.job(third).turn.place == 2


def test_the_next_is_called_when_the_holder_finishes(documents, scan_pages, jobs):
    first, second, third = jobs
    ask(scan_pages, second)
    ask(scan_pages, third)

    documents.finish(first, by=STATION)

    assert is_called(documents, second)
    assert documents.job(third).turn.place == 1
    assert ask(scan_pages, second) == 0
    assert not is_called(documents, second)


@pytest.mark.parametrize("way", ["discard", "leave"])
def test_the_next_is_called_when_the_holder_goes(documents, scan_pages, jobs, way):
    first, second, _ = jobs
    ask(scan_pages, second)

    {"discard": documents.discard, "leave": scan_pages.leave}[way](first, by=STATION)

    assert is_called(documents, second)


def test_a_holder_who_was_not_seen_gives_way_while_somebody_waits(
    core, documents, scan_pages, jobs, clock
):
    first, second, _ = jobs
    keeper = TurnKeeper(core.books)
    ask(scan_pages, second)

    clock.advance(UNSEEN_S - 10)
    scan_pages.seen(second)
    keeper.look()
    assert not is_called(documents, second)
    clock.advance(20)
    keeper.look()

    assert is_called(documents, second)
    assert ask(scan_pages, first) == 1


def test_a_holder_who_is_seen_keeps_the_scanner(core, scan_pages, jobs, clock):
    first, second, _ = jobs
    ask(scan_pages, second)

    for _ in range(4):
        clock.advance(UNSEEN_S - 10)
        scan_pages.seen(first)
        scan_pages.seen(second)
        TurnKeeper(core.books).look()

    assert ask(scan_pages, first) == 0


def test_a_turn_that_is_not_used_goes_to_the_one_behind(core, documents, scan_pages, jobs, clock):
    first, second, third = jobs
    ask(scan_pages, second)
    ask(scan_pages, third)
    documents.finish(first, by=STATION)

    clock.advance(UNUSED_S + 1)
    scan_pages.seen(third)
    TurnKeeper(core.books).look()

    assert is_called(documents, third)
    assert documents.job(second).turn is None


def test_paper_in_the_scanner_is_never_handed_on(core, documents, scan_pages, jobs, clock):
    first, second, _ = jobs
    ask(scan_pages, first)
    core.writer.run(ScanPage.update(state="scanning").where(ScanPage.state == "waiting").execute)
    ask(scan_pages, second)

    scan_pages.leave(first, by=STATION)
    clock.advance(10 * UNSEEN_S)
    scan_pages.seen(second)
    TurnKeeper(core.books).look()
    assert not is_called(documents, second)

    done = {"state": "kept", "finished_at": clock.now()}
    core.writer.run(ScanPage.update(done).where(ScanPage.state == "scanning").execute)
    scan_pages.seen(second)
    TurnKeeper(core.books).look()
    assert is_called(documents, second)


def test_a_page_still_waiting_is_not_scanned_for_who_has_left(documents, scan_pages, jobs):
    first, second, _ = jobs
    ask(scan_pages, first)
    ask(scan_pages, second)

    scan_pages.leave(first, by=STATION)

    assert not ScanPage.select().where(ScanPage.state == PageState.WAITING).exists()
    assert is_called(documents, second)


def test_who_stops_waiting_is_not_waited_for(documents, scan_pages, jobs):
    first, second, third = jobs
    ask(scan_pages, second)
    ask(scan_pages, third)

    scan_pages.leave(second, by=STATION)
    documents.finish(first, by=STATION)

    assert is_called(documents, third)


def test_after_a_restart_nobody_has_the_scanner(scan_pages, jobs, clock):
    clock.reboot()

    assert ask(scan_pages, jobs[1]) == 0


def test_a_closed_job_is_in_no_queue(documents, scan_pages, jobs):
    _, second, _ = jobs
    ask(scan_pages, second)

    documents.discard(second, by=STATION)

    assert documents.job(second).turn is None


def test_another_scanner_is_free_for_who_waits(documents, scan_pages, jobs):
    _, second, third = jobs
    ask(scan_pages, second)
    ask(scan_pages, third)

    scan_pages.choose_scanner(second, "another", by=STATION)

    assert scan_pages.scanner_of(second) == "another"
    assert ask(scan_pages, second) == 0
    assert documents.job(third).turn.place == 1
    assert ScanPage.get(ScanPage.state == "waiting").scanner == "another"
