"""Every field of the rating forms with whatever can be sent: never a server error.

RATING_INPUTS=10000 in the environment tries that many instead of the few of every run.
"""

import os
import re
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.ratings.questions import Element
from appliance.ratings.rules import How
from appliance.ratings.skd_rules import FIELDS
from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import PASSWORD, csrf_token, post
from tests.web.test_guestbook_fuzz import SCRIPTS, VALUE
from web import rating_forms
from web.limits import Allowance

INPUTS = int(os.environ.get("RATING_INPUTS", "60"))
ANSWERS = dict.fromkeys(map(str, Element), "4")
NINE = ANSWERS | {"comment": "Baik", "partly": "", "stars_1": "5", "idempotency_key": "k"}
SIXTEEN = dict.fromkeys(FIELDS, "8") | {"step": "2", "go": "next", "idempotency_key": "k"}
FORMS = {
    "/visits/{visit}/rating": NINE,
    "/visits/{visit}/rating/decline": {"reason": "hurry"},
    "/visits/{rated}/rating/items": SIXTEEN,
    "/rate": {"code": "0000-0000"},
    "/rate/{form}": NINE,
    "/rate/{form}/decline": {"reason": "hurry"},
    "/rate/{answered}/items": SIXTEEN,
    "/kiosk/rating/register": {"name": "Tablet"},
    "/staff/visits/{id}/rating/tablet": {"tablet": "1"},
    "/staff/visits/{id}/rating/members": {"count": "3"},
    "/staff/visits/{id}/rating/decline": {"reason": "hurry"},
    "/staff/ratings/paper/entry": NINE | SIXTEEN | {"month": "2026-11"},
    "/staff/ratings/comments/1/remove": {"month": "2026-11"},
}


@st.composite
def sent(draw: st.DrawFn) -> tuple[str, list[tuple[str, bytes]]]:
    """A form's address and its fields, some of which are whatever can be sent."""
    path = draw(st.sampled_from(sorted(FORMS)))
    fields = [(name, value.encode()) for name, value in FORMS[path].items()]
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(fields) - 1))
        fields[place] = (fields[place][0], draw(VALUE))
    return path, fields


@pytest.fixture
def address(core, services):
    """Call it with a path: the same with what it names, made anew."""
    new_publication(services)
    services.rating_tablets.register("Tablet", by=OFFICER)
    forms = services.rating_invitations

    def served():
        return services.visits.serve(new_visit(core, services).id, by=OFFICER)

    def reader():
        visit = served()
        services.reading.note(visit.id, by=OFFICER, publication_id=1)
        services.reading.give_back_all(visit.id, by=OFFICER)
        return visit

    def rated():
        visit = served()
        services.ratings.give(visit.id, ANSWERS, by=OFFICER)
        return visit

    def answered():
        form = forms.invite(served().id, by=OFFICER)
        forms.give(form.token, ANSWERS, how=How())
        return form.token

    makers = {
        "visit": lambda: reader().token,
        "id": lambda: served().id,
        "rated": lambda: rated().token,
        "form": lambda: forms.invite(served().id, by=OFFICER).token,
        "answered": answered,
    }
    return lambda path: re.sub(r"\{(\w+)\}", lambda named: str(makers[named[1]]()), path)


def test_no_input_makes_a_server_error(sign_in, services, address, monkeypatch) -> None:
    monkeypatch.setattr(rating_forms, "BURST", Allowance(10**6, 10**6))
    officer = sign_in("officer")

    @settings(
        max_examples=INPUTS,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(sent())
    def try_it(form: tuple[str, list[tuple[str, bytes]]]) -> None:
        path, fields = form
        body = "&".join(f"{name}={quote_from_bytes(value, safe='')}" for name, value in fields)
        answer = officer.post(
            address(path),
            data=f"csrf_token={csrf_token(officer)}&{body}",
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code < 500, (path, fields)
        if path == "/kiosk/rating/register":  # which signs the officer out
            token = services.staff.login("officer1", PASSWORD, client="127.0.0.1")
            officer.set_cookie("rb_staff", token)
            officer.delete_cookie(rating_forms.TABLET_COOKIE)

    try_it()

    assert services.journal.first_broken_link() is None


def test_no_script_in_a_comment_runs_on_a_page(officer, client, address, services) -> None:
    for script in (one for one in SCRIPTS if set(one) & set("<\"'")):
        path = address("/visits/{visit}/rating")
        faulty = post(client, path, {"comment": script, "fee": "9"})
        services.ratings.give_apart(ANSWERS, script, by=OFFICER, how=How())
        token = services.rating_tablets.register(script[:60], by=OFFICER)

        client.set_cookie(rating_forms.TABLET_COOKIE, token)
        shown = [officer.get("/staff/ratings"), client.get("/kiosk/rating"), faulty]
        client.delete_cookie(rating_forms.TABLET_COOKIE)

        assert {page.status_code for page in shown} == {200, 422}
        assert [page.request.path for page in shown if script in page.text] == []
