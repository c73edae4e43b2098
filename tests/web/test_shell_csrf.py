"""Only our own pages may change anything."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import csrf_token, post
from tests.web.test_shell_headers import address
from web.csrf import EXEMPT

OURS = {"Origin": "http://localhost"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def test_every_unsafe_route_refuses_what_our_pages_did_not_send(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.methods & UNSAFE]
    accepted = []
    for rule in rules:
        if rule.endpoint in EXEMPT:
            continue
        for method in rule.methods & UNSAFE:
            client = app.test_client()
            path, token = address(rule), csrf_token(client)
            tries = {
                "no token": {"headers": OURS},
                "false token": {"headers": OURS, "data": {"csrf_token": "x"}},
                "token of another": {
                    "headers": OURS, "data": {"csrf_token": csrf_token(app.test_client()) + "x"},
                },
                "plain text": {"headers": OURS | {"Content-Type": "text/plain"}, "data": "a=b"},
                "foreign origin": {
                    "headers": {"Origin": "http://evil.example"}, "data": {"csrf_token": token},
                },
                "null origin": {"headers": {"Origin": "null"}, "data": {"csrf_token": token}},
                "foreign referrer": {
                    "headers": {"Referer": "http://evil.example/"}, "data": {"csrf_token": token},
                },
            }  # fmt: skip
            for name, kwargs in tries.items():
                status = client.open(path, method=method, **kwargs).status_code
                if status != 403:
                    accepted.append((path, method, name, status))
    assert accepted == []


def test_no_safe_route_is_named_like_a_change(app: Flask) -> None:
    """A GET route that opens, deletes or finishes would be followed by a prefetching browser."""
    verbs = ("open", "delete", "finish", "call", "serve", "return")
    rules = [r for r in app.url_map.iter_rules() if "GET" in r.methods and not r.methods & UNSAFE]

    assert [r.rule for r in rules if r.rule.rstrip("/").split("/")[-1] in verbs] == []


def test_our_own_form_is_taken(trial: FlaskClient) -> None:
    assert post(trial, "/trial/form", {"name": "Siti"}).status_code == 303


def test_a_program_without_origin_is_taken_when_it_has_the_token(trial: FlaskClient) -> None:
    reply = trial.post("/trial/form", data={"csrf_token": csrf_token(trial), "name": "Siti"})

    assert reply.status_code == 303


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize(
    "source",
    ["http://[", "http://localhost.evil.example", "http://localhost:99999", "ftp://localhost",
     "localhost", "http://localhost@evil.example/", "\xff"],
)  # fmt: skip
def test_a_source_that_is_no_address_of_ours_is_refused(
    trial: FlaskClient, header: str, source: str
) -> None:
    data = {"csrf_token": csrf_token(trial), "name": "Siti"}

    assert trial.post("/trial/form", data=data, headers={header: source}).status_code == 403


def test_a_token_belongs_to_the_browser_it_was_given_to(app: Flask, trial: FlaskClient) -> None:
    token = csrf_token(trial)

    stolen = app.test_client().post("/trial/form", data={"csrf_token": token}, headers=OURS)

    assert stolen.status_code == 403
    assert "terlalu lama terbuka" in stolen.text


@pytest.mark.parametrize("jump_s", [400 * 86400, -400 * 86400])
def test_an_open_form_survives_a_clock_that_jumps(
    trial: FlaskClient, monkeypatch: pytest.MonkeyPatch, jump_s: int
) -> None:
    import time

    token, real = csrf_token(trial), time.time
    monkeypatch.setattr(time, "time", lambda: real() + jump_s)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: real() + jump_s)

    reply = trial.post("/trial/form", data={"csrf_token": token, "name": "Siti"}, headers=OURS)

    assert reply.status_code == 303


def test_session_cookie_is_out_of_reach_for_scripts_and_other_sites(trial: FlaskClient) -> None:
    cookie = trial.get("/trial/form").headers["Set-Cookie"]

    assert cookie.startswith("rb_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
