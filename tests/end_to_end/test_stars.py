"""Stars and the portal's account in Chromium: every screen on every width."""

import pytest

from tests.end_to_end.conftest import Site, check
from tests.entries import filled
from tests.services.library import OFFICER, new_publication

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_visitor_gives_stars_and_says_what_of_the_account(open_page, site: Site) -> None:
    register = site.services.guestbook.register
    visit = register(filled(), channel="phone", language="id", idempotency_key="")
    book = new_publication(site.services)
    site.services.reading.note(visit.id, by=OFFICER, publication_id=book.id)
    page = open_page("/")
    page.get_by_label("Kode kunjungan").fill(visit.code)
    page.get_by_role("button", name="Buka kunjungan saya").click()
    page.get_by_role("button", name="Saya punya akun").wait_for()
    check(page)
    page.get_by_role("button", name="Saya punya akun").click()
    page.wait_for_selector("text=Diperiksa saat kantor tersambung.")

    page.get_by_role("link", name="Beri bintang").click()
    page.get_by_role("button", name="Simpan bintang").click()
    page.wait_for_selector("text=Ada isian yang perlu diperbaiki")
    check(page)
    page.get_by_text("Sangat baik").click()
    page.get_by_role("button", name="Simpan bintang").click()
    page.wait_for_selector("text=dari 5, 1 penilaian")
    check(page)

    assert site.services.publication_ratings.summary(book.id).total == 5
    assert site.services.portal_account.of_visit(visit.id) == "has_account"
