"""Who signs in at the dashboard, for how long, and what slows down who guesses."""

import contextlib
import io
import json
import re
import secrets
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from appliance import __main__ as command_line
from appliance.hub.api_enrolment import FAILED_CLAIMS
from appliance.hub.database import Database
from appliance.hub.offices import Offices
from appliance.hub.site.login import CHECKS_AT_ONCE
from appliance.hub.throttle import Allowance, Throttle
from appliance.staff.passwords import Passwords
from tests.hub.dashboard_kit import PASSWORD, TOKEN, Browser, add_person, signed_in
from tests.hub_kit import LIMIT_S, claim


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


def test_a_session_that_began_while_its_person_was_disabled_is_none(hub):
    browser = signed_in(hub)

    with hub.database.transaction() as connection:
        connection.execute("UPDATE person SET disabled_at = now()")

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
    assert refused.status_code == 429
    assert re.search(r"Coba lagi dalam 1?\d menit", refused.text)
    assert elsewhere.status_code == 303, "somebody who guesses locks the person out"


def test_nobody_locks_a_name_out_from_one_address_by_patience(hub):
    add_person(hub, "tini")
    for _quarter in range(8):
        for _ in range(6):
            Browser(hub).login("tini", "wrong")
        with hub.database.transaction() as connection:
            connection.execute("UPDATE attempt SET at = at - interval '16 minutes'")

    assert Browser(hub).login("tini").status_code == 429
    assert Browser(hub, address="192.0.2.7").login("tini").status_code == 303


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
