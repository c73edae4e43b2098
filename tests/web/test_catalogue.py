"""The catalogue's screens: page and hits, filters, records, and upkeep by staff."""

import re

import pytest

from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import fragment, post
from web.routes.home import OWN_VISIT


def html(response):
    return response.get_data(as_text=True)


def be(client, visit):
    """Let this browser be that of the visitor."""
    with client.session_transaction() as session:
        session[OWN_VISIT] = visit.token


def test_the_page_works_without_javascript(client, services):
    card = new_publication(services, "Statistik Daerah 2023", year=2023)

    page = client.get("/catalogue?q=daer&year=2023&type=publication")

    assert page.status_code == 200
    assert 'method="get" action="/catalogue"' in html(page)
    assert f'href="/catalogue/{card.id}"' in html(page)
    assert "Rak 3B" in html(page)
    assert "Ada di rak" in html(page)


def test_typing_gets_the_hits_alone(client, services):
    new_publication(services)

    hits = fragment(client, "/catalogue?q=pasam")

    assert html(hits).startswith('<div id="hits"')
    assert "<html" not in html(hits)
    assert "HX-Request" in hits.headers["Vary"]


def test_nothing_found_says_what_to_do(client):
    page = html(client.get("/catalogue?q=<b>zebra</b>&type=book"))

    assert "Belum ada yang cocok untuk “&lt;b&gt;zebra&lt;/b&gt;”" in page
    assert "Hapus saringan" in page


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%22)(*",
        "q=" + "x" * 3000,
        "page=-3",
        "page=99999999999999999999",
        "page=abc&year=abc&type=abc",
        "year=-1",
        "year=99999999999999999999",
        "q=%ED%A0%80",
        "q=a&q=b&type=book&type=leaflet",
    ],
)
def test_absurd_searches_are_answered(client, services, query):
    new_publication(services)

    assert client.get(f"/catalogue?{query}").status_code == 200


def test_pages_keep_the_search(client, services):
    for number in range(25):
        new_publication(services, f"Statistik {number}")

    page = html(client.get("/catalogue?q=statistik&type=publication"))

    assert "/catalogue?q=statistik&amp;type=publication&amp;page=2" in page
    assert "Halaman 1 dari 2" in page


def test_a_record_shows_what_is_known_and_where_it_stands(client, services):
    card = new_publication(
        services,
        abstract="Data <nagari>",
        publication_number="13090.2401",
        released_on="2024-02-28",
        copies=2,
    )

    page = html(client.get(f"/catalogue/{card.id}"))

    assert "Data &lt;nagari&gt;" in page
    assert "13090.2401" in page
    assert "28 Februari 2024" in page
    assert "2 eksemplar" in page
    assert "Isi buku tamu dulu" in page
    assert client.get("/catalogue/999").status_code == 404


def test_a_visitor_may_note_what_they_read(core, client, services):
    card = new_publication(services)
    visit = new_visit(core, services)
    be(client, visit)
    assert f'action="/visits/{visit.token}/readings"' in html(client.get(f"/catalogue/{card.id}"))

    post(client, f"/visits/{visit.token}/readings", {"publication_id": card.id})

    page = html(client.get(f"/catalogue/{card.id}"))
    assert "Sedang Anda baca" in page
    assert "Saya baca di ruangan" not in page


def test_it_speaks_english(client, services):
    new_publication(services)

    client.get("/catalogue?lang=en")

    assert "1 publication, newest first" in html(client.get("/catalogue"))


@pytest.mark.parametrize("path", ["/staff/catalogue", "/staff/catalogue/new", "/staff/catalogue/1"])
def test_upkeep_is_for_staff(client, services, path):
    new_publication(services)

    assert client.get(path).location.startswith("/staff/login")
    assert post(client, "/staff/catalogue", {"title": "x"}).status_code == 403
    assert post(client, "/staff/catalogue/1/withdraw").status_code == 403
    assert services.catalogue.search("pasaman").total == 1


def test_staff_add_change_and_withdraw(sign_in, services):
    officer = sign_in("officer")
    assert officer.get("/staff/catalogue/new").status_code == 200

    added = post(
        officer,
        "/staff/catalogue",
        {"title": "Atlas Nagari", "kind": "book", "year": "2020", "copies": "1"},
    )
    assert added.status_code == 303
    assert re.fullmatch(r"/staff/catalogue/\d+", added.location)
    assert 'value="Atlas Nagari"' in html(officer.get(added.location))

    changed = post(officer, added.location, {"title": "Atlas Nagari", "shelf": "9Z"})
    assert changed.status_code == 303
    assert "9Z" in html(officer.get("/staff/catalogue?q=atlas"))

    post(officer, f"{added.location}/withdraw")
    assert services.catalogue.search("atlas").total == 0
    assert "sudah ditarik" in html(officer.get(added.location))
    post(officer, f"{added.location}/withdraw", {"back": "1"})
    assert services.catalogue.search("atlas").total == 1


def test_two_who_change_different_fields_of_a_record_keep_both(sign_in, services):
    book, officer = new_publication(services, abstract="Satu\nDua"), sign_in("officer")
    here = f"/staff/catalogue/{book.id}"
    assert 'name="was_title"' in officer.get(here).text

    services.catalogue.edit(book.id, {"title": "Judul Baru", "abstract": "Tiga"}, by=OFFICER)
    shown = {"title": book.title, "subject": "", "abstract": "Satu\r\nDua"}
    form = {f"was_{name}": value for name, value in shown.items()} | shown
    assert post(officer, here, form | {"subject": "Sosial"}).status_code == 303

    record = services.catalogue.get(book.id).record
    assert (record.title, record.subject, record.abstract) == ("Judul Baru", "Sosial", "Tiga")


def test_a_wrong_record_comes_back_with_everything_typed(sign_in, services):
    officer = sign_in("officer")

    page = post(officer, "/staff/catalogue", {"title": "", "year": "x", "shelf": "3B"})

    assert page.status_code == 422
    assert 'href="#field-title"' in html(page)
    assert 'href="#field-year"' in html(page)
    assert 'value="3B"' in html(page)
    assert services.catalogue.count() == 0


def test_adding_twice_with_one_form_is_one_record(sign_in, services):
    officer = sign_in("officer")
    form = {"title": "Sekali", "idempotency_key": "k"}

    first, again = (post(officer, "/staff/catalogue", form) for _ in range(2))

    assert first.location == again.location
    assert services.catalogue.count() == 1


def test_search_is_only_asked_for_with_get(client):
    assert post(client, "/catalogue").status_code == 405


def test_filters_and_order_stand_in_the_address(client, services):
    new_publication(services, "Inflasi A", subject="Harga", domain="1309", year=2024)
    new_publication(services, "Inflasi B", subject="Gender", domain="1300", year=2023)

    page = html(client.get("/catalogue?q=inflasi&subject=Harga&area=1309&sort=newest"))

    assert "Inflasi A" in page
    assert "Inflasi B" not in page
    assert "<option selected>Harga</option>" in page
    assert '<option value="1309" selected>Kabupaten Pasaman</option>' in page
    assert '<option value="1300">Provinsi Sumatera Barat</option>' in page
    assert '<input type="hidden" name="sort" value="newest">' in page
    kept = "q=inflasi&amp;type=publication&amp;subject=Harga&amp;area=1309&amp;sort=newest"
    assert f'href="/catalogue?{kept}"' in page
    assert 'aria-keyshortcuts="/"' in page


def test_what_was_put_right_can_be_searched_literally(client, services):
    new_publication(services, "Profil Kemiskinan")

    page = html(client.get("/catalogue?q=kemsikinan"))

    assert "Menampilkan hasil untuk “kemiskinan”" in page
    assert "Cari persis “kemsikinan”" in page
    literal = html(client.get("/catalogue?literal=1&q=kemsikinan"))
    assert "Belum ada yang cocok" in literal


def test_what_is_not_found_is_asked_of_the_officer(core, client, sign_in, services):
    missing = "/catalogue?q=peta+laut"
    assert 'href="/guestbook"' in html(client.get(missing))
    assert post(client, "/catalogue/ask", {"wanted": "peta laut"}).location == "/guestbook"

    visit = new_visit(core, services)
    be(client, visit)
    assert 'name="wanted" value="peta laut"' in html(client.get(missing))
    asked = post(client, "/catalogue/ask", {"wanted": "peta laut"})

    assert asked.location == missing
    assert "sudah ada di meja petugas" in html(client.get(missing))
    officer = sign_in("officer")
    desk = html(officer.get("/staff"))
    assert visit.label in desk
    assert "peta laut" in desk
    post(officer, "/staff/catalogue/questions/1/answered")
    assert "peta laut" not in html(officer.get("/staff"))


def test_the_officer_is_offered_where_only_some_words_were_found(client, services):
    new_publication(services, "Inflasi Kabupaten Pasaman")

    page = html(client.get("/catalogue?q=inflasi+qwertyuiop"))

    assert "Tidak ada di katalog: qwertyuiop" in page
    assert "Bukan ini yang Anda cari?" in page


def test_an_empty_question_says_what_to_do(core, client, services):
    be(client, new_visit(core, services))

    answer = client.get(post(client, "/catalogue/ask", {"wanted": " "}).location)

    assert "Tulis apa yang Anda cari." in html(answer)
