"""A registered station, a visitor bound to it, and a scanner that can be told."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from appliance.actor import SYSTEM
from appliance.bootstrap import Core
from appliance.services import Services
from appliance.storage.models import Guest
from appliance.visits.rules import VisitCard
from tests.documents_kit import Station, TellableScanner, a_visit
from tests.web.conftest import post
from tests.web.station.kit import finish_page
from web.sessions import STATION_COOKIE


@pytest.fixture
def scanner() -> TellableScanner:
    return TellableScanner()


@pytest.fixture
def documents(core: Core, scanner: TellableScanner) -> Iterator[Station]:
    started = Station(core, scanner)
    yield started
    started.stop()


@pytest.fixture
def visit(core: Core, services: Services) -> VisitCard:
    visit_id = a_visit(core, services)
    core.writer.run(lambda: Guest.create(visit=visit_id, name="Siti Aminah"))
    return services.visits.by_id(visit_id)


@pytest.fixture
def screen(app: Flask, services: Services) -> FlaskClient:
    """The browser of a registered station."""
    browser = app.test_client()
    token = services.staff.register_device("station", "Stasiun pindai", by=SYSTEM)
    browser.set_cookie(STATION_COOKIE, token)
    return browser


@pytest.fixture
def bound(screen: FlaskClient, visit: VisitCard) -> FlaskClient:
    post(screen, "/station/visit", {"code": visit.code})
    return screen


@pytest.fixture
def scanned(bound: FlaskClient, services: Services, documents: Station) -> FlaskClient:
    """A station with one page of a colour document kept."""
    post(bound, "/station/job", {"preset": "colour"})
    finish_page(services, documents)
    return bound
