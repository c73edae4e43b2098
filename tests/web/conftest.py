"""The real app over real services, and browsers that know how to send its forms."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from appliance.actor import SYSTEM
from appliance.config import Settings
from appliance.core import Core
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.visits.rules import VisitCard
from tests.fakes import FakeClock
from tests.lockers_kit import visitor_at_locker_1
from web import roles
from web.app import create_app
from web.sessions import STAFF_COOKIE

PASSWORD = "kuda-laut-biru-27"
FORM_SECRET = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def app(services: Services, settings: Settings) -> Flask:
    """The web app as `ruangbaca web` serves it; needs `python -m web.build` to have run."""
    return create_app(services, settings)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser. Use `post` to send forms as that browser would."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, services: Services) -> Callable[[str], FlaskClient]:
    """Call with a role: a browser in which a member of staff of that role is signed in."""

    def make(role: str) -> FlaskClient:
        services.staff.add(f"{role}1", f"Rina {role.title()}", role, PASSWORD, by=SYSTEM)
        browser = app.test_client()
        token = services.staff.login(f"{role}1", PASSWORD, client="127.0.0.1")
        browser.set_cookie(STAFF_COOKIE, token)
        return browser

    return make


@pytest.fixture
def officer(sign_in: Callable[[str], FlaskClient]) -> FlaskClient:
    """The browser of an officer, `officer1`, who is signed in."""
    return sign_in("officer")


@pytest.fixture
def bank(services: Services, listening: WakeSocket) -> Services:
    """Six lockers, whose doors can be seen."""
    services.lockers.sync_bank(dict.fromkeys(range(1, 7), True), by=SYSTEM)
    return services


@pytest.fixture
def holder(core: Core, bank: Services, clock: FakeClock) -> VisitCard:
    """A visit whose locker 1 was opened and shut a minute ago."""
    return visitor_at_locker_1(core, bank, clock)


def version_of(text: str, path: str) -> str:
    """The version with which a page asks for its part at this path."""
    found = re.search(rf"{path}\?(?:\w+=\w+&amp;)?v=([\w.]+)", text)
    assert found, f"nothing polls {path}"
    return found[1]


def csrf_token(client: FlaskClient) -> str:
    """The token that a page would have given this browser."""
    with client.session_transaction() as session:
        session["csrf_token"] = FORM_SECRET
    serializer = URLSafeTimedSerializer(
        str(client.application.secret_key)
        if isinstance(client.application.secret_key, str)
        else client.application.secret_key or b"",
        salt="wtf-csrf-token",
    )
    return str(serializer.dumps(FORM_SECRET))


def post(
    client: FlaskClient,
    path: str,
    data: dict[str, Any] | None = None,
    *,
    htmx: bool = False,
    headers: dict[str, str] | None = None,
) -> TestResponse:
    """Send a form of ours: with its token and, as browsers do, its Origin."""
    sent = {"Origin": "http://localhost"} | ({"HX-Request": "true"} if htmx else {})
    fields = {"csrf_token": csrf_token(client)} | (data or {})
    return client.post(path, data=fields, headers=sent | (headers or {}))


def fragment(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    """Ask for a path as htmx does."""
    return client.get(path, headers={"HX-Request": "true"} | headers)


@pytest.fixture
def trial(app: Flask, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser of an app that also has the routes of tests/web/trial.py."""
    from tests.web import trial as routes

    monkeypatch.setattr(roles, "ROLES", {**roles.ROLES, **routes.ENDPOINTS})
    routes.add_to(app)
    return app.test_client()
