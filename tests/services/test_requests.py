"""Softcopy requests: made by a visitor, sent or refused by staff, withdrawn."""

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.requests.rules import RequestState
from tests.services.library import OFFICER, new_publication, new_visit

FORM = {"wanted": "Pasaman Dalam Angka 2024", "purpose": "skripsi", "email": "siti@contoh.id"}


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def make(services, visit, key: str = "", **changes: str):
    me = Actor.visitor(visit.uuid)
    return services.requests.make(visit.id, FORM | changes, by=me, idempotency_key=key)


def actions(core) -> list[str]:
    return [entry.action for entry in core.journal.latest()]


def test_it_is_kept_and_recorded(services, visit, core) -> None:
    made = make(services, visit)

    assert services.requests.of_visit(visit.id) == (made,)
    assert (made.wanted, made.email, made.state) == (
        "Pasaman Dalam Angka 2024",
        "siti@contoh.id",
        RequestState.NEW,
    )
    assert actions(core)[0] == "request.made"


def test_nothing_personal_is_recorded(services, visit, core) -> None:
    make(services, visit)

    newest = core.journal.latest(limit=1)[0]
    assert "siti" not in repr(newest)
    assert "skripsi" not in repr(newest)


def test_who_asks_by_phone_still_waits_for_an_officer(services, visit) -> None:
    make(services, visit)

    assert [entry.visit.id for entry in services.visits.queue()] == [visit.id]


def test_a_publication_fills_in_its_title(services, visit) -> None:
    book = new_publication(services, "Kecamatan Bonjol Dalam Angka 2023")
    me = Actor.visitor(visit.uuid)

    made = services.requests.make(visit.id, {"purpose": "tugas"}, by=me, publication_id=book.id)

    assert (made.publication_id, made.wanted) == (book.id, "Kecamatan Bonjol Dalam Angka 2023")
    assert made.email == ""


def test_an_unknown_publication_is_not_found(services, visit) -> None:
    with pytest.raises(NotFound):
        services.requests.make(visit.id, FORM, by=OFFICER, publication_id=999)


def test_every_problem_is_named_at_once(services, visit) -> None:
    with pytest.raises(Invalid) as caught:
        make(services, visit, wanted=" ", purpose="", email="siti@")

    assert set(caught.value.problems) == {"wanted", "purpose", "email"}
    assert services.requests.of_visit(visit.id) == ()


def test_the_same_key_makes_one(services, visit) -> None:
    first, second = make(services, visit, "k"), make(services, visit, "k")

    assert first == second
    assert len(services.requests.of_visit(visit.id)) == 1


def test_another_visit_may_use_the_same_key(core, services, visit) -> None:
    other = new_visit(core, services)

    assert make(services, visit, "k").visit_id == visit.id
    assert make(services, other, "k").visit_id == other.id


def test_a_closed_visit_asks_for_nothing(services, visit) -> None:
    services.visits.close(visit.id, by=OFFICER)

    with pytest.raises(Refused, match="sudah ditutup"):
        make(services, visit)


def test_staff_sends_it_after_the_visitor_has_gone(services, visit, core) -> None:
    made = make(services, visit)
    services.visits.close(visit.id, by=OFFICER)

    services.requests.handle(made.id, "sent", by=OFFICER)

    assert services.requests.get(made.id).state is RequestState.SENT
    assert services.requests.waiting() == 0
    assert actions(core)[0] == "request.handled"


def test_a_refusal_needs_a_reason(services, visit) -> None:
    made = make(services, visit)

    with pytest.raises(Invalid) as caught:
        services.requests.handle(made.id, RequestState.REFUSED, by=OFFICER, note="  ")
    assert caught.value.problems == {"note": "Tulis alasan penolakan."}
    services.requests.handle(made.id, RequestState.REFUSED, by=OFFICER, note="Belum terbit")

    assert services.requests.get(made.id).note == "Belum terbit"


def test_handled_twice_alike_is_once_and_otherwise_refused(services, visit, core) -> None:
    made = make(services, visit)

    services.requests.handle(made.id, "sent", by=OFFICER)
    services.requests.handle(made.id, "sent", by=OFFICER)
    with pytest.raises(Refused, match="sudah ditangani"):
        services.requests.handle(made.id, "refused", by=OFFICER, note="Belum terbit")

    assert actions(core).count("request.handled") == 1


def test_nothing_becomes_new_again(services, visit) -> None:
    made = make(services, visit)

    with pytest.raises(ValueError, match="new again"):
        services.requests.handle(made.id, "new", by=OFFICER)


def test_the_inbox_has_what_waits_first_and_the_newest_of_the_rest(services, visit, clock) -> None:
    ids = []
    for _ in range(4):
        ids.append(make(services, visit).id)
        clock.advance(60)
    services.requests.handle(ids[0], "sent", by=OFFICER)
    clock.advance(60)
    services.requests.handle(ids[2], "sent", by=OFFICER)

    listed = [made.id for made in services.requests.inbox(by=OFFICER)]

    assert listed == [ids[1], ids[3], ids[2], ids[0]]


def test_every_look_at_addresses_is_journalled(services, visit, core) -> None:
    make(services, visit)

    services.requests.inbox(by=OFFICER)

    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.actor) == ("requests.read", "officer:petugas")
