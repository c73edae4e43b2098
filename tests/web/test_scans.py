"""Finished scans on the visitor's page, and today's jobs at the desk."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from appliance.actor import SYSTEM, Actor
from appliance.bootstrap import Core
from appliance.services import Services
from appliance.storage.models import Outbox, ScanFile, ScanJob, ScanPage, Visit
from appliance.visits.rules import VisitCard
from tests.documents_kit import STATION, Station, TellableScanner, a_visit, put_pdf
from tests.web.conftest import post
from web.sessions import STATION_COOKIE

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture
def visit(core: Core, services: Services) -> VisitCard:
    return services.visits.by_id(a_visit(core, services))


@pytest.fixture
def job_uuid(services: Services, visit: VisitCard) -> str:
    return services.documents.open_job(visit.id, "colour", by=STATION).uuid


@pytest.fixture
def pdf(core: Core, visit: VisitCard, job_uuid: str) -> str:
    """The path of a finished PDF of this visit."""
    put_pdf(core, job_uuid, PDF)
    return f"/visits/{visit.token}/scans/{job_uuid}.pdf"


@pytest.fixture
def documents(core: Core) -> Iterator[Station]:
    started = Station(core, TellableScanner())
    yield started
    started.stop()


def fetched() -> int:
    return Outbox.select().where(Outbox.type.contains("scan.fetched")).count()


def taken(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """A download, read to its end and let go of, as the server would."""
    answer = client.get(path, headers=headers)
    assert answer.data is not None
    answer.close()
    return answer


def words(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_the_pdf_is_a_download_that_nobody_keeps(client, pdf):
    answer = taken(client, pdf)

    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=hasil-pindai-2026-11-23-A-001.pdf"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert fetched() == 1


def test_a_download_goes_on_where_it_broke_off_and_counts_once(client, pdf):
    first = taken(client, pdf, Range="bytes=0-99")
    rest = taken(client, pdf, Range="bytes=100-")
    client.head(pdf).close()

    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.data + rest.data == PDF
    assert fetched() == 1


def test_a_broken_download_of_a_file_that_changed_begins_anew(core, client, pdf):
    first = taken(client, pdf)
    core.writer.run(lambda: ScanFile.update(sha256="f" * 64).execute())

    rest = taken(client, pdf, **{"Range": "bytes=100-", "If-Range": first.headers["ETag"]})

    assert (rest.status_code, rest.data) == (200, PDF)


def test_who_comes_back_too_late_is_told_that_the_scans_are_gone(core, client, visit, pdf):
    gone = {"state": "discarded", "discarded_for": "checkout"}
    core.writer.run(lambda: ScanJob.update(**gone).execute())
    still_open = words(client.get(f"/visits/{visit.token}"))
    core.writer.run(lambda: Visit.update(state="finished", closed_at=core.clock.now()).execute())

    for shown in (still_open, words(client.get(f"/visits/{visit.token}"))):
        assert "hasil pindai kunjungan ini sudah dihapus" in shown
    assert client.get(pdf).status_code == 404


def test_unknown_and_foreign_are_the_same_404(core, client, services, pdf, job_uuid):
    stranger = services.visits.by_id(a_visit(core, services))
    nobodys = "00000000-0000-0000-0000-000000000000"
    for form in ("scans/{}.pdf", "scans/{}.pdf?part=2", "scans/{}/picture?page=1&kind=png"):
        paths = (
            f"/visits/{stranger.token}/{form.format(job_uuid)}",
            f"/visits/{stranger.token}/{form.format(nobodys)}",
            f"/visits/{'0' * 32}/{form.format(job_uuid)}",
        )

        answers = [client.get(path) for path in paths]

        assert [answer.status_code for answer in answers] == [404] * 3
        assert len({words(answer).split("<main")[1] for answer in answers[:2]}) == 1
    assert client.get(f"/visits/{stranger.token}/scans.zip").status_code == 404
    assert client.get(f"/visits/{'0' * 32}/scans.zip").status_code == 404
    assert fetched() == 0


@pytest.mark.parametrize("part", ["0", "-1", "2", "two", "9" * 25])
def test_a_part_that_there_is_not_is_not_found(client, pdf, part):
    assert client.get(f"{pdf}?part={part}").status_code == 404


def test_several_parts_are_told_apart_and_come_in_one_zip(core, client, visit, job_uuid):
    put_pdf(core, job_uuid, PDF, PDF[::-1], b"third")

    shown = words(client.get(f"/visits/{visit.token}"))
    second = taken(client, f"/visits/{visit.token}/scans/{job_uuid}.pdf?part=2")
    everything = taken(client, f"/visits/{visit.token}/scans.zip")

    assert "Bagian 2 dari 3" in shown
    assert "Unduh semua (ZIP)" in shown
    assert second.data == PDF[::-1]
    assert "hasil-pindai-2026-11-23-A-001-bagian-2.pdf" in second.headers["Content-Disposition"]
    assert everything.headers["Content-Disposition"] == (
        "attachment; filename=hasil-pindai-2026-11-23-A-001.zip"
    )
    assert everything.headers["Cache-Control"] == "no-store"
    assert int(everything.headers["Content-Length"]) == len(everything.data)
    with zipfile.ZipFile(io.BytesIO(everything.data)) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert [archive.read(name) for name in archive.namelist()] == [PDF, PDF[::-1], b"third"]
    assert fetched() == 2


def test_one_page_is_a_picture_turned_and_cut(core, client, services, visit, job_uuid, documents):
    services.scan_pages.ask_page(job_uuid, by=STATION)
    documents.run_until(lambda: services.documents.job(job_uuid).active is None)
    put_pdf(core, job_uuid, PDF)
    path = f"/visits/{visit.token}/scans/{job_uuid}/picture"
    scanned = core.settings.scans_dir / job_uuid / ScanPage.get().image_name

    plain = taken(client, f"{path}?page=1&kind=jpg")
    core.writer.run(lambda: ScanPage.update(turned=90, crop="10,20,110,60").execute())
    cut = taken(client, f"{path}?page=1&kind=png")

    assert plain.data == scanned.read_bytes()
    assert (plain.mimetype, cut.mimetype) == ("image/jpeg", "image/png")
    assert cut.headers["Content-Disposition"].endswith("A-001-halaman-1.png")
    assert int(cut.headers["Content-Length"]) == len(cut.data)
    seen = Image.open(io.BytesIO(cut.data))
    wanted = Image.open(scanned).crop((10, 20, 110, 60)).rotate(-90, expand=True)
    assert (seen.size, seen.tobytes()) == ((40, 100), wanted.tobytes())
    assert fetched() == 2
    for wrong in ("page=2&kind=png", "page=0&kind=png", "page=1&kind=gif", "page=x"):
        assert client.get(f"{path}?{wrong}").status_code == 404


def test_pictures_never_keep_more_than_two_of_the_threads(
    client, services, visit, pdf, job_uuid, core
):
    page = {"state": "kept", "image_name": "x.jpg", "position": 1, "finished_at": core.clock.now()}
    core.writer.run(lambda: put_page(job_uuid, **page))
    (core.settings.scans_dir / job_uuid / "x.jpg").write_bytes(b"picture")
    places = services.scan_files._drawer._places
    assert places.acquire(blocking=False)
    assert places.acquire(blocking=False)

    answer = client.get(f"/visits/{visit.token}/scans/{job_uuid}/picture?page=1&kind=png")

    assert answer.status_code == 503


def put_page(job_uuid: str, **values: object) -> None:
    ScanPage.create(
        uuid="a", job=ScanJob.get(ScanJob.uuid == job_uuid), scanner="x", resolution_dpi=40,
        mode="Gray", width_mm=210, height_mm=297, asked_at="2026-11-23T02:00:00.000Z",
        boot_id="b", asked_boot_ms=1, **values,
    )  # fmt: skip


def test_words_are_asked_for_watched_and_told(core, client, services, visit, pdf, job_uuid):
    page, path = f"/visits/{visit.token}", f"/visits/{visit.token}/scans/{job_uuid}/text"
    services.scan_texts._find = lambda program: program
    assert "Buat teks yang bisa dicari" in words(client.get(page))
    stranger = services.visits.by_id(a_visit(core, services))
    assert post(client, f"/visits/{stranger.token}/scans/{job_uuid}/text").status_code == 404
    assert client.get(f"/visits/{stranger.token}/scans/{job_uuid}/text").status_code == 404

    assert post(client, path).headers["Location"] == page

    watched = words(client.get(path, headers={"HX-Request": "true"}))
    assert "Teks sedang dibaca: 0 dari 3 halaman" in watched
    assert f'hx-get="{path}"' in watched
    assert client.get(path).headers["Location"] == page
    assert taken(client, pdf).status_code == 200
    core.writer.run(lambda: ScanJob.update(text_state="failed").execute())
    assert "belum berhasil dibaca" in words(client.get(page))
    core.writer.run(lambda: ScanJob.update(text_state="ready").execute())
    assert "bisa dicari dan disalin" in words(client.get(page))


def test_words_are_asked_for_at_the_station_and_nobody_waits(core, app, services, visit, documents):
    services.scan_texts._find = lambda program: program
    station = app.test_client()
    token = services.staff.register_device("station", "Stasiun pindai", by=SYSTEM)
    station.set_cookie(STATION_COOKIE, token)
    post(station, "/station/visit", {"code": visit.code})
    post(station, "/station/job", {"preset": "colour"})
    uuid = ScanJob.get().uuid
    documents.run_until(lambda: services.documents.job(uuid).active is None)
    post(station, "/station/finish")
    documents.run_until(lambda: services.documents.job(uuid).is_ready)
    assert "Buat teks yang bisa dicari" in words(station.get("/station/scan"))

    post(station, "/station/text")

    shown = station.get("/station/scan").get_data(as_text=True)
    assert "Tidak perlu ditunggu" in shown
    assert "every" not in shown.split('id="station"')[1].split(">")[0]


def test_without_the_program_the_switch_says_so(client, services, visit, pdf, job_uuid):
    services.scan_texts._find = lambda program: None

    assert "program pembacanya belum terpasang" in words(client.get(f"/visits/{visit.token}"))
    assert post(client, f"/visits/{visit.token}/scans/{job_uuid}/text").status_code == 409


def test_a_picture_that_cannot_be_made_says_so(core, client, services, visit, job_uuid, documents):
    services.scan_pages.ask_page(job_uuid, by=STATION)
    documents.run_until(lambda: services.documents.job(job_uuid).active is None)
    put_pdf(core, job_uuid, PDF)
    (core.settings.scans_dir / job_uuid / ScanPage.get().image_name).write_bytes(b"no picture")

    answer = client.get(f"/visits/{visit.token}/scans/{job_uuid}/picture?page=1&kind=png")

    assert answer.status_code == 503
    assert "Gambar belum bisa dibuat" in words(answer)
    assert fetched() == 0


def test_a_visitor_of_another_link_cannot_delete(core, client, services, pdf, job_uuid):
    stranger = services.visits.by_id(a_visit(core, services))

    answer = post(client, f"/visits/{stranger.token}/scans/{job_uuid}/delete")

    assert answer.status_code == 404
    assert ScanJob.get().state == "ready"


def test_what_was_scanned_by_mistake_is_deleted_now(core, client, visit, pdf, job_uuid, documents):
    answer = post(client, f"/visits/{visit.token}/scans/{job_uuid}/delete")
    documents.worker.step()

    assert answer.headers["Location"] == f"/visits/{visit.token}"
    assert not (core.settings.scans_dir / job_uuid).exists()
    assert client.get(pdf).status_code == 404


def test_the_visit_page_lists_the_file(client, visit, pdf):
    shown = words(client.get(f"/visits/{visit.token}"))

    assert "Hasil pindai" in shown
    assert "3 halaman" in shown
    assert pdf in shown
    assert "60 menit setelah kunjungan selesai, paling lambat 23 Nov 2026 16.30 WIB" in shown


def test_a_finished_visit_can_still_fetch_and_knows_until_when(core, client, clock, visit, pdf):
    core.writer.run(lambda: Visit.update(state="finished", closed_at=clock.now()).execute())

    shown = words(client.get(f"/visits/{visit.token}"))

    assert pdf in shown
    assert "Berlaku sampai: 23 Nov 2026 10.00 WIB" in shown
    assert taken(client, pdf).status_code == 200


def test_a_visit_without_scans_is_told_how(client, visit):
    assert "Tunjukkan QR tiket di stasiun pindai" in words(client.get(f"/visits/{visit.token}"))


@pytest.mark.parametrize("role", ["officer", "operator", "admin"])
def test_the_desk_sees_states_and_no_pages(sign_in, pdf, role):
    shown = words(sign_in(role).get("/staff/scans"))

    assert "A-001" in shown
    assert "Siap diunduh" in shown
    assert ".jpg" not in shown
    assert pdf not in shown


def test_the_desk_without_scans_says_so(sign_in):
    assert "Belum ada yang memindai hari ini" in words(sign_in("officer").get("/staff/scans"))


def test_visitors_do_not_see_the_desks_list(client):
    assert client.get("/staff/scans").status_code == 303
    assert post(client, "/staff/scans/x/discard").status_code == 403


def test_the_desk_stops_a_page(sign_in, services, documents, job_uuid):
    services.scan_pages.ask_page(job_uuid, by=STATION)

    answer = post(sign_in("operator"), f"/staff/scans/{job_uuid}/cancel")

    assert answer.status_code == 303
    assert services.documents.job(job_uuid).active is None


def test_the_desk_discards_with_a_reason(sign_in, services, job_uuid):
    browser = sign_in("operator")

    post(browser, f"/staff/scans/{job_uuid}/discard", {"reason": "kartu identitas terpindai"})

    last = services.journal.latest(limit=1)[0]
    assert (last.action, last.reason) == ("scan.discarded", "kartu identitas terpindai")
    assert last.actor == str(Actor.staff("operator1", "operator"))
    assert "Dihapus" in words(browser.get("/staff/scans"))


def test_an_unknown_job_is_not_found_at_the_desk(sign_in):
    assert post(sign_in("operator"), "/staff/scans/nope/cancel").status_code == 404


def test_guessing_links_of_scans_is_slowed_down(app, client, visit, pdf, job_uuid):
    wrong = [client.get(f"/visits/{n:032x}/scans/{job_uuid}.pdf").status_code for n in range(11)]

    assert wrong == [404] * 10 + [429]
    assert client.get(f"/visits/{visit.token}").status_code == 200
