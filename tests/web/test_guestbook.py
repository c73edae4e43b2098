"""The guest-book screens: page, problems with values kept, one visit a form, the kiosk."""

import re

import pytest
from flask.testing import FlaskClient

from appliance.guestbook import choices, rules
from appliance.privacy.rules import notice
from tests.entries import filled
from tests.web.conftest import post
from web.limits import EXTENSION, WINDOW_S, Allowance, MissCounter
from web.routes.guestbook import CROWD

BOTH_OFFICES = pytest.mark.parametrize("office_name", ["pasaman", "dharmasraya"], indirect=True)
FEW = Allowance(per_browser=3, per_address=100)
TICKET = re.compile(r"^/visits/[0-9a-f]{32}$")


def send(browser: FlaskClient, path: str = "/guestbook", **changes: str):
    """What this browser's own page would send, with the token it was given."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', html(browser.get(path)))
    fields = filled(**changes) | {"csrf_token": token[1]}
    return browser.post(path, data=fields, headers={"Origin": "http://localhost"})


def html(response) -> str:
    return response.get_data(as_text=True)


def visible_problems(response) -> list[str]:
    return re.findall(r'<li><a href="#field-([a-z_]+)">', html(response))


@BOTH_OFFICES
def test_the_form_has_every_field_of_the_contract(client: FlaskClient, services) -> None:
    page = html(client.get("/guestbook"))

    for field in [*rules.TEXTS, *choices.LISTS, "consent", "idempotency_key", "csrf_token"]:
        assert f'name="{field}"' in page
    assert notice(services.office, "id").short in page.replace("&#39;", "'")


@BOTH_OFFICES
def test_a_filled_form_leads_to_its_ticket(client: FlaskClient, services) -> None:
    answer = post(client, "/guestbook", filled())

    assert answer.status_code == 303
    assert TICKET.match(answer.location)
    assert "A-001" in html(client.get(answer.location))
    assert services.visits.today().registered == 1


def test_an_officer_notes_a_visitor_at_the_desk(sign_in, services, core) -> None:
    desk = sign_in("officer")
    page = html(desk.get("/guestbook?desk=1"))
    answer = post(desk, "/guestbook?desk=1", filled())

    (visit,) = services.visits.inside()
    assert 'action="/guestbook?desk=1"' in page
    assert 'autocomplete="off"' in page
    assert visit.channel == "desk"
    assert answer.location == f"/staff?visit={visit.id}"
    assert core.journal.latest(1)[0].actor == "officer:officer1"
    assert "Kunjungan Anda hari ini" not in html(desk.get("/"))


def test_nobody_else_notes_a_visitor_as_the_desk(client: FlaskClient, services) -> None:
    answer = post(client, "/guestbook?desk=1", filled())

    assert TICKET.match(answer.location)
    assert services.visits.inside()[0].channel == "phone"


@BOTH_OFFICES
def test_an_empty_form_comes_back_with_every_problem_at_once(client: FlaskClient, services) -> None:
    answer = post(client, "/guestbook", {})

    assert answer.status_code == 422
    assert visible_problems(answer) == [
        "name",
        "sex",
        "age_band",
        "education",
        "occupation",
        "agency_name",
        "agency_category",
        "purpose",
        "services",
        "channels",
        "consent",
    ]
    assert "<title>Galat: " in html(answer)
    assert services.visits.today().registered == 0


def test_what_was_typed_and_chosen_stays(client: FlaskClient) -> None:
    typed = filled(name='O\'Brien "B" <b>', phone="12", purpose="5", purpose_other="Skripsi")
    page = html(post(client, "/guestbook", typed | {"idempotency_key": "first-key"}))

    assert 'value="O&#39;Brien &#34;B&#34; &lt;b&gt;"' in page
    assert 'value="12"' in page
    assert 'value="Skripsi"' in page
    assert 'value="first-key"' in page
    assert re.search(r'name="purpose" value="5"[^>]* checked', page)
    assert re.search(r'name="services" value="8"[^>]* checked', page)
    assert re.search(r'<option value="6" selected', page)


@pytest.mark.parametrize("field", ["name", "agency_name"])
def test_ten_thousand_letters_are_a_problem_and_not_an_error(client, field: str) -> None:
    answer = post(client, "/guestbook", filled(**{field: "x" * 10_000}))

    assert answer.status_code == 422
    assert visible_problems(answer) == [field]


@pytest.mark.parametrize("hidden", ["\x00", "\x1b[2J", "\u202egnp.exe", "\u2067"])
def test_hidden_characters_are_refused_and_not_shown_as_a_fault(client, hidden: str) -> None:
    answer = post(client, "/guestbook", filled(name=f"Siti{hidden}"))

    assert answer.status_code == 422
    assert visible_problems(answer) == ["name"]


def test_a_form_sent_twice_is_one_visit(client: FlaskClient, services) -> None:
    form = filled() | {"idempotency_key": "tap-tap"}

    first, second = post(client, "/guestbook", form), post(client, "/guestbook", form)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert services.visits.today().registered == 1


def test_a_form_without_its_token_is_refused(client: FlaskClient, services) -> None:
    answer = client.post("/guestbook", data=filled())

    assert answer.status_code in (400, 403)
    assert services.visits.today().registered == 0


def test_get_changes_nothing(client: FlaskClient, services) -> None:
    client.get("/guestbook", query_string=filled())

    assert services.visits.today().registered == 0
    assert services.journal.latest() == []


def test_the_form_speaks_english(client: FlaskClient, core) -> None:
    client.set_cookie("lang", "en")

    fresh, wrong = html(client.get("/guestbook")), html(post(client, "/guestbook", {}))
    post(client, "/guestbook", filled())

    assert "Guest book" in fresh
    assert "Under 17" in fresh
    assert "Write your full name." in wrong
    (language,) = core.database.execute_sql("SELECT language FROM consent").fetchone()
    assert language == "en"


def test_only_offices_that_need_contact_ask_for_it(client: FlaskClient) -> None:
    page = html(client.get("/guestbook"))

    for field in ("email", "phone"):
        assert re.search(rf'for="field-{field}">[^<]*<span class="optional">', page)


def test_the_tablet_keeps_nothing_and_goes_back_to_its_start(client: FlaskClient, services) -> None:
    page = html(client.get("/guestbook?kiosk=1"))
    answer = post(client, "/guestbook?kiosk=1", filled())
    ticket = html(client.get(answer.location))
    home = html(client.get("/"))

    assert 'autocomplete="off"' in page
    assert 'autocomplete="name"' not in page
    assert 'data-idle-url="/?kiosk=1"' in page
    assert answer.location.endswith("?kiosk=1")
    assert 'content="20; url=/?kiosk=1"' in ticket
    assert "Kunjungan Anda hari ini" not in home
    assert services.visits.inside()[0].channel == "kiosk"


def test_the_number_on_the_tablet_is_shown_by_an_address_that_is_soon_nothing(
    client: FlaskClient, app, services, clock
) -> None:
    answer = post(client, "/guestbook?kiosk=1", filled())
    [visit] = services.visits.inside()
    shown = answer.location

    assert services.visits.token(visit) not in shown
    assert visit.label in html(client.get(shown))
    for browser, wait_s in ((app.test_client(), 0), (client, 61)):
        clock.advance(wait_s)
        assert browser.get(shown).location == "/?kiosk=1"
    assert client.get("/guestbook/number/x").location == "/?kiosk=1"


def test_an_error_on_the_tablet_stays_on_the_tablet(client: FlaskClient) -> None:
    page = html(post(client, "/guestbook?kiosk=1", {}))

    assert 'action="/guestbook?kiosk=1"' in page
    assert 'class="kiosk"' in page


def test_the_tablet_sends_without_a_trace_in_its_history(client, services, monkeypatch) -> None:
    monkeypatch.setattr("web.routes.guestbook.CROWD", FEW)
    form = html(client.get("/guestbook?kiosk=1"))
    sent = [post(client, "/guestbook?kiosk=1", filled(), htmx=True) for _ in range(4)]
    unknown = post(client, "/guestbook/again?kiosk=1", {"name": "Budi"}, htmx=True)

    assert 'hx-post="/guestbook?kiosk=1"' in form
    assert "hx-post" not in html(client.get("/guestbook"))
    assert sent[0].headers["HX-Redirect"].endswith("?kiosk=1")
    # What the script puts in the place of the form, with what was typed.
    assert (sent[3].status_code, unknown.status_code) == (422, 422)
    assert "Sudah terlalu banyak buku tamu dari sini" in html(sent[3])
    assert "Data sebelumnya tidak ditemukan" in html(unknown)


def test_the_tablet_hands_the_visit_over_to_a_phone(client: FlaskClient) -> None:
    here = {"base_url": "http://ruangbaca.local"}
    location = post(client, "/guestbook?kiosk=1", filled()).location
    cookie = client.get_cookie("rb_session")
    client.set_cookie("rb_session", cookie.value, domain="ruangbaca.local")

    assert "Pakai HP sendiri" in html(client.get("/?kiosk=1", **here))
    assert "Kode QR untuk membuka tiket di HP" in html(client.get(location, **here))


def test_a_class_gets_its_numbers_from_one_tablet(client: FlaskClient, services) -> None:
    answers = [send(client, "/guestbook?kiosk=1") for _ in range(40)]

    assert {answer.status_code for answer in answers} == {303}
    assert services.visits.today().registered == 40 < CROWD.per_browser


def test_a_school_gets_its_numbers_behind_one_address(app, services) -> None:
    answers = [send(app.test_client(), name=f"Siswa {number}") for number in range(64)]

    assert {answer.status_code for answer in answers} == {303}
    assert services.visits.today().registered == 64


def test_one_browser_cannot_fill_the_queue(client, app, services, monkeypatch) -> None:
    monkeypatch.setattr("web.routes.guestbook.CROWD", FEW)
    for _ in range(FEW.per_browser):
        send(client)

    refused = send(client, name="Siti Aminah", idempotency_key="kept-key")

    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= WINDOW_S + 1
    assert "Sudah terlalu banyak buku tamu dari sini" in html(refused)
    assert 'value="Siti Aminah"' in html(refused)
    assert 'value="kept-key"' in html(refused)
    assert services.visits.today().registered == FEW.per_browser
    assert send(app.test_client()).status_code == 303


def test_throwing_the_cookie_away_does_not_fill_the_queue(app, services, monkeypatch) -> None:
    monkeypatch.setattr("web.routes.guestbook.CROWD", Allowance(per_browser=2, per_address=5))

    answers = [send(app.test_client()).status_code for _ in range(7)]

    assert answers == [303] * 5 + [429] * 2
    assert services.visits.today().registered == 5


def test_waiting_opens_the_guest_book_again(client: FlaskClient, app, monkeypatch) -> None:
    monkeypatch.setattr("web.routes.guestbook.CROWD", FEW)
    now = [0.0]
    app.extensions[EXTENSION] = MissCounter(monotonic=lambda: now[0])
    for _ in range(FEW.per_browser):
        send(client)
    assert send(client).status_code == 429

    now[0] = WINDOW_S + 1

    assert send(client).status_code == 303


def test_a_form_with_problems_is_not_counted(client: FlaskClient) -> None:
    for _ in range(CROWD.per_browser + 1):
        assert send(client, name="").status_code == 422

    assert send(client).status_code == 303


def test_the_desk_is_never_asked_to_wait(sign_in, services) -> None:
    desk = sign_in("officer")

    answers = [send(desk, "/guestbook?desk=1") for _ in range(CROWD.per_browser + 1)]

    assert {answer.status_code for answer in answers} == {303}


def test_what_was_typed_survives_a_full_disk(client: FlaskClient, core, services) -> None:
    send(client)  # the session and the page are there before the disk is full

    def limit(pages: int) -> None:
        core.database.connection().pragma("max_page_count", pages)

    core.writer.run(lambda: limit(1))
    typed = {"name": "Siti Aminah", "data_wanted": "x" * 400}
    answers = (send(client, **typed, idempotency_key=f"key-{number}") for number in range(60))
    refused = next(answer for answer in answers if answer.status_code != 303)
    core.writer.run(lambda: limit(1_000_000))

    assert refused.status_code == 503
    assert "Buku tamu belum tersimpan" in html(refused)
    assert 'value="Siti Aminah"' in html(refused)
    assert 'value="key-' in html(refused)
