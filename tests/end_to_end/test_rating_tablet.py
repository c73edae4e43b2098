"""A rating on a tablet in Chromium: handed out at the desk, answered, and wiped."""

import pytest

from appliance.actor import SYSTEM
from tests.end_to_end.conftest import Site, check
from tests.entries import filled
from tests.services.library import OFFICER
from web.rating_forms import TABLET_COOKIE
from web.sessions import STAFF_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MONTH = "2026-11"
PASSWORD = "kuda-laut-biru-27"


def test_a_form_comes_to_the_tablet_by_itself_and_leaves_nothing_there(
    open_page, site: Site
) -> None:
    services = site.services
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )
    services.visits.serve(visit.id, by=OFFICER)
    services.staff.add("rina", "Rina", "officer", PASSWORD, by=SYSTEM)
    desk = open_page("/rate", width=1280)
    session = services.staff.login("rina", PASSWORD, client="127.0.0.1")
    desk.context.add_cookies([{"name": STAFF_COOKIE, "value": session, "url": site.url}])
    tablet = open_page("/rate", width=768)
    token = services.rating_tablets.register("Tablet meja", by=OFFICER)
    tablet.context.add_cookies([{"name": TABLET_COOKIE, "value": token, "url": site.url}])
    tablet.goto("/kiosk/rating")
    tablet.wait_for_selector("text=Belum ada lembar penilaian")

    desk.goto(f"/staff/visits/{visit.id}/rating")
    check(desk)
    desk.get_by_role("button", name="Tampilkan di Tablet meja").click()
    desk.wait_for_selector("text=Menunggu di Tablet meja")

    tablet.wait_for_selector("text=9. Sarana dan Prasarana")
    assert visit.label not in tablet.content()
    check(tablet)
    for field in tablet.locator("fieldset.rating-field").all():
        field.locator("label").last.click()
    tablet.get_by_role("button", name="Kirim penilaian").click()
    tablet.get_by_role("link", name="Lanjut ke enam belas butir").click()
    tablet.wait_for_selector("text=langkah 1 dari 4")
    check(tablet)
    tablet.locator("label:has(#field-satisfaction_information-10)").click()
    tablet.get_by_role("button", name="Cukup, kirim sampai di sini").click()
    tablet.wait_for_selector("text=Kembalikan tablet ini ke petugas.")
    # It goes back to rest by itself; when is no matter of this test.
    assert tablet.locator("body").get_attribute("data-idle-url") == "/kiosk/rating"

    desk.goto("/staff/ratings")
    desk.wait_for_selector("text=IKM 100,00")
    check(desk)
    assert services.ratings.channels(MONTH) == {"tablet": 1}
    assert services.skd.figures(MONTH).respondents == 1
