"""The head looks at figures without anybody in them, and changes nothing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.actor import Actor
from appliance.staff.rules import STAFF_ROLES
from appliance.visits.rules import VisitCard
from tests.entries import filled
from tests.web.conftest import post
from tests.web.test_shell_headers import address
from web import roles
from web.callers import OPEN, Who
from web.csrf import EXEMPT, SAFE_METHODS

TURNED_AWAY = 403
# What a route does with made-up arguments is its own affair, once it was reached.
ASK_FOR_MORE = {"reports.export"}


@pytest.fixture
def head(sign_in) -> FlaskClient:
    return sign_in("head")


@pytest.fixture
def visit(bank) -> VisitCard:
    """Somebody with a name, in the room, with a locker."""
    made = bank.guestbook.register(filled(), channel="phone", language="id", idempotency_key="a")
    bank.lockers.assign(made.id, by=Actor.staff("rina", "officer"), without_card="Tidak membawa")
    return made


def test_a_head_begins_with_the_figures_of_the_day(head, visit) -> None:
    assert head.get("/staff").location == "/staff/overview"

    shown = head.get("/staff/overview").text
    assert "Hari ini" in shown
    assert "Dipakai" in shown
    assert visit.name not in shown
    assert visit.label not in shown


def test_nothing_a_head_sees_names_a_visitor(app: Flask, head, visit) -> None:
    seen = []
    for rule in app.url_map.iter_rules():
        is_seen = Who.HEAD in roles.ROLES[rule.endpoint] and "GET" in rule.methods
        if is_seen:
            reply = head.get(address(rule))
            assert reply.status_code in (200, 303, 404), rule.rule
            seen.append((rule.rule, reply.text))

    assert len(seen) > 5
    assert [path for path, text in seen if visit.name in text or visit.code in text] == []


def test_a_head_sends_nothing_but_what_concerns_the_account(app: Flask, head) -> None:
    taken = set()
    for rule in app.url_map.iter_rules():
        if rule.methods <= {*SAFE_METHODS, "HEAD"}:
            continue
        reply = post(head, address(rule), {"format": "none"})
        if reply.status_code != TURNED_AWAY:
            taken.add(rule.endpoint)
        if rule.endpoint == "staff_login.logout":
            services = app.extensions["ruangbaca"].services
            from web.sessions import STAFF_COOKIE

            token = services.staff.login("head1", "kuda-laut-biru-27", client="127.0.0.1")
            head.set_cookie(STAFF_COOKIE, token)

    assert taken <= roles.HEAD_MAY_SEND | set(EXEMPT)
    assert "staff_login.change_password" in taken


def test_a_head_is_told_why(head) -> None:
    reply = post(head, "/guestbook", {})

    assert reply.status_code == TURNED_AWAY
    assert "Akun kepala hanya untuk melihat" in reply.text


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_role_reaches_what_the_table_says_and_nothing_else(
    app: Flask, sign_in, role: str
) -> None:
    """Every GET and POST of the appliance, as a signed-in person of this role."""
    browser, wrong = sign_in(role), []
    for rule in app.url_map.iter_rules():
        allowed = roles.ROLES[rule.endpoint]
        if allowed & OPEN or rule.endpoint in EXEMPT or rule.endpoint in ASK_FOR_MORE:
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            is_allowed = Who(role) in allowed
            # Without the form's token what is allowed is refused for that; what is not, before it.
            reply = browser.open(address(rule), method=method)
            is_refused = reply.status_code == TURNED_AWAY and "terlalu lama" not in reply.text
            reply.close()
            if is_refused == is_allowed:
                wrong.append((method, rule.rule, reply.status_code))

    assert wrong == []
