"""The suggestion box: public and anonymous, followed by ticket, answered by the desk."""

import pytest
from flask.testing import FlaskClient

from appliance.actor import ANYONE
from appliance.codes import new_short_code, readable
from tests.services.library import OFFICER
from tests.web.conftest import PASSWORD, post
from web.limits import MISSES_PER_BROWSER

FORM = {"topic": "service", "body": "Antrean lama sekali.", "contact": "0812 3456 7890"}
NOT_FOUND = "Nomor tiket pengaduan tidak ditemukan."


@pytest.fixture
def complaint(services):
    return services.complaints.make(FORM, by=ANYONE)


def html(response) -> str:
    return response.get_data(as_text=True)


def test_the_welcome_page_leads_here(client: FlaskClient) -> None:
    assert 'href="/complaints"' in html(client.get("/"))
    assert "Boleh tanpa nama" in html(client.get("/complaints"))


def test_it_is_put_in_without_a_name_and_gets_a_ticket(client, services) -> None:
    sent = post(client, "/complaints", FORM | {"contact": ""})

    assert sent.status_code == 303
    code = sent.headers["Location"].rsplit("/", 1)[1]
    page = html(client.get(f"/complaints/{code}"))
    assert readable(code) in page
    assert "Sabtu, 28 November 2026" in page
    for channel in services.office.channels:
        assert channel.value in page
    assert page.count("<svg") > len(services.office.channels)


def test_who_knows_only_the_ticket_reads_the_answer_and_nothing_else(
    client, services, complaint
) -> None:
    services.complaints.answer(complaint.id, "Loket kedua <b>dibuka</b>.", by=OFFICER)

    page = html(client.get(f"/complaints/{complaint.code}"))

    assert "Loket kedua &lt;b&gt;dibuka&lt;/b&gt;." in page
    assert "Pelayanan petugas" in page
    assert FORM["body"] not in page
    assert FORM["contact"] not in page
    assert "petugas1" not in page


def test_a_late_answer_is_admitted(client, complaint, clock) -> None:
    clock.advance(6 * 24 * 3600)

    assert "Maaf, jawaban kami terlambat." in html(client.get(f"/complaints/{complaint.code}"))


def test_every_problem_at_once_with_what_was_typed(client, services) -> None:
    answer = post(client, "/complaints", {"topic": "", "body": "", "contact": "x" * 300})

    assert answer.status_code == 422
    for said in ("Pilih tentang apa", "Tulis pengaduan atau saran", "terlalu panjang", "xxx"):
        assert said in html(answer)
    assert "Galat: " in html(answer)


def test_the_chosen_topic_stays_chosen(client) -> None:
    page = html(post(client, "/complaints", {"topic": "facility", "body": ""}))

    assert page.count(" checked") == 1
    assert 'value="facility" id="field-topic-2" checked' in page


def test_sent_twice_it_is_one(client) -> None:
    key = {"idempotency_key": "k" * 22}

    first, second = (post(client, "/complaints", FORM | key) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]


def test_the_ticket_is_looked_up_as_people_type_it(client, complaint) -> None:
    typed = f" {readable(complaint.code).lower()} "

    found = client.get("/complaints", query_string={"ticket": typed})

    assert found.status_code == 303
    assert found.headers["Location"] == f"/complaints/{complaint.code}"


def test_unknown_and_absurd_tickets_get_the_same_answer(client) -> None:
    for typed in ("", "123", new_short_code(), "<script>", "😀" * 50):
        answer = client.get("/complaints", query_string={"ticket": typed})

        assert answer.status_code == 422
        assert NOT_FOUND in html(answer)
        assert "<script>a" not in html(answer)


def test_an_unknown_address_says_the_same(client) -> None:
    answer = client.get(f"/complaints/{new_short_code()}")

    assert answer.status_code == 404
    assert NOT_FOUND in html(answer)


@pytest.mark.parametrize("way", ["/complaints?ticket={}", "/complaints/{}"])
def test_guessing_is_slowed_down_and_then_hides_even_the_right_one(client, complaint, way) -> None:
    client.get("/complaints")  # the cookie by which this browser is counted
    for _ in range(MISSES_PER_BROWSER):
        client.get(way.format(new_short_code()))

    refused = client.get(way.format(complaint.code))

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_finding_the_own_ticket_is_never_counted(client, complaint) -> None:
    for _ in range(MISSES_PER_BROWSER + 5):
        assert client.get(f"/complaints/{complaint.code}").status_code == 200


def test_nobody_fills_the_box(client, services) -> None:
    for _ in range(MISSES_PER_BROWSER):
        assert post(client, "/complaints", FORM).status_code == 303

    assert post(client, "/complaints", FORM).status_code == 429
    assert services.complaints.waiting(by=OFFICER) == MISSES_PER_BROWSER


def test_the_desk_reads_takes_and_answers(sign_in, services, complaint, core) -> None:
    officer = sign_in("officer")
    page = html(officer.get("/staff/complaints"))
    for said in ("1 belum dijawab.", *list(FORM.values())[1:], "Jawab paling lambat Sabtu"):
        assert said in page
    assert [e.action for e in core.journal.latest()].count("complaints.read") == 1

    assert post(officer, f"/staff/complaints/{complaint.id}/take").status_code == 303
    assert "Sedang ditangani" in html(officer.get("/staff/complaints"))
    field = {f"answer-{complaint.id}": "Terima kasih."}
    assert post(officer, f"/staff/complaints/{complaint.id}/answer", field).status_code == 303

    page = html(officer.get("/staff/complaints"))
    assert "Terima kasih." in page
    assert FORM["contact"] not in page
    assert services.complaints.by_code(complaint.code).answer == "Terima kasih."


def test_an_empty_answer_comes_back_at_its_field(sign_in, complaint) -> None:
    answer = post(sign_in("officer"), f"/staff/complaints/{complaint.id}/answer", {})

    assert answer.status_code == 422
    assert f'href="#field-answer-{complaint.id}"' in html(answer)
    assert "Tulis jawabannya." in html(answer)


def test_an_overdue_one_is_marked(sign_in, complaint, clock) -> None:
    officer = sign_in("officer")
    assert "Lewat waktu" not in html(officer.get("/staff/complaints"))

    clock.advance(6 * 24 * 3600)
    services = officer.application.extensions["ruangbaca"].services
    officer.set_cookie("rb_staff", services.staff.login("officer1", PASSWORD, client="x"))

    assert "Lewat waktu: Sabtu" in html(officer.get("/staff/complaints"))


def test_complaints_about_money_are_for_the_admin(sign_in, services) -> None:
    made = services.complaints.make(FORM | {"topic": "integrity"}, by=ANYONE)
    officer = sign_in("officer")

    assert FORM["body"] not in html(officer.get("/staff/complaints"))
    assert post(officer, f"/staff/complaints/{made.id}/take").status_code == 404
    assert FORM["body"] in html(sign_in("admin").get("/staff/complaints"))


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_one_is_not_found(sign_in, number) -> None:
    assert post(sign_in("officer"), f"/staff/complaints/{number}/take").status_code == 404


def test_the_inbox_is_for_the_desk(client: FlaskClient, sign_in) -> None:
    assert client.get("/staff/complaints").headers["Location"].startswith("/staff/login")
    assert sign_in("operator").get("/staff/complaints").status_code == 403
    assert post(client, "/staff/complaints/1/take").status_code == 403


def test_changing_needs_a_post(sign_in, complaint) -> None:
    assert sign_in("admin").get(f"/staff/complaints/{complaint.id}/take").status_code == 405


def test_english_is_complete(client, complaint) -> None:
    client.set_cookie("lang", "en")

    assert "What is it about?" in html(client.get("/complaints"))
    assert "Illegal fees, gifts or middlemen" in html(client.get("/complaints"))
    assert "Choose what this is about." in html(post(client, "/complaints", {}))
    assert "Service by the staff" in html(client.get(f"/complaints/{complaint.code}"))
