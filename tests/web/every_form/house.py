"""A house in which every form has something to work on, and the browsers of everybody in it."""

import io
import secrets
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from peewee import Model
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from appliance.actor import SYSTEM, Actor
from appliance.core import Core
from appliance.errors import NotFound
from appliance.services import Services
from appliance.storage.models import (
    Breach,
    Complaint,
    DoorAlarm,
    Erasure,
    LoginFailure,
    MailMessage,
    MarkedCopy,
    PrivacyRequest,
    RatingInvitation,
    ScanJob,
    ScanPage,
    SignedReport,
    SoftcopyRequest,
    StaffSession,
    Visit,
)
from tests.copies_kit import add_book
from tests.fakes import FakeClock
from tests.web.conftest import PASSWORD, post
from tests.web.every_form.desk import DESK_FORMS
from tests.web.every_form.office import OFFICE_FORMS
from tests.web.every_form.visitors import VISITORS_FORMS, Fields
from web import limits, roles, sessions
from web.callers import OPEN, STAFF, Who
from web.limits import MissCounter
from web.routes.home import OWN_VISIT

FORMS: dict[str, Fields] = VISITORS_FORMS | DESK_FORMS | OFFICE_FORMS
FILES = {
    "copies.verify_file": "publikasi.pdf",
    "staff_requests.add_file": "jawaban.pdf",
    "shelf_lists.check": "rak.csv",
    "sync.receipt": "ruangbaca.receipt",
}
OFFICER = Actor.staff("officer1", "officer")
At = dict[str, object]
ABSENT = "tidak-ada"  # what an address names when the house has none of it


def rules_of(app: Flask, method: str) -> dict[str, Rule]:
    """The routes that answer this method, by endpoint."""
    rules = app.url_map.iter_rules()
    return {rule.endpoint: rule for rule in rules if method in (rule.methods or ())}


def newest(model: type[Model], name: str, *conditions: object) -> str:
    """The value of this column in the newest such row."""
    rows = model.select().where(*conditions) if conditions else model.select()
    row = rows.order_by(model._meta.primary_key.desc()).first()
    return ABSENT if row is None else str(getattr(row, name) or ABSENT)


class NobodyGuesses(MissCounter):
    """Lets everybody try as often as they like: what forms take is looked at, not how often."""

    def add(self, key: str, limit: int) -> None:
        """Count nothing."""


class House:
    """The rooms, everybody in them, and the browsers that send their forms."""

    def __init__(self, app: Flask, core: Core, services: Services, clock: FakeClock) -> None:
        self.app, self.core, self.services, self.clock = app, core, services, clock
        app.extensions[limits.EXTENSION] = NobodyGuesses()
        self.posts, self.gets = rules_of(app, "POST"), rules_of(app, "GET")
        self.visitor, self.station = app.test_client(), app.test_client()
        self.staff, self.screen = app.test_client(), app.test_client()

    def furnish(self, say: Callable[[str], str] = lambda good: good) -> None:
        """What no form makes, or not so quickly: staff, a book, lockers, devices, a scan."""
        services = self.services
        for role in ("admin", "officer", "operator", "head"):
            services.staff.add(f"{role}1", say(f"Rina {role.title()}"), role, PASSWORD, by=SYSTEM)
        services.lockers.sync_bank(dict.fromkeys(range(1, 9), True), by=SYSTEM)
        add_book(self.core, services, title=say("Pasaman Dalam Angka 2024"))
        self.enter(say)

    def enter(self, say: Callable[[str], str] = lambda good: good) -> None:
        """Give every browser what it is known by, in a house that is new or was copied."""
        for browser, kind, cookie in (
            (self.station, "station", sessions.STATION_COOKIE),
            (self.screen, "display", sessions.DISPLAY_COOKIE),
            (self.screen, "desk", sessions.DESK_COOKIE),
        ):
            token = self.services.staff.register_device(kind, say(f"Layar {kind}"), by=OFFICER)
            browser.set_cookie(cookie, token)
        if Visit.select().exists():
            self.be_visitor()
            self.send("station.bind")

    def let_in(self) -> None:
        """Somebody who may do everything is signed in, whatever the forms before have ended."""
        staff, kept = self.services.staff, self.staff.get_cookie(sessions.STAFF_COOKIE)
        if kept is not None and kept.value and staff.session(kept.value) is not None:
            return
        self.core.writer.run(lambda: LoginFailure.delete().execute())  # or it would say: wait
        name = f"admin{secrets.token_hex(4)}"
        staff.add(name, "Admin", "admin", PASSWORD, by=SYSTEM)
        token = staff.login(name, PASSWORD, client="127.0.0.1")
        self.staff.set_cookie(sessions.STAFF_COOKIE, token)

    def be_visitor(self) -> None:
        """Let the visitor's browser be that of the first visit."""
        with self.visitor.session_transaction() as session:
            session[OWN_VISIT] = self.services.visits.by_id(1).token

    def browser(self, endpoint: str) -> FlaskClient:
        """Who may send this form, or open this page."""
        callers = roles.ROLES[endpoint]
        if callers & OPEN:
            return self.visitor
        if Who.STATION in callers:
            return self.station
        return self.staff if callers & STAFF else self.screen

    def address(self, endpoint: str, rule: Rule, **changes: object) -> str:
        """Where it is, about what there is in this house."""
        values = {name: self.value(name, endpoint) for name in rule.arguments} | changes
        return str(rule.build(values, append_unknown=False)[1])

    def value(self, name: str, endpoint: str) -> object:
        """What stands in this part of the address."""
        known: dict[str, Callable[[], object]] = {
            "token": lambda: self._token(endpoint),
            "uuid": lambda: self._uuid(endpoint),
            "number": lambda: self._number(endpoint),
            "shown": self._shown,
            "day": lambda: "2026-11-23",
            "name": lambda: "loker" if "reader" in endpoint else self._scanner(),
            "device": lambda: 2 if "display" in endpoint else 4,
            "alarm": lambda: newest(DoorAlarm, "uuid"),
            "code": lambda: "colour",
            "username": lambda: "officer1",
            "size": lambda: "small",
            "format": lambda: "png",
        }
        return known.get(name, lambda: 1)()

    def _scanner(self) -> str:
        return self.core.settings.scanners[0].name

    def _token(self, endpoint: str) -> str:
        if endpoint.startswith("handed_ratings."):
            try:
                return self.services.rating_invitations.by_code(
                    newest(RatingInvitation, "code")
                ).token
            except NotFound:
                return ABSENT
        return self.services.visits.by_id(1).token

    def _uuid(self, endpoint: str) -> str:
        if endpoint.startswith("station_pages."):
            return newest(ScanPage, "uuid")
        if endpoint.startswith("staff_sessions."):
            return newest(StaffSession, "uuid")
        if endpoint.startswith("breaches."):
            return newest(Breach, "uuid")
        if endpoint in ("mail.cancel", "mail.cancel_at_desk"):
            return newest(MailMessage, "uuid")
        return newest(ScanJob, "uuid", ScanJob.state == "ready")

    def _number(self, endpoint: str) -> object:
        if endpoint == "copies.file":
            return newest(MarkedCopy, "number")
        if endpoint.startswith("reports."):
            return newest(SignedReport, "number")
        return newest(Erasure, "number") if endpoint == "staff_privacy.receipt" else 1

    def _shown(self) -> str:
        code = newest(SoftcopyRequest, "code")
        return (post(self.visitor, "/requests", {"code": code}).location or ABSENT).split("/")[-1]

    def filled(self, endpoint: str, **changes: str) -> Fields:
        """The form as a person fills it in, about what there is in this house."""
        named: dict[str, Callable[[], str]] = {
            "{code}": lambda: self.services.visits.by_id(1).code,
            "{other_code}": lambda: self.services.visits.by_id(2).code,
            "{visit_id}": lambda: "1",
            "{ticket}": lambda: newest(Complaint, "code"),
            "{request_code}": lambda: newest(SoftcopyRequest, "code"),
            "{page}": lambda: newest(ScanPage, "uuid"),
            "{right}": lambda: newest(PrivacyRequest, "uuid"),
        }
        fields = {name.replace("*", "1"): value for name, value in FORMS[endpoint].items()}
        return {
            name: named[value]() if isinstance(value, str) and value in named else value
            for name, value in (fields | changes).items()
        }

    def send(
        self, endpoint: str, at: dict[str, object] | None = None, **changes: str
    ) -> TestResponse:
        """Send the form, filled in but for these fields; `at` changes the address."""
        fields: dict[str, object] = dict(self.filled(endpoint, **changes))
        if endpoint in FILES and isinstance(fields.get("file"), str):
            fields["file"] = (io.BytesIO(str(fields["file"]).encode()), FILES[endpoint])
        path = self.address(endpoint, self.posts[endpoint], **(at or {}))
        self.let_in()
        return post(self.browser(endpoint), path, fields)

    def look(
        self, endpoint: str, at: dict[str, object] | None = None, **query: str
    ) -> TestResponse:
        """Open the page of this endpoint."""
        path = self.address(endpoint, self.gets[endpoint], **(at or {}))
        self.let_in()
        return self.browser(endpoint).get(path, query_string=query)
