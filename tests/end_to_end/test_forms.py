"""Softcopy, photocopy and complaint in Chromium: every screen on every width, clean and wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from appliance.actor import ANYONE, SYSTEM, Actor
from appliance.visits.rules import VisitCard
from tests.end_to_end.conftest import Site, check
from tests.entries import filled
from tests.services.library import OFFICER, new_publication
from web.sessions import STAFF_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "kuda-laut-biru-27"
REQUEST = {"wanted": "Dharmasraya Dalam Angka 2024", "purpose": "skripsi", "email": "s@contoh.id"}
TRIP = {"title": "Dharmasraya Dalam Angka 2024", "pages": "12-15"}
LONG = "Kata" * 60  # one word that no screen is wide enough for


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def visit(site: Site) -> VisitCard:
    return site.services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )


@pytest.fixture
def staff_page(site: Site, open_page: Callable[..., Any]) -> Callable[..., Any]:
    """A browser in which an officer is signed in, at the path given."""
    site.services.staff.add("rina", "Rina Marlina", "officer", PASSWORD, by=SYSTEM)

    def make(path: str, **how: Any) -> Any:
        page = open_page("/standard", **how)
        token = site.services.staff.login("rina", PASSWORD, client="127.0.0.1")
        page.context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": site.url}])
        page.goto(path)
        return page

    return make


def test_a_softcopy_is_asked_for_from_the_visit_page(open_page, visit) -> None:
    page = open_page(f"/visits/{visit.token}")
    check(page)
    page.get_by_role("link", name="Minta softcopy").click()
    page.get_by_role("button", name="Kirim permintaan").wait_for()
    check(page)

    page.get_by_role("button", name="Kirim permintaan").click()
    page.wait_for_selector("text=Ada isian yang perlu diperbaiki")
    check(page)
    assert page.evaluate("document.activeElement.matches('.error-summary')")
    page.get_by_label("Publikasi atau data yang diminta").fill(LONG)
    page.get_by_label("Untuk keperluan").fill("skripsi")
    page.get_by_role("button", name="Kirim permintaan").click()

    page.wait_for_selector("text=Permintaan softcopy terkirim")
    page.wait_for_selector("text=Catat atau foto kode ini")
    check(page)
    page.goto(f"/visits/{visit.token}")
    page.wait_for_selector("text=Menunggu petugas")
    check(page)


def test_a_publication_comes_named(open_page, site, visit) -> None:
    book = new_publication(site.services)
    page = open_page(f"/visits/{visit.token}/requests?publication={book.id}")

    page.get_by_text(book.title).wait_for()
    check(page)
    page.get_by_label("Untuk keperluan").fill("skripsi")
    page.get_by_role("button", name="Kirim permintaan").click()

    page.wait_for_selector("text=Permintaan softcopy terkirim")


def test_a_photocopy_form_becomes_a_slip(open_page, visit) -> None:
    page = open_page(f"/visits/{visit.token}")
    page.get_by_role("link", name="Isi formulir fotokopi").click()
    page.get_by_role("button", name="Buat slip").wait_for()
    check(page)
    page.get_by_role("button", name="Buat slip").click()
    page.wait_for_selector("text=Tulis halaman yang difotokopi")
    check(page)

    page.locator("#field-title").fill(LONG)
    page.get_by_label("Halaman yang difotokopi").fill("12-15")
    page.get_by_text("Publikasi lain pada slip yang sama").click()
    page.get_by_label("Judul publikasi ke-2").fill("Sensus Pertanian")
    page.get_by_label("Halaman publikasi ke-2").fill("1, 3-4")
    page.get_by_role("button", name="Buat slip").click()

    page.wait_for_selector("text=2 publikasi · 7 halaman")
    check(page)
    page.goto(f"/visits/{visit.token}")
    check(page)


def test_the_printed_slip_is_the_slip_alone(open_page, site, visit) -> None:
    trip = site.services.photocopy.ask(visit.id, TRIP, by=Actor.visitor(visit.uuid))
    page = open_page(f"/visits/{visit.token}/photocopies/{trip.id}/slip", width=360)

    page.emulate_media(media="print")

    assert page.locator(".slip").is_visible()
    assert not page.locator("h1").is_visible()
    assert not page.get_by_role("button", name="Cetak slip").is_visible()


def test_a_complaint_gets_a_ticket_and_the_ticket_its_answer(open_page, site) -> None:
    page = open_page("/complaints")
    check(page)
    page.get_by_role("button", name="Kirim pengaduan").click()
    page.wait_for_selector("text=Pilih tentang apa pengaduan ini.")
    check(page)

    page.get_by_label("Tentang apa?").select_option("facility")
    page.get_by_label("Ceritakan").fill(f"Kursinya rusak. {LONG}")
    page.get_by_role("button", name="Kirim pengaduan").click()
    page.wait_for_selector("text=Catat nomor tiket ini")
    check(page)
    ticket = page.locator(".complaint-ticket").inner_text()
    assert "Kursinya" not in page.content()

    made = site.services.complaints.by_code(ticket)
    site.services.complaints.answer(made.id, f"Sudah diganti. {LONG}", by=OFFICER)
    page.goto("/complaints")
    page.get_by_label("Nomor tiket pengaduan").fill("0000-0000")
    page.get_by_role("button", name="Lihat jawaban").click()
    page.wait_for_selector("text=Nomor tiket pengaduan tidak ditemukan")
    check(page)
    page.get_by_label("Nomor tiket pengaduan").fill(ticket.lower())
    page.get_by_role("button", name="Lihat jawaban").click()
    page.wait_for_selector("text=Sudah diganti.")
    check(page)
    page.get_by_text("Buka kembali satu kali").click()
    page.get_by_label("Apa yang belum terjawab").fill("Satu kursi masih rusak.")
    page.get_by_role("button", name="Buka kembali").click()
    page.wait_for_selector("text=Dibuka kembali. Kantor menjawab sekali lagi.")
    assert ticket.replace("-", "") not in page.url
    check(page)


def test_staff_answers_with_a_file_and_refuses(staff_page, open_page, site, visit) -> None:
    me = Actor.visitor(visit.uuid)
    made = [
        site.services.requests.make(visit.id, REQUEST | {"wanted": wanted}, by=me)
        for wanted in ("Bonjol Dalam Angka 2023", LONG)
    ]
    page = staff_page("/staff/requests")
    check(page)

    page.get_by_role("link", name="Bonjol").click()
    page.get_by_role("button", name="Tangani").click()
    page.wait_for_selector("text=Anda menangani permintaan ini.")
    page.get_by_label("Berkas PDF atau Excel").set_input_files(
        {"name": "jawaban.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 jawaban"}
    )
    page.get_by_role("button", name="Lampirkan berkas").click()
    page.wait_for_selector("text=Berkas siap diambil")
    check(page)

    page.goto("/staff/requests")
    page.get_by_role("link", name="Kata").click()
    page.get_by_text("Tidak dapat dipenuhi?").click()
    page.get_by_role("button", name="Tolak permintaan").click()
    page.wait_for_selector("text=Ada isian yang perlu diperbaiki")
    check(page)
    page.get_by_label("Alasan penolakan").select_option("not_published")
    page.get_by_role("button", name="Tolak permintaan").click()
    page.wait_for_selector("text=alasannya tampil di halaman pengunjung")

    phone = open_page("/requests")
    phone.get_by_label("Kode pengambilan").fill(made[0].code)
    phone.get_by_role("button", name="Lihat permintaan").click()
    phone.get_by_role("button", name="Unduh berkas").wait_for()
    assert made[0].code not in phone.url
    with phone.expect_download() as download:
        phone.get_by_role("button", name="Unduh berkas").click()
    assert download.value.path().read_bytes() == b"%PDF-1.7 jawaban"
    phone.reload()
    phone.get_by_text("Apakah Anda memperoleh data yang dicari?").wait_for()
    check(phone)
    page.goto("/staff/requests")
    page.wait_for_selector("text=Tidak ada permintaan yang menunggu")


def test_staff_hands_out_and_takes_back(staff_page, site, visit) -> None:
    for title in (TRIP["title"], LONG):
        site.services.photocopy.ask(visit.id, TRIP | {"title": title}, by=ANYONE)
    page = staff_page("/staff/photocopies")
    check(page)

    page.get_by_text("Pindai bukunya, atau dibawa orang lain").first.click()
    check(page)
    page.get_by_role("button", name="Serahkan publikasi").first.click()
    page.wait_for_selector("text=Dicatat: publikasi dibawa ke koperasi.")
    check(page)
    page.get_by_role("link", name="Cetak slip").click()
    page.wait_for_selector("text=Paraf koperasi")
    check(page)
    page.go_back()
    site.services.checkout.start(visit.id, by=Actor.visitor(visit.uuid))
    page.reload()
    page.get_by_text("Pengunjung mau pulang").wait_for()
    page.get_by_role("button", name="Publikasi sudah kembali").click()
    page.wait_for_selector("text=Publikasi sudah kembali ke ruang baca.")
    check(page)

    assert site.services.visits.by_id(visit.id).state == "finished"


def test_staff_answers_a_complaint(staff_page, site) -> None:
    for topic in ("service", "other"):
        form = {"topic": topic, "body": f"Antrean lama.\n{LONG}", "contact": "0812"}
        site.services.complaints.make(form, by=ANYONE)
    page = staff_page("/staff/complaints")
    check(page)

    page.get_by_role("link", name="Pengaduan: Sikap").click()
    page.get_by_role("button", name="Tangani").click()
    page.wait_for_selector("text=Pengaduan ini sekarang ditangani.")
    page.get_by_role("button", name="Kirim jawaban").click()
    page.wait_for_selector("text=Ada isian yang perlu diperbaiki")
    check(page)
    page.get_by_label("Jawaban kantor").fill("Loket kedua dibuka.")
    page.get_by_role("button", name="Kirim jawaban").click()

    page.wait_for_selector("text=Jawaban tampil di halaman tiketnya.")
    page.wait_for_selector("text=1 belum dijawab.")
    check(page)
    page.goto("/staff/complaints/poster")
    check(page)


def test_all_three_work_without_javascript(open_page, site, visit) -> None:
    page = open_page(f"/visits/{visit.token}/requests", javascript=False)
    page.get_by_label("Publikasi atau data yang diminta").fill("Data padi 2023")
    page.get_by_label("Untuk keperluan").fill("skripsi")
    page.get_by_role("button", name="Kirim permintaan").click()
    page.get_by_text("Permintaan softcopy terkirim").wait_for()

    page.goto(f"/visits/{visit.token}")
    page.get_by_role("link", name="Isi formulir fotokopi").click()
    page.locator("#field-title").fill("Dharmasraya Dalam Angka 2024")
    page.get_by_label("Halaman yang difotokopi").fill("12-15")
    page.get_by_role("button", name="Buat slip").click()
    page.get_by_text("Formulir fotokopi terkirim").wait_for()

    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Saran dan pengaduan").click()
    page.get_by_label("Saran", exact=True).check()
    page.get_by_label("Tentang apa?").select_option("other")
    page.get_by_label("Ceritakan").fill("Tambah stopkontak.")
    page.get_by_role("button", name="Kirim pengaduan").click()
    page.get_by_text("Catat nomor tiket ini").wait_for()

    assert len(site.services.requests.of_visit(visit.id)) == 1
    assert len(site.services.photocopy.of_visit(visit.id)) == 1
    assert site.services.complaints.waiting(by=OFFICER) == 1
