"""Who gets into the dashboard, how far they see, and what keeps everybody else out."""

import contextlib
import io
import json
import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
from waitress.server import create_server
from werkzeug.routing import AnyConverter, IntegerConverter, UUIDConverter

from appliance import __main__ as command_line
from appliance.hub import server
from appliance.hub.api_enrolment import FAILED_CLAIMS
from appliance.hub.app import Hub, create_app
from appliance.hub.database import Database
from appliance.hub.offices import Offices
from appliance.hub.site.login import CHECKS_AT_ONCE
from appliance.hub.throttle import Allowance, Throttle
from appliance.staff.passwords import Passwords
from tests.hub.dashboard_kit import PASSWORD, TOKEN, Browser, add_person, signed_in
from tests.hub_kit import LIMIT_S, claim

SECRET_PROVINCE, SECRET_OFFICE = "Papua Selatan", "kantor-merauke"
HTML = "text/html,application/xhtml+xml"


@pytest.fixture
def provinces(hub):
    """Offices of two provinces, a device in each."""
    Offices(hub.database).add("padang", "BPS Kota Padang", province="Sumatera Barat")
    Offices(hub.database).add(SECRET_OFFICE, "BPS Merauke", province=SECRET_PROVINCE)
    return hub


def test_a_person_signs_in_and_out(hub):
    add_person(hub, "tini")
    browser = Browser(hub)

    asked = browser.get("/journal?username=tini")
    entered = browser.login("tini", next="/journal?username=tini")
    page = browser.get("/journal")
    cookie = browser.cookie("hub_session")
    left = browser.post("/logout")
    browser.set_cookie("hub_session", cookie.value)

    assert (asked.status_code, asked.location) == (303, "/login?next=/journal%3Fusername%3Dtini")
    assert (entered.status_code, entered.location) == (303, "/journal?username=tini")
    assert (page.status_code, "Tini" in page.text) == (200, True)
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")
    assert left.location == "/login?left=1"
    assert browser.get("/journal").location == "/login?next=/journal"
    assert hub.database.rows("SELECT action FROM person_journal ORDER BY id") == [
        ("login",),
        ("logout",),
    ]


def test_the_database_does_not_hold_what_opens_a_session(hub):
    browser = signed_in(hub)

    (kept,) = hub.database.rows("SELECT token_hash FROM person_session")

    assert bytes(kept[0]) != browser.cookie("hub_session").value.encode()
    assert len(kept[0]) == 32


def test_a_wrong_name_a_wrong_password_and_a_disabled_person_get_the_same_answer(hub, ruangbaca):
    add_person(hub, "tini")
    add_person(hub, "gone")
    assert ruangbaca("user", "disable", "gone")[0] == 0

    answers = [
        Browser(hub).login(name, password)
        for name, password in (("tini", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD))
    ]

    assert {answer.status_code for answer in answers} == {422}
    pages = [
        answer.text.replace(name, "").split("<main")[1].partition("csrf_token")
        for answer, name in zip(answers, ("tini", "nobody", "gone"), strict=True)
    ]
    assert len({before for before, _, _ in pages}) == 1
    assert len({after[100:] for _, _, after in pages}) == 1
    assert PASSWORD not in "".join(answer.text for answer in answers)


@pytest.mark.parametrize(
    "aged",
    ["used_at = now() - interval '121 minutes'", "begun_at = now() - interval '721 minutes'"],
)
def test_a_session_ends_by_itself(hub, aged):
    browser = signed_in(hub)
    assert browser.get("/account").status_code == 200

    with hub.database.transaction() as connection:
        connection.execute(f"UPDATE person_session SET {aged}")

    assert browser.get("/account").status_code == 303


def test_a_session_in_use_goes_on(hub):
    browser = signed_in(hub)
    with hub.database.transaction() as connection:
        connection.execute("UPDATE person_session SET used_at = now() - interval '119 minutes'")

    browser.get("/account")

    (idle,) = hub.database.rows("SELECT now() - used_at < interval '1 minute' FROM person_session")
    assert idle == (True,)


def test_a_new_password_signs_out_everywhere_else(hub):
    here = signed_in(hub)
    there = Browser(hub)
    there.login("tini")
    new = "tiga ekor bebek di sawah"

    wrong = here.post("/account/password", {"present": "x", "new": new, "again": new})
    unequal = here.post("/account/password", {"present": PASSWORD, "new": new, "again": "y"})
    weak = here.post("/account/password", {"present": PASSWORD, "new": "pendek", "again": "pendek"})
    done = here.post("/account/password", {"present": PASSWORD, "new": new, "again": new})

    assert [wrong.status_code, unequal.status_code, weak.status_code] == [422, 422, 422]
    assert done.location == "/account?changed=1"
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert Browser(hub).login("tini").status_code == 422
    assert Browser(hub).login("tini", new).status_code == 303


def test_guessing_is_slowed_down_in_all_processes_together(hub):
    add_person(hub, "tini")
    with contextlib.closing(Database(hub.dsn)) as other:
        another = type(hub)(hub.url, hub.dsn, other, hub.keys)
        tries = [Browser(hub if n % 2 else another).login("tini", "wrong") for n in range(6)]
        refused = Browser(another).login("tini")
        elsewhere = Browser(another, address="192.0.2.7").login("tini")

    assert {answer.status_code for answer in tries} == {422}
    assert (refused.status_code, "Coba lagi dalam 15 menit" in refused.text) == (429, True)
    assert elsewhere.status_code == 303, "somebody who guesses locks the person out"


def test_an_unknown_name_is_slowed_down_like_a_known_one(hub):
    answers = [Browser(hub).login("nobody", "wrong").status_code for _ in range(7)]

    assert answers == [422] * 6 + [429]


def test_of_tries_at_once_no_more_are_let_through(hub):
    throttle, allowed = Throttle(hub.database), Allowance("door", 5, 600)

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda _: throttle.take(allowed), range(24)))

    assert sum(1 for wait in waits if wait == 0) == 5
    assert all(0 <= wait <= 600 for wait in waits)


def test_tries_count_no_more_after_their_window(hub):
    throttle, allowed = Throttle(hub.database), Allowance("door", 1, 600)
    assert (throttle.take(allowed), throttle.take(allowed) > 0) == (0, True)

    with hub.database.transaction() as connection:
        connection.execute("UPDATE attempt SET at = at - interval '601 seconds'")

    assert throttle.wait_s(allowed) == 0
    assert throttle.take(allowed) == 0


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
    words = {"filename": "hub.css", "province": SECRET_PROVINCE}
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
        waitress.trigger.pull_trigger(waitress.close)
        waitress.task_dispatcher.shutdown()
        thread.join(LIMIT_S)

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


def test_claims_that_fail_are_slowed_down_by_address_and_no_others(hub):
    Offices(hub.database).add("padang", "Padang", province="Sumatera Barat")
    good = Offices(hub.database).issue("padang").code

    statuses = [
        claim(hub.url, "0123456789ABCDEF", str(uuid.uuid4()), secrets.token_bytes(32))[0].status
        for _ in range(FAILED_CLAIMS)
    ]
    refused = claim(hub.url, good, str(uuid.uuid4()))[0]
    with hub.database.transaction() as connection:
        connection.execute("UPDATE attempt SET at = at - interval '10 minutes'")
    taken = claim(hub.url, good, str(uuid.uuid4()))[0]

    assert set(statuses) == {403}
    assert (refused.status, json.loads(refused.body)["retryable"]) == (429, True)
    assert taken.status == 201


def test_people_are_added_listed_and_given_passwords_at_the_keyboard(hub, ruangbaca):
    Offices(hub.database).add("padang", "Padang", province="Sumatera Barat")

    added = ruangbaca("user", "add", "budi", "--province", "Sumatera Barat", typed=PASSWORD)
    again = ruangbaca("user", "add", "budi", typed=PASSWORD)
    lost = ruangbaca("user", "add", "siti", "--province", "Atlantis", typed=PASSWORD)
    weak = ruangbaca("user", "add", "siti", typed="pendek")
    disabled = ruangbaca("user", "disable", "budi")
    listed = ruangbaca("user", "list")[1]
    unknown = ruangbaca("user", "disable", "nobody")
    back = ruangbaca("user", "password", "budi", typed="tiga ekor bebek di sawah")

    assert (added[0], disabled[0], back[0]) == (0, 0, 0)
    assert (again[0], lost[0], weak[0], unknown[0]) == (1, 1, 1, 1)
    assert listed == "budi\tbudi\tSumatera Barat\tdisabled\n"
    assert Browser(hub).login("budi", "tiga ekor bebek di sawah").status_code == 303


def test_a_flood_of_logins_does_not_hold_the_threads_that_devices_need(hub, monkeypatch):
    held, go_on = threading.Semaphore(0), threading.Event()

    def slow(self, password, password_hash):
        held.release()
        assert go_on.wait(LIMIT_S)
        return False

    monkeypatch.setattr(Passwords, "matches", slow)
    browser = Browser(hub)
    app, token = browser.app, TOKEN.search(browser.get("/login").text)[1]
    cookie = browser.cookie("hub_form").value

    def knock(name):
        client = app.test_client()
        client.set_cookie("hub_form", cookie)
        told = {"csrf_token": token, "username": name, "password": "x"}
        return client.post("/login", data=told, buffered=True).status_code

    with ThreadPoolExecutor(CHECKS_AT_ONCE) as pool:
        waiting = [pool.submit(knock, f"name-{n}") for n in range(CHECKS_AT_ONCE)]
        assert all(held.acquire(timeout=LIMIT_S) for _ in waiting)
        refused = knock("one-more")
        go_on.set()

        assert refused == 503
        assert [done.result() for done in waiting] == [422] * CHECKS_AT_ONCE


@pytest.fixture
def ruangbaca(hub, monkeypatch, capfd):
    """ruangbaca("user", "list") -> (exit code, output, errors); `typed` is what stdin says."""
    monkeypatch.setenv("RUANGBACA_HUB_DSN", hub.dsn)

    def run(*words, typed=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        capfd.readouterr()
        code = command_line.run(["hub", *words])
        return code, *capfd.readouterr()

    return run
