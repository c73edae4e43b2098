"""Every field of the guest book's forms with whatever can be sent: never a server error.

GUESTBOOK_INPUTS=10000 in the environment tries that many instead of the few of every run.
"""

import os
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.entries import filled
from tests.web.conftest import csrf_token, post

INPUTS = int(os.environ.get("GUESTBOOK_INPUTS", "60"))
SCRIPTS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'onfocus=alert(1) autofocus='",
    "</textarea><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
]
SLIP = {
    "paper_date": "2026-11-23",
    "paper_time": "08.15",
    "served_time": "08.20",
    "left_time": "08.45",
    "paper_reason": "power",
    "whereabouts": "gone",
}
MORE = {
    "email": "a@contoh.id",
    "guardian_name": "Ibu Ani",
    "occupation_other": "Nelayan",
    "agency_other": "Koperasi",
    "purpose_other": "Lomba",
    "disability": "4",
    "data_wanted": "Luas panen",
    "heads_1_1": "3",
    "heads_2_7": "4",
    "returning": "x.y",
    "idempotency_key": "key",
}
BEFORE = {"name": "Siti", "phone": "0812 3456 7890", "card": "", "last_digits": "7890"}
FORMS = {
    "/guestbook": filled(**MORE),
    "/guestbook?kiosk=1": filled(**MORE),
    "/guestbook/again": BEFORE,
    "/staff/visits/new": filled(**MORE),
    "/staff/visits/quick": {"name": "Siti", "phone": "", "consent": "1", "idempotency_key": "q"},
    "/staff/visits/paper": filled(**MORE, **SLIP),
    "/staff/visits/again": {"before_name": "Siti", "before_phone": "0812", "card": ""},
    "/staff/visits/1/edit": filled(**MORE, reason="typed"),
    "/staff/visits/1/close": {"reason": "pulang"},
    "/staff/visitors": BEFORE,
    "/staff/visitors/1/twin": {"code": "A-001"},
    "/staff/visitors/1/merge": {"other": "2", "reason": "twice"},
    "/staff/devices/1/place": {"place": "Lobi"},
}
ODD = st.sampled_from(
    [
        *SCRIPTS,
        *("", " ", "0", "-1", "1e9", "9" * 40, "\x00", "\r\n", "\u202e", "\ufeff", "½", "٣", "²"),
        *("nan", "null", "x" * 5000, "é" * 600, "2026-02-30", "0001-01-01", "9999-12-31", "24.00"),
        *("=1+1", "@a@b", "+" * 50, "0800" * 12, "../../etc/passwd", "%s%n", "%(name)s"),
    ]
)
VALUE = st.one_of(ODD.map(lambda text: text.encode()), st.text().map(str.encode), st.binary())


@st.composite
def sent(draw: st.DrawFn) -> tuple[str, list[tuple[str, bytes]]]:
    """A form's address and its fields, some of which are whatever can be sent."""
    path = draw(st.sampled_from(sorted(FORMS)))
    fields = [
        (name, one.encode())
        for name, value in FORMS[path].items()
        for one in (value if isinstance(value, list) else [value])
    ]
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(fields) - 1))
        fields[place] = (fields[place][0], draw(VALUE))
    return path, fields


def test_no_input_makes_a_server_error(officer, services, monkeypatch) -> None:
    for name in ("Siti Rahmawati", "Budi"):
        post(officer, "/staff/visits/new", filled(name=name))
    post(officer, "/staff/visits/quick", {"name": "Ani", "consent": "1"})

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
            path,
            data=f"csrf_token={csrf_token(officer)}&{body}",
            content_type="application/x-www-form-urlencoded",
            headers={"Origin": "http://localhost"},
        )
        assert answer.status_code < 500, (path, fields)

    try_it()

    assert services.journal.first_broken_link() is None


def test_no_script_in_any_text_runs_on_a_page(officer, client, services) -> None:
    texts = ("name", "agency_name", "occupation_other", "agency_other", "purpose_other")
    others = {"occupation": "7", "agency_category": "9", "purpose": "5", "age_band": "1"}
    for script in (one for one in SCRIPTS if set(one) & set("<\"'")):
        answers = dict.fromkeys((*texts, "data_wanted", "guardian_name"), script)
        made = post(officer, "/staff/visits/new", filled(**answers, **others, phone=""))
        assert made.status_code == 303
        visit = services.visits.inside()[-1]
        person = services.visitors.of_visit(visit.id).id

        own = (f"/staff?visit={visit.id}", f"/staff/visits/{visit.id}", "/staff/visits")
        more = (f"/staff/visits/{visit.id}/edit", f"/staff/visitors/{person}")
        shown = [officer.get(page) for page in (*own, *more)]
        shown += [client.get(f"/visits/{visit.token}{one}") for one in ("", "/data", "?kiosk=1")]
        shown.append(post(officer, "/staff/visits/new", filled(name=script, sex="")))
        assert {page.status_code for page in shown} == {200, 422}
        assert [page.request.path for page in shown if script in page.text] == []
