"""Shelf lists on the staff's screen: tried, looked at, taken; and the catalogue as a file."""

import io
import time

import pytest

from appliance.catalogue import import_desk
from appliance.catalogue.import_desk import Step
from tests.services.library import new_publication
from tests.web.conftest import csrf_token, fragment, post
from web import uploads

HERE = "/staff/catalogue/import"
LIST = b"judul;tahun;barcode;rak\r\nAtlas;1990;B1;1A\r\nAtlas;1990;B2;1A\r\n;1990;B3;1A\r\n"


def bring(browser, data=LIST, name="rak.csv"):
    fields = {"csrf_token": csrf_token(browser), "file": (io.BytesIO(data), name)}
    return browser.post(HERE, data=fields, headers={"Origin": "http://localhost"})


def decide(browser, services, word):
    """Take or forget the file that the screen shows now."""
    return post(browser, f"{HERE}/{word}", {"seen": services.imports.now().mark})


def failing(error):
    """A function that raises this, whatever it is given."""

    def fail(*_given):
        raise error

    return fail


def ended(services):
    """How it stands when the thread has come to its end."""
    patience = time.monotonic() + 60
    while services.imports.now().step.is_running:
        assert time.monotonic() < patience
        time.sleep(0.01)
    return services.imports.now()


def test_a_file_is_tried_before_anything_is_written(officer, services):
    assert bring(officer).location == HERE
    assert ended(services).step is Step.CHECKED

    page = officer.get(HERE).text
    assert services.catalogue.count() == 0
    assert "belum ada yang disimpan" in page
    assert "Tulis judulnya." in page
    assert f'name="seen" value="{services.imports.now().mark}"' in page
    for _ in range(2):  # a double tap
        assert decide(officer, services, "take").location == HERE
    assert ended(services).step is Step.TAKEN
    assert [copy.shelf for copy in services.holdings.find("B2").whose.copies] == ["1A", "1A"]
    assert services.imports.now().result.added == 1
    assert decide(officer, services, "take").location == HERE
    assert "sudah dimasukkan" in officer.get(HERE).text


def test_columns_are_named_as_officers_name_them(officer, services):
    bring(officer, b"judul;tahun;jumlah;kosong;<b>\r\nAtlas;dua;3;;x\r\nPeta;1990;1;;\r\n")
    ended(services)

    page = officer.get(HERE).text

    assert "Namanya tidak dikenal: jumlah, &lt;b&gt;." in page
    assert 'data-label="Kolom">Tahun</td>' in page


def test_the_same_file_again_offers_nothing_to_take(officer, services):
    for _ in range(2):
        bring(officer)
        ended(services)
        if services.imports.now().result.added:
            decide(officer, services, "take")
            ended(services)

    page = officer.get(HERE).text
    assert services.imports.now().result.unchanged == 2
    assert "Masukkan ke katalog" not in page
    for _ in range(2):
        assert decide(officer, services, "forget").location == HERE
    assert services.imports.now().step is Step.NONE
    assert decide(officer, services, "take").status_code == 409


def test_a_file_is_taken_only_by_who_has_seen_what_it_does(sign_in, services):
    first, second = sign_in("officer"), sign_in("admin")
    bring(first)
    seen = {"seen": ended(services).mark}
    bring(second, LIST.replace(b"Atlas", b"Peta"))  # by the same name
    ended(services)

    for word in ("take", "forget"):
        answer = post(first, f"{HERE}/{word}", seen)
        assert (answer.status_code, "Berkas lain sudah dipilih" in answer.text) == (409, True)

    assert services.imports.now().step is Step.CHECKED
    assert services.catalogue.count() == 0


def test_a_file_that_could_not_be_kept_leaves_none_to_take(officer, services, monkeypatch):
    bring(officer)
    mark = ended(services).mark
    full = OSError(28, "No space left on device")
    monkeypatch.setattr(import_desk.shutil, "copyfileobj", failing(full))

    assert bring(officer).status_code == 503

    assert services.imports.now().step is Step.NONE
    assert post(officer, f"{HERE}/take", {"seen": mark}).status_code == 409


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04rusak", "XLSX ini rusak"),
        (b"<x>", "bukan MARCXML"),
        (b"a;b\r\n", "nama kolom"),
        (b'title,year\r\nA,1\r\n"Buku "B"",2\r\n', "Baris 3: Tanda kutip"),
        (b'[{"title": 1}, 2]', "Baris 1: Bukan"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(officer, services, settings, data, words):
    bring(officer, data, "x.bin")

    assert ended(services).step is Step.FAILED
    assert words in officer.get(HERE).text
    assert list((settings.data_dir / "imports").iterdir()) == []


def test_no_file_and_one_that_is_too_large_are_refused(officer, services, monkeypatch):
    empty = post(officer, HERE)
    assert (empty.status_code, "Pilih berkasnya." in empty.text) == (422, True)
    monkeypatch.setattr(uploads, "MOST_SHELF_LIST_BYTES", 1000)
    assert bring(officer, bytes(2000)).status_code == 413
    assert services.imports.now().step is Step.NONE


def test_two_files_at_once_are_refused(officer, services, monkeypatch):
    running = import_desk.ImportNow(Step.TAKING, "lain.csv", 40)
    monkeypatch.setattr(services.imports, "_now", running)

    assert bring(officer).status_code == 409
    shown = fragment(officer, HERE).text
    assert "40 baris" in shown
    assert fragment(officer, f"{HERE}?v={running.version}").status_code == 204


def test_the_catalogue_goes_out_as_a_file(officer, client, core, services):
    new_publication(services, "=Atlas", publication_number="13090.2401")
    export = "/staff/catalogue/export"

    starts = {"csv": b"\xef\xbb\xbftitle,", "xlsx": b"PK", "xml": b"<?xml"}
    for form, start in starts.items():
        with post(officer, export, {"format": form}) as answer:
            assert answer.data.startswith(start)
            assert b"=Atlas" in answer.data or form == "xlsx"
            assert f"katalog-1309.{form}" in answer.headers["Content-Disposition"]
    assert core.journal.latest(1)[0].action == "catalogue.exported"
    assert post(officer, export, {"format": "exe"}).status_code == 404
    assert post(client, export, {"format": "csv"}).status_code == 403
