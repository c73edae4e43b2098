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


def ticket(client, code: str, step: str = "", **fields: str):
    return post(client, f"/complaints/ticket{step}", {"ticket": code, **fields})


def test_it_is_put_in_without_a_name_and_gets_a_ticket(client, services) -> None:
    sent = post(client, "/complaints", FORM | {"kind": "complaint", "contact": ""})

    assert sent.status_code == 200
    page = html(sent)
    made = services.complaints.inbox(by=OFFICER)[0]
    for said in (readable(made.code), "Kamis, 26 November 2026", "Jumat, 11 Desember 2026"):
        assert said in page
    assert FORM["body"] not in page
    for channel in services.office.channels:
        assert channel.value in page
        assert channel.value in html(client.get("/complaints"))
    assert page.count("<svg") > len(services.office.channels)


def test_who_knows_only_the_ticket_reads_the_answer_and_nothing_else(
    client, services, complaint
) -> None:
    services.complaints.note(complaint.id, "Rahasia dapur", by=OFFICER)
    services.complaints.answer(complaint.id, "Loket kedua <b>dibuka</b>.", by=OFFICER)

    page = html(ticket(client, complaint.code))

    assert "Loket kedua &lt;b&gt;dibuka&lt;/b&gt;." in page
    assert "Sikap dan kemampuan petugas" in page
    for hidden in (FORM["body"], FORM["contact"], "petugas1", "Rahasia dapur"):
        assert hidden not in page


def test_a_late_answer_is_admitted(client, complaint, clock) -> None:
    clock.advance(30 * 24 * 3600)

    assert "Maaf, jawaban kami terlambat." in html(ticket(client, complaint.code))


def test_every_problem_at_once_with_what_was_typed(client, services) -> None:
    answer = post(client, "/complaints", {"topic": "", "body": "", "contact": "x" * 300})

    assert answer.status_code == 422
    for said in ("Pilih tentang apa", "Tulis pengaduan atau saran", "terlalu panjang", "xxx"):
        assert said in html(answer)
    assert "Galat: " in html(answer)
    assert post(client, "/complaints", FORM | {"kind": "<b>"}).status_code == 422


def test_what_was_chosen_stays_chosen(client) -> None:
    form = {"kind": "question", "topic": "facility", "body": ""}

    page = html(post(client, "/complaints", form))

    assert 'value="question" id="field-kind-3" checked' in page
    assert '<option value="facility" selected>' in page


def test_sent_twice_it_is_one(client, services) -> None:
    key = {"idempotency_key": "k" * 22}

    pages = {html(post(client, "/complaints", FORM | key)).count("-") for _ in range(2)}

    assert len(pages) == 1
    assert services.complaints.waiting(by=OFFICER) == 1


def test_the_ticket_is_looked_up_as_people_type_it(client, complaint) -> None:
    found = ticket(client, f" {readable(complaint.code).lower()} ")

    assert found.status_code == 200
    assert readable(complaint.code) in html(found)


def test_a_ticket_stands_in_no_address(client, complaint) -> None:
    for path in (f"/complaints/{complaint.code}", f"/complaints/ticket/{complaint.code}"):
        assert client.get(path).status_code == 404
    assert client.get("/complaints/ticket").headers["Location"] == "/complaints"
    page = html(ticket(client, complaint.code))
    assert f"/{complaint.code}" not in page
    assert f"={complaint.code}" not in page


def test_unknown_and_absurd_tickets_get_the_same_answer(client) -> None:
    for typed in ("", "123", new_short_code(), "<script>", "😀" * 50):
        answer = ticket(client, typed)

        assert answer.status_code == 422
        assert NOT_FOUND in html(answer)
        assert "<script>a" not in html(answer)


@pytest.mark.parametrize("step", ["", "/reopen", "/close", "/contact"])
def test_guessing_is_slowed_down_and_then_hides_even_the_right_one(client, complaint, step) -> None:
    client.get("/complaints")  # the cookie by which this browser is counted
    for _ in range(MISSES_PER_BROWSER):
        ticket(client, new_short_code(), step)

    refused = ticket(client, complaint.code, step)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0


def test_finding_the_own_ticket_is_never_counted(client, complaint) -> None:
    for _ in range(MISSES_PER_BROWSER + 5):
        assert ticket(client, complaint.code).status_code == 200


def test_its_holder_reopens_it_once_closes_it_and_takes_the_contact_back(
    client, services, complaint
) -> None:
    code = complaint.code
    assert ticket(client, code, "/close").status_code == 409
    services.complaints.answer(complaint.id, "Sudah.", by=OFFICER)
    assert "Buka kembali satu kali" in html(ticket(client, code))
    assert ticket(client, code, "/reopen").status_code == 422
    assert ticket(client, code, "/reopen", words="Belum.").status_code == 200
    assert services.complaints.by_code(code).state == "in_hand"

    services.complaints.answer(complaint.id, "Kini sudah.", by=OFFICER)
    assert "Buka kembali satu kali" not in html(ticket(client, code))
    assert ticket(client, code, "/reopen", words="Lagi.").status_code == 409
    assert "Selesai" in html(ticket(client, code, "/close"))
    assert "Hapus kontak saya" not in html(ticket(client, code, "/contact"))
    assert services.complaints.by_code(code).contact == ""


def test_nobody_fills_the_box(client, services) -> None:
    for _ in range(MISSES_PER_BROWSER):
        assert post(client, "/complaints", FORM).status_code == 200

    assert post(client, "/complaints", FORM).status_code == 429
    assert services.complaints.waiting(by=OFFICER) == MISSES_PER_BROWSER


def test_the_desk_reads_takes_and_answers(sign_in, services, complaint, core) -> None:
    officer = sign_in("officer")
    listed, path = html(officer.get("/staff/complaints")), f"/staff/complaints/{complaint.id}"
    for said in ("1 belum dijawab.", "Sikap dan kemampuan petugas", "Jawab paling lambat Jumat"):
        assert said in listed
    for hidden in (FORM["body"], FORM["contact"], readable(complaint.code)):
        assert hidden not in listed

    page = html(officer.get(path))
    assert FORM["body"] in page
    assert FORM["contact"] in page
    assert readable(complaint.code) not in page
    assert [e.action for e in core.journal.latest()].count("complaint.read") == 1
    assert post(officer, f"{path}/take").status_code == 303
    assert "Sedang ditangani" in html(officer.get("/staff/complaints"))
    assert post(officer, f"{path}/notes", {"note": "Tanya <i>koperasi</i>"}).status_code == 303
    assert "Tanya &lt;i&gt;koperasi&lt;/i&gt;" in html(officer.get(path))
    assert post(officer, f"{path}/check", {"needs_check": "1"}).status_code == 303
    assert "pemeriksaan lapangan" in html(officer.get("/staff/complaints"))
    assert post(officer, f"{path}/answer", {"answer": "Terima kasih."}).status_code == 303
    assert post(officer, f"{path}/close").status_code == 303

    assert "Selesai" in html(officer.get("/staff/complaints"))
    assert services.complaints.by_code(complaint.code).answer == "Terima kasih."
    assert post(officer, f"{path}/check", {"needs_check": "0"}).status_code == 409


@pytest.mark.parametrize(
    ("step", "field", "said"),
    [
        ("answer", "answer", "Tulis jawabannya."),
        ("notes", "note", "Tulis catatannya."),
        ("assign", "handler", "Pilih petugas yang menangani."),
    ],
)
def test_what_is_empty_comes_back_at_its_field(sign_in, complaint, step, field, said) -> None:
    answer = post(sign_in("officer"), f"/staff/complaints/{complaint.id}/{step}", {})

    assert answer.status_code == 422
    assert f'href="#field-{field}"' in html(answer)
    assert said in html(answer)


def test_it_is_given_to_a_colleague(sign_in, services, complaint) -> None:
    officer, path = sign_in("officer"), f"/staff/complaints/{complaint.id}/assign"

    assert post(officer, path, {"handler": "officer1"}).status_code == 303

    assert services.complaints.by_code(complaint.code).handler == "officer1"
    assert "ditangani officer1" in html(officer.get("/staff/complaints"))


def test_an_overdue_one_is_marked(sign_in, complaint, clock) -> None:
    officer = sign_in("officer")
    assert "Terlambat" not in html(officer.get("/staff/complaints"))

    clock.advance(30 * 24 * 3600)
    services = officer.application.extensions["ruangbaca"].services
    officer.set_cookie("rb_staff", services.staff.login("officer1", PASSWORD, client="x"))

    page = html(officer.get("/staff/complaints"))
    assert "Terlambat sejak Jumat" in page
    assert "Belum ditanggapi sejak Kamis" in page


def test_complaints_about_money_are_for_the_admin(sign_in, services) -> None:
    made = services.complaints.make(FORM | {"topic": "integrity"}, by=ANYONE)
    officer, path = sign_in("officer"), f"/staff/complaints/{made.id}"

    assert "Pungutan" not in html(officer.get("/staff/complaints"))
    assert officer.get(path).status_code == 404
    for step in ("take", "assign", "check", "notes", "answer", "close"):
        sent = {"answer": "x", "note": "x", "handler": "officer1"}
        assert post(officer, f"{path}/{step}", sent).status_code == 404
    assert FORM["body"] in html(sign_in("admin").get(path))


def test_the_poster_has_every_way(sign_in, services) -> None:
    page = html(sign_in("officer").get("/staff/complaints/poster"))

    for channel in services.office.channels:
        assert channel.value in page
    linked = sum(1 for channel in services.office.channels if channel.link)
    assert page.count('class="qr"') == linked + 1


@pytest.mark.parametrize("number", ["999", "9" * 30])
def test_an_unknown_one_is_not_found(sign_in, number) -> None:
    assert post(sign_in("officer"), f"/staff/complaints/{number}/take").status_code == 404


def test_the_inbox_is_for_the_desk(client: FlaskClient, sign_in) -> None:
    assert client.get("/staff/complaints").headers["Location"].startswith("/staff/login")
    operator = sign_in("operator")
    for path in ("/staff/complaints", "/staff/complaints/1", "/staff/complaints/poster"):
        assert operator.get(path).status_code == 403
    assert post(client, "/staff/complaints/1/take").status_code == 403


def test_changing_needs_a_post(sign_in, complaint) -> None:
    assert sign_in("admin").get(f"/staff/complaints/{complaint.id}/take").status_code == 405


def test_english_is_complete(client, complaint) -> None:
    client.set_cookie("lang", "en")

    page = html(client.get("/complaints"))
    assert "What is it about?" in page
    assert "Illegal fees, gifts or middlemen" in page
    assert "Choose what this is about." in html(post(client, "/complaints", {}))
    assert "Conduct and competence of staff" in html(ticket(client, complaint.code))


LETTER = FORM | {"kind": "complaint", "channel": "letter", "received_on": "2026-11-20"}


def test_an_officer_notes_a_letter_and_hands_on_its_ticket(officer, services) -> None:
    assert 'href="/staff/complaints/new"' in html(officer.get("/staff/complaints"))
    assert 'value="2026-11-23"' in html(officer.get("/staff/complaints/new"))

    noted = html(post(officer, "/staff/complaints/new", LETTER))

    made = services.complaints.inbox(by=OFFICER)[0]
    assert readable(made.code) in noted
    assert FORM["body"] not in noted
    assert "Surat" in html(officer.get("/staff/complaints"))
    page = html(officer.get(f"/staff/complaints/{made.id}"))
    assert "Surat" in page
    assert FORM["body"] in page


def test_a_letter_without_a_way_is_asked_for_it_with_what_was_typed(officer, services) -> None:
    answer = post(
        officer, "/staff/complaints/new", LETTER | {"channel": "", "received_on": "besok"}
    )

    assert answer.status_code == 422
    for said in ("Pilih bagaimana", "Tulis tanggal diterima", FORM["body"]):
        assert said in html(answer)
    assert services.complaints.inbox(by=OFFICER) == ()


def test_the_ticket_says_where_until_when_and_that_it_closes_by_itself(
    client, services, complaint
) -> None:
    assert "/complaints di Wi-Fi ruang baca" in html(ticket(client, complaint.code))
    services.complaints.answer(complaint.id, "Sudah.", by=OFFICER)

    assert "selesai dengan sendirinya sesudah" in html(ticket(client, complaint.code))
