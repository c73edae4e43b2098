"""Closing time on the screens: warnings, the walk with its double taps, and what stays open."""

import re

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.runtime.wakeup import WakeSocket
from appliance.storage.models import DoorCommand
from tests.services.library import new_visit
from tests.web.conftest import fragment, post

OFFICER = Actor.staff("officer1", "officer")
WALK = "/staff/closing/walk"
TO_THE_LAST_HALF_HOUR_S = 6 * 3600  # it is nine, and the room closes at half past three
CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
READS = ("/staff/closing", WALK, "/staff/closing/1", "/staff/closing/notice")
CHANGES = ("start", "finish", "lockers/1/open", "lockers/1/empty", "lockers/1/property",
           "lockers/1/not-opened")  # fmt: skip


@pytest.fixture
def visits(core, services, clock):
    """Three visits, in the lockers 1, 2 and 4 of four."""
    services.lockers.sync_bank(dict.fromkeys(range(1, 5), True), by=SYSTEM)
    wake = WakeSocket(core.settings.run_dir, "lockers")
    found = []
    for number in (1, 2, 4):
        visit = new_visit(core, services)
        services.lockers.assign(visit.id, by=OFFICER, number=number)
        found.append(visit)
    clock.advance(60)
    yield found
    wake.close()


@pytest.fixture
def walking(sign_in, visits):
    """An officer who has just begun the walk."""
    browser = sign_in("officer")
    post(browser, "/staff/closing/start", {"scope": "used"})
    return browser


def said(browser, number: int, word: str, visit, **more: str):
    path = f"/staff/closing/lockers/{number}/{word}"
    return post(browser, path, {"visit": visit.id if visit else "", **more})


# Who may


@pytest.mark.parametrize("path", READS)
def test_closing_time_is_the_desks(client, sign_in, visits, path) -> None:
    assert client.get(path).location.startswith("/staff/login")
    assert sign_in("operator").get(path).status_code == 403


@pytest.mark.parametrize("path", CHANGES)
def test_nobody_else_changes_anything(client, sign_in, services, visits, path) -> None:
    services.closing.start("used", by=OFFICER)
    before = DoorCommand.select().count()

    for browser in (client, sign_in("operator")):
        assert post(browser, f"/staff/closing/{path}").status_code == 403
    assert sign_in("admin").get(f"/staff/closing/{path}").status_code in (404, 405)

    assert DoorCommand.select().count() == before
    assert services.closing.current().looks == ()


# The walk


def test_from_the_first_door_to_the_result(walking, services, visits) -> None:
    assert "Dipakai A-001" in walking.get(WALK).text

    assert said(walking, 1, "empty", visits[0]).location == f"{WALK}?after=1"
    assert "Dipakai A-002" in walking.get(f"{WALK}?after=1").text
    said(walking, 2, "property", visits[1], description="tas hitam")
    said(walking, 4, "not-opened", visits[2], note="macet")
    assert "Semua loker sudah dilewati." in walking.get(WALK).text
    result = walking.get(post(walking, "/staff/closing/finish").location).text

    assert services.lockers.tile(1).is_free
    assert (services.lockers.tile(2).state, services.lockers.tile(4).state) == ("blocked", "used")
    for words in ("BT-0001", "tas hitam", "macet", "1 loker masih dipakai", "data-print"):
        assert words in result


def test_the_door_opens_by_a_tap_and_only_once(walking, services, visits) -> None:
    before = DoorCommand.select().count()

    for _ in range(2):
        answer = post(walking, "/staff/closing/lockers/1/open")
        assert answer.location == f"{WALK}?locker=1"

    assert DoorCommand.select().count() == before + 1
    assert "Membuka loker 01…" in walking.get(answer.location).text
    assert not services.lockers.tile(1).is_free


def test_the_stop_asks_only_for_its_door_again(walking) -> None:
    piece = fragment(walking, f"{WALK}?locker=1").text
    version = re.search(r"v=([\w.]+)", piece)[1]

    assert piece.strip().startswith('<div id="closing-door"')
    assert fragment(walking, f"{WALK}?locker=1&v={version}").status_code == 204


def test_every_tap_twice(walking, services, visits) -> None:
    for _ in range(2):
        post(walking, "/staff/closing/start", {"scope": "every"})
        said(walking, 1, "empty", visits[0])
        said(walking, 2, "property", visits[1], description="tas hitam")
        said(walking, 4, "not-opened", visits[2])

    assert len(services.found_property.kept()) == 1
    ends = {post(walking, "/staff/closing/finish").location for _ in range(2)}
    assert ends == {"/staff/closing/1"}


def test_something_inside_must_be_described(walking, services, visits) -> None:
    answer = said(walking, 1, "property", visits[0], description=" ")

    assert answer.status_code == 422
    assert "Tulis apa yang terlihat dari luar" in answer.text
    assert "Dipakai A-001" in answer.text
    assert re.search(r"<details class=\"more\" open>\s*<summary>Ada barang", answer.text)
    assert services.lockers.of_visit(visits[0].id) is not None


def test_somebody_else_was_there_first(walking, visits) -> None:
    said(walking, 1, "empty", visits[0])

    answer = said(walking, 1, "property", visits[0], description="tas")

    assert answer.status_code == 409
    assert "Loker 1 sudah diperiksa." in answer.text
    assert "Ke loker berikutnya" in answer.text


def test_an_old_card_frees_nobody_elses_locker(walking, core, services, visits) -> None:
    services.lockers.release(visits[0].id, by=OFFICER)
    late = new_visit(core, services)
    services.lockers.assign(late.id, by=OFFICER, number=1)

    answer = said(walking, 1, "empty", visits[0])

    assert answer.status_code == 409
    assert "pengunjung lain" in answer.text
    assert services.lockers.of_visit(late.id).number == 1
    for nonsense in ("0", "x", str(2**70)):
        assert post(
            walking, "/staff/closing/lockers/1/empty", {"visit": nonsense}
        ).status_code == 409  # fmt: skip


def test_without_a_walk_there_is_nothing_to_say(sign_in, services, visits) -> None:
    browser = sign_in("officer")

    assert browser.get(WALK).location == "/staff/closing"
    assert said(browser, 1, "empty", visits[0]).status_code == 409
    assert post(browser, "/staff/closing/lockers/1/open").status_code == 409
    assert post(browser, "/staff/closing/finish").status_code == 404
    assert browser.get("/staff/closing/1").status_code == 404
    assert services.lockers.of_visit(visits[0].id) is not None


def test_a_locker_that_does_not_exist(walking) -> None:
    for nowhere in (-(2**70), 0, 99, 2**70):
        assert walking.get(f"{WALK}?locker={nowhere}").status_code == 404
    assert said(walking, 99, "empty", None).status_code == 404
    assert post(walking, "/staff/closing/lockers/99/open").status_code == 404
    assert walking.get(f"{WALK}?locker=x&after=y").status_code == 200


def test_passing_one_over_and_coming_back_to_it(walking) -> None:
    assert "Dipakai A-002" in walking.get(f"{WALK}?after=1").text
    assert "Dipakai A-001" in walking.get(f"{WALK}?after=4").text


def test_every_door_on_wish(sign_in, visits) -> None:
    browser = sign_in("officer")

    post(browser, "/staff/closing/start", {"scope": "every"})

    assert "0 dari 4 loker diperiksa" in browser.get(WALK).text
    assert "Tidak sedang dipakai." in browser.get(f"{WALK}?after=2").text


# What is still open


def test_the_page_names_who_and_what_is_still_here(sign_in, services, visits) -> None:
    services.keys.note(3, "handed_out", {"holder": "Pak Dedi"}, by=OFFICER)
    services.found_property.register({"description": "kacamata", "kept_at": "laci"}, by=OFFICER)
    browser = sign_in("officer")

    text = browser.get("/staff/closing").text

    for words in ("3 loker masih dipakai", "3 kunjungan belum selesai", "1 kunci dibawa",
                  "1 barang menunggu pemiliknya", "Mulai keliling"):  # fmt: skip
        assert words in text
    assert "titipan belum kembali" not in text
    version = re.search(r"closing\?v=([\w.]+)", text)[1]
    assert fragment(browser, f"/staff/closing?v={version}").status_code == 204
    assert fragment(browser, "/staff/closing").text.strip().startswith('<div id="closing"')


@CARD_OFFICE
def test_cards_in_the_tray_are_named(sign_in, core, services, office_name) -> None:
    visit = new_visit(core, services)
    services.deposits.receive(visit.id, "KTP", by=OFFICER)

    assert "1 titipan belum kembali" in sign_in("officer").get("/staff/closing").text


def test_an_empty_room_may_be_locked(sign_in) -> None:
    assert "Ruang baca boleh dikunci" in sign_in("officer").get("/staff/closing").text


def test_the_morning_after_names_who_went_home_with_a_locker(
    sign_in, services, clock, visits
) -> None:
    clock.advance(24 * 3600)
    services.visits.close_day()

    text = sign_in("officer").get("/staff/closing").text

    assert "3 loker belum kembali sejak hari sebelumnya" in text


# Warnings


def test_nobody_is_warned_in_the_morning(sign_in, client, visits) -> None:
    assert "Ruang baca tutup" not in sign_in("officer").get("/staff/lockers").text
    assert "Ruang baca tutup" not in client.get(f"/visits/{visits[0].token}").text
    assert "Ruang baca tutup" not in client.get("/?kiosk=1").text


def test_half_an_hour_before_everybody_is(sign_in, client, clock, visits) -> None:
    clock.advance(TO_THE_LAST_HALF_HOUR_S + 60)

    staff = sign_in("officer").get("/staff/keys").text
    assert "Ruang baca tutup pukul 15.30 WIB, sisa 28 menit." in staff
    assert "3 loker masih dipakai." in staff
    for path in (f"/visits/{visits[0].token}", "/?kiosk=1"):
        assert "Ambil barang Anda dari loker" in client.get(path).text
    assert "Ambil barang Anda dari loker" in sign_in("operator").get("/station").text


def test_the_display_at_the_lockers_tells_it_minute_by_minute(client, clock, visits) -> None:
    shown = client.get("/kiosk/lockers").text
    assert "Ruang baca tutup" not in shown

    for ahead_s, said in ((TO_THE_LAST_HALF_HOUR_S + 60, "sisa 28 menit"), (24 * 60, "sisa 4")):
        clock.advance(ahead_s)
        asked = re.search(r"[?&]v=([^\"&]+)", shown)[1]
        answer = fragment(client, f"/kiosk/lockers?v={asked}")
        shown = answer.text
        assert f"Ruang baca tutup pukul 15.30 WIB, {said}" in shown


def test_after_closing_time_staff_hears_of_lockers_in_use(
    sign_in, client, services, clock, visits
) -> None:
    clock.advance(TO_THE_LAST_HALF_HOUR_S + 3600)
    browser = sign_in("officer")

    assert "Ruang baca sudah tutup sejak 15.30 WIB." in browser.get("/staff/keys").text
    assert "Ruang baca" not in client.get(f"/visits/{visits[0].token}").text.split("<main")[1]
    for visit in visits:
        services.lockers.release(visit.id, by=OFFICER)
    assert "sudah tutup sejak" not in browser.get("/staff/keys").text


def test_the_warning_asks_for_itself(sign_in, visits, clock) -> None:
    clock.advance(TO_THE_LAST_HALF_HOUR_S - 120)  # half past three is 31 minutes away
    browser = sign_in("officer")
    piece = fragment(browser, "/staff/closing/notice").text
    version = re.search(r"notice\?v=([\w.]+)", piece)[1]

    assert "Ruang baca" not in piece
    assert fragment(browser, f"/staff/closing/notice?v={version}").status_code == 204
    clock.advance(60)
    assert "sisa 30 menit" in fragment(browser, f"/staff/closing/notice?v={version}").text
    assert browser.get("/staff/closing/notice").location == "/staff/closing"
