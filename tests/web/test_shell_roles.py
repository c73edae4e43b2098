"""An endpoint is closed until the table says who it is for."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.actor import SYSTEM
from appliance.services import Services
from tests.web.conftest import fragment, post
from web import roles
from web.render import safe_path
from web.sessions import STATION_COOKIE

SignIn = Callable[[str], FlaskClient]


def test_every_endpoint_has_a_line_and_every_line_an_endpoint(app: Flask) -> None:
    assert set(app.view_functions) - set(roles.ROLES) == set()
    assert set(roles.ROLES) - set(app.view_functions) == set()
    assert set(roles.ROLES) >= roles.ANY_HOST


def test_every_line_names_somebody(app: Flask) -> None:
    assert [endpoint for endpoint, who in roles.ROLES.items() if not who] == []


def test_staff_addresses_are_for_staff(app: Flask) -> None:
    """Nothing below /staff is open to the room, but for signing in and out."""
    below = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/staff")]
    is_open = [r.rule for r in below if roles.ROLES[r.endpoint] & (roles.PUBLIC | roles.VISITOR)]

    assert set(is_open) <= {"/staff/login", "/staff/logout"}


def test_machine_endpoints_change_nothing(app: Flask) -> None:
    unsafe = [r for r in app.url_map.iter_rules() if r.methods - {"GET", "HEAD", "OPTIONS"}]

    assert [r.rule for r in unsafe if roles.Who.MACHINE in roles.ROLES[r.endpoint]] == []


def test_an_endpoint_without_a_line_is_refused_even_to_admins(
    trial: FlaskClient, sign_in: SignIn
) -> None:
    assert trial.get("/trial/forgotten").status_code == 403
    assert sign_in("admin").get("/trial/forgotten").status_code == 403


def test_staff_page_without_session_leads_to_sign_in_and_back(trial: FlaskClient) -> None:
    reply = trial.get("/trial/staff?day=2026-11-23")

    assert reply.status_code == 303
    assert reply.location == "/staff/login?next=/trial/staff%3Fday%3D2026-11-23"


def test_fragment_without_session_sends_the_browser_itself_to_sign_in(trial: FlaskClient) -> None:
    reply = fragment(trial, "/trial/staff", **{"HX-Current-URL": "http://localhost/staff?a=1"})

    assert reply.status_code == 204
    assert reply.headers["HX-Redirect"] == "/staff/login?next=/staff%3Fa%3D1"


@pytest.mark.parametrize("current", ["http://[", "http://evil.example//x", "\xff", ""])
def test_a_fragment_that_names_no_page_of_ours_leads_back_to_the_desk(
    trial: FlaskClient, current: str
) -> None:
    reply = fragment(trial, "/trial/staff", **{"HX-Current-URL": current})

    assert reply.status_code == 204
    assert reply.headers["HX-Redirect"] == "/staff/login?next=/staff"


def test_sending_without_session_is_refused(trial: FlaskClient) -> None:
    assert post(trial, "/trial/change").status_code == 403


@pytest.mark.parametrize(
    ("role", "staff", "admin", "change"),
    [("officer", 200, 403, 403), ("operator", 200, 403, 200), ("admin", 200, 200, 200)],
)
def test_each_role_opens_what_the_table_says(
    trial: FlaskClient, sign_in: SignIn, role: str, staff: int, admin: int, change: int
) -> None:
    browser = sign_in(role)

    assert browser.get("/trial/staff").status_code == staff
    assert browser.get("/trial/admin").status_code == admin
    assert post(browser, "/trial/change").status_code == change


def test_the_wrong_role_is_told_whose_page_it_is(trial: FlaskClient, sign_in: SignIn) -> None:
    reply = sign_in("officer").get("/trial/admin")

    assert "Halaman ini untuk admin" in reply.text


def test_a_session_that_ended_opens_nothing(
    trial: FlaskClient, sign_in: SignIn, services: Services
) -> None:
    browser = sign_in("operator")
    assert browser.get("/trial/staff").status_code == 200

    services.staff.set_active("operator1", False, by=SYSTEM)

    assert browser.get("/trial/staff").status_code == 303


def test_station_pages_open_to_a_registered_screen_and_to_staff(
    trial: FlaskClient, sign_in: SignIn, services: Services
) -> None:
    assert trial.get("/trial/station").status_code == 303
    assert sign_in("officer").get("/trial/station").status_code == 200

    token = services.staff.register_device("station", "Pemindai", by=SYSTEM)
    trial.set_cookie(STATION_COOKIE, token)
    assert trial.get("/trial/station").status_code == 200
    trial.set_cookie(STATION_COOKIE, token[:-1])
    assert trial.get("/trial/station").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "x" * 3000, "%00", "'; --"])
def test_a_made_up_staff_cookie_is_nobody(trial: FlaskClient, cookie: str) -> None:
    trial.set_cookie("rb_staff", cookie)

    assert trial.get("/trial/staff").status_code == 303


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "evil",
     "/a\nLocation: x", "/\t/evil.example", "\\\\evil.example", "", None, "/ /evil", "/a\\b"],
)  # fmt: skip
def test_the_way_back_never_leaves_the_appliance(target: str | None) -> None:
    assert safe_path(target, "/staff") == "/staff"


@pytest.mark.parametrize("target", ["/", "/staff", "/staff/visits?day=2026-11-23&q=a%20b"])
def test_the_way_back_keeps_a_path_of_ours(target: str) -> None:
    assert safe_path(target) == target
