"""Screens of people's data: the visitor's own, the officers' list, and the receipt."""

import json

import pytest

from appliance.actor import Actor
from tests.entries import filled
from tests.web.conftest import post

ADMIN = Actor.staff("admin", "admin")
HOUR_S = 3600


@pytest.fixture
def visit(services):
    return services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )


def test_a_visitor_asks_and_sees_the_answer_on_the_same_page(client, services, visit) -> None:
    page = f"/visits/{visit.token}/data"
    sent = post(client, f"/visits/{visit.token}/privacy", {"kind": "access", "words": ""})
    assert sent.status_code == 303
    assert "dijawab paling lambat" in client.get(page).text
    made = services.data_rights.of_visit(visit.id)[0]
    services.data_rights.answer(made.uuid, {"answer": "Silakan ambil di meja."}, by=ADMIN)

    assert "Silakan ambil di meja." in client.get(page).text


def test_a_request_without_words_is_asked_for_again(client, visit) -> None:
    answer = post(client, f"/visits/{visit.token}/privacy", {"kind": "correct", "words": ""})

    assert answer.status_code == 422
    assert "Tulis apa yang perlu diperbaiki." in answer.text


def test_all_my_data_comes_as_a_file_that_names_nobody(client, visit) -> None:
    answer = post(client, f"/visits/{visit.token}/data")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="data-saya.json"'
    assert json.loads(answer.data)["kept"]["guest"][0]["name"] == "Siti Rahmawati"


def test_the_officers_list_names_nobody_and_says_what_is_late(
    sign_in, services, clock, visit
) -> None:
    me = Actor.visitor(visit.uuid)
    services.data_rights.ask(visit.id, {"kind": "correct", "words": "Siti R."}, by=me)
    officer = sign_in("officer")
    fresh = officer.get("/staff/privacy").text
    assert "Rahmawati" not in fresh
    assert "Siti R." not in fresh
    assert "Sisa" in fresh

    clock.advance(73 * HOUR_S)

    assert "Lewat 3 × 24 jam" in sign_in("admin").get("/staff/privacy").text


def test_erasure_asks_once_more_and_leads_to_a_receipt(sign_in, services, visit) -> None:
    officer = sign_in("officer")
    page = f"/staff/privacy/visits/{visit.id}"
    refused = post(officer, f"{page}/erase", {"sure": "1"})
    assert refused.status_code == 409
    assert "Belum bisa dihapus" in refused.text
    services.visits.close(visit.id, by=ADMIN)
    assert post(officer, f"{page}/erase").status_code == 422

    sent = post(officer, f"{page}/erase", {"sure": "1"})
    receipt = officer.get(sent.headers["Location"])

    assert receipt.status_code == 200
    assert "H-2026-0001" in receipt.text
    assert "Rahmawati" not in receipt.text + officer.get(page).text
    assert "tanda terima h-2026-0001" in officer.get(page).text.lower()


def test_a_restricted_name_shows_to_admins_alone(sign_in, visit) -> None:
    officer = sign_in("officer")
    page = f"/staff/privacy/visits/{visit.id}"
    assert "Siti Rahmawati" in officer.get(page).text

    post(officer, f"{page}/restrict")

    assert "Siti Rahmawati" not in officer.get(page).text
    assert "Siti Rahmawati" in sign_in("admin").get(page).text
    post(officer, f"{page}/lift")
    assert "Siti Rahmawati" in officer.get(page).text


def test_an_officer_answers_or_refuses_in_words(sign_in, services, visit) -> None:
    made = services.data_rights.ask(visit.id, {"kind": "access"}, by=Actor.visitor(visit.uuid))
    officer = sign_in("officer")
    page = f"/staff/privacy/visits/{visit.id}"
    assert post(officer, f"{page}/answer", {"uuid": made.uuid}).status_code == 422

    post(officer, f"{page}/answer", {"uuid": made.uuid, "answer": "Tidak.", "refused": "1"})

    assert services.data_rights.of_visit(visit.id)[0].state == "refused"


@pytest.mark.parametrize("role", ["officer", "head"])
def test_the_record_of_processing_says_what_goes_next(sign_in, role) -> None:
    answer = sign_in(role).get("/staff/privacy/processing")

    assert answer.status_code == 200
    assert "Dihapus berikutnya" in answer.text


def test_a_dry_run_of_the_cleaning_shows_every_kind_and_names_nobody(sign_in, visit) -> None:
    answer = sign_in("head").get("/staff/privacy/retention")

    assert answer.status_code == 200
    for kind in ("Jurnal", "Cadangan harian", "Kontak pengadu", "Hasil pindai", "Pemegang kunci"):
        assert kind in answer.text
    assert "Rahmawati" not in answer.text


def test_a_clerk_without_the_desk_sees_none_of_it(sign_in, visit) -> None:
    operator = sign_in("operator")
    assert operator.get("/staff/privacy").status_code == 403
    assert operator.get(f"/staff/privacy/visits/{visit.id}").status_code == 403


def test_what_is_restricted_leaves_only_with_an_admin_or_its_person(
    client, services, visit, sign_in
) -> None:
    services.data_rights.restrict(visit.id, by=ADMIN)
    at_desk = f"/staff/privacy/visits/{visit.id}/data"

    officers = post(sign_in("officer"), at_desk).get_data(as_text=True)
    admins = post(sign_in("admin"), at_desk).get_data(as_text=True)
    own = post(client, f"/visits/{visit.token}/data").get_data(as_text=True)

    assert "siti@contoh.id" not in officers
    assert "Siti Rahmawati" not in officers
    assert "siti@contoh.id" in admins
    assert "siti@contoh.id" in own


def test_neither_form_nor_request_is_left_once_the_data_is_gone(
    client, services, sign_in, visit
) -> None:
    services.visits.close(visit.id, by=ADMIN)
    services.erasures.erase(visit.id, by=ADMIN)
    page = f"/visits/{visit.token}/data"

    assert "Kirim permintaan" not in client.get(page).text
    sent = post(client, f"/visits/{visit.token}/privacy", {"kind": "access", "words": ""})
    assert sent.status_code == 303
    assert "sudah dihapus" in client.get(page).text
    assert sign_in("officer").get(f"/staff/visits/{visit.id}/edit").status_code == 409


def test_every_staff_page_says_when_the_time_for_an_answer_runs_out(
    sign_in, services, clock, visit
) -> None:
    services.data_rights.ask(visit.id, {"kind": "access"}, by=Actor.visitor(visit.uuid))
    officer = sign_in("officer")
    assert "menunggu jawaban" not in officer.get("/staff/visits").text

    clock.advance(49 * HOUR_S)

    pressing = "Permintaan tentang data menunggu jawaban"
    assert pressing in sign_in("admin").get("/staff/visits").text
    assert pressing not in sign_in("operator").get("/staff/scans").text
