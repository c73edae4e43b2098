"""Errors say what happened and what to do next, and give away nothing else."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from appliance.actor import SYSTEM
from appliance.errors import N_, Forbidden, NotFound, Refused, Unavailable
from appliance.runtime.logs import _Line
from tests.documents_kit import a_visit
from tests.web.conftest import csrf_token, fragment, post
from web import limits
from web.limits import MISSES_PER_ADDRESS, MISSES_PER_BROWSER, WINDOW_S, MissCounter
from web.sessions import STATION_COOKIE

WORDS = {
    "refused": (409, "Loker 7 sedang dipakai."),
    "not_found": (404, "Kunjungan tidak ditemukan."),
    "forbidden": (403, "Ini bukan milik Anda."),
    "invalid": (422, "Tulis nama lengkap Anda."),
    "unavailable": (503, "Pemindai tidak menjawab."),
    "crash": (500, "Maaf, ada gangguan"),
    "400": (400, "Permintaan tidak dapat dibaca"),
    "404": (404, "Halaman tidak ditemukan"),
    "405": (405, "tidak dibuka dengan cara itu"),
    "410": (410, "Permintaan tidak dapat dibaca"),
    "413": (413, "Isian terlalu besar"),
    "429": (429, "Terlalu sering"),
    "500": (500, "Maaf, ada gangguan"),
    "503": (503, "Belum bisa sekarang"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_an_error_is_a_page_in_words(trial: FlaskClient, kind: str) -> None:
    status, words = WORDS[kind]

    reply = trial.get(f"/trial/fail/{kind}")

    assert reply.status_code == status
    assert "<!doctype html>" in reply.text
    assert words in reply.text


@pytest.mark.parametrize("kind", WORDS)
def test_htmx_gets_the_same_words_as_a_notice(trial: FlaskClient, kind: str) -> None:
    status, words = WORDS[kind]

    reply = fragment(trial, f"/trial/fail/{kind}")

    assert reply.status_code == status
    assert "<!doctype" not in reply.text
    assert words in reply.text
    assert reply.headers["HX-Retarget"] == "#notice"


def test_a_crash_shows_a_code_and_logs_it_without_what_people_typed(
    trial: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    reply = trial.get("/trial/fail/crash")

    (record,) = (one for one in caplog.records if one.getMessage() == "request failed")
    code = vars(record)["fields"]["code"]
    line = _Line("web", with_time=False).format(record)
    assert reply.headers["X-Request-ID"] == code
    assert code in reply.text
    assert code in line
    assert "KeyError at web/trial.py" in line
    assert "Siti" not in line
    assert "Siti" not in reply.text
    assert "Traceback" not in reply.text


def test_what_may_come_back_says_when(trial: FlaskClient) -> None:
    reply = trial.get("/trial/fail/unavailable")

    assert reply.headers["Retry-After"] == "5"
    assert 'http-equiv="refresh" content="5"' in reply.text


def test_errors_are_translated(trial: FlaskClient) -> None:
    trial.set_cookie("lang", "en")

    assert "Page not found" in trial.get("/trial/fail/404").text


def test_an_error_at_the_desk_leads_back_to_the_desk(sign_in, services, core) -> None:
    visit_id, officer = a_visit(core, services), sign_in("officer")
    services.visits.close(visit_id, by=SYSTEM)

    assert way_on(post(officer, f"/staff/visits/{visit_id}/locker")) == f"/staff?visit={visit_id}"
    assert way_on(post(officer, "/staff/visits/999/locker")) == "/staff"
    assert way_on(officer.get("/staff/tidak-ada")) == "/staff"
    assert way_on(officer.get("/staff/users")) == "/staff"


def test_an_error_of_a_visitor_leads_back_to_the_own_visit(client, services, core) -> None:
    visit = services.visits.by_id(a_visit(core, services))
    mine = f"/visits/{visit.token}"

    assert way_on(post(client, f"{mine}/locker/open")) == mine
    assert way_on(client.get(f"{mine}/scans/x.pdf")) == mine
    assert way_on(client.post(f"{mine}/finish")) == mine  # a stale form
    assert way_on(client.get(f"/visits/{'0' * 32}/scans/x.pdf")) == "/"


def test_an_error_at_the_station_leads_back_to_the_station(sign_in) -> None:
    assert way_on(sign_in("operator").get("/station/pages/x.jpg")) == "/station"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused(N_("Loker 7 sedang dipakai.")), 409),
        (NotFound(N_("Loker tidak ditemukan.")), 404),
        (Forbidden(N_("Ini bukan milik Anda.")), 403),
        (Unavailable(N_("Pengendali loker tidak menjawab.")), 503),
        (KeyError("x"), 500),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, Exception) else "",
)
def test_whatever_fails_at_the_desk_or_the_station_there_is_a_way_back(
    services, sign_in, monkeypatch, error: Exception, status: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(type(services.lockers), "wall", fail)
    monkeypatch.setattr(type(services.visits), "inside", fail)
    admin = sign_in("admin")

    at_desk, at_station = admin.get("/staff/lockers"), admin.get("/station")

    assert (at_desk.status_code, at_station.status_code) == (status, status)
    assert 'href="/staff"' in at_desk.text
    assert 'href="/station"' in at_station.text


def test_what_may_come_back_is_tried_again_or_left(services, sign_in, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable(N_("Pengendali loker tidak menjawab."))

    monkeypatch.setattr(type(services.lockers), "wall", fail)

    reply = sign_in("officer").get("/staff/lockers?wide=1")

    assert way_on(reply) == "/staff/lockers?wide=1"
    assert 'class="btn btn-quiet" href="/staff">Ke meja<' in reply.text


def test_an_error_on_a_registered_station_stays_there(client, services, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Unavailable(N_("Pemindai tidak menjawab."))

    monkeypatch.setattr(type(services.visits), "by_code", fail)
    client.set_cookie(STATION_COOKIE, services.staff.register_device("station", "Uji", by=SYSTEM))

    reply = post(client, "/station/visit", {"code": "7K3M9QXA"})

    assert reply.status_code == 503
    assert way_on(reply) == "/station"
    assert 'data-idle-url="/station"' in reply.text
    assert way_on(client.post("/station/visit")) == "/station"  # a stale form


def test_an_error_of_staff_not_signed_in_leads_to_the_sign_in(client) -> None:
    assert way_on(client.post("/staff/login")) == "/staff/login"  # a stale form
    assert way_on(client.get("/staff/tidak-ada")) == "/staff/login"


def way_on(reply: TestResponse) -> str:
    """Where the main button of an error page leads."""
    assert reply.status_code >= 400
    found = re.search(r'class="btn btn-primary" href="([^"]+)"', reply.text)
    assert found
    return found[1]


def test_an_unknown_address_and_a_wrong_method_are_explained(trial: FlaskClient) -> None:
    assert "Halaman tidak ditemukan" in trial.get("/tidak-ada").text
    wrong = trial.get("/trial/guess")
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]


def test_a_body_or_a_form_too_large_is_refused(trial: FlaskClient) -> None:
    assert post(trial, "/trial/form", {"name": "x" * 300_000}).status_code == 413
    many = {f"f{number}": (b"x", "x") for number in range(60)}
    reply = trial.post(
        "/trial/form",
        data=many | {"csrf_token": csrf_token(trial)},
        content_type="multipart/form-data",
    )
    assert reply.status_code == 413


def test_guessing_is_slowed_for_the_guesser_only(trial: FlaskClient) -> None:
    neighbour = trial.application.test_client()
    with neighbour.session_transaction() as session:
        session["csrf_token"] = "f" * 40

    for _ in range(MISSES_PER_BROWSER):
        assert post(trial, "/trial/guess", {"code": "x"}).status_code == 404
    refused = post(trial, "/trial/guess", {"code": "BENAR"})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= WINDOW_S + 1
    with trial.application.test_request_context(
        "/trial/guess", headers={"Cookie": f"rb_session={neighbour.get_cookie('rb_session').value}"}
    ):
        limits.refuse_guessers("trial")


def test_ordinary_use_from_one_address_is_never_limited(trial: FlaskClient) -> None:
    replies = [post(trial.application.test_client(), "/trial/form", {"name": "Siti"}).status_code
               for _ in range(64)]  # fmt: skip

    assert replies == [303] * 64


def test_misses_are_forgotten_after_the_window_and_memory_stays_bounded() -> None:
    now = [0.0]
    counter = MissCounter(monotonic=lambda: now[0])
    for _ in range(MISSES_PER_BROWSER):
        counter.add("a", MISSES_PER_BROWSER)
    assert counter.wait_s("a", MISSES_PER_BROWSER) > 0

    now[0] = WINDOW_S + 1

    assert counter.wait_s("a", MISSES_PER_BROWSER) == 0
    for number in range(limits.KEYS_KEPT + 50):
        counter.add(str(number), MISSES_PER_ADDRESS)
    assert len(counter._misses) == limits.KEYS_KEPT


def test_an_error_on_the_tablet_at_the_door_stays_on_the_tablet(client: FlaskClient) -> None:
    reply = client.post("/guestbook?kiosk=1", data={"name": "Siti"})  # a stale form

    assert reply.status_code == 403
    assert way_on(reply) == "/?kiosk=1"
    assert 'data-idle-url="/?kiosk=1"' in reply.text
    assert 'href="/"' not in reply.text
    assert 'href="/staff"' not in reply.text
