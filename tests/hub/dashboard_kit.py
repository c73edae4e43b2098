"""Somebody who is signed in at the dashboard, without a browser."""

import re

from werkzeug.test import TestResponse

from appliance.hub.app import Hub, create_app
from appliance.hub.site.users import People
from appliance.staff.passwords import Passwords

PASSWORD = "kopi tubruk pagi 7"
TOKEN = re.compile(r'name="csrf_token" value="(\w+)"')


class Browser:
    """Asks pages of an application of its own over the hub's database, and posts their forms."""

    def __init__(self, hub, *, scheme="http", address="127.0.0.1"):
        app = create_app(Hub(hub.database, hub.keys))
        self.app = app
        self._client = app.test_client()
        self._told = {
            "base_url": f"{scheme}://localhost",
            "environ_base": {"REMOTE_ADDR": address},
        }

    def get(self, path, **headers) -> TestResponse:
        return self._client.get(path, headers=headers, buffered=True, **self._told)

    def post(self, path, fields=None, *, form="/account", token=None, **headers) -> TestResponse:
        """Post a form with the token of the page that shows it; `token` says another."""
        found = TOKEN.search(self.get(form).text)
        given = token if token is not None else found and found[1]
        data = {"csrf_token": given, **(fields or {})} if given else fields
        return self._client.post(path, data=data, headers=headers, buffered=True, **self._told)

    def login(self, username, password=PASSWORD, **fields) -> TestResponse:
        told = {"username": username, "password": password, **fields}
        return self.post("/login", told, form="/login")

    def cookie(self, name):
        return self._client.get_cookie(name)

    def set_cookie(self, name, value):
        self._client.set_cookie(name, value)


def add_person(hub, username, province="") -> None:
    """Somebody with the password of this kit; a province has to have an office already."""
    People(hub.database, Passwords()).add(username, username.title(), province, PASSWORD)


def signed_in(hub, username="tini", province="", **where) -> Browser:
    """Their browser, beyond the login page."""
    add_person(hub, username, province)
    browser = Browser(hub, **where)
    assert browser.login(username).status_code == 303
    return browser
