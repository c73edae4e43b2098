"""Every reply, whatever its status, carries the browser's rules and says nothing about us."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from tests.web.conftest import fragment, post
from web.assets import BUILD_DIR
from web.security import CONTENT_SECURITY_POLICY

REQUIRED = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FAILURES = ["refused", "not_found", "forbidden", "invalid", "unavailable", "crash"]
FAILURES += ["400", "404", "405", "413", "429", "500", "503"]


def has_required(headers: object) -> bool:
    return {name: headers.get(name) for name in REQUIRED} == REQUIRED


def address(rule: Rule) -> str:
    """Some address of this rule, with made-up arguments."""
    values = {
        name: 1 if isinstance(c, IntegerConverter) else "x" for name, c in rule._converters.items()
    }
    return rule.build(values)[1]


def test_policy_allows_no_inline_code_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'; script-src 'self';")
    assert "http" not in CONTENT_SECURITY_POLICY


def test_every_get_route_carries_the_headers(app: Flask) -> None:
    client = app.test_client()
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods]

    replies = {rule.rule: client.get(address(rule)) for rule in rules}
    for reply in replies.values():
        reply.close()

    assert replies
    assert [path for path, reply in replies.items() if not has_required(reply.headers)] == []
    assert [p for p, r in replies.items() if r.headers["Cache-Control"] != "no-store"] == []
    assert [p for p, r in replies.items() if "HX-Request" not in r.headers["Vary"]] == []


@pytest.mark.parametrize("kind", FAILURES)
def test_every_error_carries_the_headers(trial: FlaskClient, kind: str) -> None:
    for reply in (trial.get(f"/trial/fail/{kind}"), fragment(trial, f"/trial/fail/{kind}")):
        assert has_required(reply.headers)
        assert reply.headers["Cache-Control"] == "no-store"
        assert "Server" not in reply.headers


def test_refused_hosts_and_forms_carry_the_headers(trial: FlaskClient) -> None:
    foreign = trial.get("/trial/form", headers={"Host": "evil.example"})
    tokenless = trial.post("/trial/form")
    large = post(trial, "/trial/form", {"name": "x" * 300_000})

    assert [foreign.status_code, tokenless.status_code, large.status_code] == [400, 403, 413]
    assert all(has_required(reply.headers) for reply in (foreign, tokenless, large))


def test_hashed_assets_are_kept_for_ever_and_guarded_too(client: FlaskClient) -> None:
    manifest = json.loads((BUILD_DIR / "static" / "manifest.json").read_text())

    for name in manifest.values():
        reply = client.get(f"/static/{name}")
        assert reply.status_code == 200
        assert "immutable" in reply.headers["Cache-Control"]
        assert has_required(reply.headers)
        assert "Access-Control-Allow-Origin" not in reply.headers
        reply.close()


def test_policy_reports_are_taken_without_a_token(
    client: FlaskClient,
) -> None:
    report = {"csp-report": {"violated-directive": "script-src"}}

    assert client.post("/csp", json=report).status_code == 204
    assert client.post("/csp", data=b"\xff\x00", content_type="text/plain").status_code == 204


def test_opener_policy_is_sent_where_browsers_heed_it(client: FlaskClient) -> None:
    own = client.get("/no-such-page")
    room = client.get("/no-such-page", headers={"Host": "ruangbaca.local"})

    assert own.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Cross-Origin-Opener-Policy" not in room.headers
