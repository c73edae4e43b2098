"""The welcome page, the way back by code, the standard and the notice."""

import dataclasses

import pytest
from flask.testing import FlaskClient

from appliance.clock import ClockQuality
from appliance.codes import readable
from appliance.portal_settings import rules
from appliance.privacy.rules import notice
from tests.entries import filled
from tests.web.conftest import post
from web.app import create_app

BOTH_OFFICES = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
WRONG = "Kode tidak ditemukan di antara kunjungan hari ini."
HOUR_S = 3600


def html(response) -> str:
    return response.get_data(as_text=True)


@pytest.fixture
def visit(services):
    return services.guestbook.register(filled(), channel="phone", language="id", idempotency_key="")


@BOTH_OFFICES
def test_the_welcome_tells_promise_hours_and_place(client: FlaskClient, services) -> None:
    page = html(client.get("/"))

    assert "paling lambat 5 menit" in page
    assert "Senin–Kamis" in page
    assert "08.00–11.30, 13.00–15.30 WIB" in page  # Friday prayer
    assert "08.00–15.30 WIB" in page
    assert services.office.address in page
    assert 'href="/guestbook"' in page


@pytest.mark.parametrize(("hours_later", "is_closed"), [(0, False), (7, True), (5 * 24, True)])
def test_it_says_when_the_room_is_closed(client, clock, hours_later: int, is_closed) -> None:
    clock.advance(hours_later * HOUR_S)

    assert ("Layanan sedang tutup" in html(client.get("/"))) is is_closed


def test_on_a_holiday_it_says_which_and_when_the_room_opens_again(client, clock) -> None:
    clock.advance(32 * 24 * HOUR_S)

    page = html(client.get("/"))

    assert "Kelahiran Yesus Kristus" in page
    assert "Buka lagi Senin, 28 Desember 2026 pukul 08.00 WIB" in page


def test_a_clock_that_was_never_set_closes_nothing(client: FlaskClient, clock) -> None:
    clock.jump(10 * HOUR_S)
    clock.set_quality(ClockQuality.UNSET)

    assert "Layanan sedang tutup" not in html(client.get("/"))


def test_the_code_of_a_ticket_opens_the_visit(client: FlaskClient, visit) -> None:
    for typed in (visit.code, readable(visit.code).lower(), f"RBT{visit.code}"):
        answer = post(client, "/my-visit", {"code": typed})
        assert (answer.status_code, answer.location) == (303, f"/visits/{visit.token}")
    assert "Kunjungan Anda hari ini" in html(client.get("/"))


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA", "<script>", "\x00", "x" * 5000, "RBL07"])
def test_every_wrong_code_gets_the_same_answer(client: FlaskClient, visit, typed: str) -> None:
    answer = post(client, "/my-visit", {"code": typed})

    assert answer.status_code == 404
    assert WRONG in html(answer)
    assert "<script>" not in html(answer).split("<main")[1]


def test_a_closed_visit_is_not_found_by_its_code(client: FlaskClient, services, visit) -> None:
    from appliance.actor import SYSTEM

    services.visits.close(visit.id, by=SYSTEM)

    assert WRONG in html(post(client, "/my-visit", {"code": visit.code}))


def test_guessing_is_slowed_down_for_the_guesser_alone(app, client, visit) -> None:
    answers = [post(client, "/my-visit", {"code": "AAAA-AAAA"}).status_code for _ in range(12)]
    other = app.test_client()
    with other.session_transaction() as session:
        session["csrf_token"] = "another-browser"

    assert answers[0] == 404
    assert answers[-1] == 429
    assert post(client, "/my-visit", {"code": visit.code}).status_code == 429
    assert other.get("/").status_code == 200


def test_the_browser_that_registered_sees_its_card_until_the_visit_ends(
    client: FlaskClient, app, services
) -> None:
    from appliance.actor import SYSTEM

    location = post(client, "/guestbook", filled()).location

    assert location in html(client.get("/"))
    assert "Kunjungan Anda hari ini" not in html(app.test_client().get("/"))
    (visit,) = services.visits.inside()
    services.visits.close(visit.id, by=SYSTEM)
    assert "Kunjungan Anda hari ini" not in html(client.get("/"))


def test_the_cookie_of_a_visit_cannot_be_read_by_scripts_or_forged(client: FlaskClient) -> None:
    post(client, "/guestbook", filled())
    cookie = client.get_cookie("rb_session")

    assert cookie.http_only
    client.set_cookie("rb_session", cookie.value[:-4] + "AAAA")
    assert "Kunjungan Anda hari ini" not in html(client.get("/"))


@BOTH_OFFICES
def test_the_standard_shows_its_six_panels_and_every_channel(client, services) -> None:
    page = html(client.get("/standard")).replace("&#39;", "'").replace("&amp;", "&")

    for panel in ("requirements", "procedure", "time", "fee", "product", "complaints"):
        assert f'id="{panel}"' in page
        for item in getattr(services.office.standard, panel).items:
            assert item.replace("{promise_minutes}", "5") in page
    for channel in services.office.channels:
        assert channel.value in page
    assert (services.office.standard.decree in page) is True
    assert page.count('role="img"') == sum(1 for c in services.office.channels if c.link)


def test_the_standard_tells_the_promise_that_holds(services, settings) -> None:
    """The portal may have set another one than stood in the office's file."""
    office = rules.applied(services.office, rules.Wishes(promise_minutes=9))
    client = create_app(dataclasses.replace(services, office=office), settings).test_client()

    for language, words in (("id", "maksimal 9 menit"), ("en", "at most 9 minutes")):
        client.set_cookie("lang", language)
        page = html(client.get("/standard"))
        assert words in page
        assert "promise_minutes" not in page


def test_the_standard_is_also_told_in_english(client: FlaskClient, services) -> None:
    client.set_cookie("lang", "en")

    assert services.office.standard.requirements.items_en[1] in html(client.get("/standard"))


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_notice_is_shown_in_full(client: FlaskClient, services, language: str) -> None:
    client.set_cookie("lang", language)
    page = html(client.get("/privacy")).replace("&#39;", "'")

    for section in notice(services.office, language).sections:
        for text in (section.title, *section.paragraphs):
            assert text in page


def test_the_tablet_starts_with_one_button(client: FlaskClient) -> None:
    page = html(client.get("/?kiosk=1"))

    assert 'href="/guestbook?kiosk=1"' in page
    assert "Kode kunjungan" not in page


def test_a_wrong_code_is_shown_also_to_who_has_a_visit(client: FlaskClient) -> None:
    post(client, "/guestbook", filled())

    page = html(post(client, "/my-visit", {"code": "AAAA-AAAA"}))

    assert 'id="field-code"' in page
    assert WRONG in page
