"""The devices on the dashboard, and what the national team may do about them."""

import re
import uuid

import pytest

from appliance.hub.offices import Offices
from tests.hub.dashboard_kit import signed_in
from tests.hub.test_fleet import say_health


@pytest.fixture
def devices(hub):
    """A device in each of two provinces; the one of Pasaman is quiet, that of Kupang is well."""
    offices = Offices(hub.database)
    quiet = hub.enrol("pasaman")
    well = hub.enrol("kupang")
    offices.add("kupang", "BPS Kota Kupang", province="Nusa Tenggara Timur")
    offices.add("pasaman", "BPS <Pasaman>", province="Sumatera Barat")
    say_health(quiet, waiting=7, problem="<b>jam</b>")
    say_health(well, waiting=1250, oldest_waiting_s=90.0, disk_used=0.412)
    with hub.database.transaction() as connection:
        connection.execute(
            "UPDATE health_last SET at = now() - interval '9 days' WHERE device = %s", (quiet.id,)
        )
    return quiet, well


def test_what_needs_somebody_comes_first_and_then_every_device(hub, devices):
    text = signed_in(hub).get("/fleet").text

    urgent, rest = text.split('id="all"')
    assert "BPS &lt;Pasaman&gt;" in urgent
    assert "Diam lebih dari 3 hari kerja" in urgent
    assert "&lt;b&gt;jam&lt;/b&gt;" in rest
    assert "BPS Kota Kupang" not in urgent
    assert "1.250" in rest
    assert "41,2%" in rest


def test_the_page_asks_for_itself_again_only_when_somebody_chose_so(hub, devices):
    browser, refresh = signed_in(hub), '<meta http-equiv="refresh" content="60">'

    assert refresh not in browser.get("/fleet").text
    assert refresh in browser.get("/fleet?live=1").text


def test_the_list_is_narrowed_and_says_when_nothing_is_left(hub, devices):
    browser = signed_in(hub)

    found = browser.get("/fleet?q=kupang").text.split('id="all"')[1]
    none = browser.get("/fleet?q=kupang&show=alarms&page=77").text

    assert "BPS Kota Kupang" in found
    assert "Pasaman" not in found
    assert "Tidak ada peranti yang cocok" in none


def test_a_province_sees_its_own_devices_and_may_change_none(hub, devices):
    _quiet, well = devices
    browser = signed_in(hub, "rudi", "Nusa Tenggara Timur")

    text = browser.get("/fleet").text + browser.get("/offices/kupang/devices").text

    assert well.id in text
    assert "Pasaman" not in text
    assert "Cabut" not in text
    assert browser.get("/").location == "/provinces/Nusa%20Tenggara%20Timur"
    for path in (
        "/fleet?province=Sumatera+Barat",
        "/provinces/Sumatera%20Barat",
        "/offices/pasaman",
        "/offices/pasaman/devices",
        f"/offices/kupang/devices/{well.id}/revoke",
        "/offices/kupang/claim",
    ):
        assert browser.get(path).status_code == 404, path
    assert browser.post(f"/offices/kupang/devices/{well.id}/suspend").status_code == 404


def test_a_device_is_suspended_after_a_question_and_the_journal_knows(hub, devices):
    _quiet, well = devices
    browser = signed_in(hub)
    address = f"/offices/kupang/devices/{well.id}/suspend"

    asked = browser.get(address)
    before = hub.database.rows("SELECT state FROM device WHERE id = %s", (well.id,))
    done = browser.post(address, form=address)

    assert "Peranti akan menunggu" in asked.text
    assert before == [("active",)]
    assert done.status_code == 303
    assert "Sudah diubah: Tangguhkan" in browser.get(done.location).text
    assert well.open().status == 403
    browser.post(f"/offices/kupang/devices/{well.id}/resume")
    assert well.open().status == 201
    journal = hub.database.rows("SELECT action, subject, detail FROM person_journal ORDER BY id")
    assert journal[1:] == [("suspend", "kupang", well.id), ("resume", "kupang", well.id)]


def test_a_device_of_another_office_is_not_there(hub, devices):
    quiet, _well = devices
    browser = signed_in(hub)

    answer = browser.post(f"/offices/kupang/devices/{quiet.id}/revoke")

    assert answer.status_code == 404
    assert hub.database.rows("SELECT DISTINCT state FROM device") == [("active",)]


def test_a_device_is_asked_for_known_errands_only(hub, devices):
    _quiet, well = devices
    browser = signed_in(hub)
    address = f"/offices/kupang/devices/{well.id}/commands"

    assert browser.post(address, {"kind": "send-health"}).status_code == 303
    assert browser.post(address, {"kind": "open-locker"}).status_code == 404
    assert hub.database.rows("SELECT kind FROM device_command") == [("send-health",)]
    assert "Kirim keadaan (1 menit yang lalu)" in browser.get("/offices/kupang/devices").text


def test_an_enrolment_code_is_shown_once_and_works(hub, devices):
    browser = signed_in(hub)

    text = browser.post("/offices/pasaman/claim").text

    shown = re.search(r'class="claim-code">([\w-]+)<', text)[1]
    assert "<svg" in text
    assert len(hub.database.rows("SELECT 1 FROM claim WHERE used_by IS NULL")) == 1
    assert shown not in browser.get("/offices/pasaman/devices").text
    assert hub.database.row("SELECT action, detail FROM person_journal WHERE action = 'claim'")


def test_the_history_of_a_device_tells_its_forks_apart(hub, devices):
    _quiet, well = devices
    first = well.epoch
    well.open()
    for epoch, reason in (
        ("00000000-0000-4000-8000-000000000001", "held"),
        ("00000000-0000-4000-8000-000000000002", "unknown_head"),
    ):
        well.open(epoch, previous=first, reason=reason)

    text = signed_in(hub).get("/offices/kupang/devices").text

    assert "Satu catatan disisihkan" in text
    assert text.count("tidak disengaja") == 1
    assert "Catatan bercabang" in text


def test_a_hub_without_devices_says_how_the_first_one_comes(hub):
    browser = signed_in(hub)

    assert "Belum ada peranti yang terdaftar" in browser.get("/fleet").text
    assert "Belum ada kantor" in browser.get("/").text


def test_revoked_devices_alone_are_not_called_well(hub):
    device = hub.enrol()
    Offices(hub.database).set_state(uuid.UUID(device.id), "revoked")

    page = signed_in(hub).get("/fleet").text

    assert "sudah dicabut" in page
    assert "Semua peranti baik" not in page
