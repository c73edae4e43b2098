"""Members of staff, kept by an administrator."""

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
    for field in ("username", "role", "password"):
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
        ("active", {"active": "no"}),
        ("role", {"role": "operator"}),
        ("password", {"password": "empat kata lain lagi"}),
    ],
)
def test_a_change_throws_the_person_out_at_once(sign_in, services, path: str, data) -> None:
    officer, admin = sign_in("officer"), sign_in("admin")
    assert officer.get("/staff").status_code == 200

    assert post(admin, f"/staff/users/officer1/{path}", data).status_code == 303

    assert officer.get("/staff").location == "/staff/login?next=/staff"
    assert services.staff.session(officer.get_cookie(STAFF_COOKIE).value) is None


def test_the_deactivated_come_back_only_when_let_in_again(sign_in, services) -> None:
    sign_in("officer")
    admin = sign_in("admin")
    post(admin, "/staff/users/officer1/active", {"active": "no"})
    assert "Nonaktif" in admin.get("/staff/users").text

    post(admin, "/staff/users/officer1/active", {"active": "yes"})

    assert services.staff.login("officer1", PASSWORD, client="x")


def test_nobody_shuts_oneself_out(sign_in) -> None:
    assert post(sign_in("admin"), "/staff/users/admin1/active", {"active": "no"}).status_code == 409


@pytest.mark.parametrize("role", ["officer", "operator"])
def test_others_see_nothing_of_it(sign_in, role: str) -> None:
    browser = sign_in(role)

    assert browser.get("/staff/users").status_code == 403
    assert browser.get("/staff/users/new").status_code == 403
    assert post(browser, "/staff/users", NEW).status_code == 403


def test_an_unknown_person_is_not_found(sign_in) -> None:
    assert sign_in("admin").get("/staff/users/nobody").status_code == 404
