"""People over several visits, as staff find them and as they come back."""

import re

import pytest
from itsdangerous import URLSafeTimedSerializer

from appliance.actor import Actor
from tests.entries import filled
from tests.web.conftest import post
from web.limits import MISSES_PER_BROWSER, Allowance

OFFICER = Actor.staff("sari", "officer")
TODAY = {"purpose": "4", "services": ["8"], "channels": ["1"], "consent": "1"}
SITI = {"name": "Siti Rahmawati", "phone": "0812 3456 7890"}


@pytest.fixture
def before(client, services) -> int:
    """Siti was here; the id by which staff know her."""
    post(client, "/guestbook", filled())
    return services.visitors.of_visit(services.visits.inside()[0].id).id


def pass_in(page: str) -> str:
    return re.search(r'name="returning" value="([^"]+)"', page)[1]


@pytest.mark.parametrize("mark", ["", "?kiosk=1"])
def test_coming_back_is_short_and_shows_nothing(client, services, before, mark: str) -> None:
    assert f'href="/guestbook/again{mark}"' in client.get(f"/guestbook{mark}").text
    page = post(client, f"/guestbook/again{mark}", SITI).text

    assert "Selamat datang lagi, S••• R•••" in page
    for private in ("Rahmawati", "siti@contoh.id", "081234567890", "Universitas Andalas"):
        assert private not in page
    assert "Terakhir berkunjung" not in page
    answer = post(client, f"/guestbook{mark}", TODAY | {"returning": pass_in(page)})
    assert answer.status_code == 303
    newest = services.visits.inside()[-1]
    assert (newest.name, newest.purpose) == ("Siti Rahmawati", "4")
    assert services.visitors.get(before).visits == 2


def test_what_is_wrong_keeps_who_it_was(client, before) -> None:
    page = post(client, "/guestbook/again", SITI).text
    wrong = post(client, "/guestbook", {"returning": pass_in(page)})

    assert wrong.status_code == 422
    assert re.findall(r'href="#field-(\w+)"', wrong.text) == [
        "purpose",
        "services",
        "channels",
        "consent",
    ]
    assert "Selamat datang lagi" in wrong.text


def test_a_pass_is_of_no_use_elsewhere_or_later(app, client, services, before, clock) -> None:
    stolen = pass_in(post(client, "/guestbook/again", SITI).text)
    thief, own = app.test_client(), "f" * 40
    with thief.session_transaction() as session:
        session["csrf_token"] = own
    token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(own)
    sent = TODAY | {"returning": stolen, "csrf_token": token}

    elsewhere = thief.post("/guestbook", data=sent, headers={"Origin": "http://localhost"})
    clock.advance(16 * 60)
    late = post(client, "/guestbook", TODAY | {"returning": stolen})
    bent = post(client, "/guestbook", TODAY | {"returning": stolen[:-1] + "x"})
    assert [one.status_code for one in (elsewhere, late, bent)] == [422] * 3
    assert "Rahmawati" not in elsewhere.text
    assert services.visits.today().registered == 1


@pytest.mark.parametrize(
    "tried", [SITI | {"name": "Budi"}, SITI | {"phone": "0812 3456 7899"}, {}, {"card": "RBV1"}]
)
def test_every_miss_says_the_same(client, before, tried) -> None:
    answer = post(client, "/guestbook/again", tried)

    assert answer.status_code == 404
    assert "Data sebelumnya tidak ditemukan" in answer.text


def test_whoever_guesses_must_wait(client, before) -> None:
    for _ in range(MISSES_PER_BROWSER):
        post(client, "/guestbook/again", SITI | {"name": "Budi"})

    assert post(client, "/guestbook/again", SITI).status_code == 429
    assert post(client, "/guestbook", filled()).status_code == 303


def test_who_changes_device_and_address_does_not_guess_on(app, client, before, monkeypatch) -> None:
    monkeypatch.setattr("web.routes.guestbook.PEOPLE", Allowance(10, 60, per_house=3))
    for number in range(3):
        other = app.test_client()
        other.environ_base["REMOTE_ADDR"] = f"10.0.0.{number + 2}"
        assert post(other, "/guestbook/again", SITI | {"name": "Budi"}).status_code == 404

    assert post(client, "/guestbook/again", SITI).status_code == 429


@pytest.mark.parametrize("where", ["/staff/visitors", "/staff/visits/again"])
def test_staff_cannot_try_numbers_either(officer, client, before, where: str) -> None:
    wrong = {"name": "Budi", "before_name": "Budi", "phone": "0812 3456 7890"}
    for _ in range(MISSES_PER_BROWSER):
        assert post(officer, where, wrong).status_code == 404

    right = SITI | {"before_name": SITI["name"], "before_phone": SITI["phone"]}
    assert post(officer, where, right).status_code == 429
    assert post(client, "/guestbook/again", SITI).status_code == 200  # the door is another count


def test_an_officer_sees_what_was_taken_over_before_erasing(client, officer, services, before):
    page = post(client, "/guestbook/again", SITI).text
    post(client, "/guestbook", TODAY | {"returning": pass_in(page)})
    first, second = services.visits.inside()
    for visit in (first, second):
        services.visits.close(visit.id, by=OFFICER)

    told = "Sebagian isian bukan diketik saat kunjungan ini"
    assert told in officer.get(f"/staff/privacy/visits/{second.id}").text
    assert told not in officer.get(f"/staff/privacy/visits/{first.id}").text


def test_a_card_on_the_floor_is_not_enough(client, officer, services, before) -> None:
    page = post(officer, f"/staff/visitors/{before}/card").text
    code = re.search(r">((?:\w{4}-){3}\w{4})<", page)[1]

    assert post(client, "/guestbook/again", {"card": code}).status_code == 404
    assert post(client, "/guestbook/again", {"card": code, "last_digits": "1"}).status_code == 404
    known = post(client, "/guestbook/again", {"card": code, "last_digits": "7890"})
    assert "Selamat datang lagi" in known.text
    assert post(officer, "/staff/visits/again", {"card": f"RBV{code}"}).status_code == 200
    assert "Siti" not in page
    post(officer, f"/staff/visitors/{before}/card/revoke")
    assert post(officer, "/staff/visits/again", {"card": code}).status_code == 404


def test_staff_find_somebody_and_nothing_of_it_stands_in_an_address(officer, core, before) -> None:
    miss = post(officer, "/staff/visitors", {"name": "Budi", "phone": "0812"})
    found = post(officer, "/staff/visitors", SITI)

    assert (miss.status_code, found.location) == (404, f"/staff/visitors/{before}")
    page = officer.get(found.location).text
    assert "Siti Rahmawati" in page
    assert core.journal.latest(1)[0].action == "visitor.read"


def test_two_records_are_looked_at_and_put_together(officer, client, services, before) -> None:
    post(client, "/guestbook", filled(name="Siti R."))
    twin = services.visits.inside()[-1]
    twin_id = services.visitors.of_visit(twin.id).id

    page = officer.get(f"/staff/visitors/{before}").text
    preview = f"/staff/visitors/{before}/merge?other={twin_id}"
    assert preview in page
    asked = post(officer, f"/staff/visitors/{before}/twin", {"code": twin.code})
    assert asked.location == preview
    assert "Siti R." in officer.get(preview).text
    blank = post(officer, preview, {"other": str(twin_id)})
    done = post(officer, preview, {"other": str(twin_id), "reason": "name"})
    again = post(officer, preview, {"other": str(twin_id), "reason": "name"})

    assert (blank.status_code, done.status_code, again.status_code) == (422, 303, 404)
    assert services.visitors.get(before).visits == 2
    post(officer, f"/staff/visits/{twin.id}/part")
    assert services.visitors.get(before).visits == 1


def test_an_unknown_person_is_not_found(officer) -> None:
    for path in (
        "/staff/visitors/99",
        "/staff/visitors/99/merge?other=98",
        "/staff/visits/9/visitor",
    ):
        assert officer.get(path).status_code == 404
    assert post(officer, "/staff/visitors/99/card").status_code == 404


@pytest.mark.parametrize("mark", ["", "?kiosk=1"])
def test_who_knows_a_name_and_a_number_reads_nothing_else(
    client, services, before, mark: str
) -> None:
    page = post(client, f"/guestbook/again{mark}", SITI).text
    visit = post(client, f"/guestbook{mark}", TODAY | {"returning": pass_in(page)}).location
    own = f"/visits/{services.visits.token(services.visits.inside()[-1])}"
    pages = [client.get(path) for path in (own, f"{own}/data", f"{own}/requests", visit)]

    assert [page.status_code for page in pages] == [200] * 4
    for page in pages:
        for private in ("siti@contoh.id", "Universitas Andalas", "Perempuan", "081234567890"):
            assert private not in page.text
    # What the desk keeps is whole.
    kept = services.guestbook.person(services.visits.inside()[-1].id)
    assert (kept.email, kept.agency_name) == ("siti@contoh.id", "Universitas Andalas")


def test_what_was_typed_this_time_is_shown_to_whoever_typed_it(client, services, before) -> None:
    page = post(client, "/guestbook/again", SITI).text
    typed = TODAY | {"returning": pass_in(page), "email": "baru@contoh.id"}
    visit = post(client, "/guestbook", typed).location

    assert "baru@contoh.id" in client.get(f"{visit}/data").text
    assert "baru@contoh.id" in client.get(f"{visit}/requests").text


@pytest.mark.parametrize("guardian", ["", "x" * 101])
def test_no_problem_tells_that_somebody_is_a_child(client, services, guardian: str) -> None:
    post(client, "/guestbook", filled(age_band="1", guardian_name="Ibu Ani"))
    services.guestbook_desk.amend(
        services.visits.inside()[0].id, filled(age_band="1"), by=OFFICER, reason="told"
    )
    page = post(client, "/guestbook/again", SITI).text

    again = TODAY | {"returning": pass_in(page), "guardian_name": guardian}
    answer = post(client, "/guestbook", again)

    assert answer.status_code == 303
    assert "Di bawah 17" not in client.get(answer.location).text
    assert services.visits.inside()[-1].is_incomplete


def test_what_an_officer_corrected_is_shown_again(client, services, before) -> None:
    page = post(client, "/guestbook/again", SITI).text
    visit = post(client, "/guestbook", TODAY | {"returning": pass_in(page)}).location
    newest = services.visits.inside()[-1]

    told = filled(**TODAY, agency_name="Dinas Perikanan")
    services.guestbook_desk.amend(newest.id, told, by=OFFICER, reason="told")

    shown = client.get(f"{visit}/data").text
    assert "Dinas Perikanan" in shown
    assert "siti@contoh.id" not in shown


def test_the_file_of_ones_data_leaves_out_what_was_taken_over(client, services, before) -> None:
    page = post(client, "/guestbook/again", SITI).text
    visit = post(client, "/guestbook", TODAY | {"returning": pass_in(page)}).location
    newest = services.visits.inside()[-1]

    own = post(client, f"{visit}/data").get_data(as_text=True)
    at_desk = services.my_data.export(newest.id, by=OFFICER).decode()

    assert '"purpose": "4"' in own
    for private in ("siti@contoh.id", "Universitas Andalas", "081234567890", '"sex"', "age_band"):
        assert private not in own
        assert private in at_desk
