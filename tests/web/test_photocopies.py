"""Photocopies: form, slip and trips, only at offices that offer them."""

import pytest
from flask.testing import FlaskClient

from appliance.actor import Actor
from appliance.photocopy.rules import Carrier
from tests.entries import filled
from tests.services.library import OFFICER, new_publication
from tests.web.conftest import post

FORM = {"title": "Dharmasraya Dalam Angka 2024", "pages": "12-15"}
elsewhere = pytest.mark.parametrize("office_name", ["pasaman"])


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def visit(services):
    return services.guestbook.register(filled(), channel="phone", language="id", idempotency_key="")


@pytest.fixture
def path(visit) -> str:
    return f"/visits/{visit.token}/photocopies"


@pytest.fixture
def trip(services, visit):
    return services.photocopy.ask(visit.id, FORM, by=Actor.visitor(visit.uuid))


def html(response) -> str:
    return response.get_data(as_text=True)


def test_the_form_leads_to_its_slip(client: FlaskClient, path, services, visit) -> None:
    sent = post(client, path, FORM)

    assert sent.status_code == 303
    page = html(client.get(sent.headers["Location"]))
    for said in ("A-001", *FORM.values(), "23 Nov 2026", "ke koperasi", "Paraf koperasi"):
        assert said in page
    assert 'class="slip"' in page


def test_the_slip_does_not_open_the_visitors_page(client, path, trip, visit) -> None:
    page = html(client.get(f"{path}/{trip.id}/slip"))

    slip = page[page.index('class="slip"') :].split("</main>")[0]
    assert visit.code[:4] not in slip
    assert visit.token not in slip


def test_what_is_in_the_visitors_hands_is_offered_as_title(client, path, services, visit) -> None:
    book = new_publication(services, "Dharmasraya Dalam Angka 2023")
    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)

    assert 'value="Dharmasraya Dalam Angka 2023"' in html(client.get(path))


def test_every_problem_at_once_with_what_was_typed(client, path, services, visit) -> None:
    answer = post(client, path, {"title": "  ", "pages": "<b>" * 40})

    assert answer.status_code == 422
    assert "Tulis judul publikasi yang difotokopi." in html(answer)
    assert "terlalu panjang" in html(answer)
    assert "&lt;b&gt;" in html(answer)
    assert services.photocopy.of_visit(visit.id) == ()


def test_several_publications_share_a_slip(client, path, services, visit) -> None:
    more = {"title-2": "Sensus Pertanian", "pages-2": "hal. 3 s.d. 5 dan 9", "pages-3": "x-y"}
    wrong = post(client, path, FORM | more)
    assert wrong.status_code == 422
    assert 'href="#field-title-3"' in html(wrong)
    assert "Sensus Pertanian" in html(wrong)

    page = html(client.get(post(client, path, FORM | more | {"pages-3": ""}).headers["Location"]))

    for said in ("Sensus Pertanian", "3-5, 9 (4 halaman)", "2 publikasi · 8 halaman"):
        assert said in page


def test_the_desk_fills_in_the_form_and_scans_the_book_out_and_in(sign_in, services, visit) -> None:
    book = new_publication(services, FORM["title"], publication_number="13110.2401")
    officer = sign_in("officer")
    form = f"/staff/visits/{visit.id}/photocopies"
    assert "Buat slip" in html(officer.get(form))
    assert post(officer, form, {"title": ""}).status_code == 422
    slip = post(officer, form, FORM).headers["Location"]
    trip = services.photocopy.of_visit(visit.id)[0]
    assert "RBP13110.2401" not in html(officer.get(slip))

    field, out = f"book-{trip.id}", f"/staff/photocopies/{trip.id}/out"
    refused = post(officer, out, {field: "RBL011"})
    assert (refused.status_code, services.photocopy.get(trip.id).state) == (422, "asked")
    assert post(officer, out, {"carrier": "tetangga"}).status_code == 422
    assert post(officer, out, {field: "RBP13110.2401", "carrier": "staff"}).status_code == 303
    assert "RBP13110.2401" in html(officer.get(slip))
    assert "Petugas kantor" in html(officer.get("/staff/photocopies"))
    assert services.holdings.of(book.id)[0].is_out
    assert post(officer, "/staff/photocopies/scan", {"book": "RBP1"}).status_code == 422
    assert post(officer, "/staff/photocopies/scan", {"book": "RBP13110.2401"}).status_code == 303

    assert services.photocopy.get(trip.id).state == "back"
    assert [note.is_open for note in services.reading.of_visit(visit.id)] == [True]


def test_one_that_is_lost_lets_its_visitor_go(sign_in, services, visit, trip) -> None:
    officer = sign_in("officer")
    post(officer, f"/staff/photocopies/{trip.id}/out")
    services.checkout.start(visit.id, by=Actor.visitor(visit.uuid))
    lose = f"/staff/photocopies/{trip.id}/lose"
    assert post(officer, lose, {}).status_code == 422

    assert post(officer, lose, {f"reason-{trip.id}": "Tertinggal di angkot"}).status_code == 303

    assert "Tertinggal di angkot" in html(officer.get("/staff/photocopies"))
    assert services.visits.by_id(visit.id).state == "finished"
    assert post(officer, f"/staff/photocopies/{trip.id}/back").status_code == 303
    assert "Tertinggal di angkot" not in html(officer.get("/staff/photocopies"))


def test_sent_twice_it_is_one(client, path, services, visit) -> None:
    first, second = (post(client, path, FORM | {"idempotency_key": "k" * 22}) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    assert len(services.photocopy.of_visit(visit.id)) == 1


def test_the_visit_page_shows_it_and_takes_it_back(client, path, services, visit, trip) -> None:
    page = html(client.get(f"/visits/{visit.token}"))
    assert FORM["title"] in page
    assert "Menunggu di meja petugas" in page

    assert post(client, f"{path}/{trip.id}/cancel").status_code == 303
    assert services.photocopy.get(trip.id).state == "cancelled"


def test_a_publication_that_is_out_cannot_be_cancelled(client, path, services, trip) -> None:
    services.photocopy.move(trip.id, "out", by=OFFICER)

    assert post(client, f"{path}/{trip.id}/cancel").status_code == 409
    assert services.photocopy.get(trip.id).state == "out"


@pytest.mark.parametrize("which", ["other", "9" * 30])
def test_nobody_sees_or_cancels_somebody_elses(client, services, trip, which) -> None:
    other = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )
    number = trip.id if which == "other" else which

    assert client.get(f"/visits/{other.token}/photocopies/{number}/slip").status_code == 404
    assert post(client, f"/visits/{other.token}/photocopies/{number}/cancel").status_code == 404


def test_the_desk_hands_out_and_takes_back(sign_in, services, trip) -> None:
    officer = sign_in("officer")
    waiting = html(officer.get("/staff/photocopies"))
    assert "Serahkan publikasi" in waiting
    assert "Semua publikasi ada di ruang baca" in waiting

    assert post(officer, f"/staff/photocopies/{trip.id}/out").status_code == 303
    page = html(officer.get("/staff/photocopies"))
    assert "Keluar 23 Nov 2026 09.00 WIB" in page
    assert page.index("Di luar ruang baca") < page.index(FORM["title"])
    assert page.index(FORM["title"]) < page.index("Formulir yang menunggu")

    assert post(officer, f"/staff/photocopies/{trip.id}/back").status_code == 303
    assert services.photocopy.get(trip.id).state == "back"


def test_a_long_trip_is_marked(sign_in, services, trip, clock) -> None:
    services.photocopy.move(trip.id, "out", by=OFFICER)
    officer = sign_in("officer")
    assert "Terlambat" not in html(officer.get("/staff/photocopies"))
    assert "belum kembali dari fotokopi" not in html(officer.get("/staff"))

    clock.advance(3601)

    assert "Terlambat" in html(officer.get("/staff/photocopies"))
    assert "1 publikasi belum kembali dari fotokopi" in html(officer.get("/staff"))


def test_the_publication_that_comes_back_lets_the_visitor_go(sign_in, services, visit, trip):
    officer = sign_in("officer")
    post(officer, f"/staff/photocopies/{trip.id}/out")
    services.checkout.start(visit.id, by=Actor.visitor(visit.uuid))
    assert services.visits.by_id(visit.id).state == "leaving"
    assert "Pengunjung mau pulang" in html(officer.get("/staff/photocopies"))

    post(officer, f"/staff/photocopies/{trip.id}/back")

    assert services.visits.by_id(visit.id).state == "finished"


def test_a_form_of_a_visitor_who_left_can_only_be_cancelled(sign_in, services, visit, trip):
    services.checkout.start(visit.id, by=Actor.visitor(visit.uuid))
    officer = sign_in("officer")
    page = html(officer.get("/staff/photocopies"))
    assert "Pengunjung sudah pulang" in page
    assert "Serahkan publikasi" not in page

    assert post(officer, f"/staff/photocopies/{trip.id}/out").status_code == 409
    assert post(officer, f"/staff/photocopies/{trip.id}/cancel").status_code == 303


def test_the_desk_prints_the_same_slip(sign_in, trip) -> None:
    page = html(sign_in("officer").get(f"/staff/photocopies/{trip.id}/slip"))

    assert 'class="slip"' in page
    assert "data-print" in page


@elsewhere
def test_offices_without_photocopies_have_no_such_page(client, path, sign_in) -> None:
    assert client.get(path).status_code == 404
    assert post(client, path, FORM).status_code == 404
    assert sign_in("officer").get("/staff/photocopies").status_code == 404


@elsewhere
def test_offices_without_photocopies_do_not_mention_them(client, visit) -> None:
    assert "otokopi" not in html(client.get(f"/visits/{visit.token}"))


def test_the_list_is_for_the_desk(client: FlaskClient, sign_in) -> None:
    assert client.get("/staff/photocopies").headers["Location"].startswith("/staff/login")
    assert sign_in("operator").get("/staff/photocopies").status_code == 403
    assert post(client, "/staff/photocopies/1/out").status_code == 403


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_form_is_not_found(sign_in, number) -> None:
    officer = sign_in("officer")

    assert post(officer, f"/staff/photocopies/{number}/out").status_code == 404
    assert officer.get(f"/staff/photocopies/{number}/slip").status_code == 404


def test_changing_needs_a_post(sign_in, trip) -> None:
    assert sign_in("admin").get(f"/staff/photocopies/{trip.id}/back").status_code == 405


def test_english_is_complete(client, path, trip) -> None:
    client.set_cookie("lang", "en")

    assert "Photocopy form" in html(client.get(path))
    assert "Initials of the cooperative" in html(client.get(f"{path}/{trip.id}/slip"))


def test_a_copy_at_the_photocopier_is_said_to_be_there_until_it_is_scanned(
    client, sign_in, services, visit
) -> None:
    book = new_publication(services, FORM["title"], publication_number="13110.2401")
    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
    trip = services.photocopy.ask(visit.id, FORM, by=Actor.visitor(visit.uuid))
    officer = sign_in("officer")
    record, copies = f"/catalogue/{book.id}", f"/staff/catalogue/{book.id}/copies"

    post(officer, f"/staff/photocopies/{trip.id}/out")
    for page in (html(client.get(record)), html(officer.get(copies))):
        assert "Sedang difotokopi" in page
    post(officer, "/staff/readings", {"book": "RBP13110.2401"})

    assert services.photocopy.get(trip.id).state == "back"
    for page in (html(client.get(record)), html(officer.get(copies))):
        assert "Sedang difotokopi" not in page
        assert "Ada di rak" in page


def test_the_visitor_sees_until_when_the_book_is_wanted_and_who_has_it(
    client, services, visit, trip
) -> None:
    services.photocopy.move(trip.id, "out", by=OFFICER, carrier=Carrier.STAFF)

    page = client.get(f"/visits/{visit.token}").text
    assert "Kembali paling lambat" in page
    assert "Dibawa petugas" in page
    assert "Bawa kembali ke meja petugas" not in page
