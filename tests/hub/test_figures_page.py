"""Figures on the dashboard and in files: the same ones, and none that should be hidden."""

import csv
import io
import zipfile
from urllib.parse import quote

import pytest

from appliance.hub.offices import Offices
from tests.hub.dashboard_kit import signed_in
from tests.hub.facts_kit import Room, caught_up

PADANG = {"office": "padang", "province": "Sumatera Barat"}
KUPANG = {"office": "kupang", "province": "Nusa Tenggara Timur"}


@pytest.fixture
def visits(hub):
    """Forty visits in Padang, three of them of men; seven in Pasaman, and nine in Kupang."""
    Room(hub.database, **PADANG).visits(37, sex="2", purpose="1")
    Room(hub.database, **PADANG).visits(3, sex="1", purpose="1")
    Room(hub.database).visits(7, sex="2", purpose="=1+1")
    Room(hub.database, **KUPANG).visits(9, sex="2", purpose="2")
    offices = Offices(hub.database)
    offices.add("padang", "BPS Kota Padang", province="Sumatera Barat")
    caught_up(hub.database)
    return hub


def lines_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_one_goes_from_the_country_to_a_province_to_an_office(visits):
    browser = signed_in(visits)

    country = browser.get("/?period=2026-11").text
    province = browser.get("/provinces/Sumatera%20Barat?period=2026-Q4").text
    office = browser.get("/offices/padang?period=2026&part=visitors").text

    assert "<dd>56</dd>" in country
    assert 'href="/provinces/Sumatera%20Barat?period=2026-11"' in country
    assert "<dd>47</dd>" in province
    assert 'href="/offices/padang?period=2026-Q4"' in province
    assert "BPS Kota Padang" in office
    assert "Tahun 2026" in office
    assert "Perempuan" in office


def test_what_is_hidden_is_hidden_on_the_page_and_in_every_file(visits):
    browser = signed_in(visits)
    asked = {"period": "2026-11", "office": "padang"}

    page = browser.get("/offices/padang?period=2026-11&part=visitors").text
    told = lines_of(browser.post("/exports/figures", {**asked, "format": "csv"}))
    book = browser.post("/exports/figures", {**asked, "format": "xlsx"})

    assert "&lt;5" in page
    men = [line for line in told if line[3] == "Laki-laki"]
    women = [line for line in told if line[3] == "Perempuan"]
    assert [line[-1] for line in men + women] == ["<5", "<5"]
    sheets = zipfile.ZipFile(io.BytesIO(book.data))
    texts = sheets.read("xl/sharedStrings.xml").decode()
    names = sheets.read("xl/workbook.xml").decode()
    sex = 1 + [name.split('"')[0] for name in names.split('sheet name="')[1:]].index(
        "Jenis kelamin"
    )
    assert "&lt;5" in texts
    assert "<v>37</v>" not in sheets.read(f"xl/worksheets/sheet{sex}.xml").decode()


def test_a_file_is_noted_in_the_journal_and_is_safe_to_open(visits):
    browser = signed_in(visits)

    answer = browser.post(
        "/exports/figures", {"period": "2026-11", "province": "Sumatera Barat", "format": "csv"}
    )

    assert answer.headers["Content-Disposition"].endswith('"sumatera-barat-2026-11.csv"')
    assert [cell for line in lines_of(answer) for cell in line if cell.startswith("=")] == []
    assert visits.database.row(
        "SELECT username, action, subject FROM person_journal ORDER BY id DESC LIMIT 1"
    ) == ("tini", "export", "sumatera-barat-2026-11.csv")


def test_a_province_has_no_figures_of_another(visits):
    browser = signed_in(visits, "rudi", "Nusa Tenggara Timur")

    own = browser.get("/provinces/Nusa%20Tenggara%20Timur?period=2026-11")
    told = lines_of(browser.post("/exports/figures", {"period": "2026-11", "format": "csv"}))

    assert "<dd>9</dd>" in own.text
    assert "Sumatera" not in own.text
    assert {line[0] for line in told[1:]} == {"Nusa Tenggara Timur"}
    for fields in ({"province": "Sumatera Barat"}, {"office": "padang"}):
        asked = {"period": "2026-11", "format": "csv", **fields}
        assert browser.post("/exports/figures", asked).status_code == 404
    assert (
        browser.post("/exports/fleet", {"province": "Sumatera Barat", "format": "csv"}).status_code
        == 404
    )
    fleet = lines_of(browser.post("/exports/fleet", {"format": "csv"}))
    assert {line[1] for line in fleet[1:]} == {"Nusa Tenggara Timur"}


@pytest.mark.parametrize("asked", ["", "2026-11-05", "x", "2099", "0000-01", "2026-13", "١٩٩٩"])
def test_any_period_is_one_of_whole_months_and_none_is_to_come(visits, asked):
    answer = signed_in(visits).get(f"/?period={quote(asked)}")

    assert answer.status_code == 200
    assert "Tahun 2099" not in answer.text


def test_a_period_without_visits_says_so(visits):
    browser = signed_in(visits)

    assert "Belum ada kunjungan pada periode ini" in browser.get("/?period=2020-01").text
    assert (
        browser.post("/exports/figures", {"period": "2026-11-05", "format": "csv"}).status_code
        == 404
    )
    assert (
        browser.post("/exports/figures", {"period": "2026-11", "format": "exe"}).status_code == 404
    )


def test_the_page_speaks_english(visits):
    browser = signed_in(visits)
    browser.get("/?lang=en")

    text = browser.get("/?period=2026-11&part=visitors").text
    text += browser.get("/?period=2026-11").text

    assert "Use of the results" in text
    assert "Visits by month, 2026" in text
    assert "Kunjungan" not in text


def test_page_and_file_say_how_many_dates_are_estimated(visits):
    room = Room(visits.database, "agam")
    room.anchor("a", 0, "2026-11-02T02:00:00Z")
    for boot_ms in range(8):
        room.visit("1970-01-01", at=None, stamp=(0, "b", boot_ms))
    room.anchor("c", 0, "2026-11-05T02:00:00Z")
    caught_up(visits.database)
    browser = signed_in(visits)

    page = browser.get("/offices/agam?period=2026-11").text
    told = browser.post(
        "/exports/figures", {"period": "2026-11", "office": "agam", "format": "csv"}
    )

    assert "Tanggal 8 kunjungan diperkirakan" in page
    assert "diperkirakan" not in browser.get("/offices/padang?period=2026-11").text
    assert [line[-1] for line in lines_of(told) if line[3] == "Tanggal diperkirakan"] == ["8"]
