"""The registered screens, and the tablet at the door that forgets everybody."""

import re

from tests.entries import filled
from tests.web.conftest import post
from web.kiosk import COOKIE


def test_a_tablet_is_registered_and_its_officer_signed_out(officer, services, core) -> None:
    assert "Belum ada layar terdaftar" in officer.get("/staff/devices").text
    nameless = post(officer, "/staff/devices/kiosk", {"place": "pintu"})
    done = post(officer, "/staff/devices/kiosk", {"name": "Tablet 1", "place": "Pintu depan"})

    assert (nameless.status_code, done.location) == (422, "/?kiosk=1")
    (device,) = services.staff.devices.all()
    assert (device.kind, device.name, device.place) == ("kiosk", "Tablet 1", "Pintu depan")
    assert officer.get("/staff/devices").status_code == 303
    assert officer.get_cookie(COOKIE).http_only


def test_the_tablet_stays_a_kiosk_whatever_its_address_says(officer, services) -> None:
    post(officer, "/staff/devices/kiosk", {"name": "Tablet 1"})
    tablet = officer

    assert 'class="kiosk"' in tablet.get("/").text
    answer = post(tablet, "/guestbook", filled())
    ticket = tablet.get(answer.location.partition("?")[0])
    assert services.visits.inside()[0].channel == "kiosk"
    assert 'data-idle-s="20"' in ticket.text
    assert ticket.headers["Cache-Control"] == "no-store"
    assert "Kunjungan Anda hari ini" not in tablet.get("/").text
    for path in ("/catalogue", "/complaints", "/standard", "/privacy", f"{answer.location}x"):
        assert 'data-idle-url="/?kiosk=1"' in tablet.get(path).text


def test_a_revoked_tablet_is_a_stranger_at_once(officer, sign_in, services) -> None:
    post(officer, "/staff/devices/kiosk", {"name": "Tablet 1"})
    (device,) = services.staff.devices.all()
    admin = sign_in("admin")

    post(admin, f"/staff/devices/{device.id}/place", {"place": "Lobi"})
    assert 'value="Lobi"' in admin.get("/staff/devices").text
    first = post(admin, f"/staff/devices/{device.id}/revoke")
    again = post(admin, f"/staff/devices/{device.id}/revoke")

    assert (first.status_code, again.status_code) == (303, 303)
    assert services.staff.devices.all() == ()
    assert 'class="kiosk"' not in officer.get("/").text


def test_a_place_that_is_no_place_is_said(officer, services) -> None:
    token = services.staff.devices
    assert token.all() == ()
    assert post(officer, "/staff/devices/1/place", {"place": "x"}).status_code == 404
    assert re.search(
        "terlalu panjang", post(officer, "/staff/devices/kiosk", {"name": "x" * 61}).text
    )
