"""The report of a start, read and settled on the officer's screen."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.runtime.wakeup import WakeSocket
from tests.services.library import new_visit
from tests.web.conftest import fragment, post

OFFICER = Actor.staff("officer1", "officer")
PATH = "/staff/lockers/start"
UNREAD = "baca laporan awal"


@pytest.fixture
def visit(core, services):
    """Somebody whose locker 1 was just asked to open when the power went."""
    services.lockers.sync_bank(dict.fromkeys(range(1, 4), True), by=SYSTEM)
    wake = WakeSocket(core.settings.run_dir, "lockers")
    made = new_visit(core, services)
    services.lockers.assign(made.id, by=OFFICER, number=1)
    wake.close()
    return made


@pytest.fixture
def report(services, visit, clock):
    """What the next start found: locker 1 not carried out, locker 2 open."""
    shut = dict.fromkeys(range(1, 4), "closed")
    sensors = dict.fromkeys(range(1, 4), True)
    services.start_report.begin(shut, sensors)
    clock.reboot(off_s=600)
    services.start_report.begin(shut | {2: "open"}, sensors)
    return services.start_report.latest()


def line_of(report, number: int) -> int:
    return next(line.id for line in report.lines if line.number == number)


def test_without_a_report_the_page_says_so(officer, services) -> None:
    page = officer.get(PATH).text

    assert "Belum ada laporan" in page
    assert post(officer, f"{PATH}/seen", {"report": "none"}).location == PATH


def test_every_door_is_explained_and_the_desk_is_told(officer, visit, report) -> None:
    page = officer.get(PATH).text

    assert "Listrik padam" in page
    assert "Pintu loker 02 terbuka saat peranti menyala." in page
    assert visit.label in page
    for path in ("/staff", "/staff/lockers"):
        assert UNREAD in officer.get(path).text


def test_reading_it_ends_the_notices_not_the_lines(officer, services, report) -> None:
    assert post(officer, f"{PATH}/seen", {"report": report.uuid}).location == PATH
    assert post(officer, f"{PATH}/seen", {"report": report.uuid}).location == PATH

    for path in ("/staff", "/staff/lockers"):
        assert UNREAD not in officer.get(path).text
    page = officer.get(PATH).text
    assert "Dibaca officer1" in page
    assert "Pintu loker 02 terbuka saat peranti menyala." in page


def test_a_line_is_settled_with_a_note_once(officer, core, services, report) -> None:
    path = f"{PATH}/lines/{line_of(report, 2)}"

    assert post(officer, path, {"note": "x" * 201}).status_code == 422
    assert post(officer, path, {"note": "ditutup"}).location == f"{PATH}#line-{line_of(report, 2)}"
    lines = core.journal.newest_seq()
    post(officer, path, {"note": "lagi"})

    settled = next(line for line in services.start_report.latest().lines if line.number == 2)
    assert (settled.note, settled.settled_by) == ("ditutup", "officer:officer1")
    assert core.journal.newest_seq() == lines


@pytest.mark.parametrize("line", [777, 99999999999999999999])
def test_a_line_that_does_not_exist_is_not_found(officer, report, line) -> None:
    assert post(officer, f"{PATH}/lines/{line}").status_code == 404


def test_the_panel_is_quiet_until_a_line_is_settled(officer, services, report) -> None:
    version = re.search(rf"{PATH}\?v=(\d+)", officer.get(PATH).text)[1]
    assert fragment(officer, f"{PATH}?v={version}").status_code == 204

    services.start_report.settle(line_of(report, 2), by=OFFICER, note="ditutup")

    fresh = fragment(officer, f"{PATH}?v={version}")
    assert fresh.text.startswith('<div id="start-report"')
    assert "ditutup" in fresh.text


@pytest.mark.parametrize("path", ["/seen", "/lines/1"])
def test_nobody_else_settles_anything(client, sign_in, services, report, path) -> None:
    assert post(client, PATH + path).status_code == 403
    assert post(sign_in("operator"), PATH + path).status_code == 403
    assert client.get(PATH + path).status_code == 405
    assert client.get(PATH).location.startswith("/staff/login")
    assert services.start_report.latest() == report


def test_an_old_page_does_not_call_a_newer_report_read(officer, services, report) -> None:
    answer = post(officer, f"{PATH}/seen", {"report": "that of yesterday"})

    assert answer.location == PATH
    assert services.start_report.latest().seen_at is None
