"""One visit, end to end, on real parts and without JavaScript, at both offices.

Everything goes through the pages that people use: four processes, mock pins behind real drivers,
and SANE's own test device.
"""

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.ratings.questions import Element
from tests.end_to_end.plain_browser import Page, PlainBrowser
from tests.running_demo import NAMES, RunningDemo, run

NAME = 'Siti "Ayu" O\'Hara <script>alert(1)</script> 😀'
ENTRY: dict[str, str | list[str]] = {
    "name": NAME,
    "phone": "0812 3456 7890",
    "sex": "2",
    "age_band": "2",
    "education": "3",
    "occupation": "1",
    "agency_name": "Universitas Contoh",
    "agency_category": "6",
    "purpose": "1",
    "services": ["1"],
    "channels": ["1"],
    "consent": "1",
}
TIMEOUT_S = 30


@pytest.fixture(scope="module", params=["pasaman", "dharmasraya"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningDemo]:
    data = tmp_path_factory.mktemp(request.param) / "data"
    running = RunningDemo(data, f"--office={request.param}")
    running.wait_ready()
    yield running
    running.end()


def until(look: Callable[[], Page], seen: str) -> Page:
    """The page once it shows this text, as a person would reload it."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        page = look()
        if seen in page.text:
            return page
        time.sleep(0.2)
    pytest.fail(f"{seen!r} never came; the page says: {page.text}")


def own_action(page: Page, ending: str) -> str:
    """The newest of the forms on the desk that end so."""
    return [form.action for form in page.forms if form.action.endswith(ending)][-1]


def sign_in(browser: PlainBrowser, name: str, path: str) -> Page:
    return browser.submit(browser.get(path), "/staff/login", username=name, password=f"{name}-demo")


def figure(page: Page, label: str) -> str:
    found = re.search(rf"{label} (\d+)", page.text)
    assert found, f"no {label} in {page.text}"
    return found[1]


def test_a_day_in_the_reading_room(demo: RunningDemo, tmp_path: Path) -> None:
    asks_for_card = "dharmasraya" in demo.data.parent.name
    visitor, officer, station, stranger = (PlainBrowser(demo.url) for _ in range(4))

    # The promise and the standard, then the guest book: all problems at once, then once for all.
    assert "5 menit" in visitor.get("/").text
    assert "Tidak dipungut biaya" in visitor.get("/standard").text
    blank = visitor.get("/guestbook")
    refused = visitor.submit(blank, "/guestbook", **{**ENTRY, "name": "", "sex": []})
    assert refused.status == 422
    assert "Tulis nama lengkap." in refused.text
    assert "Pilih jenis kelamin." in refused.text
    assert ("agency_name", "Universitas Contoh") in refused.form("/guestbook").values
    ticket = visitor.submit(refused, "/guestbook", **ENTRY)
    assert ticket.path.startswith("/visits/")
    again = visitor.submit(refused, "/guestbook", **ENTRY)
    assert again.path == ticket.path
    assert "paling lambat" in ticket.text
    label = re.search(r"A-\d{3}", ticket.text)
    code = re.search(r"Kode kunjungan (\S{4}-\S{4})", ticket.text)
    assert label
    assert code

    # The officer calls and serves, takes the card where the office asks, hands over a locker.
    desk = sign_in(officer, "petugas", "/staff")
    before = int(figure(desk, "Pengunjung"))
    assert NAME in desk.text
    desk = officer.submit(desk, own_action(desk, "/call"))
    until(lambda: visitor.get(ticket.path), "sedang dipanggil")
    desk = officer.submit(desk, own_action(desk, "/serve"))
    visit_id = own_action(desk, "/locker").split("/")[-2]
    assert any(form.action.endswith("/card") for form in desk.forms) == asks_for_card
    if asks_for_card:
        desk = officer.submit(desk, own_action(desk, "/card"), card_type="KTP")
    desk = officer.submit(desk, own_action(desk, "/locker"))
    assert figure(desk, "Loker dipakai") == "1"

    # The door was pulsed and seen; the visitor opens it again, and nobody else can.
    mine = until(lambda: visitor.get(ticket.path), "Pintu terbuka")
    until(lambda: visitor.get(ticket.path), "Pintu tertutup")
    mine = visitor.submit(visitor.get(ticket.path), "/locker/open")
    assert mine.path == ticket.path
    until(lambda: visitor.get(ticket.path), "Pintu terbuka")
    unknown = stranger.get("/visits/" + "0" * 32)
    assert unknown.status == 404
    assert not stranger.get("/").has_form("/locker/open")

    # Two pages at the scanner station, one PDF on the visitor's own page.
    bind = sign_in(station, "operator", "/station")
    bind = station.submit(bind, "/station/register")
    presets = station.submit(bind, "/station/visit", code=code[1])
    pages = station.submit(presets, "/station/job", preset="colour")
    pages = until(lambda: station.get(pages.path), "1 halaman")
    pages = station.submit(pages, "/station/pages")
    pages = until(lambda: station.get(pages.path), "2 halaman")
    station.submit(pages, "/station/finish")
    mine = until(lambda: visitor.get(ticket.path), "Unduh PDF")
    (link,) = {link for link in mine.links if link.endswith(".pdf")}
    pdf = visitor.get(link)
    assert pdf.headers["Content-Type"] == "application/pdf"
    file = tmp_path / "scan.pdf"
    file.write_bytes(pdf.body)
    report = subprocess.run(["pdfinfo", file], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Pages: +2", report)
    images = subprocess.run(
        ["pdfimages", "-list", file], capture_output=True, text=True, check=True
    ).stdout
    assert len(re.findall(r"jpeg.* 300 +300 ", images)) == 2

    # A publication found and read in the room.
    hits = visitor.get("/catalogue?q=kabupaten+dalam+angka+2024")
    record = visitor.get(next(link for link in hits.links if re.search(r"/catalogue/\d+$", link)))
    read = next(link for link in record.links if link.endswith("/read"))
    sheet = until(lambda: visitor.get(read), "Ke halaman")
    picture = re.search(rb'<img src="([^"]+)"', sheet.body)
    assert picture
    assert visitor.get(picture[1].decode()).headers["Content-Type"] == "image/jpeg"
    take_softcopy(visitor, record)
    mine = visitor.submit(record, "/readings")
    desk = officer.get("/staff")

    # Rated, finished: locker open and empty, publication back, card returned, visit closed.
    rating = visitor.get(f"{ticket.path}/rating")
    answers = {str(element): "4" for element in Element}
    assert visitor.submit(rating, "/rating", **answers).status == 200
    until(lambda: visitor.get(ticket.path), "Pintu tertutup")
    mine = visitor.submit(visitor.get(ticket.path), "/finish")
    until(lambda: visitor.get(ticket.path), "Pintu terbuka")
    visitor.submit(visitor.get(ticket.path), "/locker/empty")
    finish_at_desk(officer, visit_id)
    assert "Terima kasih" in until(lambda: visitor.get(ticket.path), "selesai").text
    assert not visitor.get(ticket.path).has_form("/locker/open")
    desk = officer.get("/staff")
    assert int(figure(desk, "Pengunjung")) == before
    assert figure(desk, "Loker dipakai") == "0"
    assert figure(desk, "Penilaian") == "1"

    # Every fact waits in the outbox, and no personal data with it.
    admin = PlainBrowser(demo.url)
    waiting = re.search(r"(\d+) catatan menunggu", sign_in(admin, "admin", "/staff/sync").text)
    assert waiting
    assert int(waiting[1]) > 10
    events = exported(demo, tmp_path / "events.json")
    kinds = {event["type"].removeprefix("id.go.bps.ruangbaca.") for event in events}
    assert {
        "visit.registered.v1",
        "visit.served.v1",
        "locker.assigned.v1",
        "locker.outcome.v1",
        "scan.made.v1",
        "reading.noted.v1",
        "copy.made.v1",
        "rating.given.v1",
        "locker.released.v1",
        "visit.closed.v1",
    } <= kinds
    assert ("deposit.returned.v1" in kinds) == asks_for_card
    assert [int(event["sequence"]) for event in events] == list(range(1, len(events) + 1))
    assert not re.search(r"Siti|081234567890|Universitas Contoh", json.dumps(events))


def take_softcopy(visitor: PlainBrowser, record: Page) -> None:
    """Fetch it; where the office marks its copies, anybody can verify the number afterwards."""
    offer = visitor.get(next(link for link in record.links if link.endswith("/download")))
    is_marked = "purpose" in offer.form("/download").names
    copy = visitor.submit(offer, "/download", **({"purpose": "4"} if is_marked else {}))
    if is_marked:
        ready = until(lambda: visitor.get(f"{offer.path}?purpose=4"), "Sudah siap")
        copy = visitor.submit(ready, "/download")
    assert copy.headers["Content-Type"] == "application/pdf"
    assert copy.body.startswith(b"%PDF-")
    number = re.search(rb"No\. (\d{4}-\d{4}-\w{8})", copy.body)
    assert bool(number) == is_marked
    if number:
        found = visitor.submit(visitor.get("/verify"), "/verify", number=number[1].decode())
        assert "Nomor ini tercatat" in found.text


def finish_at_desk(officer: PlainBrowser, visit_id: str) -> None:
    """Give back whatever the desk still holds of the visitor, by the buttons it shows."""
    for _ in range(3):  # a publication, a card, and then nothing
        desk = officer.get("/staff?visit=" + visit_id)
        due = [
            form.action
            for form in desk.forms
            if re.search(r"/(card/return|reading/\d+/back)$", form.action)
        ]
        if not due:
            return
        officer.submit(desk, due[0])


def exported(demo: RunningDemo, file: Path) -> list[dict[str, str]]:
    done = run(f"--config={demo.data / 'demo.toml'}", "sync", "export", file)
    assert done.returncode == 0, done.stderr
    events: list[dict[str, str]] = json.loads(file.read_text())
    return events


def test_the_four_processes_fit_a_small_pi(demo: RunningDemo) -> None:
    resident = demo.resident_mb()

    # Together what each may have: documents 60, lockers and sync 45, web 90. Much of it is counted
    # several times, because the processes share their libraries.
    assert set(resident) == NAMES
    assert resident["web"] < 90, resident
    assert sum(resident.values()) < 230, resident
