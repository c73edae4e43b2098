"""Stars for a publication, and the portal's account, on the visitor's own pages and at the desk."""

import re

import pytest

from appliance.actor import Actor
from tests.entries import filled
from tests.services.library import OFFICER, new_publication
from tests.web.conftest import post

dharmasraya = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def visit(services, client):
    made = services.guestbook.register(filled(), channel="phone", language="id", idempotency_key="")
    with client.session_transaction() as session:
        session["visit"] = made.token
    return made


@pytest.fixture
def book(services):
    return new_publication(services, "Bonjol Dalam Angka 2023")


def html(response) -> str:
    return response.get_data(as_text=True)


def test_a_visitor_gives_stars_and_changes_them(client, visit, book, services) -> None:
    here = f"/catalogue/{book.id}/rating"
    assert post(client, here, {"stars": "5", "word": "Lengkap"}).status_code == 303

    record = html(client.get(f"/catalogue/{book.id}"))
    assert "dari 5, 1 penilaian" in record
    assert "Lengkap" not in record
    form = html(client.get(here))
    assert re.search(r'value="5"[^>]*checked', form)
    assert 'value="Lengkap"' in form
    post(client, here, {"stars": "3", "word": ""})
    assert services.publication_ratings.summary(book.id).total == 3


def test_a_problem_is_told_with_what_was_typed(client, visit, book) -> None:
    answer = post(client, f"/catalogue/{book.id}/rating", {"stars": "", "word": "<b>Baik</b>"})

    assert answer.status_code == 422
    assert "Pilih satu sampai lima bintang." in html(answer)
    assert "&lt;b&gt;Baik&lt;/b&gt;" in html(answer)


def test_without_a_visit_the_guest_book_is_offered_and_nothing_kept(client, book, services) -> None:
    here = f"/catalogue/{book.id}/rating"

    assert "Bintang diberikan selama kunjungan" in html(client.get(here))
    assert post(client, here, {"stars": "5"}).headers["Location"] == here
    assert services.publication_ratings.summary(book.id).count == 0
    assert client.get("/catalogue/999/rating").status_code == 404


def test_words_are_read_by_staff_alone(client, visit, book, services, officer) -> None:
    form = {"stars": "4", "word": "Tabelnya <jelas>"}
    services.publication_ratings.rate(visit.id, book.id, form, by=Actor.visitor(visit.uuid))

    assert "Tabelnya &lt;jelas&gt;" in html(officer.get(f"/catalogue/{book.id}"))
    assert "Tabelnya" not in html(client.get(f"/catalogue/{book.id}"))


def test_what_was_read_can_be_given_stars_from_the_visit_page(
    client, visit, book, services
) -> None:
    services.reading.note(visit.id, by=OFFICER, publication_id=book.id)

    page = html(client.get(f"/visits/{visit.token}"))
    assert f"/catalogue/{book.id}/rating" in page
    post(client, f"/catalogue/{book.id}/rating", {"stars": "4"})
    assert "4 bintang, ubah" in html(client.get(f"/visits/{visit.token}"))
    assert "1 publikasi Anda beri bintang" in html(client.get(f"/visits/{visit.token}/data"))


def test_the_portals_account_is_explained_and_stands_in_nobodys_way(
    client, visit, services
) -> None:
    page = html(client.get(f"/visits/{visit.token}"))
    assert "Akun portal PST" in page
    assert "https://pst.bps.go.id" in page
    assert "berjalan juga tanpa akun" in page

    here = f"/visits/{visit.token}/portal-account"
    assert post(client, here, {"state": "has_account"}).status_code == 303
    assert "Diperiksa saat kantor tersambung." in html(client.get(f"/visits/{visit.token}"))
    assert "Punya akun" in html(client.get(f"/visits/{visit.token}/data"))
    assert post(client, here, {"state": "verified"}).status_code == 404
    assert post(client, here, {"state": "x"}).status_code == 404
    assert services.portal_account.of_visit(visit.id) == "has_account"


def test_an_officer_notes_that_the_visitor_was_told(visit, officer, services) -> None:
    page = f"/staff/visits/{visit.id}"
    assert "Belum ditanyakan." in html(officer.get(page))

    assert post(officer, f"{page}/portal-account", {"state": "told"}).status_code == 303

    assert "Sudah diberi tahu" in html(officer.get(page))
    assert services.portal_account.of_visit(visit.id) == "told"
    verified = f"{page}/portal-account/verified"
    assert verified not in html(officer.get(page))
    assert post(officer, verified).status_code == 409

    post(officer, f"{page}/portal-account", {"state": "has_account"})
    assert verified in html(officer.get(page))
    post(officer, verified)
    assert "Akun terverifikasi" in html(officer.get(page))


@dharmasraya
def test_an_office_that_does_not_ask_shows_nothing_of_it(client, visit, officer) -> None:
    assert "Akun portal PST" not in html(client.get(f"/visits/{visit.token}"))
    assert "Akun portal PST" not in html(officer.get(f"/staff/visits/{visit.id}"))


def test_my_data_names_what_was_asked_for(client, visit, services) -> None:
    form = {"wanted": "PDRB", "purpose": "skripsi", "email": "lain@contoh.id"}
    services.requests.make(visit.id, form, by=Actor.visitor(visit.uuid))

    page = html(client.get(f"/visits/{visit.token}/data"))

    for text in ("PDRB", "skripsi", "lain@contoh.id", "14 hari setelah dijawab"):
        assert text in page
