"""The scanner station over HTTP: who may use it, what it shows, what it forgets."""

import pytest

from appliance.actor import SYSTEM
from appliance.storage.models import Device, Journal, ScanJob, ScanPage, Visit
from hardware.interfaces import ScanFailed, ScanProblem
from tests.documents_kit import a_visit
from tests.web.conftest import fragment, post
from tests.web.station.kit import finish_page, words
from web.sessions import STAFF_COOKIE


def test_an_unregistered_browser_is_sent_to_sign_in(client):
    answer = client.get("/station")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/staff/login?next=/station"


def test_a_visitors_browser_cannot_post_to_the_station(client, visit):
    assert post(client, "/station/visit", {"visit": str(visit.id)}).status_code == 403


@pytest.mark.parametrize("role", ["officer", "operator", "admin"])
def test_staff_register_the_screen_and_are_signed_out_of_it(sign_in, role):
    browser = sign_in(role)
    assert "Daftarkan layar ini sebagai stasiun" in words(browser.get("/station"))

    answer = post(browser, "/station/register")

    assert answer.status_code == 303
    assert Device.get().kind == "station"
    assert not (cookie := browser.get_cookie(STAFF_COOKIE)) or not cookie.value
    assert browser.get("/staff/scans").status_code == 303
    shown = words(browser.get("/station"))
    assert "Siapa yang memindai?" in shown
    assert "Daftarkan layar ini" not in shown


def test_a_station_may_not_register_stations(screen):
    assert post(screen, "/station/register").status_code == 403


def test_tiles_show_numbers_and_masked_names_only(sign_in, visit):
    shown = words(sign_in("operator").get("/station"))

    assert "A-001" in shown
    assert "S••• A•••" in shown
    assert "Aminah" not in shown
    assert visit.code not in shown


def test_visitors_who_came_for_something_else_have_no_tile(core, sign_in, visit):
    core.writer.run(lambda: Visit.update(services="2").execute())

    assert "A-001" not in words(sign_in("operator").get("/station"))


def test_an_operator_binds_a_visitor_by_the_tile(sign_in, visit):
    operator = sign_in("operator")

    answer = post(operator, "/station/visit", {"visit": str(visit.id)})

    assert answer.headers["Location"] == "/station/scan"
    assert "Apa yang dipindai?" in words(operator.get("/station/scan"))


def test_without_staff_at_the_screen_only_the_ticket_binds(screen, visit):
    """Else one tap would show a stranger's pages, and the QR to the stranger's own page."""
    shown = words(screen.get("/station"))
    answer = post(screen, "/station/visit", {"visit": str(visit.id)})

    assert "A-001" not in shown
    assert "pilih nomor" not in shown
    assert answer.status_code == 422
    assert "Kode tidak ditemukan" in words(answer)
    assert screen.get("/station/scan").headers["Location"] == "/station"


@pytest.mark.parametrize("typed", ["RBT{}", "{}", " {} "])
def test_a_ticket_binds_the_station(screen, visit, typed):
    answer = post(screen, "/station/visit", {"code": typed.format(visit.code)})

    assert answer.headers["Location"] == "/station/scan"
    assert "Apa yang dipindai?" in words(screen.get("/station/scan"))


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA", "RBL07", "x" * 300, "<script>"])
def test_a_wrong_code_is_told_at_its_field(screen, visit, typed):
    answer = post(screen, "/station/visit", {"code": typed})

    assert answer.status_code == 422
    assert "Kode tidak ditemukan" in words(answer)
    assert "<script>x" not in words(answer)


@pytest.mark.parametrize("tile", ["999", "0", "-1"])
def test_a_tile_of_nobody_is_no_visit(sign_in, visit, tile):
    assert post(sign_in("operator"), "/station/visit", {"visit": tile}).status_code == 422


def test_guessing_codes_is_slowed_down(screen, visit):
    answers = [post(screen, "/station/visit", {"code": f"AAAA-{n:04d}"}) for n in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_one_tap_on_a_preset_scans(bound, services, documents, scanner):
    answer = post(bound, "/station/job", {"preset": "email"})

    assert answer.headers["Location"] == "/station/scan"
    assert "Menyiapkan pemindai untuk halaman 1…" in words(bound.get("/station/scan"))
    finish_page(services, documents)
    assert scanner.requests[0].resolution_dpi == 150
    assert "1 halaman tersimpan" in words(bound.get("/station/scan"))


def test_a_made_up_preset_is_refused(bound):
    assert post(bound, "/station/job", {"preset": "x"}).status_code == 409
    assert ScanJob.select().count() == 0


def test_a_double_tap_is_one_page(bound, documents):
    post(bound, "/station/job", {"preset": "colour", "idempotency_key": "one"})
    post(bound, "/station/job", {"preset": "colour", "idempotency_key": "one"})

    assert ScanPage.select().count() == 1


def test_the_poll_is_a_fragment_and_empty_when_nothing_changed(bound, documents):
    post(bound, "/station/job", {"preset": "colour"})

    shown = fragment(bound, "/station/scan?v=0")
    version = words(shown).split("v=")[1].split('"')[0]

    assert "<html" not in words(shown)
    assert shown.status_code == 200
    assert fragment(bound, f"/station/scan?v={version}").status_code == 204


def test_the_poll_hands_over_to_a_whole_page_when_the_scanner_is_done(scanned):
    answer = fragment(scanned, "/station/scan?v=old")

    assert answer.headers["HX-Redirect"] == "/station/scan"


def test_without_scripts_the_page_asks_for_itself(bound, documents):
    post(bound, "/station/job", {"preset": "colour"})

    busy = words(bound.get("/station/scan"))

    assert '<noscript><meta http-equiv="refresh" content="2; url=/station/scan"></noscript>' in busy


def test_an_idle_screen_leads_back_to_nobody(scanned):
    shown = words(scanned.get("/station/scan"))

    assert 'data-idle-url="/station" data-idle-s="60"' in shown
    assert '<meta http-equiv="refresh" content="60; url=/station">' in shown
    assert scanned.get("/station/scan").headers["Cache-Control"] == "no-store"


def test_a_failure_is_a_sentence_with_a_retry(scanned, scanner, services, documents):
    scanner.plan = [ScanFailed(ScanProblem.JAMMED, "jam")]
    post(scanned, "/station/pages")
    finish_page(services, documents)

    shown = words(scanned.get("/station/scan"))

    assert "Kertas macet. Buka penutup pemindai" in shown
    assert "Coba lagi" in shown
    assert "Halaman 1" in shown


def test_a_feeder_that_is_not_there_leads_to_the_other_presets(
    bound, scanner, services, documents, visit
):
    feeder = {"label_id": "Tumpuk", "label_en": "Stack", "resolution_dpi": "300", "mode": "Gray"}
    feeder |= {"source": "feeder", "paper": "a4", "is_shown": "1"}
    services.scan_presets.change("document", feeder, by=SYSTEM)
    scanner.plan = [ScanFailed(ScanProblem.UNSUPPORTED, "setting of option --source failed")]
    post(bound, "/station/job", {"preset": "document"})
    finish_page(services, documents)

    shown = words(bound.get("/station/scan"))
    assert "Pemindai ini tidak punya pengumpan kertas." in shown
    assert "Pilih pengaturan lain" in shown
    post(bound, "/station/another")
    post(bound, "/station/job", {"preset": "colour"})
    finish_page(services, documents)

    (job,) = services.documents.of_visit(visit.id).jobs
    assert (job.preset.code, len(job.pages)) == ("colour", 1)


def test_who_looks_for_another_setting_finds_the_way_back_to_the_pages(scanned):
    post(scanned, "/station/another")
    offered = words(scanned.get("/station/scan"))
    post(scanned, "/station/resume")

    assert "1 halaman sudah tersimpan." in offered
    assert "Kembali ke halaman itu" in offered
    assert "Halaman 1 dari 1" in words(scanned.get("/station/scan"))


def test_nobody_at_the_scanner_is_said_on_the_screen(bound):
    answer = post(bound, "/station/job", {"preset": "colour"})

    assert answer.status_code == 303
    assert "Layanan pemindai sedang tidak berjalan" in words(bound.get("/station/scan"))


def test_a_scanner_in_use_is_said_on_the_screen(core, bound, services, documents):
    other = services.documents.open_job(a_visit(core, services), "colour", by=SYSTEM)
    services.scan_pages.ask_page(other.uuid, by=SYSTEM)

    post(bound, "/station/job", {"preset": "colour"})

    shown = words(bound.get("/station/scan"))
    assert "Anda urutan ke-1 dalam antrean" in shown
    assert "Keluar dari antrean" in shown


def test_pages_are_chosen_redone_and_removed(scanned, services, documents):
    post(scanned, "/station/pages")
    finish_page(services, documents)
    first = services.documents.job(ScanJob.get().uuid).pages[0].uuid
    assert "Ulangi halaman 1" in words(scanned.get(f"/station/scan?page={first}"))

    post(scanned, "/station/pages/again", {"page": first})
    finish_page(services, documents)
    pages = services.documents.job(ScanJob.get().uuid).pages
    assert len(pages) == 2
    assert first not in [page.uuid for page in pages]

    post(scanned, "/station/pages/remove", {"page": pages[1].uuid})
    assert "1 halaman tersimpan" in words(scanned.get("/station/scan"))


def test_a_page_can_be_cancelled(bound, documents):
    post(bound, "/station/job", {"preset": "colour"})

    post(bound, "/station/pages/cancel")

    assert "Pemindaian dibatalkan." in words(bound.get("/station/scan"))


def test_finishing_leads_to_the_way_to_the_phone(scanned, services, documents, visit):
    post(scanned, "/station/finish")
    assert "Menyusun PDF dari 1 halaman…" in words(scanned.get("/station/scan"))
    documents.run_until(lambda: services.documents.job(ScanJob.get().uuid).is_ready)

    shown = words(scanned.get("/station/scan"))

    assert "PDF siap diunduh" in shown
    assert f"{visit.code[:4]}-{visit.code[4:]}" in shown
    assert visit.token not in shown


def test_an_empty_job_is_not_finished_and_says_why(bound, documents):
    post(bound, "/station/job", {"preset": "colour"})
    post(bound, "/station/pages/cancel")

    post(bound, "/station/finish")

    assert "Belum ada halaman yang tersimpan" in words(bound.get("/station/scan"))


def test_a_file_thrown_away_leads_back_to_the_presets(scanned):
    post(scanned, "/station/discard")

    shown = words(scanned.get("/station/scan"))

    assert "Semua halaman berkas itu sudah dihapus." in shown
    assert "Apa yang dipindai?" in shown


def test_a_file_deleted_elsewhere_is_told_once_on_the_screen(scanned, services):
    services.documents.discard(ScanJob.get().uuid, by=SYSTEM)

    panel = scanned.get("/station/scan?v=1", headers={"HX-Request": "true"})
    post(scanned, "/station/finish")
    first, again = (words(scanned.get("/station/scan")) for _ in range(2))

    assert panel.headers["HX-Redirect"] == "/station/scan"
    assert "Berkas tadi sudah dihapus" in first
    assert "Apa yang dipindai?" in first
    assert "Berkas tadi sudah dihapus" not in again


def test_another_file_for_the_same_visitor(scanned, services, documents):
    post(scanned, "/station/finish")
    documents.run_until(lambda: services.documents.job(ScanJob.get().uuid).is_ready)

    post(scanned, "/station/another")

    assert "Apa yang dipindai?" in words(scanned.get("/station/scan"))


@pytest.mark.parametrize("leave", ["next", "home"])
def test_the_next_person_finds_nothing(scanned, services, leave):
    image = f"/station/pages/{services.documents.job(ScanJob.get().uuid).pages[0].uuid}.jpg"
    with scanned.get(image) as shown:
        assert shown.mimetype == "image/jpeg"

    if leave == "next":
        post(scanned, "/station/next")
    else:
        scanned.get("/station")

    assert scanned.get(image).status_code == 404
    assert scanned.get("/station/scan").headers["Location"] == "/station"
    assert post(scanned, "/station/pages").headers["Location"] == "/station"


def test_a_binding_left_alone_is_forgotten(scanned, clock):
    clock.advance(901)

    assert scanned.get("/station/scan").headers["Location"] == "/station"


def test_a_closed_visit_is_forgotten(core, scanned):
    at = core.clock.now()
    core.writer.run(lambda: Visit.update(state="finished", closed_at=at).execute())

    assert scanned.get("/station/scan").headers["Location"] == "/station"


def test_a_job_left_behind_is_gone_on_with(scanned, visit):
    post(scanned, "/station/next")

    post(scanned, "/station/visit", {"code": visit.code})

    assert "1 halaman tersimpan" in words(scanned.get("/station/scan"))


def test_a_page_of_another_visit_is_not_shown(core, scanned, services, visit):
    page = services.documents.job(ScanJob.get().uuid).pages[0].uuid
    other = a_visit(core, services)
    post(scanned, "/station/visit", {"code": services.visits.by_id(other).code})

    assert scanned.get(f"/station/pages/{page}.jpg").status_code == 404
    assert scanned.get("/station/pages/../../etc/passwd.jpg").status_code == 404


def test_what_the_station_does_is_in_the_journal_under_its_name(scanned):
    actors = {row.actor for row in Journal.select().where(Journal.action.startswith("scan."))}

    assert actors == {"station:station", "system:ruangbaca"}


def test_every_station_screen_speaks_english(scanned, services, documents):
    scanned.set_cookie("lang", "en")

    assert "1 page saved" in words(scanned.get("/station/scan"))
    post(scanned, "/station/finish")
    documents.run_until(lambda: services.documents.job(ScanJob.get().uuid).is_ready)
    assert "Your PDF is ready" in words(scanned.get("/station/scan"))
    post(scanned, "/station/another")
    assert "Black and white document" in words(scanned.get("/station/scan"))
    assert "Who is scanning?" in words(scanned.get("/station"))


@pytest.mark.parametrize(
    "path",
    ["visit", "job", "another", "pages", "pages/again", "pages/remove", "pages/cancel", "finish",
     "resume", "discard", "next", "register"],
)  # fmt: skip
def test_what_changes_things_is_never_a_get(screen, path):
    assert screen.get(f"/station/{path}").status_code in (404, 405)


def test_nothing_leads_a_visitor_from_the_station_to_pages_that_stay_open(
    screen, sign_in, services, visit
) -> None:
    assert screen.get("/").headers["Location"] == "/station"
    wrong = screen.get("/station/pages/x.jpg")
    assert wrong.status_code == 404
    assert 'data-idle-url="/station"' in wrong.get_data(as_text=True)
    assert 'href="/staff"' not in wrong.get_data(as_text=True)

    post(screen, "/my-visit", {"code": visit.code})

    with screen.session_transaction() as session:
        assert visit.token not in session.values()
    screen.set_cookie(STAFF_COOKIE, sign_in("officer").get_cookie(STAFF_COOKIE).value)
    assert screen.get("/").status_code == 200
