"""The page of the portal in a browser: each trouble at each width, by keyboard, without scripts."""

import msgspec
import pytest

from appliance import codes
from appliance.actor import SYSTEM
from appliance.storage.models import Enrolment, Outbox
from appliance.sync.answers import Judgement, Kind
from appliance.sync.backlog import Backlog
from appliance.sync.fork import Fork
from appliance.sync.standing import StandingBook, State
from tests.end_to_end.conftest import check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "kuda-laut-biru-27"
PORTAL = "https://hub.example"


@pytest.fixture
def settings(settings):
    return msgspec.structs.replace(settings, portal=PORTAL)


@pytest.fixture
def admin(open_page, site):
    """Call for the page of an admin who is signed in."""
    site.services.staff.add("admin1", "Rina Admin", "admin", PASSWORD, by=SYSTEM)

    def make(*, javascript: bool = True):
        page = open_page("/staff/login", javascript=javascript)
        page.locator("#field-username").fill("admin1")
        page.locator("#field-password").fill(PASSWORD)
        page.locator("form[action*='/staff/login'] [type=submit]").click()
        page.wait_for_url("**/staff")
        page.goto("/staff/sync")
        return page

    return make


def record(core) -> None:
    page = {"position": 1, "resolution_dpi": 300, "mode": "color"}
    released = {"locker": 3, "end_reason": "visitor"}

    def write() -> None:
        for _ in range(12):
            core.recorder.fact("locker.released", "locker/3", released, by=SYSTEM)
            core.recorder.fact("visit.called", "visit/1", {"desk": "1"}, by=SYSTEM)
        core.recorder.fact("scan.page", "scan/1", page, by=SYSTEM)

    core.writer.run(write)


def trouble(core) -> None:
    """Revoked, cloned, an event held here and two kept aside there, telemetry dropped."""
    book, backlog = StandingBook(core.writer, core.clock), Backlog(core.clock)
    rows = list(Outbox.select().order_by(Outbox.id))

    def write() -> None:
        Enrolment.insert(
            id=1, portal=PORTAL, key_id="k1", office="1309", state="active"
        ).on_conflict_replace().execute()
        backlog.hold(rows[-1].event_id, "HTTP 400 bad-request the event cannot be read at all")
        for row, problem in ((rows[0], "unknown kind"), (rows[1], "Expected `int`, got `str`")):
            Outbox.update(problem=problem).where(Outbox.id == row.id).execute()
        book.dropped(1200)
        book.forked(Fork.UNKNOWN_HEAD)
        refused = "HTTP 401 unknown-key nobody has the key 9f2c51d0aa6e4f1ab8d15f3f6c3e7f10"
        book.failed(Judgement(Kind.REFUSED, refused), tries=4, wait_s=3600)

    core.writer.run(write)


def test_every_trouble_is_told_and_can_be_dealt_with(admin, core) -> None:
    page = admin()
    page.get_by_text("Peranti belum didaftarkan ke portal").wait_for()
    check(page, "sync-new")
    page.locator("#field-code").fill("ABCD")
    page.get_by_role("button", name="Daftarkan").click()
    page.get_by_role("alert").get_by_text("16 huruf dan angka").wait_for()

    record(core)
    trouble(core)
    page.goto("/staff/sync")
    page.get_by_text("Portal tidak mengenali kunci").wait_for()
    check(page, "sync-trouble")

    # By keyboard, and what happened is told.
    page.get_by_role("button", name="Kirim sekarang", exact=True).first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Pengiriman dimulai").wait_for()
    assert StandingBook(core.writer, core.clock).standing().asked_at is not None

    StandingBook(core.writer, core.clock).is_in(State.IDLE)
    page.wait_for_load_state()  # with its scripts
    page.evaluate("htmx.trigger('#sync', 'wake')")  # as every five seconds
    page.get_by_text("Semua catatan sudah ada di portal.").wait_for()


def test_it_works_without_scripts(admin, core, site) -> None:
    record(core)
    page = admin(javascript=False)
    page.locator("#field-code").fill(codes.new_card_code())
    page.get_by_role("button", name="Daftarkan").click()
    page.get_by_text("Kode dikirim ke portal").wait_for()
    assert site.services.portal.report().papers.is_claiming

    trouble(core)
    page.goto("/staff/sync")
    page.get_by_role("button", name="Sudah saya periksa").click()
    page.get_by_text("Sudah ditandai.").wait_for()
    assert page.get_by_text("Penomoran catatan dimulai ulang").count() == 0
    page.get_by_role("button", name="Tandai semua yang ada di portal").click()
    page.get_by_text("Sudah ditandai.").wait_for()
    page.get_by_role("button", name="Coba lagi").click()
    page.get_by_text("Catatan itu akan dicoba lagi.").wait_for()
    assert page.get_by_text("Perlu dilihat").count() == 0
