"""The demonstration's panel."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from appliance.config import Settings
from appliance.runtime.local_call import LocalServer
from appliance.services import Services
from appliance.simulation.panel import SOCKET
from appliance.simulation.rules import BankLook, DoorDeed, DoorLook, ReaderLook, RoomLook
from tests.web.conftest import post
from web.app import create_app

ROOM = RoomLook(
    doors=(
        DoorLook(1, 1, False, ()),
        DoorLook(2, 1, True, (DoorDeed.JAM, DoorDeed.LAG)),
        DoorLook(3, 2, False, (DoorDeed.CUT_CABLE,)),
    ),
    banks=(BankLook(1, "gpio", True, None), BankLook(2, "cu16", True, "drop")),
    readers=(ReaderLook("loker", "lockers", True, "good"),),
    is_pressed=False,
)


class AskedRoom:
    """Answers as the lockers process does, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []
        self.refused = False

    def answer(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append(question)
        if self.refused:
            return {"refused": "Peranti itu tidak ada di ruang peragaan."}
        found: dict[str, Any] = msgspec.to_builtins(ROOM)
        return found


@pytest.fixture
def demo(services: Services, settings: Settings) -> FlaskClient:
    """A browser of an appliance that is a demonstration."""
    return create_app(services, msgspec.structs.replace(settings, demo=True)).test_client()


@pytest.fixture
def room(settings: Settings) -> Iterator[AskedRoom]:
    asked = AskedRoom()
    server = LocalServer(settings.run_dir, SOCKET, asked.answer)
    yield asked
    server.close()


@pytest.mark.parametrize(
    "path", ["/demo/doors/1", "/demo/banks/1", "/demo/readers/loker", "/demo/button", "/demo/room"]
)
def test_a_real_appliance_has_no_panel(client: FlaskClient, room: AskedRoom, path: str) -> None:
    assert client.get("/demo").status_code == 404
    assert post(client, path, {"deed": "jam"}).status_code == 404
    assert room.asked == []


@pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
def test_the_room_is_filled_with_people_until_it_is_busy(
    demo: FlaskClient, room: AskedRoom, services: Services, sign_in
) -> None:
    assert "Isi ruangan" in demo.get("/demo").text
    for _ in range(3):
        assert post(demo, "/demo/room").status_code == 303
    assert "Ruangan sudah ramai." in demo.get("/demo").text

    people = services.visits.inside()
    assert 12 <= len(people) < 20
    assert {visit.state for visit in people} == {"registered", "served"}
    assert all(visit.name.endswith(" Contoh") for visit in people)
    assert any(visit.persons > 1 for visit in people)
    assert any(visit.is_incomplete for visit in people)
    assert services.visits.room().aside
    assert services.promises.unexplained()
    desk = sign_in("officer")
    for path, shown in (
        ("/staff", "A-001"),
        ("/staff/readings", "Statistik Daerah 2024"),
        ("/staff/requests", "Tabel PDRB 2020-2024"),
        ("/staff/visits", "Contoh"),
    ):
        assert shown in desk.get(path).text


def test_everything_in_the_room_is_shown(demo: FlaskClient, room: AskedRoom) -> None:
    said = demo.get("/demo").text

    for word in ("Macet", "Kabel sensor putus", "Lambat dan bergetar", "Jawaban hilang", "cu16"):
        assert word in said


def test_a_silent_lockers_process_is_explained(demo: FlaskClient) -> None:
    reply = demo.get("/demo")

    assert reply.status_code == 200
    assert "belum menjawab" in reply.text
    assert post(demo, "/demo/doors/1", {"deed": "jam"}).status_code == 503


@pytest.mark.parametrize(
    ("path", "data", "asked"),
    [
        ("/demo/doors/2", {"deed": "jam"}, {"thing": "door", "which": 2, "deed": "jam"}),
        ("/demo/banks/1", {"deed": "vanish"}, {"thing": "bank", "which": 1, "deed": "vanish"}),
        ("/demo/button", {"deed": "press"}, {"thing": "button", "deed": "press"}),
        (
            "/demo/readers/loker",
            {"deed": "read", "code": "RBT7K3M9QXA"},
            {"thing": "reader", "which": "loker", "deed": "read", "text": "RBT7K3M9QXA"},
        ),
        (
            "/demo/readers/loker",
            {"deed": "read", "code": "RBT7K3M9QXA", "typed": "halo"},
            {"thing": "reader", "which": "loker", "deed": "read", "text": "halo"},
        ),
    ],
)
def test_a_deed_reaches_its_device(
    demo: FlaskClient, room: AskedRoom, path: str, data: dict[str, str], asked: dict[str, Any]
) -> None:
    assert post(demo, path, data).status_code == 303

    assert room.asked == [asked]


@pytest.mark.parametrize("deed", ["", "explode", "__class__"])
def test_other_deeds_are_refused(demo: FlaskClient, room: AskedRoom, deed: str) -> None:
    for path in ("/demo/doors/1", "/demo/banks/1", "/demo/readers/loker", "/demo/button"):
        assert post(demo, path, {"deed": deed}).status_code == 400
    assert room.asked == []


def test_a_device_that_is_not_there_is_said(demo: FlaskClient, room: AskedRoom) -> None:
    room.refused = True

    assert post(demo, "/demo/doors/40", {"deed": "jam"}).status_code == 409


def test_reading_nothing_asks_for_a_code(demo: FlaskClient, room: AskedRoom) -> None:
    post(demo, "/demo/readers/loker", {"deed": "read"})

    assert room.asked == []
    assert "Pilih atau ketik kode" in demo.get("/demo").text
