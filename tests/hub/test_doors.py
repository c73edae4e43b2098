"""Every page of the dashboard refuses whom it is not for, by whatever address or form."""

import contextlib
import threading
import uuid
from http.client import HTTPConnection

import pytest
from waitress.server import create_server
from werkzeug.routing import AnyConverter, IntegerConverter, UUIDConverter

from appliance.hub import server
from appliance.hub.app import Hub, create_app
from appliance.hub.offices import Offices
from tests.hub.dashboard_kit import PASSWORD, Browser, add_person, signed_in
from tests.hub_kit import LIMIT_S, end_serving

SECRET_PROVINCE, SECRET_OFFICE = "Papua Selatan", "kantor-merauke"
HTML = "text/html,application/xhtml+xml"


@pytest.fixture
def provinces(hub):
    """Offices of two provinces, a device in each."""
    Offices(hub.database).add("padang", "BPS Kota Padang", province="Sumatera Barat")
    Offices(hub.database).add(SECRET_OFFICE, "BPS Merauke", province=SECRET_PROVINCE)
    return hub


def site_rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("site.")]


def addresses(app, method):
    """An address of every page of the dashboard that takes this method; offices are secret."""
    with app.test_request_context():
        for rule in site_rules(app):
            if method in rule.methods:
                given = {name: value_for(rule, name) for name in rule.arguments}
                yield rule, app.url_for(rule.endpoint, **given, _method=method)


def value_for(rule, name):
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, UUIDConverter):
        return uuid.uuid4()
    if isinstance(converter, IntegerConverter):
        return 1
    sheet = "tokens.css" if "look" in rule.endpoint else "hub.css"
    words = {"filename": sheet, "province": SECRET_PROVINCE}
    return words.get(name, SECRET_OFFICE)


def test_no_page_is_shown_and_no_form_taken_without_signing_in(provinces):
    browser = Browser(provinces)
    gets = {rule.endpoint: browser.get(address) for rule, address in addresses(browser.app, "GET")}
    posts = {
        rule.endpoint: browser.post(address, {"reason": "x"}, form="/login")
        for rule, address in addresses(browser.app, "POST")
    }

    assert {name for name, found in gets.items() if found.status_code != 303} == {
        "site.static",
        "site.look.static",
        "site.login.ask",
    }
    assert all(
        found.location.startswith("/login") for found in gets.values() if found.status_code == 303
    )
    del posts["site.login.enter"]
    assert len(posts) >= 2
    assert {found.location for found in posts.values()} == {"/login?ended=1"}
    assert SECRET_PROVINCE not in "".join(found.text for found in gets.values())


def test_no_form_is_taken_that_is_not_our_own(provinces):
    browser = signed_in(provinces)

    for _, address in addresses(browser.app, "POST"):
        for form in ({"token": ""}, {"token": "0" * 64}, {"Origin": "https://evil.example"}):
            assert browser.post(address, {"username": "tini"}, **form).status_code == 403, address
    assert browser.get("/account").status_code == 200


def test_no_form_is_taken_with_a_token_that_was_made_up_for_it(hub):
    add_person(hub, "tini")
    strange = Browser(hub)
    token = strange.get("/login").text.partition('name="csrf_token" value="')[2][:64]

    answer = Browser(hub).post("/login", {"username": "tini", "password": PASSWORD}, token=token)

    assert answer.status_code == 403


def test_a_province_sees_nothing_of_another_one_by_any_address(provinces):
    padang = signed_in(provinces, "padang", "Sumatera Barat")
    asked = f"?province={SECRET_PROVINCE}&office={SECRET_OFFICE}&place={SECRET_OFFICE}"

    for rule, address in addresses(padang.app, "GET"):
        for query in ("", asked):
            found = padang.get(address + query)
            shown = found.text.replace(address, "")
            assert found.status_code in (200, 303, 404), address + query
            assert "Merauke" not in shown, address + query
            if {"office", "code", "province"} & rule.arguments:
                assert found.status_code == 404, address


def test_what_is_for_the_national_team_is_not_there_for_a_province(provinces):
    padang = signed_in(provinces, "padang", "Sumatera Barat")
    national = signed_in(provinces, "tini")

    for address in ("/journal", "/quarantine"):
        assert national.get(address).status_code == 200
        assert padang.get(address).status_code == 404
        assert f'href="{address}"' not in padang.get("/account").text


def test_every_answer_tells_the_browser_to_run_nothing(provinces):
    browser = signed_in(provinces)

    for _, address in addresses(browser.app, "GET"):
        headers = browser.get(address).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], address
        assert "script-src" not in headers["Content-Security-Policy"], address
        assert headers["X-Content-Type-Options"] == "nosniff"
        kept = "immutable" if address.startswith("/assets/") else "no-store"
        assert kept in headers["Cache-Control"], address


def test_behind_https_the_cookies_are_for_https_only(hub):
    add_person(hub, "tini")
    browser = Browser(hub, scheme="https")

    answer = browser.login("tini")

    given = [line for line in answer.headers.getlist("Set-Cookie") if "hub_session" in line]
    assert len(given) == 1
    assert given[0].startswith("__Host-hub_session=")
    assert "Secure" in given[0]
    assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(("proxy", "is_secure"), [("127.0.0.1", True), ("192.0.2.1", False)])
def test_only_the_proxy_that_was_named_is_believed(hub, proxy, is_secure):
    app = create_app(Hub(hub.database, hub.keys))
    told = server.WAITRESS | server.behind(proxy)
    waitress = create_server(app, host="127.0.0.1", port=0, **told)
    thread = threading.Thread(target=waitress.run, daemon=True)
    thread.start()
    try:
        connection = HTTPConnection("127.0.0.1", waitress.effective_port, timeout=LIMIT_S)
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
        with contextlib.closing(connection):
            connection.request("GET", "/login", headers=headers)
            answer = connection.getresponse()
            cookie = answer.headers["Set-Cookie"]
            answer.read()
    finally:
        end_serving(waitress, thread)

    assert ("Secure" in cookie) is is_secure


@pytest.mark.parametrize(
    "asked",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a\\b", "login", "/\t/e"],
)
def test_nobody_is_sent_to_another_place_after_signing_in(hub, asked):
    add_person(hub, "tini")

    assert Browser(hub).login("tini", next=asked).location == "/"


def test_the_language_is_kept_and_never_leads_elsewhere(hub):
    browser = signed_in(hub)

    switched = browser.get("/account?lang=en&changed=1")
    english = browser.get("/account")

    assert (switched.status_code, switched.location) == (303, "/account?changed=1")
    assert '<html lang="en">' in english.text
    assert "Change password" in english.text
    assert "evil" not in (browser.get("//evil.example?lang=en").location or "")


def test_an_address_without_a_page_is_told_to_people_as_a_page(hub):
    browser = signed_in(hub)

    page = browser.get("/nothing", Accept=HTML)
    problem = browser.get("/nothing")
    device = browser.get("/v1/nothing", Accept=HTML)

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert (device.status_code, device.mimetype) == (404, "application/problem+json")


def test_the_journal_is_read_by_person_and_page_by_page(hub):
    browser = signed_in(hub)
    with hub.database.transaction() as connection:
        connection.execute(
            "INSERT INTO person_journal (username, action, subject)"
            " SELECT 'budi', 'export', 'berkas-' || n FROM generate_series(1, 130) n"
        )

    first = browser.get("/journal?username=budi").text
    older = first.partition("before=")[2].partition('"')[0]
    second = browser.get(f"/journal?username=budi&before={older}").text

    assert ("berkas-130<" in first, "berkas-31<" in first, "berkas-30<" in first) == (
        True,
        True,
        False,
    )
    assert ("berkas-30<" in second, "berkas-1<" in second, "Yang lebih lama" in second) == (
        True,
        True,
        False,
    )
    assert browser.get("/journal?username=%00&before=x").status_code == 200
