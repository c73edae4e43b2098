"""Every field of photocopy and complaint forms with whatever can be sent: never a server error.

FORMS_INPUTS=10000 in the environment tries that many instead of the few of every run.
"""

import os
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.actor import ANYONE
from tests.entries import filled
from tests.web.conftest import csrf_token, post
from tests.web.test_guestbook_fuzz import SCRIPTS, VALUE
from web import limits

INPUTS = int(os.environ.get("FORMS_INPUTS", "40"))
TRIP = {f"{name}{line}": "3" for name in ("title", "pages") for line in ("", "-2", "-5")}
COMPLAINT = {"kind": "question", "topic": "time", "body": "Antre", "contact": "0812"}
FORMS = {
    "/visits/{token}/photocopies": TRIP | {"idempotency_key": "key"},
    "/staff/visits/1/photocopies": TRIP,
    "/staff/photocopies/1/out": {"book-1": "RBP1", "carrier": "staff"},
    "/staff/photocopies/1/lose": {"reason-1": "Hilang"},
    "/staff/photocopies/scan": {"book": "RBP1"},
    "/complaints": COMPLAINT | {"idempotency_key": "key"},
    "/complaints/ticket": {"ticket": "{code}"},
    "/complaints/ticket/reopen": {"ticket": "{code}", "words": "Belum"},
    "/complaints/ticket/close": {"ticket": "{code}"},
    "/complaints/ticket/contact": {"ticket": "{code}"},
    "/staff/complaints/1/assign": {"handler": "officer1"},
    "/staff/complaints/1/check": {"needs_check": "1"},
    "/staff/complaints/1/notes": {"note": "Tanya"},
    "/staff/complaints/1/answer": {"answer": "Sudah"},
}


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def visit(services):
    return services.guestbook.register(filled(), channel="phone", language="id", idempotency_key="")


@pytest.fixture
def complaint(services):
    return services.complaints.make(COMPLAINT, by=ANYONE)


@st.composite
def sent(draw: st.DrawFn) -> tuple[str, dict[str, bytes]]:
    """A form's address and its fields, some of which are whatever can be sent."""
    path = draw(st.sampled_from(sorted(FORMS)))
    fields = {name: value.encode() for name, value in FORMS[path].items()}
    for name in draw(st.lists(st.sampled_from(sorted(fields)), min_size=1, max_size=3)):
        fields[name] = draw(VALUE)
    return path, fields


def test_no_input_makes_a_server_error(officer, services, visit, complaint, monkeypatch) -> None:
    monkeypatch.setattr(limits, "refuse_guessers", lambda *_args: None)
    post(officer, "/staff/visits/1/photocopies", TRIP)

    @settings(
        max_examples=INPUTS,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(sent())
    def try_it(form: tuple[str, dict[str, bytes]]) -> None:
        path, fields = form
        told = {
            name: value.replace(b"{code}", complaint.code.encode())
            for name, value in fields.items()
        }
        body = "&".join(
            f"{name}={quote_from_bytes(value, safe='')}" for name, value in told.items()
        )
        answer = officer.post(
            path.format(token=visit.token),
            data=f"csrf_token={csrf_token(officer)}&{body}",
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code < 500, (path, fields)

    try_it()

    assert services.journal.first_broken_link() is None


def test_no_script_in_any_text_runs_on_a_page(officer, client, services, visit) -> None:
    for number, script in enumerate((one for one in SCRIPTS if set(one) & set("<\"'")), start=1):
        trip = post(officer, "/staff/visits/1/photocopies", {"title": script, "pages": "1"})
        services.photocopy.move(number, "out", by=ANYONE)
        services.photocopy.lose(number, script, by=ANYONE)
        made = services.complaints.make(COMPLAINT | {"body": script, "contact": script}, by=ANYONE)
        services.complaints.note(made.id, script, by=ANYONE)
        opened = officer.get(f"/staff/complaints/{made.id}")
        services.complaints.answer(made.id, script, by=ANYONE)

        shown = [opened, officer.get(trip.headers["Location"]), officer.get("/staff/photocopies")]
        shown += [officer.get(f"/staff/complaints/{made.id}"), officer.get("/staff/complaints")]
        shown += [client.get(f"/visits/{visit.token}"), officer.get("/staff?visit=1")]
        shown.append(post(client, "/complaints/ticket", {"ticket": made.code}))
        shown.append(post(client, "/complaints", {"body": script, "contact": script}))

        assert {page.status_code for page in shown} == {200, 422}
        assert [page.request.path for page in shown if script in page.text] == []
