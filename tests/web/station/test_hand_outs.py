"""Printing and copying at the station: two buttons, one question, an answer."""

import re
from pathlib import Path

import pytest

from appliance.config import Settings, StationSettings
from appliance.documents.handing_out import HandingOut
from appliance.storage.models import ScanHandOut, ScanJob, Visit
from tests.documents_kit import a_visit, put_pdf
from tests.web.conftest import post
from tests.web.station.kit import words


@pytest.fixture
def station_settings(tmp_path: Path) -> StationSettings:
    """What the station has; parametrise indirectly for another one."""
    (tmp_path / "stick").mkdir()
    return StationSettings(printer="kantor", usb=True, usb_folder=str(tmp_path / "stick"))


@pytest.fixture
def settings(tmp_path: Path, station_settings: StationSettings) -> Settings:
    return Settings(data=str(tmp_path / "data"), port=0, announce=False, station=station_settings)


@pytest.fixture
def ready(bound, core, services, documents):
    """A station with a finished file on its screen; somebody hears its wishes."""
    services.hand_outs._find = lambda program: program
    post(bound, "/station/job", {"preset": "colour"})
    put_pdf(core, ScanJob.get().uuid, b"%PDF-1.7")
    return bound


@pytest.fixture
def carried_out(core, services, documents):
    """Carries out what was asked, as the documents process does."""
    worker = HandingOut(
        books=core.books,
        visits=services.visits,
        station=core.settings.station,
        scans_dir=core.settings.scans_dir,
        run_dir=core.settings.run_dir,
        poke=documents.wake.poke,
    )

    def until_done() -> None:
        def is_done() -> bool:
            worker.look()
            return ScanHandOut.get().state in ("done", "failed")

        documents.run_until(is_done)

    yield until_done
    worker.stop()


def end(core, state: str, problem: str | None = None) -> None:
    core.writer.run(lambda: ScanHandOut.update(state=state, problem=problem).execute())


def test_a_copy_is_followed_to_its_end_and_may_be_made_again(ready, carried_out, tmp_path):
    assert "Salin ke flashdisk" in words(ready.get("/station/scan"))

    answer = post(ready, "/station/hand-out", {"kind": "usb"})
    assert answer.headers["Location"] == "/station/scan"
    shown = words(ready.get("/station/scan"))
    assert "Menyalin ke flashdisk" in shown
    assert 'http-equiv="refresh" content="2; url=/station/scan"' in shown, "without JavaScript"
    assert 'data-idle-s="600"' in shown, "the screen is not wiped while a stick is written to"

    (poll,) = re.findall('hx-get="(/station/hand-out[^"]+)"', shown)
    assert ready.get(poll, headers={"HX-Request": "true"}).status_code == 204
    carried_out()
    ended = ready.get(poll, headers={"HX-Request": "true"})
    assert ended.headers["HX-Redirect"] == "/station/scan"
    shown = words(ready.get("/station/scan"))
    assert "Aman dicabut" in shown
    assert 'data-idle-s="60"' in shown
    assert [path.read_bytes() for path in tmp_path.glob("stick/RuangBaca/*.pdf")] == [b"%PDF-1.7"]


def test_printing_asks_first_and_says_how_many_pages(ready, core):
    shown = words(ready.get("/station/hand-out/print"))
    assert "3 halaman akan dicetak. Cetak?" in shown
    assert ScanHandOut.select().count() == 0, "looking prints nothing"

    post(ready, "/station/hand-out", {"kind": "print"})
    assert "Mengirim ke printer" in words(ready.get("/station/scan"))
    end(core, "failed", "no_queue")
    shown = words(ready.get("/station/scan"))
    assert "Printer tidak ditemukan" in shown
    assert "Coba lagi" in shown
    post(ready, "/station/hand-out", {"kind": "print"})
    end(core, "done")
    assert "Ambil kertasnya di printer." in words(ready.get("/station/scan"))


def test_a_stick_that_is_not_let_go_of_is_no_success(ready, core):
    post(ready, "/station/hand-out", {"kind": "usb"})
    end(core, "done", "not_released")

    shown = words(ready.get("/station/scan"))

    assert "Jangan dicabut dahulu" in shown
    assert "Aman dicabut" not in shown


def test_the_screens_speak_english(ready, core):
    ready.set_cookie("lang", "en")

    assert "3 pages will be printed. Print?" in words(ready.get("/station/hand-out/print"))
    post(ready, "/station/hand-out", {"kind": "usb"})
    end(core, "done")
    assert "Safe to remove" in words(ready.get("/station/scan"))


def test_who_left_or_is_another_can_print_nothing(ready, core, services, client):
    other = a_visit(core, services)
    post(ready, "/station/visit", {"code": services.visits.by_id(other).code})
    assert post(ready, "/station/hand-out", {"kind": "print"}).status_code == 303
    at = core.clock.now()
    core.writer.run(lambda: Visit.update(state="finished", closed_at=at).execute())
    answer = post(ready, "/station/hand-out", {"kind": "print"})
    assert answer.headers["Location"] == "/station"
    assert post(client, "/station/hand-out", {"kind": "print"}).status_code in (302, 303, 403)
    assert ScanHandOut.select().count() == 0


class TestAStationWithoutPrinterAndSticks:
    @pytest.fixture
    def station_settings(self) -> StationSettings:
        return StationSettings()

    def test_it_shows_no_button_and_prints_nothing(self, ready):
        shown = words(ready.get("/station/scan"))

        assert "Salin ke flashdisk" not in shown
        assert "hand-out" not in shown
        assert ready.get("/station/hand-out/print").headers["Location"] == "/station/scan"
        post(ready, "/station/hand-out", {"kind": "print"})
        assert "tidak bisa mencetak" in words(ready.get("/station/scan"))
        assert ScanHandOut.select().count() == 0
