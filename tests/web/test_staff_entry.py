"""What officers write into the guest book, as their screens do it."""

import re

import pytest

from appliance.errors import Unavailable
from tests.entries import filled
from tests.web.conftest import post

SLIP = {
    "paper_date": "2026-11-23",
    "paper_time": "08.15",
    "paper_reason": "power",
    "whereabouts": "gone",
}


def at_fault(response) -> list[str]:
    return re.findall(r'<li><a href="#field-([a-z_0-9]+)">', response.text)


def seen_on(response) -> str:
    return re.search(r'name="seen" value="(\d+)"', response.text)[1]


def test_an_officer_writes_down_a_group(officer, services) -> None:
    page = officer.get("/staff/visits/new").text
    answer = post(officer, "/staff/visits/new", filled(heads_2_1="30"))

    (visit,) = services.visits.inside()
    assert 'name="heads_2_1"' in page
    assert 'autocomplete="off"' in page
    assert answer.location == f"/staff?visit={visit.id}"
    assert "Rombongan 31 orang" in officer.get(answer.location).text
    assert "30 Perempuan, Di bawah 17 tahun" in officer.get(f"/staff/visits/{visit.id}").text
    assert "rombongan 31 orang" in officer.get("/staff/visits").text


def test_all_problems_come_back_with_what_was_typed(officer) -> None:
    answer = post(officer, "/staff/visits/new", filled(name="", heads_1_1="x", phone="12"))

    assert answer.status_code == 422
    assert at_fault(answer) == ["name", "phone", "heads_1_1"]
    assert 'value="x"' in answer.text


def test_a_phone_cannot_say_how_many_came(client, services) -> None:
    post(client, "/guestbook", filled(heads_2_1="900"))

    assert services.visits.inside()[0].persons == 1


def test_a_name_is_enough_and_the_desk_reminds_of_the_rest(officer, services) -> None:
    assert 'name="name"' in officer.get("/staff/visits/quick").text
    assert at_fault(post(officer, "/staff/visits/quick", {})) == ["name", "consent"]
    answer = post(officer, "/staff/visits/quick", {"name": "Pak Darwis", "consent": "1"})
    (visit,) = services.visits.inside()

    assert "Isian buku tamu belum lengkap" in officer.get(answer.location).text
    assert "Belum lengkap" in officer.get("/staff/visits").text
    form = officer.get(f"/staff/visits/{visit.id}/edit").text
    assert 'value="Pak Darwis"' in form
    assert 'name="reason"' not in form
    done = post(officer, f"/staff/visits/{visit.id}/edit", filled(name="Pak Darwis"))
    assert done.status_code == 303
    assert "belum lengkap" not in officer.get(answer.location).text


def test_a_slip_is_typed_in_with_its_time(officer, services) -> None:
    page = officer.get("/staff/visits/paper").text
    gone = post(officer, "/staff/visits/paper", filled(**SLIP))
    here = post(officer, "/staff/visits/paper", filled(**SLIP | {"whereabouts": "here"}))

    assert 'value="2026-11-23"' in page
    assert gone.location == "/staff/visits/paper"
    (visit,) = services.visits.inside()
    assert here.location == f"/staff?visit={visit.id}"
    assert "Dari slip kertas" in officer.get(here.location).text
    assert at_fault(post(officer, "/staff/visits/paper", filled())) == [
        "paper_date",
        "paper_time",
        "paper_reason",
    ]


def test_four_slips_are_on_a_sheet(officer) -> None:
    page = officer.get("/staff/visits/slips").text

    assert page.count('class="paper-slip"') == 4
    assert "Jam datang" in page


def test_a_correction_asks_why_and_changes_nothing_twice(officer, services, core) -> None:
    post(officer, "/staff/visits/new", filled())
    (visit,) = services.visits.inside()
    path = f"/staff/visits/{visit.id}/edit"

    without = post(officer, path, filled(name="Siti R. Putri"))
    same = post(officer, path, filled() | {"reason": "typed"})
    done = post(officer, path, filled(name="Siti R. Putri") | {"reason": "typed"})

    assert (without.status_code, same.status_code, done.status_code) == (422, 409, 303)
    assert at_fault(without) == ["reason"]
    assert "Tidak ada yang berubah" in same.text
    assert services.guestbook.person(visit.id).name == "Siti R. Putri"
    assert "visit.read" in {line.action for line in core.journal.latest(20)} or officer.get(path)


def test_what_another_officer_corrected_is_not_overwritten_unseen(officer, services) -> None:
    post(officer, "/staff/visits/new", filled())
    (visit,) = services.visits.inside()
    path = f"/staff/visits/{visit.id}/edit"
    mine = {"reason": "typed", "seen": seen_on(officer.get(path))}
    post(officer, path, filled(agency_name="Bappeda") | mine)

    late = post(officer, path, filled(name="Siti R. Putri") | mine)
    kept = services.guestbook.person(visit.id)
    meant = post(officer, path, filled(name="Siti R. Putri") | mine | {"seen": seen_on(late)})

    assert (late.status_code, meant.status_code) == (409, 303)
    assert "diubah di layar lain" in late.text
    assert 'value="Siti R. Putri"' in late.text
    assert kept.name != services.guestbook.person(visit.id).name == "Siti R. Putri"


def test_who_was_here_before_has_less_to_say(officer, services) -> None:
    post(officer, "/staff/visits/new", filled())
    before = {"before_name": "siti rahmawati", "before_phone": "0812-3456-7890"}

    wrong = post(officer, "/staff/visits/again", before | {"before_name": "Budi"})
    page = post(officer, "/staff/visits/again", before).text
    token = re.search(r'name="returning" value="([^"]+)"', page)[1]
    today = {"purpose": "4", "services": ["8"], "channels": ["1"], "consent": "1"}
    post(officer, "/staff/visits/new", today | {"returning": token})

    assert (wrong.status_code, at_fault(wrong)) == (404, ["before_name"])
    assert "Selamat datang lagi, S••• R•••" in page
    assert "siti@contoh.id" not in page
    assert "Universitas Andalas" not in page
    assert [visit.name for visit in services.visits.inside()] == ["Siti Rahmawati"] * 2


def test_what_was_typed_survives_what_cannot_be_written(officer, services, monkeypatch) -> None:
    def full(*_args: object, **_named: object) -> None:
        raise Unavailable("Penyimpanan penuh.")

    for name in ("register", "quick", "from_paper"):
        monkeypatch.setattr(type(services.guestbook_desk), name, full)

    for way in ("new", "quick", "paper"):
        answer = post(officer, f"/staff/visits/{way}", filled(name="Siti Aminah"))
        assert (answer.status_code, 'value="Siti Aminah"' in answer.text) == (503, True)


@pytest.mark.parametrize("path", ["new", "quick", "paper", "slips", "1/edit"])
def test_nobody_else_writes_as_an_officer(client, sign_in, path: str) -> None:
    assert client.get(f"/staff/visits/{path}").status_code == 303
    assert sign_in("operator").get(f"/staff/visits/{path}").status_code == 403


def test_help_is_for_the_officer_and_for_no_screen_of_the_room(officer, client, services) -> None:
    post(officer, "/staff/visits/new", filled(disability="4", age_band="1", guardian_name="Bu Ani"))
    (visit,) = services.visits.inside()

    panel = officer.get(f"/staff?visit={visit.id}").text
    assert "Bantuan melihat, mendengar, atau berbicara" in panel
    assert "Anak, bersama Bu Ani" in panel
    for path in (f"/visits/{visit.token}?kiosk=1", "/", "/?kiosk=1", "/kiosk/lockers"):
        shown = client.get(path).text
        assert "Bu Ani" not in shown
        assert "Bantuan melihat" not in shown
