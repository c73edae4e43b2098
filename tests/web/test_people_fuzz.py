"""Every field of the forms about staff, sessions and the journal with whatever can be sent.

PEOPLE_INPUTS=10000 in the environment tries that many instead of the few of every run.
"""

import os
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.actor import SYSTEM
from appliance.storage.models import LoginFailure
from tests.web.conftest import PASSWORD, csrf_token, post
from tests.web.test_guestbook_fuzz import SCRIPTS, VALUE
from web.sessions import DESK_COOKIE

INPUTS = int(os.environ.get("PEOPLE_INPUTS", "60"))
PERSON = {"username": "dewi", "display_name": "Dewi", "role": "officer", "password": ""}
FILTERS = {"who": "sari", "kind": "visit", "subject": "visit/1", "since": "2026-11-23"}
FORMS = {
    "/staff/login": {"username": "admin1", "password": PASSWORD, "next": "/staff"},
    "/staff/login/pin": {"username": "admin1", "pin": "482915", "next": "/staff"},
    "/staff/password": {"old": PASSWORD, "password": "x", "again": "x"},
    "/staff/confirm": {"password": PASSWORD, "next": "/staff/users"},
    "/staff/pin": {"old": PASSWORD, "pin": "482915", "again": "482915"},
    "/staff/hand-over/pin": {"username": "officer1", "pin": "482915", "note": "Loker 3"},
    "/staff/hand-over/password": {"username": "officer1", "password": "x", "note": "Loker 3"},
    "/staff/sessions/desk": {"name": "Meja 1"},
    "/staff/users": PERSON,
    "/staff/users/officer1/role": {"role": "operator"},
    "/staff/users/officer1/active": {"active": "no", "why": "Pindah tugas"},
    "/staff/journal/export": FILTERS | {"until": "2026-11-24", "format": "csv"},
}


@st.composite
def sent(draw: st.DrawFn) -> tuple[str, dict[str, bytes]]:
    """A form's address and its fields, some of which are whatever can be sent."""
    path = draw(st.sampled_from(sorted(FORMS)))
    fields = {name: value.encode() for name, value in FORMS[path].items()}
    for name in draw(st.sets(st.sampled_from(sorted(fields)), min_size=1, max_size=3)):
        fields[name] = draw(VALUE)
    return path, fields


def test_no_input_makes_a_server_error(app, sign_in, core, services) -> None:
    sign_in("officer")
    admin = sign_in("admin")
    admin.set_cookie(DESK_COOKIE, services.staff.register_device("desk", "Meja", by=SYSTEM))

    @settings(
        max_examples=INPUTS,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(sent())
    def try_it(form: tuple[str, dict[str, bytes]]) -> None:
        path, fields = form
        core.writer.run(lambda: LoginFailure.delete().execute())  # or it would only say: wait
        body = "&".join(f"{name}={quote_from_bytes(v, safe='')}" for name, v in fields.items())
        answer = admin.post(
            path,
            data=f"csrf_token={csrf_token(admin)}&{body}",
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": "http://localhost"},
        )
        answer.close()
        assert answer.status_code < 500, (path, fields)
        query = "&".join(f"{name}={quote_from_bytes(v, safe='')}" for name, v in fields.items())
        assert admin.get(f"/staff/journal?{query}").status_code < 500, fields

    try_it()

    assert services.journal.first_broken_link() is None


def test_no_script_in_any_text_about_staff_runs_on_a_page(sign_in, services) -> None:
    admin = sign_in("admin")
    sign_in("officer")
    for number, script in enumerate(one for one in SCRIPTS if set(one) & set("<\"'")):
        new = PERSON | {"username": f"dewi{number}", "display_name": script}
        assert post(admin, "/staff/users", new).status_code == 200
        away = {"active": "no", "why": script}
        assert post(admin, f"/staff/users/dewi{number}/active", away).status_code == 303
        services.staff.register_device("desk", script[:60], by=SYSTEM)

        pages = [f"/staff/users/dewi{number}", "/staff/users", "/staff/sessions/all"]
        shown = [admin.get(page) for page in (*pages, f"/staff/journal?subject={script}")]
        assert {page.status_code for page in shown} == {200}
        assert [page.request.path for page in shown if script in page.text] == []
