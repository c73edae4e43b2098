"""The scanners and the buttons of the station, as staff see and change them."""

import msgspec
import pytest

from appliance.config import ScannerSettings
from appliance.documents.preset_rules import PRESETS
from appliance.documents.scanner_book import ScannerBook
from appliance.errors import Refused
from hardware.interfaces import ScannerDescription
from tests.web.conftest import fragment, post, version_of

CHANGED = {
    "label_id": "Setumpuk hitam putih",
    "label_en": "A stack in black and white",
    "resolution_dpi": "200",
    "mode": "Lineart",
    "source": "feeder",
    "paper": "f4",
    "is_shown": "1",
}


@pytest.fixture
def settings(settings, request):
    """The settings name a scanner, except in an office that is fresh."""
    if "fresh" in request.node.name:
        return settings
    scanner = ScannerSettings(driver="sane", device="test:0")
    return msgspec.structs.replace(settings, scanner=scanner)


@pytest.fixture
def book(core) -> ScannerBook:
    return ScannerBook(books=core.books, name="pemindai")


def described(book: ScannerBook) -> None:
    book.described(
        ScannerDescription(
            "test:0", "Canon", "LiDE 300", ("Flatbed",), ("Gray", "Color"), (75, 300), 215.9, 297.0
        )
    )


def test_a_fresh_office_is_told_that_it_has_no_scanner(officer) -> None:
    shown = officer.get("/staff/scanners").text

    assert "belum memasang pemindai" in shown
    assert shown.count("Ubah tombol") == len(PRESETS)


def test_a_scanner_says_what_it_can_do_and_what_ails_it(sign_in, book) -> None:
    browser = sign_in("operator")
    described(book)

    shown = browser.get("/staff/scanners").text
    assert "Canon LiDE 300" in shown
    assert "216 × 297 mm" in shown
    assert "Siap" in shown

    book.failed("unplugged")
    assert "Periksa kabel USB" in browser.get("/staff/scanners").text
    browser.get("/staff/scanners?lang=en")
    assert "Check its USB cable" in browser.get("/staff/scanners").text


def test_asking_again_is_one_tap_and_the_answer_arrives_by_itself(
    officer, services, book, listening
) -> None:
    described(book)
    assert post(officer, "/staff/scanners/pemindai/ask", {}).location == "/staff/scanners"
    asked = officer.get("/staff/scanners").text
    assert "Sedang ditanyai" in asked
    address = f"/staff/scanners?v={version_of(asked, '/staff/scanners')}"
    assert fragment(officer, address).status_code == 204

    described(book)

    assert "Siap" in fragment(officer, address).text


def test_a_button_is_changed_and_reset(officer, services) -> None:
    assert post(officer, "/staff/scanners/presets/document", CHANGED).status_code == 303

    kept = services.scan_presets.named("document")
    assert (kept.label_id, kept.resolution_dpi, kept.source) == (
        "Setumpuk hitam putih",
        200,
        "feeder",
    )
    assert "Setumpuk hitam putih" in officer.get("/staff/scanners").text
    assert "Diubah" in officer.get("/staff/scanners").text

    post(officer, "/staff/scanners/presets/document/reset", {})
    assert services.scan_presets.named("document") == PRESETS[0]


def test_a_hidden_button_is_not_at_the_station_but_never_are_all_of_them(officer, services) -> None:
    post(officer, "/staff/scanners/presets/document", CHANGED | {"is_shown": ""})
    assert "document" not in {preset.code for preset in services.scan_presets.shown()}

    for preset in PRESETS:
        post(officer, f"/staff/scanners/presets/{preset.code}", CHANGED | {"is_shown": ""})
    assert len(services.scan_presets.shown()) == len(PRESETS)


def test_every_problem_of_a_button_stands_at_its_field(officer, services) -> None:
    answer = post(
        officer,
        "/staff/scanners/presets/document",
        {"label_id": " ", "label_en": "x" * 41, "resolution_dpi": "9999", "mode": "Sepia"},
    )

    assert answer.status_code == 422
    for field in ("label_id", "label_en", "resolution_dpi", "mode", "source", "paper"):
        assert f'id="error-{field}"' in answer.text
    assert services.scan_presets.named("document") == PRESETS[0]


def test_an_unknown_button_or_scanner_is_refused(officer, services) -> None:
    assert officer.get("/staff/scanners/presets/siapa").status_code in (404, 409, 422)
    assert post(officer, "/staff/scanners/siapa/ask", {}).status_code in (404, 409, 422)
    with pytest.raises(Refused):
        services.scan_presets.named("siapa")


def test_only_staff_may_look(client) -> None:
    assert "/staff/login" in client.get("/staff/scanners").location
