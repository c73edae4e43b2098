"""Softcopy requests: the visitor's form, and the inbox of staff."""

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


def test_the_form_knows_the_visitors_own_address_and_is_honest(client: FlaskClient, path) -> None:
    page = html(client.get(path))

    assert 'value="siti@contoh.id"' in page
    assert "Berkas dikirim saat kantor tersambung" in page
    assert "ambil berkasnya di meja petugas" in page


def test_it_is_sent_and_shown_on_the_visit_page(client, path, services, visit) -> None:
    sent = post(client, path, FORM)

    assert sent.status_code == 303
    page = html(client.get(sent.headers["Location"]))
    assert "Permintaan softcopy terkirim ke petugas." in page
    assert "Pasaman Dalam Angka 2024" in page
    assert "Menunggu dikirim" in page


def test_a_publication_of_the_catalogue_need_not_be_typed(client, path, services, visit) -> None:
    book = new_publication(services, "Bonjol Dalam Angka 2023")

    page = html(client.get(f"{path}?publication={book.id}"))
    assert "Bonjol Dalam Angka 2023" in page
    assert 'name="wanted"' not in page
    post(client, path, {"publication_id": str(book.id), "purpose": "tugas"})

    made = services.requests.of_visit(visit.id)[0]
    assert (made.publication_id, made.wanted) == (book.id, "Bonjol Dalam Angka 2023")


@pytest.mark.parametrize("number", ["999", "abc", "-1", "9" * 30, "²"])
def test_a_publication_that_is_not_there_is_not_found(client, path, number) -> None:
    assert client.get(path, query_string={"publication": number}).status_code == 404
    assert post(client, path, FORM | {"publication_id": number}).status_code == 404


def test_every_problem_at_once_with_what_was_typed(client, path, services, visit) -> None:
    answer = post(client, path, {"wanted": "", "purpose": "", "email": "<siti@"})

    page = html(answer)
    assert answer.status_code == 422
    assert "Tulis judul publikasi atau data yang diminta." in page
    assert "Tulis untuk keperluan apa." in page
    assert "Alamat email tidak lengkap" in page
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
def test_what_was_typed_is_shown_as_text(client, path, services, visit, text, sign_in) -> None:
    post(client, path, FORM | {"wanted": text})

    for page in (client.get(f"/visits/{visit.token}"), sign_in("officer").get("/staff/requests")):
        assert "<script>alert" not in html(page)
    assert services.requests.of_visit(visit.id)[0].wanted == text


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


def test_staff_sees_what_to_send_where_and_the_look_is_journalled(
    sign_in, services, visit, core
) -> None:
    make(services, visit)

    page = html(sign_in("officer").get("/staff/requests"))

    assert "1 menunggu dikirim." in page
    assert "A-001" in page
    assert "siti@contoh.id" in page
    assert [e.action for e in core.journal.latest()].count("requests.read") == 1


def test_sent_requests_no_longer_show_the_address(sign_in, services, visit) -> None:
    made, officer = make(services, visit), sign_in("officer")

    answer = post(officer, f"/staff/requests/{made.id}/sent")

    assert answer.status_code == 303
    page = html(officer.get("/staff/requests"))
    assert "Terkirim" in page
    assert "siti@contoh.id" not in page
    assert "Tidak ada permintaan yang menunggu" in page


def test_a_refusal_without_a_reason_comes_back_open(sign_in, services, visit) -> None:
    made, officer = make(services, visit), sign_in("operator")

    answer = post(officer, f"/staff/requests/{made.id}/refuse", {f"note-{made.id}": " "})

    assert answer.status_code == 422
    assert f'href="#field-note-{made.id}"' in html(answer)
    assert f'id="field-note-{made.id}"' in html(answer)
    assert '<details class="more" open>' in html(answer)


def test_the_visitor_reads_why_it_was_refused(sign_in, client, services, visit) -> None:
    made = make(services, visit)

    field = {f"note-{made.id}": "Belum terbit."}
    assert post(sign_in("officer"), f"/staff/requests/{made.id}/refuse", field).status_code == 303

    assert "Belum terbit." in html(client.get(f"/visits/{visit.token}"))


def test_two_officers_do_not_undo_each_other(sign_in, services, visit) -> None:
    made, officer = make(services, visit), sign_in("officer")
    post(officer, f"/staff/requests/{made.id}/sent")

    field = {f"note-{made.id}": "Belum terbit."}
    assert post(officer, f"/staff/requests/{made.id}/refuse", field).status_code == 409


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_request_is_not_found(sign_in, number) -> None:
    assert post(sign_in("officer"), f"/staff/requests/{number}/sent").status_code == 404


def test_the_inbox_is_for_staff(client: FlaskClient) -> None:
    assert client.get("/staff/requests").headers["Location"].startswith("/staff/login")
    assert post(client, "/staff/requests/1/sent").status_code == 403


def test_changing_needs_a_post(client, path, sign_in, services, visit) -> None:
    made = make(services, visit)

    assert client.get(f"{path}/{made.id}/cancel").status_code == 405
    assert sign_in("admin").get(f"/staff/requests/{made.id}/sent").status_code == 405


def test_english_is_complete(client, path) -> None:
    client.set_cookie("lang", "en")

    assert "Ask for a softcopy" in html(client.get(path))
    assert "Write what it is for." in html(post(client, path, {}))
