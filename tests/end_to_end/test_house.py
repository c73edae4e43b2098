"""The appliance's own screens in a real browser: they fit, and axe finds nothing."""

import pytest

from appliance.actor import SYSTEM
from tests.end_to_end.conftest import Site, check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "kuda-laut-biru-27"
PATHS = ("/staff/health", "/staff/sync", "/staff/journal", "/staff/settings", "/staff/poster")


def test_every_screen_fits_and_is_accessible(open_page, site: Site) -> None:
    site.services.staff.add("admin1", "Rina Admin", "admin", PASSWORD, by=SYSTEM)
    page = open_page("/staff/login")
    page.locator("#field-username").fill("admin1")
    page.locator("#field-password").fill(PASSWORD)
    page.locator("form[action*='/staff/login'] [type=submit]").click()
    page.wait_for_url("**/staff")

    for path in PATHS:
        page.goto(path)
        page.locator("h1").first.wait_for()
        check(page)
