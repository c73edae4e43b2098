"""Sessions, PINs and hand-overs on the screen."""

import re

import pytest
from flask.testing import FlaskClient

from appliance.actor import SYSTEM
from tests.web.conftest import PASSWORD, post
from web import roles
from web.sessions import DESK_COOKIE, STAFF_COOKIE

PIN = "482915"


@pytest.fixture
def desk(app, services) -> FlaskClient:
    """The browser of a registered desk where nobody is signed in."""
    browser = app.test_client()
    browser.set_cookie(DESK_COOKIE, services.staff.register_device("desk", "Meja 1", by=SYSTEM))
    for role in ("officer", "admin"):
        services.staff.add(f"{role}1", f"Rina {role.title()}", role, PASSWORD, by=SYSTEM)
        services.staff.set_own_pin(f"{role}1", PASSWORD, PIN, client="x")
    return browser


def enter(browser: FlaskClient, role: str = "officer", **more: str):
    return post(browser, "/staff/login", {"username": f"{role}1", "password": PASSWORD} | more)


def by_pin(browser: FlaskClient, role: str = "officer", pin: str = PIN, **more: str):
    return post(browser, "/staff/login/pin", {"username": f"{role}1", "pin": pin} | more)


def token(browser: FlaskClient) -> str:
    return browser.get_cookie(STAFF_COOKIE).value


def idle(browser: FlaskClient) -> None:
    """What an idle session's end leaves: the desk, and nobody."""
    browser.delete_cookie(STAFF_COOKIE)


def test_a_desk_where_the_password_was_given_opens_by_pin(desk) -> None:
    assert enter(desk).location == "/staff"
    idle(desk)
    assert "Masuk dengan PIN di Meja 1" in desk.get("/staff/login").text

    assert by_pin(desk).location == "/staff"

    assert desk.get("/staff").status_code == 200


def test_elsewhere_there_is_no_pin_at_all(app, desk) -> None:
    elsewhere = app.test_client()
    enter(elsewhere)
    idle(elsewhere)

    assert "PIN" not in elsewhere.get("/staff/login").text
    assert by_pin(elsewhere).status_code == 403


def test_the_pages_before_signing_in_name_nobody(desk) -> None:
    enter(desk)
    idle(desk)

    assert "Rina" not in desk.get("/staff/login").text


def test_a_wrong_pin_says_so_and_the_password_form_stays(desk) -> None:
    enter(desk)
    idle(desk)

    answer = by_pin(desk, pin="000111")

    assert answer.status_code == 422
    assert "PIN salah, atau belum berlaku di layar ini." in answer.text
    assert "000111" not in answer.text
    assert 'action="/staff/login"' in answer.text


def test_guessing_pins_ends_in_the_password(desk, clock) -> None:
    enter(desk)
    idle(desk)
    for _ in range(5):
        assert by_pin(desk, pin="000111").status_code == 422
        clock.advance(60)

    assert by_pin(desk).status_code == 422
    clock.advance(60)
    assert enter(desk).status_code == 303


def test_a_pin_never_opens_the_pages_of_admins(desk) -> None:
    enter(desk, "admin")
    idle(desk)
    by_pin(desk, "admin")
    pages = ["/staff/users", "/staff/journal", "/staff/settings", "/staff/sessions/all"]

    assert [desk.get(path).location for path in pages] == [
        f"/staff/confirm?next={path}" for path in pages
    ]
    assert post(desk, "/staff/users/officer1/role", {"role": "admin"}).status_code == 403
    assert post(desk, "/staff/sessions/desk", {"name": "Lain"}).status_code == 403
    assert desk.get("/staff").status_code == 200


def test_the_password_opens_them_and_comes_back(desk, services) -> None:
    enter(desk, "admin")
    idle(desk)
    by_pin(desk, "admin")
    before = token(desk)

    wrong = post(desk, "/staff/confirm", {"password": "bukan ini kok", "next": "/staff/users"})
    right = post(desk, "/staff/confirm", {"password": PASSWORD, "next": "/staff/users"})

    assert (wrong.status_code, right.location) == (422, "/staff/users")
    assert token(desk) != before
    assert services.staff.session(before) is None
    assert desk.get("/staff/users").status_code == 200


def test_what_a_pin_may_not_send_leads_to_the_password_and_back_to_its_page(desk) -> None:
    enter(desk, "admin")
    idle(desk)
    by_pin(desk, "admin")
    role = "/staff/users/officer1/role"
    page = {"Referer": "http://localhost/staff/users/officer1"}
    asked = 'href="/staff/confirm?next=/staff/users/officer1"'

    assert asked in post(desk, role, {"role": "admin"}, headers=page).text
    behind = {"HX-Current-URL": "http://localhost/staff/users/officer1"}
    assert asked in post(desk, role, {"role": "admin"}, htmx=True, headers=behind).text
    for foreign in ("http://boese.example/x", "//boese.example/x", "kein ort", "http://[/x"):
        answer = post(desk, role, {"role": "admin"}, headers={"Referer": foreign})
        assert 'href="/staff/confirm?next=/staff"' in answer.text, foreign
    listed = desk.get("/staff/journal?kind=visit").location
    assert listed == "/staff/confirm?next=/staff/journal%3Fkind%3Dvisit"
    assert 'value="/staff/journal?kind=visit"' in desk.get(listed).text


def test_whoever_must_not_use_a_pin_there_is_named_by_endpoints_that_exist(app) -> None:
    known = set(app.view_functions)

    assert known >= roles.PASSWORD_ONLY
    assert known >= roles.FOR_A_NEW_PASSWORD
    assert known >= roles.HEAD_MAY_SEND


def test_a_hand_over_by_password_leaves_both_their_pins(desk) -> None:
    enter(desk, "admin")
    assert 'href="/staff/hand-over"' in desk.get("/staff").text

    done = post(desk, "/staff/hand-over/password", {"username": "officer1", "password": PASSWORD})

    assert done.location == "/staff"
    assert "Rina Officer" in desk.get("/staff/sessions").text
    back = post(desk, "/staff/hand-over/pin", {"username": "admin1", "pin": PIN})
    assert back.location == "/staff"


def test_a_colleague_takes_over_by_pin_and_reads_the_note(desk, services) -> None:
    enter(desk)
    post(desk, "/staff/hand-over/password", {"username": "admin1", "password": PASSWORD})
    officer_then_admin = token(desk)
    asked = desk.get("/staff/hand-over").text
    assert re.search(r'value="officer1"[^>]* checked', asked), "the only colleague is chosen"

    done = post(
        desk,
        "/staff/hand-over/pin",
        {"username": "officer1", "pin": PIN, "note": "Loker 3 <b>macet</b>"},
    )

    assert done.location == "/staff/hand-over"
    shown = desk.get("/staff/hand-over").text
    assert "Loker 3 &lt;b&gt;macet&lt;/b&gt;" in shown
    assert services.staff.session(officer_then_admin) is None


def test_a_screen_becomes_a_desk_and_says_so(sign_in) -> None:
    browser = sign_in("officer")
    assert post(browser, "/staff/sessions/desk", {"name": " "}).status_code == 422

    assert post(browser, "/staff/sessions/desk", {"name": "Meja 2"}).status_code == 303

    assert "Terdaftar sebagai Meja 2." in browser.get("/staff/sessions").text


def test_a_revoked_session_is_over_with_the_next_request(app, desk, services) -> None:
    elsewhere = app.test_client()
    enter(desk)
    enter(elsewhere)
    name = services.staff.session(token(elsewhere)).uuid

    assert post(desk, f"/staff/sessions/{name}/end").status_code == 303

    assert elsewhere.get("/staff").location == "/staff/login?next=/staff"
    assert desk.get("/staff").status_code == 200


def test_ending_the_others_leaves_this_one(app, desk) -> None:
    others = [app.test_client() for _ in range(2)]
    for browser in (desk, *others):
        enter(browser)

    post(desk, "/staff/sessions/others")

    assert [browser.get("/staff").status_code for browser in (desk, *others)] == [200, 303, 303]


def test_ending_ones_own_session_signs_out(desk, services) -> None:
    enter(desk)
    name = services.staff.session(token(desk)).uuid

    assert post(desk, f"/staff/sessions/{name}/end").location == "/staff/login"


def test_nobody_ends_a_colleagues_session_but_an_admin(app, desk, services) -> None:
    admin = app.test_client()
    enter(desk)
    enter(admin, "admin")
    admins = services.staff.session(token(admin)).uuid
    officers = services.staff.session(token(desk)).uuid

    assert post(desk, f"/staff/sessions/{admins}/end").status_code == 404
    assert post(desk, f"/staff/users/admin1/sessions/{admins}/end").status_code == 403
    assert post(admin, f"/staff/users/officer1/sessions/{officers}/end").status_code == 303

    assert desk.get("/staff").status_code == 303
    assert admin.get("/staff").status_code == 200


def test_a_token_that_was_there_before_signing_in_never_becomes_good(client, desk) -> None:
    client.set_cookie(STAFF_COOKIE, "planted-by-somebody-else")

    enter(client)

    assert token(client) != "planted-by-somebody-else"
    client.set_cookie(STAFF_COOKIE, "planted-by-somebody-else")
    assert client.get("/staff").status_code == 303


def test_lists_of_sessions_hold_no_token(app, desk, services) -> None:
    enter(desk, "admin")
    shown = desk.get("/staff/sessions").text + desk.get("/staff/sessions/all").text

    assert token(desk) not in shown
    assert services.staff.sessions.row(token(desk)).token_hash not in shown
    assert "Rina Admin" in shown


def test_a_pin_takes_no_screen_out_of_the_list(desk, services) -> None:
    enter(desk)
    idle(desk)
    by_pin(desk)

    answer = post(desk, f"/staff/devices/{services.staff.devices.all()[0].id}/revoke")

    assert (answer.status_code, len(services.staff.devices.all())) == (403, 1)
