"""One visit in Chromium on the real demonstration: a phone, a desk, a station's tablet.

Scripts are on, so pages follow each other by their own polling; nobody reloads anything.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.ratings.questions import Element
from tests.end_to_end.conftest import assert_accessible, assert_fits
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, TABLET, DESK = 360, 768, 1280
PATIENCE_MS = 30_000


@pytest.fixture(params=["pasaman", "dharmasraya"])
def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningDemo]:
    running = RunningDemo(tmp_path / "data", f"--office={request.param}")
    running.wait_ready()
    yield running
    running.end()


def person(chromium: Any, demo: RunningDemo, width: int) -> Any:
    context = chromium.new_context(
        base_url=demo.url,
        viewport={"width": width, "height": 800},
        is_mobile=width == PHONE,
        has_touch=width != DESK,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
    )
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def sign_in(page: Any, name: str, path: str) -> None:
    page.goto(path)
    page.fill("[name=username]", name)
    page.fill("[name=password]", f"{name}-demo")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(path))


def checked(page: Any) -> None:
    assert_accessible(page)
    assert_fits(page)


def fill_guest_book(phone: Any) -> None:
    phone.goto("/")
    checked(phone)
    phone.get_by_role("link", name="Isi buku tamu").first.click()
    phone.locator("main form button[type=submit]").click()
    phone.wait_for_selector(".error-summary")
    checked(phone)
    phone.fill("[name=name]", "Siti Aminah")
    for name in ("sex", "purpose"):
        phone.locator(f"[name={name}]").first.check(force=True)
    for name, value in (("age_band", "2"), ("education", "3"), ("occupation", "1")):
        phone.select_option(f"[name={name}]", value)
    phone.fill("[name=agency_name]", "Universitas Contoh")
    phone.select_option("[name=agency_category]", "6")
    phone.locator("[name=services]").first.set_checked(True, force=True)
    phone.locator("[name=consent]").check(force=True)
    phone.locator("main form button[type=submit]").click()
    phone.wait_for_url(re.compile("/visits/"))


def test_a_day_in_the_reading_room(chromium: Any, demo: RunningDemo) -> None:
    asks_for_card = "--office=dharmasraya" in demo.process.args
    phone, desk, station = (person(chromium, demo, width) for width in (PHONE, DESK, TABLET))

    fill_guest_book(phone)
    checked(phone)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", phone.inner_text("main"))
    assert code
    ticket = phone.url

    sign_in(desk, "petugas", "/staff")
    desk.get_by_role("button", name="Panggil").click()
    phone.wait_for_selector("text=sedang dipanggil")
    desk.get_by_role("button", name="Layani").click()
    if asks_for_card:
        desk.get_by_role("button", name="Terima kartu").click()
        desk.wait_for_selector("text=di slot 1")
    desk.get_by_role("button", name=re.compile("Serahkan loker")).click()
    phone.wait_for_selector("text=Pintu terbuka")
    checked(phone)
    checked(desk)
    desk.goto("/staff/lockers")
    desk.wait_for_selector("text=Dipakai")
    checked(desk)
    phone.wait_for_selector("text=Pintu tertutup")
    phone.get_by_role("button", name="Buka loker lagi").click()
    phone.wait_for_selector("text=Pintu terbuka")

    sign_in(station, "operator", "/station")
    station.get_by_role("button", name=re.compile("Daftarkan layar")).click()
    station.fill("[name=code]", code[0].lower())
    station.keyboard.press("Enter")
    station.get_by_role("button", name="Dokumen warna").click()
    station.wait_for_selector("progress")
    checked(station)
    station.wait_for_selector("text=1 halaman tersimpan")
    station.get_by_role("button", name="Tambah halaman").click()
    station.wait_for_selector("text=2 halaman tersimpan")
    checked(station)
    station.get_by_role("button", name="Selesai", exact=True).click()
    with phone.expect_download() as downloading:
        phone.get_by_role("link", name=re.compile("Unduh PDF")).click()
    assert Path(downloading.value.path()).read_bytes().startswith(b"%PDF-")

    phone.goto("/catalogue")
    phone.locator("[name=q]").press_sequentially("dalam angka")
    phone.locator("#hits a, .row-list a").first.wait_for()
    checked(phone)
    phone.goto("/catalogue?q=dalam+angka")
    phone.locator("main a[href^='/catalogue/']").first.click()
    phone.get_by_role("button", name="Saya baca di ruangan").click()

    phone.goto(f"{ticket}/rating")
    for element in Element:
        phone.locator(f"[name={element}][value='4']").check(force=True)
    checked(phone)
    phone.locator("main form[action$='/rating'] button[type=submit]").click()

    phone.goto(ticket)
    phone.wait_for_selector("text=Pintu tertutup")
    phone.get_by_role("button", name="Selesai berkunjung").click()
    phone.wait_for_selector("text=Pintu terbuka")
    checked(phone)
    phone.get_by_role("button", name="Loker sudah kosong").click()
    desk.goto("/staff")
    desk.locator("a[href*='visit=']").filter(has_text="A-001").first.click()
    desk.get_by_role("button", name="Sudah kembali").first.click()
    if asks_for_card:
        desk.get_by_role("button", name="Kartu diserahkan").click()
    phone.wait_for_selector("text=Kunjungan selesai")
    checked(phone)
    for page in (phone, desk, station):
        page.context.close()
