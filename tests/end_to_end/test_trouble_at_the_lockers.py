"""Whatever can go wrong at the lockers, caused on the demonstration's panel, as people see it.

Everything goes through the pages of the four running processes, and without JavaScript.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import check
from tests.end_to_end.plain_browser import Page, PlainBrowser
from tests.end_to_end.test_one_visit import ENTRY, own_action, sign_in, until
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.slow

WALL, DISPLAY, PANEL = "/staff/lockers", "/kiosk/lockers", "/demo"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    running = RunningDemo(tmp_path_factory.mktemp("trouble") / "data", "--office=pasaman")
    running.wait_ready()
    yield running
    running.end()


@pytest.fixture(scope="module")
def officer(demo: RunningDemo) -> PlainBrowser:
    browser = PlainBrowser(demo.url)
    sign_in(browser, "petugas", "/staff")
    return browser


@pytest.fixture
def hand(demo: RunningDemo) -> "Hand":
    return Hand(demo)


class Hand:
    """Whoever stands in the room and touches things."""

    def __init__(self, demo: RunningDemo) -> None:
        self._browser = PlainBrowser(demo.url)

    def door(self, number: int, deed: str) -> None:
        self._send(f"/demo/doors/{number}", deed=deed)

    def bank(self, deed: str) -> None:
        self._send("/demo/banks/1", deed=deed)

    def holds(self, code: str, reader: str = "loker") -> None:
        self._send(f"/demo/readers/{reader}", deed="read", typed=code)

    def reader(self, deed: str) -> None:
        self._send("/demo/readers/loker", deed=deed)

    def button(self, deed: str) -> None:
        self._send("/demo/button", deed=deed)

    def display(self) -> Page:
        return self._browser.get(DISPLAY)

    def _send(self, action: str, **values: str) -> None:
        assert self._browser.submit(self._browser.get(PANEL), action, **values).status == 200


def visit_with_locker(demo: RunningDemo, officer: PlainBrowser) -> tuple[Page, str, int]:
    """A visitor's ticket page, the code of its ticket, and the locker that was handed over."""
    visitor = PlainBrowser(demo.url)
    ticket = visitor.submit(visitor.get("/guestbook"), "/guestbook", **ENTRY)
    code = re.search(r"Kode kunjungan (\S{4})-(\S{4})", ticket.text)
    assert code
    desk = officer.submit(officer.get("/staff"), own_action(officer.get("/staff"), "/call"))
    desk = officer.submit(desk, own_action(desk, "/serve"))
    officer.submit(desk, own_action(desk, "/locker"))
    mine = until(lambda: visitor.get(ticket.path), "Pintu terbuka")
    until(lambda: visitor.get(ticket.path), "Pintu tertutup")
    number = re.search(r"Loker Anda\s+(\d\d)", mine.text)
    assert number, mine.text
    return ticket, f"RBT{code[1]}{code[2]}", int(number[1])


def test_a_ticket_opens_its_own_door_and_the_second_look_asks(
    demo: RunningDemo, officer: PlainBrowser, hand: Hand
) -> None:
    _, code, number = visit_with_locker(demo, officer)

    hand.holds(code)
    until(hand.display, f"Loker {number:02d} terbuka")
    until(lambda: officer.get(f"{WALL}/{number}"), "Pintu tertutup")
    hand.holds(code)

    until(hand.display, "pilihan di samping pembaca")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("9789790643017", "kode buku"),
        ("https://contoh.example/promo", "bukan"),
        ("RBT00000001", "rusak atau salah cetak"),
    ],
)
def test_other_codes_are_told_what_they_are(hand: Hand, code: str, said: str) -> None:
    hand.holds(code)

    until(hand.display, said)


def test_an_unplugged_reader_is_known_in_the_room_and_at_the_desk(
    hand: Hand, officer: PlainBrowser
) -> None:
    hand.reader("unplug")
    until(hand.display, "Pembaca kode tidak tersambung")
    until(lambda: officer.get("/staff"), "Pembaca kode loker tidak tersambung")

    hand.reader("plug")
    until(hand.display, "Pindai tiket Anda")


def test_a_forced_door_rings_until_somebody_has_looked(hand: Hand, officer: PlainBrowser) -> None:
    hand.door(11, "force")
    until(lambda: officer.get(WALL), "tanpa perintah")

    hand.door(11, "shut")
    page = until(lambda: officer.get(f"{WALL}/11"), "tanpa perintah")
    page = officer.submit(page, own_action(page, "/seen"), note="anak-anak bermain")

    assert "tanpa perintah" not in officer.get(WALL).text


def test_a_jammed_door_is_said_and_never_taken_for_open(hand: Hand, officer: PlainBrowser) -> None:
    hand.door(12, "jam")
    page = officer.get(f"{WALL}/12")
    page = officer.submit(page, f"{WALL}/12/open", reason="uji pintu")
    officer.submit(page, f"{WALL}/12/open")

    until(lambda: officer.get(f"{WALL}/12"), "tidak terlihat terbuka")
    hand.door(12, "free")


def test_a_bank_that_vanished_says_so_and_comes_back(hand: Hand, officer: PlainBrowser) -> None:
    hand.bank("vanish")
    page = officer.get(f"{WALL}/10")
    page = officer.submit(page, f"{WALL}/10/open", reason="uji pintu")
    officer.submit(page, f"{WALL}/10/open")
    until(lambda: officer.get(f"{WALL}/10"), "kunci mekanis")

    hand.bank("come_back")
    page = officer.get(f"{WALL}/10")
    page = officer.submit(page, f"{WALL}/10/open", reason="uji pintu lagi")
    officer.submit(page, f"{WALL}/10/open")
    until(lambda: officer.get(f"{WALL}/10"), "Pintu terbuka")


def test_the_button_opens_every_door_and_calls_the_roll(
    demo: RunningDemo, hand: Hand, officer: PlainBrowser
) -> None:
    hand.button("press")

    until(lambda: officer.get("/staff"), "darurat")
    until(lambda: officer.get("/staff/lockers/emergency"), "Semua pintu terlihat terbuka")
    hand.button("release")
    assert "tanpa perintah" not in officer.get(WALL).text


@pytest.mark.browser
def test_the_panel_is_a_page_like_any_other(chromium: Any, demo: RunningDemo) -> None:
    context = chromium.new_context(base_url=demo.url, locale="id-ID")
    page = context.new_page()
    page.goto(PANEL)

    check(page)
    context.close()


def test_nothing_of_all_this_is_in_the_log(demo: RunningDemo, tmp_path: Path) -> None:
    assert "Siti" not in demo.stderr
    assert "contoh.example" not in demo.stderr
