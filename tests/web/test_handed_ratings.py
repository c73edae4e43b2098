"""Forms handed out: on a tablet, by a code, from paper; never a word about the visitor."""

import re

import pytest

from appliance.ratings.questions import Element
from appliance.storage.models import Visit
from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import fragment, post
from web.rating_forms import BURST, TABLET_COOKIE

MONTH = "2026-11"
ANSWERS = dict.fromkeys(map(str, Element), "4")


@pytest.fixture
def visit(core, services):
    opened = new_visit(core, services)
    return services.visits.serve(opened.id, by=OFFICER)


@pytest.fixture
def tablet(app, services):
    """The browser of a registered tablet."""
    browser = app.test_client()
    browser.set_cookie(TABLET_COOKIE, services.rating_tablets.register("Tablet", by=OFFICER))
    return browser


def handed(services, visit, **more):
    return services.rating_invitations.invite(visit.id, by=OFFICER, **more)


def send(services, visit):
    """The visit's form, sent to the only tablet."""
    return handed(services, visit, tablet=services.rating_tablets.all()[0])


def test_a_tablet_goes_to_the_form_and_ends_with_thanks(tablet, services, visit):
    resting = tablet.get("/kiosk/rating")
    version = re.search(r"v=(\w+)", resting.text)[1]
    assert fragment(tablet, f"/kiosk/rating?v={version}").status_code == 204

    form = send(services, visit)
    moved = fragment(tablet, f"/kiosk/rating?v={version}")
    assert moved.headers["HX-Redirect"] == f"/rate/{form.token}"
    page = tablet.get(f"/rate/{form.token}")
    assert 'data-idle-url="/kiosk/rating?left=1"' in page.text
    for secret in (visit.token, visit.code, visit.label, visit.uuid):
        assert secret not in page.text

    sent = post(tablet, f"/rate/{form.token}", ANSWERS)
    assert sent.location == f"/rate/{form.token}"
    assert "enam belas butir" in tablet.get(sent.location).text
    done = post(tablet, f"/rate/{form.token}/items/skip")
    assert done.location == "/rate/thanks"
    assert 'data-idle-url="/kiosk/rating"' in tablet.get(done.location).text
    assert "Belum ada lembar penilaian" in tablet.get("/kiosk/rating").text
    assert tablet.get(f"/rate/{form.token}").status_code == 404
    assert services.ratings.channels(MONTH) == {"tablet": 1}


def test_a_form_left_alone_is_opened_by_a_hand_only(tablet, services, visit):
    form = send(services, visit)

    left = tablet.get("/kiosk/rating?left=1")

    assert left.status_code == 200
    assert f"/rate/{form.token}" in left.text
    again = fragment(tablet, f"/kiosk/rating?left=1&v={form.code}")
    assert again.status_code == 204
    assert tablet.get("/kiosk/rating").status_code == 303
    services.rating_invitations.withdraw(visit.id, by=OFFICER)
    resting = fragment(tablet, f"/kiosk/rating?left=1&v={form.code}")
    assert "left=1" not in resting.text  # the next form comes by itself again


def test_a_strange_browser_is_no_tablet(client, services, tablet, visit):
    send(services, visit)
    client.set_cookie(TABLET_COOKIE, "x" * 40)

    assert "belum terdaftar" in client.get("/kiosk/rating").text


def test_an_officer_registers_a_tablet_and_is_signed_out_of_it(officer, services):
    assert "Daftarkan sebagai tablet" in officer.get("/kiosk/rating").text

    registered = post(officer, "/kiosk/rating/register", {"name": "Meja depan"})

    assert registered.location == "/kiosk/rating"
    assert [one.name for one in services.rating_tablets.all()] == ["Meja depan"]
    assert "Belum ada lembar" in officer.get("/kiosk/rating").text
    assert officer.get("/staff/ratings").status_code == 303


def test_a_visitor_registers_no_tablet(client, services):
    assert post(client, "/kiosk/rating/register", {"name": "x"}).status_code == 403
    assert services.rating_tablets.all() == ()


def test_a_code_typed_on_a_phone_leads_to_its_form(client, services, visit):
    form = handed(services, visit)

    wrong = post(client, "/rate", {"code": "0000-0000"})
    found = post(client, "/rate", {"code": f"{form.code[:4]}-{form.code[4:]}".lower()})

    assert (wrong.status_code, found.location) == (404, f"/rate/{form.token}")
    assert "sudah diisi atau sudah tidak berlaku" in wrong.text
    assert "idle-url" not in client.get(found.location).text.replace('id="idle"', "")
    post(client, found.location, ANSWERS)
    assert services.ratings.channels(MONTH) == {"phone": 1}


def test_guessing_codes_is_slowed_down(client, services, visit):
    handed(services, visit)

    tried = [post(client, "/rate", {"code": "0000-0000"}).status_code for _ in range(12)]

    assert tried[0] == 404
    assert tried[-1] == 429


def test_one_device_rates_three_times_in_ten_minutes_and_a_room_more_often(
    app, core, services, tablet
):
    phone = app.test_client()

    def rate(browser):
        form = handed(services, new_visit(core, services))
        return post(browser, f"/rate/{form.token}", ANSWERS).status_code

    assert [rate(phone) for _ in range(BURST.per_browser + 1)] == [303, 303, 303, 429]
    form = handed(services, new_visit(core, services))
    assert phone.get(f"/rate/{form.token}").status_code == 429  # before anybody answers in vain
    neighbour = app.test_client()
    with neighbour.session_transaction() as session:
        session["csrf_token"] = "another" * 6
    assert neighbour.get(f"/rate/{form.token}").status_code == 200
    assert [rate(tablet) for _ in range(BURST.per_browser + 2)] == [303] * 5


def test_half_a_form_is_sent_by_a_second_button(client, services, visit):
    path = f"/rate/{handed(services, visit).token}"

    first = post(client, path, {"fee": "4", "comment": "Baik"})
    second = post(client, path, {"fee": "4", "comment": "Baik", "partly": "1"})

    assert first.status_code == 422
    assert 'name="partly" value="1"' in first.text
    assert 'name="partly"' not in client.get("/rate").text
    assert second.status_code == 303
    assert services.ratings.index(MONTH).respondents == 1


def test_declining_counts_its_reason(client, services, visit):
    path = f"/rate/{handed(services, visit).token}"

    assert post(client, f"{path}/decline", {"reason": "hurry"}).location == "/rate/thanks"

    assert services.ratings.refusals(MONTH) == {"hurry": 1}
    assert client.get(path).status_code == 404


def test_sixteen_items_come_four_at_a_time_and_are_kept_at_the_end(client, services, visit):
    path = f"/rate/{handed(services, visit).token}"
    post(client, path, ANSWERS)

    page = client.get(f"{path}/items").text
    assert page.count("Kepentingan bagi Anda") == 4
    form = {"importance_information": "9", "satisfaction_fee": "", "idempotency_key": "k"}
    step = post(client, f"{path}/items", form | {"step": "1", "go": "next"})
    assert step.status_code == 200
    assert 'type="hidden" name="importance_information" value="9"' in step.text
    assert 'name="importance_fee"' in step.text
    back = post(client, f"{path}/items", form | {"step": "2", "go": "back"}).text
    assert 'value="9" id="field-importance_information-9" checked' in back
    faulty = post(client, f"{path}/items", {"satisfaction_fee": "11", "step": "2", "go": "next"})
    assert faulty.status_code == 422
    nothing = post(client, f"{path}/items", {"step": "4", "go": "send"})
    assert nothing.status_code == 422
    assert services.skd.figures(MONTH).respondents == 0

    last = post(client, f"{path}/items", form | {"overall": "8", "step": "4", "go": "send"})

    assert last.location == "/rate/thanks"
    figures = services.skd.figures(MONTH)
    assert (figures.respondents, figures.overall_answered) == (1, 1)
    assert client.get(path).status_code == 404


def test_a_visitor_is_offered_the_items_once_on_the_own_page(client, services, visit):
    page = f"/visits/{visit.token}"
    post(client, f"{page}/rating", ANSWERS)

    assert "Isi enam belas butir" in client.get(page).text
    sent = post(client, f"{page}/rating/items", {"overall": "10", "step": "1", "go": "send"})

    assert sent.location == page
    assert "Isi enam belas butir" not in client.get(page).text
    assert client.get(f"{page}/rating/items").status_code == 303
    assert post(client, f"{page}/rating/items", {"overall": "1"}).status_code == 409
    assert services.skd.figures(MONTH).respondents == 1


def test_who_skips_the_items_is_not_asked_again(client, services, visit):
    page = f"/visits/{visit.token}"
    post(client, f"{page}/rating", ANSWERS)
    post(client, f"{page}/rating/items/skip")

    assert "Isi enam belas butir" not in client.get(page).text


def test_stars_come_along_with_the_rating(client, services, visit):
    book = new_publication(services)
    services.reading.note(visit.id, by=OFFICER, publication_id=book.id)
    path = f"/visits/{visit.token}/rating"
    assert f'name="stars_{book.id}"' in client.get(path).text

    post(client, path, ANSWERS | {f"stars_{book.id}": "5", "stars_999": "1"})

    assert services.publication_ratings.summary(book.id).total == 5
    assert services.ratings.index(MONTH).respondents == 1


def test_an_officer_hands_out_by_tablet_and_by_code(officer, tablet, services, visit):
    path = f"/staff/visits/{visit.id}/rating"
    (one,) = services.rating_tablets.all()
    assert "Minta penilaian" in officer.get(f"/staff?visit={visit.id}").text

    post(officer, f"{path}/tablet", {"tablet": one.id})
    assert "Menunggu di Tablet" in officer.get(path).text
    post(officer, f"{path}/code")
    form = services.rating_invitations.of_visit(visit.id)
    page = officer.get(path).text
    assert f"{form.code[:4]}-{form.code[4:]}" in page
    assert tablet.get("/kiosk/rating").status_code == 200  # nothing waits there any more
    post(officer, f"{path}/withdraw")
    assert services.rating_invitations.of_visit(visit.id) is None


def test_an_officer_hands_out_to_a_group(officer, services, visit):
    path = f"/staff/visits/{visit.id}/rating"
    assert "tercatat satu orang" in officer.get(path).text
    assert post(officer, f"{path}/members", {"count": "1"}).status_code == 422
    Visit.update(persons=4).where(Visit.id == visit.id).execute()
    assert "Paling banyak 3." in officer.get(path).text

    assert post(officer, f"{path}/members", {"count": "99"}).status_code == 422
    assert post(officer, f"{path}/members", {"count": "3"}).status_code == 303

    page = officer.get(path).text
    members = services.rating_invitations.of_members(visit.id)
    assert len(members) == 3
    assert all(f"{one.code[:4]}-{one.code[4:]}" in page for one in members)


def test_an_officer_notes_a_refusal_once(officer, services, visit):
    path = f"/staff/visits/{visit.id}/rating"

    post(officer, f"{path}/decline", {"reason": "unwilling"})
    post(officer, f"{path}/decline", {"reason": "hurry"})

    assert services.ratings.refusals(MONTH) == {"unwilling": 1}
    assert "sudah diisi atau dilewati" in officer.get(path).text


def test_paper_is_entered_with_its_blanks(officer, services):
    path = "/staff/ratings/paper/entry"
    sheet = {"fee": "4", "comment": "Rapi", "importance_fee": "9", "month": "2026-10"}

    faulty = post(officer, path, sheet | {"satisfaction_fee": "12", "idempotency_key": "k"})
    assert faulty.status_code == 422
    assert services.ratings.index("2026-10").respondents == 0
    assert services.skd.figures("2026-10").respondents == 0
    for _ in range(2):
        kept = post(officer, path, sheet | {"idempotency_key": "k"})

    assert kept.location == f"{path}?month=2026-10"
    assert services.ratings.channels("2026-10") == {"paper": 1}
    assert services.ratings.index("2026-10").respondents == 1
    assert services.skd.figures("2026-10").respondents == 1
    assert post(officer, path, {"month": MONTH}).status_code == 422
    assert post(officer, path, {"month": "2025-01", "fee": "4"}).status_code == 422
    assert "☐" in officer.get("/staff/ratings/paper").text


def test_the_officers_page_says_how_the_figures_were_made(officer, core, services):
    for _ in range(10):
        rate(core, services)
    page = officer.get("/staff/ratings").text

    assert "IKM 100,00" in page
    assert "A – Sangat baik" in page
    assert "Bobot tiap unsur 1/9" in page
    assert page.count("n 10</td>") == 9
    assert "Krejcie dan Morgan" in page
    assert "untuk 10 kunjungan dianjurkan 10" in page
    assert "Rapi &lt;b&gt;" in page


def rate(core, services):
    visit = new_visit(core, services)
    services.ratings.give(visit.id, ANSWERS, "Rapi <b>", by=OFFICER)


def test_a_comment_is_taken_away(officer, core, services):
    rate(core, services)
    (comment,) = services.ratings.comments_to_read(MONTH)

    gone = post(officer, f"/staff/ratings/comments/{comment.id}/remove", {"month": MONTH})

    assert gone.location == f"/staff/ratings?month={MONTH}"
    assert "Rapi" not in officer.get("/staff/ratings").text


@pytest.mark.parametrize("month", ["", "x", "2026-13", "9999-01", "0000-00", "2020-01", "2026-10"])
def test_any_month_can_be_asked_for(officer, month):
    assert officer.get(f"/staff/ratings?month={month}").status_code == 200


def test_an_operator_sees_figures_and_hands_out_nothing(sign_in, services, visit):
    operator = sign_in("operator")

    page = operator.get("/staff/ratings")

    assert page.status_code == 200
    assert "Masukkan dari kertas" not in page.text
    assert operator.get(f"/staff/visits/{visit.id}/rating").status_code == 403
    assert post(operator, f"/staff/visits/{visit.id}/rating/code").status_code == 403
    assert operator.get("/staff/ratings/paper/entry").status_code == 403


def test_foreign_links_are_not_found(client, services):
    for path in ("/rate/x", f"/rate/{'0' * 32}", "/rate/x/items"):
        assert client.get(path).status_code == 404
        assert post(client, path, ANSWERS).status_code == 404
    for path in ("/rate/x/decline", "/rate/x/items/skip"):
        assert post(client, path).status_code == 404
    assert services.ratings.index(MONTH).respondents == 0


def test_a_machine_that_lost_its_clock_shows_its_ratings_all_the_same(sign_in, clock):
    clock.jump(-clock.now().timestamp())  # 1 January 1970

    assert sign_in("officer").get("/staff/ratings").status_code == 200
