"""Signing in and out on the screen."""

import pytest

from appliance.actor import SYSTEM
from tests.web.conftest import PASSWORD, post
from web.sessions import STAFF_COOKIE


@pytest.fixture
def officer(services) -> None:
    services.staff.add("sari", "Sari Dewi", "officer", PASSWORD, by=SYSTEM)


def enter(client, password: str = PASSWORD, **more):
    return post(client, "/staff/login", {"username": "sari", "password": password} | more)


def test_the_desk_asks_to_sign_in_and_comes_back(client, officer) -> None:
    asked = client.get("/staff/lockers")
    assert (asked.status_code, asked.location) == (303, "/staff/login?next=/staff/lockers")

    done = enter(client, next="/staff/lockers")

    assert (done.status_code, done.location) == (303, "/staff/lockers")
    assert client.get("/staff/lockers").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere(client, officer, target: str) -> None:
    assert enter(client, next=target).location == "/staff"


def test_the_cookie_is_for_http_and_this_site_only(client, officer) -> None:
    cookie = enter(client).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_wrong_password_keeps_the_name_and_not_the_password(client, officer) -> None:
    answer = enter(client, "salah-sekali-ini")

    assert answer.status_code == 422
    assert "Nama pengguna atau kata sandi salah." in answer.text
    assert 'value="sari"' in answer.text
    assert "salah-sekali-ini" not in answer.text


def test_guessing_is_slowed_down_in_words(client, officer) -> None:
    for _ in range(3):
        enter(client, "salah-sekali-ini")

    answer = enter(client)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "1"
    assert "Terlalu banyak percobaan. Coba lagi dalam 1 detik." in answer.text


def test_signing_out_ends_the_session_itself(client, officer, services) -> None:
    enter(client)
    token = client.get_cookie(STAFF_COOKIE).value

    answer = post(client, "/staff/logout")

    assert answer.location == "/staff/login"
    assert services.staff.session(token) is None
    client.set_cookie(STAFF_COOKIE, token)
    assert client.get("/staff").status_code == 303


def test_a_new_sign_in_replaces_the_old_session(client, officer, services) -> None:
    enter(client)
    old = client.get_cookie(STAFF_COOKIE).value
    enter(client)

    assert services.staff.session(old) is None


def test_signing_in_needs_the_forms_token(client, officer) -> None:
    answer = client.post("/staff/login", data={"username": "sari", "password": PASSWORD})

    assert answer.status_code == 403


def test_ones_own_password(sign_in) -> None:
    browser = sign_in("officer")
    right = {"old": PASSWORD, "password": "empat kata lain lagi", "again": "empat kata lain lagi"}

    unequal = post(browser, "/staff/password", right | {"again": "beda"})
    weak = post(browser, "/staff/password", right | {"password": "x", "again": "x"})
    wrong = post(browser, "/staff/password", right | {"old": "bukan ini kok"})
    done = post(browser, "/staff/password", right)

    assert [unequal.status_code, weak.status_code, wrong.status_code] == [422, 422, 422]
    assert done.status_code == 303
    assert browser.get("/staff").status_code == 200
