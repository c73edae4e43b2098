"""People's data in Chromium: asked for on a phone without scripts, erased at the desk."""

from collections.abc import Callable
from typing import Any

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.services import Services
from tests.end_to_end.conftest import check
from tests.entries import filled
from tests.web.conftest import PASSWORD
from web.sessions import STAFF_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFICER = Actor.staff("officer1", "officer")


def test_data_is_asked_for_without_scripts_and_erased_at_the_desk(
    open_page: Callable[..., Any], site: Any, services: Services
) -> None:
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )
    phone = open_page(f"/visits/{visit.token}/data", javascript=False)
    phone.get_by_text("Hapus data", exact=True).click()
    phone.get_by_role("button", name="Kirim permintaan").click()
    phone.get_by_text("dijawab paling lambat").wait_for()
    services.visits.close(visit.id, by=OFFICER)

    services.staff.add("officer1", "Rina", "officer", PASSWORD, by=SYSTEM)
    token = services.staff.login("officer1", PASSWORD, client="127.0.0.1")
    desk = open_page("/", width=1280)
    desk.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": site.url}])
    desk.goto("/staff/privacy/processing?lang=en")
    check(desk, "processing")
    desk.goto("/staff/privacy/retention?lang=id")
    desk.get_by_text("Cadangan harian").wait_for()
    check(desk, "retention")
    desk.goto("/staff/privacy?lang=id")
    check(desk, "privacy")
    desk.get_by_role("link", name=f"Hapus data · {visit.label}").click()
    desk.get_by_role("button", name="Hapus data").wait_for()
    check(desk, "data-of-visit")
    desk.get_by_label("Pengunjung memintanya").check()
    desk.get_by_role("button", name="Hapus data").click()
    desk.get_by_role("heading", name="Tanda terima penghapusan data pribadi").wait_for()
    check(desk, "receipt")
    desk.emulate_media(media="print")
    desk.get_by_text("H-2026-0001").last.wait_for()


def test_my_data_fits_every_screen(
    open_page: Callable[..., Any], site: Any, services: Services
) -> None:
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key="one"
    )
    page = open_page(f"/visits/{visit.token}/data")
    check(page, "my-data")
    page.emulate_media(media="print")
    page.get_by_text("dicetak").wait_for()
    assert not page.get_by_role("button", name="Kirim permintaan").is_visible()


def test_an_incident_is_written_down_and_its_pack_taken_for_the_password(
    open_page: Callable[..., Any], site: Any, services: Services
) -> None:
    services.guestbook.register(
        filled(age_band="1", guardian_name="Ibu Ani"),
        channel="phone",
        language="id",
        idempotency_key="one",
    )
    services.staff.add("admin1", "Rina", "admin", PASSWORD, by=SYSTEM)
    token = services.staff.login("admin1", PASSWORD, client="127.0.0.1")
    admin = open_page("/", width=1280)
    admin.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": site.url}])
    admin.goto("/staff/privacy/visits/1")
    admin.get_by_role("heading", name="Persetujuan pendamping anak").wait_for()
    check(admin, "guardian")
    admin.goto("/staff/privacy/breaches")
    admin.get_by_role("link", name="Catat insiden").click()
    admin.get_by_label("Kapan diketahui").wait_for()
    check(admin, "incident-form")
    for label in ("Kapan diketahui", "Kapan mulai terjadi"):
        admin.get_by_label(label).fill("2026-11-22T09:30")
    admin.get_by_label("Apa yang terjadi").fill("Cadangan hilang.")
    admin.get_by_role("button", name="Simpan insiden").click()
    admin.get_by_role("heading", name="Paket insiden").wait_for()
    check(admin, "incident")
    admin.get_by_label("Kata sandi Anda").fill(PASSWORD)
    with admin.expect_download() as download:
        admin.get_by_role("button", name="Unduh paket").click()

    assert download.value.suggested_filename.startswith("paket-insiden-i-")
