"""The visitor's page: ticket and clock, what others may not see, the poll, and the way back."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from appliance.actor import Actor
from appliance.clock import ClockQuality
from appliance.codes import readable
from appliance.storage.models import MarkedCopy
from appliance.visits.rules import VisitCard, VisitState
from tests.entries import filled
from tests.web.conftest import fragment, post

RINA = Actor.staff("rina", "officer")
DAY_S = 24 * 3600


@pytest.fixture
def arrive(services) -> Callable[..., VisitCard]:
    def make(**changes: str) -> VisitCard:
        return services.guestbook.register(
            filled(**changes), channel="phone", language="id", idempotency_key=""
        )

    return make


def html(response) -> str:
    return response.get_data(as_text=True)


def path(visit: VisitCard) -> str:
    return f"/visits/{visit.token}"


def test_the_ticket_shows_number_code_and_the_promise(client: FlaskClient, arrive) -> None:
    visit = arrive()

    page = html(client.get(path(visit)))

    assert "A-001" in page
    assert readable(visit.code) in page
    assert "Dilayani paling lambat 09.05 WIB" in page
    assert "sisa 5 menit" in page
    assert "Anda berikutnya" in page
    assert "<svg" in page


def test_it_says_how_many_wait_before(client: FlaskClient, arrive, services) -> None:
    first, _, third = arrive(), arrive(), arrive()

    assert "2 orang di depan Anda" in html(client.get(path(third)))
    services.visits.call(first.id, by=RINA)
    assert "1 orang di depan Anda" in html(client.get(path(third)))


def test_a_promise_that_was_broken_is_admitted(client: FlaskClient, arrive, clock) -> None:
    visit = arrive()
    clock.advance(420)

    page = html(client.get(path(visit)))

    assert "Maaf, kami terlambat." in page
    assert "lewat 2 menit" in page


def test_without_a_clock_no_time_is_invented(client: FlaskClient, arrive, clock) -> None:
    clock.set_quality(ClockQuality.UNSET)
    visit = arrive()

    page = html(client.get(path(visit)))

    assert "Dilayani paling lambat 5 menit setelah buku tamu diisi." in page
    assert "WIB" not in page.split('id="visit"')[1].split("</main>")[0].split("slip")[0]


@pytest.mark.parametrize(
    ("move", "sentence"),
    [
        (lambda v, i: v.call(i, by=RINA, desk="Meja 2"), "Silakan ke Meja 2"),
        (lambda v, i: v.call(i, by=RINA), "Silakan ke meja petugas"),
        (lambda v, i: v.serve(i, by=RINA), "Anda sudah dilayani"),
        (lambda v, i: v.leave(i, by=RINA), "Sedang selesai berkunjung"),
        (lambda v, i: v.close(i, by=RINA), "Kunjungan selesai"),
        (lambda v, i: v.close(i, by=RINA, state=VisitState.CANCELLED), "Antrean dibatalkan"),
    ],
)
def test_every_state_has_its_sentence(client, arrive, services, move, sentence: str) -> None:
    visit = arrive()
    move(services.visits, visit.id)

    assert sentence in html(client.get(path(visit)))


def test_a_foreign_link_looks_like_an_unknown_one(client: FlaskClient, arrive, services, clock):
    yesterday = arrive()
    clock.advance(DAY_S)
    arrive()
    unknown = client.get("/visits/" + "0" * 32)

    for link in (yesterday.token, yesterday.uuid, yesterday.code, "x", "%00", "é" * 40):
        answer = client.get(f"/visits/{link}")
        assert answer.status_code == unknown.status_code == 404
        assert _without_code(html(answer)) == _without_code(html(unknown))


def _without_code(page: str) -> str:
    page = re.sub(r"<strong>[0-9A-Z]{6}</strong>|[0-9A-Z]{6}", "", page)
    return re.sub(r'href="[^"]*lang=en"', "", page)


def test_text_of_a_visitor_is_shown_and_never_run(client: FlaskClient, arrive) -> None:
    evil = '"><script>alert(1)</script>{{7919*7907}}'
    visit = arrive(name=evil, agency_name=evil, purpose="5", purpose_other=evil)

    for address in (path(visit), f"{path(visit)}/data"):
        page = html(client.get(address))
        assert "<script>alert" not in page
        assert "62615533" not in page  # a product too long to stand in a link by chance
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7919*7907}}" in page


def test_the_poll_is_answered_only_when_something_changed(client, arrive, services, clock) -> None:
    visit = arrive()
    poll = re.search(r'hx-get="([^"]+)"', html(client.get(path(visit))))[1]

    assert fragment(client, poll).status_code == 204
    services.visits.call(visit.id, by=RINA)
    changed = fragment(client, poll)

    assert changed.status_code == 200
    assert html(changed).lstrip().startswith('<div id="visit"')
    assert "Silakan ke meja petugas" in html(changed)
    again = re.search(r'hx-get="([^"]+)"', html(changed))[1]
    assert fragment(client, again).status_code == 204
    clock.advance(60)
    assert fragment(client, again).status_code == 200


def test_a_bookmarked_poll_address_is_a_whole_page(client: FlaskClient, arrive) -> None:
    poll = re.search(r'hx-get="([^"]+)"', html(client.get(path(arrive()))))[1]

    answer = client.get(poll)

    assert answer.status_code == 200
    assert "<!doctype html>" in html(answer)


def test_a_closed_visit_stops_asking_and_offers_nothing(client, arrive, services) -> None:
    visit = arrive()
    assert "<noscript><meta http-equiv" in html(client.get(path(visit)))
    services.visits.close(visit.id, by=RINA)

    page = html(client.get(path(visit)))
    refused = post(client, f"{path(visit)}/cancel")

    assert "hx-get" not in page
    assert 'http-equiv="refresh"' not in page
    assert refused.status_code == 409


def test_the_place_in_the_queue_can_be_given_up_by_post_only(client, arrive, services) -> None:
    visit = arrive()

    assert client.get(f"{path(visit)}/cancel").status_code == 405
    answer = post(client, f"{path(visit)}/cancel")

    assert (answer.status_code, answer.location) == (303, path(visit))
    assert services.visits.by_id(visit.id).state is VisitState.CANCELLED
    assert services.journal.latest(1)[0].actor == f"visitor:{visit.uuid}"
    assert post(client, f"{path(visit)}/cancel").location == path(visit)  # a second tap
    assert post(client, f"/visits/{'0' * 32}/cancel").status_code == 404


def test_who_was_served_cannot_leave_the_queue(client, arrive, services) -> None:
    visit = arrive()
    services.visits.serve(visit.id, by=RINA)

    assert post(client, f"{path(visit)}/cancel").status_code == 409
    assert "Batalkan antrean" not in html(client.get(path(visit)))


def test_my_data_shows_all_that_is_kept_in_words(client: FlaskClient, arrive) -> None:
    visit = arrive(occupation="7", occupation_other="Penyair", disability="4", data_wanted="Padi")

    page = html(client.get(f"{path(visit)}/data"))

    for kept in ("Siti Rahmawati", "081234567890", "siti@contoh.id", "Universitas Andalas"):
        assert kept in page
    counted = ("Lainnya, Penyair", "Bantuan melihat", "Padi", "Perpustakaan, Konsultasi statistik")
    for words in counted:
        assert words in page
    assert client.get(f"/visits/{'0' * 32}/data").status_code == 404


def test_my_data_name_the_scans_and_the_copies(client, core, services, arrive) -> None:
    visit = arrive()
    services.documents.open_job(visit.id, "colour", by=RINA)
    copy = {"number": "1309-2026-7K3M9QXA", "title": "Pasaman Dalam Angka", "sha256": "f"}
    made = {"visit": visit.id, "made_at": core.clock.now(), "size_bytes": 1}
    core.writer.run(lambda: MarkedCopy.create(**copy, **made))

    page = html(client.get(f"{path(visit)}/data"))

    assert "Berkas 1" in page
    assert "Nomor 1309-2026-7K3M9QXA" in page
    assert "Pasaman Dalam Angka" in page


def test_children_are_told_to_come_together(client: FlaskClient, arrive) -> None:
    visit = arrive(age_band="1", guardian_name="Bu Ani")

    assert "bersama orang tua, wali, atau guru" in html(client.get(path(visit)))
    assert "Bu Ani" not in html(client.get(path(visit)))
    assert "Bu Ani" in html(client.get(f"{path(visit)}/data"))


def test_the_ticket_speaks_english(client: FlaskClient, arrive) -> None:
    client.set_cookie("lang", "en")

    page = html(client.get(path(arrive())))

    assert "You are next" in page
    assert "09:05 WIB" in page


@pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
def test_only_an_office_that_takes_cards_asks_for_one(client: FlaskClient, arrive) -> None:
    assert "Serahkan kartu identitas" in html(client.get(path(arrive())))


def test_a_wrong_clock_shows_the_time_it_has(client: FlaskClient, arrive, clock) -> None:
    visit = arrive()
    clock.jump(dt.timedelta(hours=2).total_seconds())

    assert "Dilayani paling lambat 11.05 WIB" in html(client.get(path(visit)))
