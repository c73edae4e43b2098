"""Members of staff, kept by an administrator."""

import re

import pytest

from tests.web.conftest import PASSWORD, post
from web.sessions import STAFF_COOKIE

NEW = {
    "username": "dewi",
    "display_name": "Dewi Lestari",
    "role": "officer",
    "password": "empat kata acak lagi",
}


def test_an_admin_adds_somebody_who_can_sign_in(sign_in, services) -> None:
    browser = sign_in("admin")

    assert post(browser, "/staff/users", NEW).location == "/staff/users"

    assert "Dewi Lestari" in browser.get("/staff/users").text
    assert services.staff.login("dewi", NEW["password"], client="x")


def test_every_problem_comes_back_at_once(sign_in) -> None:
    answer = post(sign_in("admin"), "/staff/users", {"display_name": "Dewi"})

    assert answer.status_code == 422
    for field in ("username", "role"):
        assert f'id="error-{field}"' in answer.text
    assert 'value="Dewi"' in answer.text


def test_a_taken_name_is_said(sign_in) -> None:
    browser = sign_in("admin")
    post(browser, "/staff/users", NEW)

    answer = post(browser, "/staff/users", NEW)

    assert answer.status_code == 422
    assert "sudah ada" in answer.text


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("active", {"active": "no", "why": "Pindah tugas"}),
        ("role", {"role": "operator"}),
        ("reset", {}),
        ("sessions/end", {}),
    ],
)
def test_a_change_throws_the_person_out_at_once(sign_in, services, path: str, data) -> None:
    officer, admin = sign_in("officer"), sign_in("admin")
    assert officer.get("/staff").status_code == 200

    assert post(admin, f"/staff/users/officer1/{path}", data).status_code in (200, 303)

    assert officer.get("/staff").location == "/staff/login?next=/staff"
    assert services.staff.session(officer.get_cookie(STAFF_COOKIE).value) is None


def test_the_deactivated_come_back_only_when_let_in_again(sign_in, services) -> None:
    sign_in("officer")
    admin = sign_in("admin")
    post(admin, "/staff/users/officer1/active", {"active": "no", "why": "Cuti panjang"})
    assert "Nonaktif" in admin.get("/staff/users").text

    post(admin, "/staff/users/officer1/active", {"active": "yes"})

    assert services.staff.login("officer1", PASSWORD, client="x")


def test_nobody_shuts_oneself_out(sign_in) -> None:
    away = {"active": "no", "why": "Cuti"}

    assert post(sign_in("admin"), "/staff/users/admin1/active", away).status_code == 409


def test_shutting_somebody_out_asks_why(sign_in, services) -> None:
    sign_in("officer")

    answer = post(sign_in("admin"), "/staff/users/officer1/active", {"active": "no"})

    assert answer.status_code == 422
    assert 'id="error-why"' in answer.text
    assert services.staff.member("officer1").active


def test_the_one_time_word_is_shown_once_and_asks_for_a_password(app, sign_in, services) -> None:
    admin, newcomer = sign_in("admin"), app.test_client()
    shown = post(admin, "/staff/users", NEW | {"password": ""})
    word = re.search(r'class="one-time-word">([^<]+)<', shown.text)[1]
    assert word not in admin.get("/staff/users/dewi").text

    entered = post(newcomer, "/staff/login", {"username": "dewi", "password": word})

    assert entered.location == "/staff"
    assert newcomer.get("/staff").location == "/staff/password"
    assert newcomer.get("/staff/visits").location == "/staff/password"
    assert post(newcomer, "/staff/closing/start").status_code == 403
    own = {"old": word, "password": NEW["password"], "again": NEW["password"]}
    assert post(newcomer, "/staff/password", own).status_code == 303
    assert newcomer.get("/staff").status_code == 200


def test_fields_that_the_form_does_not_have_change_nothing(sign_in, services) -> None:
    """Neither one's own role nor anything of another page's can be slipped in."""
    officer = sign_in("officer")
    more = {"role": "admin", "username": "officer1", "active": "yes", "by_pin": "0"}

    own = {"old": PASSWORD, "password": NEW["password"], "again": NEW["password"]}
    assert post(officer, "/staff/password", own | more).status_code == 303
    assert post(officer, "/staff/users/officer1/role", {"role": "admin"}).status_code == 403

    assert services.staff.member("officer1").role == "officer"


@pytest.mark.parametrize("role", ["officer", "operator"])
def test_others_see_nothing_of_it(sign_in, role: str) -> None:
    browser = sign_in(role)

    assert browser.get("/staff/users").status_code == 403
    assert browser.get("/staff/users/new").status_code == 403
    assert post(browser, "/staff/users", NEW).status_code == 403


def test_an_unknown_person_is_not_found(sign_in) -> None:
    assert sign_in("admin").get("/staff/users/nobody").status_code == 404
