"""Softcopy requests: the visitor's form, and the page behind the code."""

import re

import pytest
from flask.testing import FlaskClient

from appliance.actor import Actor
from tests.entries import filled
from tests.services.library import OFFICER, new_publication
from tests.web.conftest import post

FORM = {"wanted": "Pasaman Dalam Angka 2024", "purpose": "skripsi", "email": "siti@contoh.id"}


@pytest.fixture
def visit(services):
    return services.guestbook.register(filled(), channel="phone", language="id", idempotency_key="")


@pytest.fixture
def path(visit) -> str:
    return f"/visits/{visit.token}/requests"


def html(response) -> str:
    return response.get_data(as_text=True)


def make(services, visit, **changes: str):
    return services.requests.make(visit.id, FORM | changes, by=Actor.visitor(visit.uuid))


def by_code(browser: FlaskClient, made):
    """The page of a request, as whoever types its code sees it."""
    return browser.get(post(browser, "/requests", {"code": made.code}).location)


def test_the_form_knows_the_visitors_own_address_and_is_honest(client: FlaskClient, path) -> None:
    page = html(client.get(path))

    assert 'value="siti@contoh.id"' in page
    assert "Berkas dikirim saat kantor tersambung" in page
    assert "ambil berkasnya dengan kode pengambilan" in page


def test_it_is_sent_and_leads_to_its_code(client, path, services, visit) -> None:
    sent = post(client, path, FORM)

    assert sent.status_code == 303
    code = services.requests.of_visit(visit.id)[0].code
    assert code not in sent.location
    page = html(client.get(sent.location))
    assert "Permintaan softcopy terkirim ke petugas." in page
    assert f"{code[:4]}-{code[4:]}" in page
    visit_page = html(client.get(f"/visits/{visit.token}"))
    assert "Pasaman Dalam Angka 2024" in visit_page
    assert "Menunggu petugas" in visit_page


def test_back_and_sent_again_is_the_same_request_and_says_so(client, path, services, visit) -> None:
    first = post(client, path, FORM)
    again = post(client, path, FORM)

    assert first.status_code == again.status_code == 303
    assert "Kodenya tetap sama" in html(client.get(again.location))
    assert len(services.requests.of_visit(visit.id)) == 1


def test_a_publication_of_the_catalogue_need_not_be_typed(client, path, services, visit) -> None:
    book = new_publication(services, "Bonjol Dalam Angka 2023")

    page = html(client.get(f"{path}?publication={book.id}"))
    assert "Bonjol Dalam Angka 2023" in page
    assert 'name="wanted"' not in page
    assert 'name="level"' not in page
    post(client, path, {"publication_id": str(book.id), "purpose": "tugas"})

    made = services.requests.of_visit(visit.id)[0]
    assert (made.publication_id, made.wanted) == (book.id, "Bonjol Dalam Angka 2023")


def test_described_data_are_kept_as_codes(client, path, services, visit) -> None:
    coded = {"source": "tabulation", "level": "4", "period": "4", "year_from": "2020"}
    assert post(client, path, FORM | coded | {"area": "Bonjol"}).status_code == 303

    made = services.requests.of_visit(visit.id)[0]
    assert (made.source, made.level, made.period, made.year_from) == ("tabulation", "4", "4", 2020)
    assert made.area == "Bonjol"


@pytest.mark.parametrize("number", ["999", "abc", "-1", "9" * 30, "²"])
def test_a_publication_that_is_not_there_is_not_found(client, path, number) -> None:
    assert client.get(path, query_string={"publication": number}).status_code == 404
    assert post(client, path, FORM | {"publication_id": number}).status_code == 404


def test_every_problem_at_once_with_what_was_typed(client, path, services, visit) -> None:
    bad = {"wanted": "", "purpose": "", "email": "<siti@", "level": "99", "year_to": "24"}
    answer = post(client, path, bad)

    page = html(answer)
    assert answer.status_code == 422
    assert "Tulis judul publikasi atau data yang diminta." in page
    assert "Tulis untuk keperluan apa." in page
    assert "Alamat email tidak lengkap" in page
    assert "Pilih salah satu dari daftar" in page
    assert "empat angka" in page
    assert 'value="&lt;siti@"' in page
    assert services.requests.of_visit(visit.id) == ()


def test_the_publication_stays_named_beside_a_problem(client, path, services) -> None:
    book = new_publication(services, "Bonjol Dalam Angka 2023")

    answer = post(client, path, {"publication_id": str(book.id), "purpose": ""})

    assert answer.status_code == 422
    assert "Bonjol Dalam Angka 2023" in html(answer)
    assert "Tulis judul publikasi" not in html(answer)


def test_sent_twice_it_is_one(client, path, services, visit) -> None:
    for _ in range(2):
        assert post(client, path, FORM | {"idempotency_key": "k" * 22}).status_code == 303

    assert len(services.requests.of_visit(visit.id)) == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", 'O\'Neil "DROP" 😀'])
def test_what_was_typed_is_shown_as_text(client, path, services, visit, text, officer) -> None:
    post(client, path, FORM | {"wanted": text})

    made = services.requests.of_visit(visit.id)[0]
    pages = [client.get(f"/visits/{visit.token}"), by_code(client, made)]
    pages += [officer.get("/staff/requests"), officer.get(f"/staff/requests/{made.id}")]
    assert [page.status_code for page in pages] == [200] * 4
    assert all("<script>alert" not in html(page) for page in pages)
    assert made.wanted == text


def test_ten_kilobytes_are_a_problem_and_not_a_crash(client, path) -> None:
    answer = post(client, path, FORM | {"wanted": "x" * 10_000})

    assert answer.status_code == 422
    assert "terlalu panjang" in html(answer)


def test_nobody_else_sees_or_makes_requests_of_a_visit(client, path, services, visit) -> None:
    assert client.get("/visits/unknown/requests").status_code == 404
    assert post(client, "/visits/unknown/requests", FORM).status_code == 404


def test_a_closed_visit_asks_for_nothing(client, path, services, visit) -> None:
    services.visits.close(visit.id, by=OFFICER)

    assert client.get(path).status_code == 409
    assert post(client, path, FORM).status_code == 409


def test_the_visitor_takes_a_request_back(client, path, services, visit) -> None:
    made = make(services, visit)

    answer = post(client, f"{path}/{made.id}/cancel")

    assert answer.status_code == 303
    assert services.requests.get(made.id).state == "cancelled"


@pytest.mark.parametrize("wanted", ["other", "999", "9" * 30])
def test_nobody_takes_back_what_is_not_theirs(client, services, visit, wanted) -> None:
    other = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )
    made = make(services, visit)
    number = made.id if wanted == "other" else wanted

    assert post(client, f"/visits/{other.token}/requests/{number}/cancel").status_code == 404
    assert services.requests.get(made.id).state == "new"


def test_the_code_opens_its_page_and_tells_nobody_who_asked(client, services, visit) -> None:
    made = make(services, visit)
    services.visits.close(visit.id, by=OFFICER)

    found = post(client, "/requests", {"code": f" {made.code[:4]}-{made.code[4:]} "})

    page = html(client.get(found.location))
    assert "Pasaman Dalam Angka 2024" in page
    for secret in ("siti", "skripsi", "Siti", visit.label, visit.token):
        assert secret not in page


def test_the_code_stands_in_no_address_and_the_page_is_this_browsers_for_a_while(
    client, app, path, services, visit, clock
) -> None:
    made = make(services, visit)
    own = client.get(f"{path}/{made.id}").location
    assert "Pasaman Dalam Angka 2024" in html(client.get(own))
    assert made.code not in own + services.requests.get(made.id).uuid
    assert 'action="/requests/' not in html(client.get(f"/visits/{visit.token}"))

    elsewhere = app.test_client().get(own)
    clock.advance(16 * 60)
    for closed in (elsewhere, client.get(own), client.get(f"/requests/{made.code}")):
        assert closed.status_code == 404
        assert "Ketik kodenya sekali lagi" in html(closed)
        assert "Pasaman Dalam Angka" not in html(closed)
    for refused in (f"{own}x/file", f"{own}/verdict"):
        assert post(client, refused, {"outcome": "1"}).status_code == 404
    assert services.requests.get(made.id).state == "new"


def test_codes_cannot_be_tried_one_after_the_other(client, services, visit) -> None:
    made = make(services, visit)
    assert post(client, "/requests", {"code": "AAAA-AAAA"}).status_code == 404
    tries = [post(client, "/requests", {"code": f"{number:08}"}) for number in range(12)]

    assert {answer.status_code for answer in tries} == {404, 429}
    assert post(client, "/requests", {"code": made.code}).status_code == 429


def test_changing_needs_a_post(client, path, officer, services, visit) -> None:
    made = make(services, visit)

    assert client.get(f"{path}/{made.id}/cancel").status_code == 405
    assert officer.get(f"/staff/requests/{made.id}/sent").status_code == 405


def test_english_is_complete(client, path, officer, services, visit) -> None:
    made = make(services, visit)
    for browser in (client, officer):
        browser.set_cookie("lang", "en")

    assert "Ask for a softcopy" in html(client.get(path))
    assert "Write what it is for." in html(post(client, path, {}))
    assert "Pick-up code" in html(by_code(client, made))
    assert "Nobody looks after it yet." in html(officer.get(f"/staff/requests/{made.id}"))
    assert not re.search(r"Permintaan|Berkas", html(officer.get(f"/staff/requests/{made.id}")))
