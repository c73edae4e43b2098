"""Payloads in a real browser: typed into every text of every form, and none of them runs.

PAYLOAD_PAGES=all in the environment opens every page instead of those with the most words.
"""

import os

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid
from tests.web.every_form.day import spend_a_day
from tests.web.every_form.house import House
from tests.web.every_form.payloads import PAYLOADS
from tests.web.every_form.typist import Typist
from web.app import create_app
from web.sessions import STAFF_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OFFICER = Actor.staff("officer1", "officer")
WATCH = "window.pwned = () => { window.was_pwned = true }"
RAN = """window.was_pwned === true || [...document.querySelectorAll('*')].some(one =>
  [...one.attributes].some(it => it.name.startsWith('on') && it.value.includes('pwned')))"""
WORDIEST = (
    *("desk.show", "staff_visits.show", "staff_visits.visit", "staff_complaints.show"),
    *("staff_requests.show", "staff_photocopies.inbox", "found_property.index", "users.show"),
    *("lockers.show", "journal.show", "catalogue.search", "visits.show"),
)
MOST_TOLD = 130  # notes of a complaint; texts that cannot be read are not taken


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def house(site, core, settings, listening, attended) -> House:
    """A house behind the site, in which every text is a payload."""
    app = create_app(site.services, settings)
    made = House(app, core, site.services, site.clock)
    typist = Typist(made, first=0)
    made.furnish(typist.word)
    spend_a_day(made, typist.fill)
    return made


def test_no_payload_runs_in_a_browser(house, site, open_page) -> None:
    told = sum(is_noted(site, payload) for payload in PAYLOADS)
    assert told > MOST_TOLD
    page = open_page("/privacy", width=1280)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.add_init_script(WATCH)
    sign_in(page, site, house)

    for name in every_page(house) if os.environ.get("PAYLOAD_PAGES") == "all" else WORDIEST:
        page.goto(house.address(name, house.gets[name]))
        assert page.evaluate(RAN) is False, name
    assert dialogs == []

    page.goto("about:blank")
    page.set_content("<svg onload=pwned()></svg>")  # so that it would have been seen
    page.wait_for_function("window.was_pwned")


def every_page(house: House) -> list[str]:
    """The pages that this house has something to show on."""
    found = []
    for name in sorted(house.gets):
        with house.look(name) as answer:
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found.append(name)
    return found


def is_noted(site, payload: str) -> bool:
    """Whether this text may stand beside a complaint, where it does then."""
    try:
        site.services.complaints.note(1, payload, by=OFFICER)
    except Invalid:
        return False
    return True


def sign_in(page, site, house: House) -> None:
    """Give the browser the session that the house has."""
    house.let_in()
    kept = house.staff.get_cookie(STAFF_COOKIE)
    assert kept is not None
    page.context.add_cookies([{"name": STAFF_COOKIE, "value": kept.value, "url": site.url}])
