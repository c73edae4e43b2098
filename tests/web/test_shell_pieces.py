"""The pieces of the interface, as the pattern page shows them, and the staff navigation."""

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.config import Settings
from appliance.services import Services
from web.app import create_app


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def values(self, attribute: str) -> list[str]:
        return [value for _, attrs in self.found if (value := attrs.get(attribute))]


@pytest.fixture
def patterns(services: Services, settings: Settings) -> Elements:
    app = create_app(services, msgspec.structs.replace(settings, demo=True))
    reply = app.test_client().get("/patterns")
    assert reply.status_code == 200
    return Elements(reply.text)


def test_every_id_is_used_once(patterns: Elements) -> None:
    assert [name for name, count in Counter(patterns.values("id")).items() if count > 1] == []


def test_labels_and_descriptions_point_at_something(patterns: Elements) -> None:
    ids = set(patterns.values("id"))
    described = {name for names in patterns.values("aria-describedby") for name in names.split()}
    summary = {href[1:] for href in patterns.values("href") if href.startswith("#field-")}

    assert summary
    assert (set(patterns.values("for")) | described | summary) - ids == set()


def test_every_control_has_a_type_or_a_name(patterns: Elements) -> None:
    buttons = [attrs for tag, attrs in patterns.found if tag == "button"]
    inputs = [attrs for tag, attrs in patterns.found if tag in ("input", "select", "textarea")]

    assert [attrs for attrs in buttons if attrs.get("type") not in ("submit", "button")] == []
    assert [attrs for attrs in inputs if not attrs.get("name")] == []


def test_icons_are_hidden_from_screen_readers_or_named(patterns: Elements) -> None:
    drawings = [attrs for tag, attrs in patterns.found if tag == "svg"]

    assert drawings
    assert [a for a in drawings if "aria-hidden" not in a and a.get("class") != "qr-code"] == []


def test_navigation_shows_only_what_exists_and_may_be_entered(
    trial: FlaskClient, sign_in: Callable[[str], FlaskClient], app: Flask
) -> None:
    from web.roles import ROLES

    adapter = app.url_map.bind("localhost")
    for role in ("officer", "admin"):
        html = sign_in(role).get("/trial/staff").text
        menu = html.partition("<nav")[2].partition("</nav>")[0]
        for path in set(re.findall(r'href="([^"]+)"', menu)):
            endpoint, _ = adapter.match(path, method="GET")
            assert role in ROLES[endpoint]


def test_who_is_signed_in_and_the_way_out_are_shown(
    trial: FlaskClient, sign_in: Callable[[str], FlaskClient]
) -> None:
    html = sign_in("officer").get("/trial/staff").text

    assert "Rina Officer" in html
    assert 'method="post" action="/staff/logout"' in html
