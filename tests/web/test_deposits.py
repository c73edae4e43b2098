"""The tray on the screens: guarantees, exceptions, cards left behind, papers, swaps."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.actor import SYSTEM, Actor
from tests.services.library import new_visit
from tests.web.conftest import post

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
BY = Actor.staff("officer1", "officer")
DAY_S = 24 * 3600
# What the forms do know, so that some of what is tried is accepted.
WORDS = (
    *("1", "2", "KTP", "Pendamping", "called", "no_answer", "police", "disdukcapil"),
    *("with_other", "here", "with_owner", "left_unseen", "not_collected", "tomorrow", "tray"),
)
ROWS = st.integers(0, 3) | st.sampled_from([2**62, 2**63, 10**30])


@pytest.fixture
def desk(officer, services, listening):
    services.lockers.sync_bank(dict.fromkeys(range(1, 3), True), by=SYSTEM)
    return officer


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


@pytest.fixture
def forgotten(core, services, clock, visit, desk):
    card = services.deposits.receive(visit.id, "KTP", by=BY)
    clock.advance(DAY_S)
    services.visits.close_day()
    clock.advance(-DAY_S)  # the officer's session lasts no whole day
    return card


def test_a_locker_is_handed_over_with_three_taps(desk, services, visit) -> None:
    base = f"/staff/visits/{visit.id}"

    for tap, fields in (
        ("serve", {}),
        ("card", {"card_type": "KTP", "tray_slot": "1"}),
        ("locker", {"number": "1"}),
    ):
        shown = desk.get(f"/staff?visit={visit.id}").text
        assert f'action="{base}/{tap}"' in shown
        post(desk, f"{base}/{tap}", fields)

    assert services.lockers.of_visit(visit.id).number == 1


def test_a_child_with_a_companion_gets_a_locker(desk, services, visit) -> None:
    base = f"/staff/visits/{visit.id}"
    services.visits.serve(visit.id, by=BY)
    assert "Janji pendamping" in desk.get(f"/staff?visit={visit.id}").text

    post(desk, f"{base}/guarantee", {"guarantee": "Pendamping", "note": "dengan gurunya"})
    assert post(desk, f"{base}/locker", {"number": "1"}).status_code == 303
    post(desk, f"{base}/leave")
    post(desk, f"{base}/locker/empty")
    assert "Janji pendamping diselesaikan" in desk.get(f"/staff?visit={visit.id}").text
    post(desk, f"{base}/card/return")

    assert services.visits.by_id(visit.id).state == "finished"


def test_the_desk_says_why_a_visit_cannot_end(desk, services, visit) -> None:
    base = f"/staff/visits/{visit.id}"
    services.deposits.receive(visit.id, "KTP", by=BY)
    post(desk, f"{base}/leave")

    refused = post(desk, f"{base}/settle")
    assert refused.status_code == 409
    assert "Kartu atau jaminan belum dikembalikan" in refused.text

    post(desk, f"{base}/card/left", {"left_note": " "})
    assert services.visits.by_id(visit.id).is_open
    post(desk, f"{base}/card/left", {"left_note": "tergesa mengejar travel"})
    assert services.visits.by_id(visit.id).state == "finished"
    assert services.deposits.get(1).state == "left_behind"


@pytest.mark.parametrize("role", ["operator", None])
def test_nobody_but_the_desk_makes_an_exception(client, sign_in, services, visit, role) -> None:
    services.deposits.receive(visit.id, "KTP", by=BY)
    browser = client if role is None else sign_in(role)

    answer = post(browser, f"/staff/visits/{visit.id}/card/left", {"left_note": "x"})

    assert answer.status_code == 403
    assert services.deposits.get(1).state == "held"


def test_from_forgotten_to_disdukcapil(desk, services, forgotten) -> None:
    here = f"/staff/deposits/{forgotten.id}"
    assert "Belum diambil pemiliknya" in desk.get("/staff/deposits").text

    wrong = post(desk, f"{here}/contact", {"way": "called", "note": "0812 3456 7890"})
    assert wrong.status_code == 422
    assert post(desk, f"{here}/contact", {"way": "called", "outcome": "no_answer"}).location
    assert "Tidak dijawab" in desk.get(here).text
    post(desk, f"{here}/seal")
    assert "AM-0001" in desk.get("/staff/deposits").text
    assert post(desk, f"{here}/hand-over").status_code == 422
    answer = post(desk, f"{here}/hand-over", {"receiver": "disdukcapil"})
    paper = desk.get(answer.location).text

    for words in ("BK-0001", "AM-0001", "Disdukcapil", "data-print", "Nama pada kartu"):
        assert words in paper
    assert services.deposits.owed() == ()


def test_a_swap_is_noted_and_put_right(desk, core, services, visit) -> None:
    first = services.deposits.receive(visit.id, "KTP", by=BY)
    second = services.deposits.receive(new_visit(core, services).id, "SIM", by=BY)
    here = f"/staff/deposits/{first.id}"

    assert post(desk, f"{here}/swap", {"mine_is": "with_other"}).status_code == 422
    sent = {"other": second.id, "mine_is": "with_other", "other_is": "here"}
    assert post(desk, f"{here}/swap", sent).location == here
    assert "1 kartu tertukar belum beres" in desk.get("/staff/deposits").text
    post(desk, f"/staff/deposits/swaps/1/cards/{first.id}", {"place": "with_owner"})

    assert services.swaps.open() == ()
    assert services.deposits.get(first.id).state == "returned"


def test_labels_for_every_slot(desk) -> None:
    labels = desk.get("/staff/deposits/labels").text

    assert labels.count("<li><b>") == 24
    assert "data-print" in labels


@pytest.mark.parametrize("path", ["/staff/deposits/99", "/staff/deposits/99/receipt"])
def test_a_card_that_never_was(desk, path) -> None:
    assert desk.get(path).status_code == 404


TEXTS = st.text(max_size=300) | st.sampled_from(
    [
        "",
        "0",
        "-1",
        str(2**63),
        str(10**30),
        "=1+1",
        "<script>alert(1)</script>",
        "9" * 16,
        "\u202e",
        *WORDS,
    ]
)
FORMS = (
    ("/staff/visits/{visit}/card", ("card_type", "tray_slot")),
    ("/staff/visits/{visit}/guarantee", ("guarantee", "note")),
    ("/staff/visits/{visit}/card/left", ("left_note",)),
    ("/staff/visits/{visit}/card/return", ("next",)),
    ("/staff/deposits/{card}/contact", ("way", "outcome", "note")),
    ("/staff/deposits/{card}/hand-over", ("receiver", "handed_note")),
    ("/staff/deposits/{card}/swap", ("other", "mine_is", "other_is", "swap_note")),
    ("/staff/deposits/swaps/{card}/cards/{card}", ("place",)),
    ("/staff/closing/days/2026-11-23/close", ("visit-1", "card-1", "locker-1", "idempotency_key")),
)
TRIES = int(os.environ.get("CARDS_INPUTS", "40"))


def test_whatever_is_sent_is_answered_in_words(desk, core, services) -> None:
    """Every field of every form of cards and closing; CARDS_INPUTS says how often."""

    @settings(max_examples=TRIES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.sampled_from(FORMS), st.lists(TEXTS, min_size=4, max_size=4), st.data())
    def send(form, texts, data):
        path, fields = form
        numbers = {"visit": data.draw(ROWS), "card": data.draw(ROWS)}
        answer = post(desk, path.format(**numbers), dict(zip(fields, texts, strict=False)))
        assert answer.status_code < 500
        assert "<script>alert" not in answer.text

    services.deposits.receive(new_visit(core, services).id, "KTP", by=BY)
    send()


def test_a_card_noted_as_returned_by_mistake_is_back_with_one_tap(desk, services, visit) -> None:
    services.deposits.receive(visit.id, "KTP", by=BY)
    post(desk, f"/staff/visits/{visit.id}/card/return")
    undo = f'action="/staff/visits/{visit.id}/card/not-returned"'
    card = services.deposits.of_visit(visit.id)
    for path in ("/staff/deposits", f"/staff/deposits/{card.id}", f"/staff?visit={visit.id}"):
        assert undo in desk.get(path).text

    answer = post(desk, f"/staff/visits/{visit.id}/card/not-returned")

    assert answer.location == f"/staff/deposits/{card.id}"
    assert services.deposits.of_visit(visit.id).state == "held"
    assert undo not in desk.get("/staff/deposits").text
