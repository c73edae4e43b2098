"""The survey's screen: all at once or skipped, once a visit."""

import pytest

from appliance.ratings.questions import QUESTIONS, Element
from tests.services.library import OFFICER, new_visit
from tests.web.conftest import post

MONTH = "2026-11"
ANSWERS = dict.fromkeys(map(str, Element), "4")


def html(response):
    return response.get_data(as_text=True)


@pytest.fixture
def visit(core, services):
    opened = new_visit(core, services)
    return services.visits.serve(opened.id, by=OFFICER)


def test_the_nine_questions_are_worded_as_the_regulation_does(client, visit):
    page = html(client.get(f"/visits/{visit.token}/rating"))

    for question in QUESTIONS:
        assert question.text_id in page
        assert page.count(f'name="{question.element}"') == 4
        assert all(answer.label_id in page for answer in question.answers)
    assert "Layanan ini gratis" in page


def test_they_are_asked_in_english_too(client, visit):
    client.get("/?lang=en")

    page = html(client.get(f"/visits/{visit.token}/rating"))

    assert all(question.text_en.split("?")[0] in page for question in QUESTIONS)


def test_a_rating_is_kept_once(client, services, visit):
    path = f"/visits/{visit.token}/rating"
    form = ANSWERS | {"comment": "Baik <b>", "idempotency_key": "k"}

    first, again = (post(client, path, form) for _ in range(2))
    other = post(client, path, form | {"idempotency_key": "l"})

    assert (first.status_code, first.location) == (303, f"/visits/{visit.token}")
    assert again.status_code == 303
    assert other.status_code == 409
    assert services.ratings.index(MONTH).respondents == 1
    assert "sudah diisi atau dilewati" in html(client.get(path))


def test_missing_answers_are_all_named_and_the_given_ones_kept(client, services, visit):
    page = post(client, f"/visits/{visit.token}/rating", {"fee": "4", "time": "9"})

    assert page.status_code == 422
    for element in Element:
        assert (f'href="#field-{element}"' in html(page)) == (element is not Element.FEE)
    assert 'name="fee" value="4" id="field-fee-4" checked' in html(page)
    assert services.ratings.index(MONTH).respondents == 0


def test_skipping_is_asked_only_once(client, services, visit):
    path = f"/visits/{visit.token}/rating/decline"

    assert "Nilai layanan kami" in html(client.get(f"/visits/{visit.token}"))
    assert post(client, path).status_code == 303
    assert "Nilai layanan kami" not in html(client.get(f"/visits/{visit.token}"))
    assert post(client, path).status_code == 409


def test_a_finished_visit_is_still_invited(client, services, visit):
    services.visits.close(visit.id, by=OFFICER)

    assert "Nilai layanan kami" in html(client.get(f"/visits/{visit.token}"))
    assert post(client, f"/visits/{visit.token}/rating", ANSWERS).status_code == 303


def test_a_foreign_link_is_not_found(client, services):
    for path in (f"/visits/{'0' * 32}/rating", "/visits/x/rating"):
        assert client.get(path).status_code == 404
        assert post(client, path, ANSWERS).status_code == 404
        assert post(client, f"{path}/decline").status_code == 404
    assert services.ratings.index(MONTH).respondents == 0


def test_yesterdays_visit_rates_no_more(client, services, visit, clock):
    clock.advance(24 * 3600)

    assert post(client, f"/visits/{visit.token}/rating", ANSWERS).status_code == 404
