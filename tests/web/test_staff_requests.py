"""Softcopy requests at the desk: who looks after what, and every way to answer."""

import dataclasses
import io

import msgspec
import pytest
from flask.testing import FlaskClient

from appliance.actor import Actor
from appliance.bootstrap import build_services
from appliance.config import MailSettings
from tests.entries import filled
from tests.services.library import OFFICER
from tests.web.conftest import post
from tests.web.test_copies import arriving
from web.app import create_app
from web.sessions import STAFF_COOKIE

FORM = {"wanted": "Pasaman Dalam Angka 2024", "purpose": "skripsi", "email": "siti@contoh.id"}
PDF = b"%PDF-1.7 jawaban"
unmarked = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def visit(services):
    return services.guestbook.register(filled(), channel="phone", language="id", idempotency_key="")


def html(response) -> str:
    return response.get_data(as_text=True)


def make(services, visit, **changes: str):
    return services.requests.make(visit.id, FORM | changes, by=Actor.visitor(visit.uuid))


def address(browser, made) -> str:
    """Where a browser comes to that has typed the code."""
    return post(browser, "/requests", {"code": made.code}).location


def by_code(browser, made):
    return browser.get(address(browser, made))


def upload(officer, made, content: bytes = PDF, name: str = "jawaban.pdf"):
    file = (io.BytesIO(content), name)
    return post(officer, f"/staff/requests/{made.id}/file", {"file": file})


def test_staff_sees_what_waits_and_the_look_at_an_address_is_journalled(
    officer, services, visit, core
) -> None:
    made = make(services, visit, level="4")

    listed = html(officer.get("/staff/requests"))
    assert "1 menunggu jawaban." in listed
    assert "A-001" in listed
    assert "siti@contoh.id" not in listed
    shown = html(officer.get(f"/staff/requests/{made.id}"))

    assert "siti@contoh.id" in shown
    assert "Kecamatan" in shown
    assert [e.action for e in core.journal.latest()].count("request.read") == 1


def test_empty_lists_say_so(officer) -> None:
    for name, said in (
        ("unanswered", "Tidak ada permintaan yang menunggu"),
        ("ready", "Tidak ada berkas yang menunggu diambil"),
        ("ended", "Belum ada permintaan yang selesai"),
        ("<x>", "Tidak ada permintaan yang menunggu"),
    ):
        assert said in html(officer.get("/staff/requests", query_string={"show": name}))


def test_an_officer_takes_it_waits_and_passes_it_on(officer, client, services, visit) -> None:
    made = make(services, visit)

    assert post(officer, f"/staff/requests/{made.id}/take", {"seen": ""}).status_code == 303
    assert "Anda menangani permintaan ini." in html(officer.get(f"/staff/requests/{made.id}"))
    for step, said in (("waiting", "Menunggu kantor tersambung"), ("sent", "portal atau kantor")):
        assert post(officer, f"/staff/requests/{made.id}/{step}").status_code == 303
        assert said in html(by_code(client, made))


def test_an_answer_in_words_is_read_with_the_code(officer, client, services, visit) -> None:
    made = make(services, visit)

    assert post(officer, f"/staff/requests/{made.id}/answer", {"answer": " "}).status_code == 422
    said = {"answer": "Lihat halaman 45."}
    assert post(officer, f"/staff/requests/{made.id}/answer", said).status_code == 303

    assert "Lihat halaman 45." in html(by_code(client, made))
    assert "Lihat halaman 45." in html(client.get(f"/visits/{visit.token}"))


def test_a_refusal_without_a_reason_comes_back_open(officer, services, visit) -> None:
    made = make(services, visit)

    answer = post(officer, f"/staff/requests/{made.id}/refuse", {"reason": "other", "note": " "})

    assert answer.status_code == 422
    assert 'href="#field-note"' in html(answer)
    assert '<details class="more" open>' in html(answer)


def test_the_visitor_reads_why_it_was_refused(officer, client, services, visit) -> None:
    made = make(services, visit)

    why = {"reason": "not_published", "note": "Terbit Desember."}
    assert post(officer, f"/staff/requests/{made.id}/refuse", why).status_code == 303

    for shown in (f"/visits/{visit.token}", address(client, made)):
        page = html(client.get(shown))
        assert "Belum terbit, atau tidak tersedia" in page
        assert "Terbit Desember." in page
    assert post(officer, f"/staff/requests/{made.id}/delivered").status_code == 409


@unmarked
def test_a_file_is_attached_fetched_and_judged(officer, client, services, visit, clock) -> None:
    made = make(services, visit)
    services.visits.close(visit.id, by=OFFICER)

    assert upload(officer, made).status_code == 303
    clock.advance(3600)
    here = address(client, made)
    assert "Unduh berkas" in html(client.get(here))
    assert client.get(f"{here}/file").status_code == 404
    fetched = post(client, f"{here}/file")
    assert made.code not in fetched.location
    file = client.get(fetched.location)

    assert (file.data, file.mimetype) == (PDF, "application/pdf")
    name = file.headers["Content-Disposition"].lower()
    assert "softcopy-bps-" in name
    assert made.code.lower() not in name
    assert client.get(f"{here}/file", headers={"Range": "bytes=0-3"}).data == b"%PDF"
    assert "Sudah diterima" in html(officer.get("/staff/requests?show=ended"))
    assert post(client, f"{here}/verdict", {"outcome": ""}).status_code == 422
    assert post(client, f"{here}/verdict", {"outcome": "1", "quality": "8"}).status_code == 303
    assert "8/10" in html(officer.get(f"/staff/requests/{made.id}"))


@unmarked
def test_the_officer_looks_at_the_file_and_takes_a_wrong_one_back(officer, services, visit) -> None:
    made = make(services, visit)
    upload(officer, made)

    assert officer.get(f"/staff/requests/{made.id}/file").data == PDF
    assert post(officer, f"/staff/requests/{made.id}/file/remove").status_code == 303
    assert officer.get(f"/staff/requests/{made.id}/file").status_code == 404
    assert services.requests.get(made.id).state == "waiting"


@unmarked
@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>"], ids=["empty", "exe", "html"])
def test_what_is_no_answer_is_told_beside_the_field(officer, services, visit, content) -> None:
    made = make(services, visit)

    answer = upload(officer, made, content, "jawaban.pdf")

    assert answer.status_code == 422
    assert 'href="#field-file"' in html(answer)
    assert services.requests.get(made.id).state == "new"


def test_where_the_office_marks_a_pdf_is_marked_first(officer, client, services, visit) -> None:
    made = make(services, visit)
    upload(officer, made)

    assert "Sedang diberi tanda salinan" in html(officer.get(f"/staff/requests/{made.id}"))
    assert "Unduh berkas" not in html(by_code(client, made))
    assert post(client, f"{address(client, made)}/file").status_code == 409


@unmarked
def test_an_answer_goes_by_email_where_the_office_sends_any(app, core, settings, visit) -> None:
    account = MailSettings(host="mail.contoh.id", sender="ruangbaca@bps.contoh.id")
    with_mail = dataclasses.replace(core, settings=msgspec.structs.replace(settings, mail=account))
    services = build_services(with_mail)
    services.staff.add("rina", "Rina", "officer", "kuda-laut-biru-27", by=OFFICER)
    browser = create_app(services, with_mail.settings).test_client()
    token = services.staff.login("rina", "kuda-laut-biru-27", client="127.0.0.1")
    browser.set_cookie(STAFF_COOKIE, token)
    made = make(services, visit)
    upload(browser, made)
    here = f"/staff/requests/{made.id}"
    assert f'action="{here}/mail"' in html(browser.get(here))

    assert post(browser, f"{here}/mail").status_code == 303

    assert "Menunggu dikirim" in html(browser.get(here))
    assert f'action="{here}/mail"' not in html(browser.get(here))
    page = html(by_code(browser, made))
    assert "Lewat email:" in page
    assert "siti@contoh.id" not in page


@unmarked
def test_a_large_file_is_taken_here_and_nowhere_beside(officer, services, visit) -> None:
    made = make(services, visit)
    assert arriving(f"/staff/requests/{made.id}/file", 50_000_000).error is None
    for path in (f"/staff/requests/{made.id}/answer", "/staff/requests/x/file"):
        assert arriving(path, 300_000).error.code == 413

    assert upload(officer, made, PDF + bytes(400_000)).status_code == 303
    assert services.answer_files.of(made.id).size_bytes > 400_000
    large = {"answer": "x" * 400_000}
    assert post(officer, f"/staff/requests/{made.id}/answer", large).status_code == 413


def test_visitors_bring_no_files(client, services, visit) -> None:
    made = make(services, visit)

    assert upload(client, made).status_code == 403
    assert services.answer_files.of(made.id) is None


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_request_is_not_found(officer, number) -> None:
    assert officer.get(f"/staff/requests/{number}").status_code == 404
    assert post(officer, f"/staff/requests/{number}/sent").status_code == 404


@unmarked
def test_what_is_not_wanted_any_more_is_deleted_at_once(officer, client, core, services, visit):
    made = make(services, visit)
    upload(officer, made)
    assert len(list(core.settings.answers_dir.iterdir())) == 1

    post(client, f"/visits/{visit.token}/requests/{made.id}/cancel")

    assert list(core.settings.answers_dir.iterdir()) == []


def test_the_desk_is_for_staff(client: FlaskClient) -> None:
    assert client.get("/staff/requests").headers["Location"].startswith("/staff/login")
    assert post(client, "/staff/requests/1/sent").status_code == 403
