"""The suggestion box: anonymous, followed by ticket, answered once, and not read by everyone."""

import pytest

from appliance.actor import ANYONE, Actor
from appliance.codes import new_short_code
from appliance.complaints.rules import ANSWER_DAYS, ComplaintState
from appliance.errors import Invalid, NotFound, Refused
from tests.services.library import OFFICER

ADMIN = Actor.staff("admin", "admin")
FORM = {"topic": "service", "body": "Antrean lama\r\nsekali.", "contact": "0812"}
DAY_S = 24 * 3600


def make(services, key: str = "", **changes: str):
    return services.complaints.make(FORM | changes, by=ANYONE, idempotency_key=key)


def test_the_ticket_finds_it_however_it_is_typed(services) -> None:
    made = make(services)
    typed = f" {made.code[:4].lower()}-{made.code[4:].lower()} "

    assert services.complaints.by_code(typed) == made
    assert made.state is ComplaintState.NEW
    assert (made.due_at - made.created_at).days == ANSWER_DAYS


def test_unknown_and_absurd_tickets_get_one_and_the_same_answer(services) -> None:
    messages = set()
    for typed in (new_short_code(), "", "1234", "AAAA-AAAA", "x" * 10_000, "😀", "' OR 1=1 --"):
        with pytest.raises(NotFound) as caught:
            services.complaints.by_code(typed)
        messages.add(caught.value.message)

    assert len(messages) == 1


def test_every_problem_is_named_at_once(services) -> None:
    with pytest.raises(Invalid) as caught:
        make(services, topic="palsu", body="", contact="x" * 201)

    assert set(caught.value.problems) == {"topic", "body", "contact"}


def test_the_same_key_makes_one(services) -> None:
    assert make(services, "k").code == make(services, "k").code
    assert services.complaints.waiting(by=ADMIN) == 1


def test_neither_words_nor_contact_are_recorded(services, core) -> None:
    make(services)

    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.actor) == ("complaint.made", "visitor:-")
    assert "Antrean" not in repr(newest)
    assert "0812" not in repr(newest)


def test_it_is_taken_answered_and_then_done(services, core, clock) -> None:
    made = make(services)

    services.complaints.take(made.id, by=OFFICER)
    services.complaints.take(made.id, by=OFFICER)
    assert services.complaints.by_code(made.code).state is ComplaintState.IN_HAND
    clock.advance(60)
    services.complaints.answer(made.id, "Loket kedua dibuka.", by=OFFICER)

    done = services.complaints.by_code(made.code)
    assert (done.state, done.answer) == (ComplaintState.ANSWERED, "Loket kedua dibuka.")
    assert done.answered_at == clock.now()
    assert [e.action for e in core.journal.latest()].count("complaint.taken") == 1


def test_an_answer_stands(services, core) -> None:
    made = make(services)
    services.complaints.answer(made.id, "Sudah.", by=OFFICER)

    services.complaints.answer(made.id, "Sudah.", by=OFFICER)
    with pytest.raises(Refused, match="sudah dijawab"):
        services.complaints.answer(made.id, "Lain.", by=OFFICER)

    assert services.complaints.by_code(made.code).answer == "Sudah."
    assert [e.action for e in core.journal.latest()].count("complaint.answered") == 1


def test_an_empty_answer_is_none(services) -> None:
    made = make(services)

    with pytest.raises(Invalid):
        services.complaints.answer(made.id, " \r\n ", by=OFFICER)


def test_it_is_overdue_after_its_day_and_never_once_answered(services, clock) -> None:
    made = make(services)

    clock.advance(ANSWER_DAYS * DAY_S)
    assert not made.is_overdue(clock.now())
    clock.advance(1)
    assert made.is_overdue(clock.now())
    services.complaints.answer(made.id, "Maaf.", by=OFFICER)
    assert not services.complaints.by_code(made.code).is_overdue(clock.now())


def test_the_inbox_is_by_due_date_then_the_newest_answers(services, clock) -> None:
    made = []
    for _ in range(4):
        made.append(make(services))
        clock.advance(60)
    for index in (0, 2):
        services.complaints.answer(made[index].id, "Ya.", by=OFFICER)
        clock.advance(60)

    listed = [one.code for one in services.complaints.inbox(by=OFFICER)]

    assert listed == [made[index].code for index in (1, 3, 2, 0)]


def test_complaints_about_money_are_the_admins_alone(services) -> None:
    secret = make(services, topic="integrity")
    other = make(services)

    assert [one.id for one in services.complaints.inbox(by=OFFICER)] == [other.id]
    assert services.complaints.waiting(by=OFFICER) == 1
    for attempt in (
        lambda: services.complaints.take(secret.id, by=OFFICER),
        lambda: services.complaints.answer(secret.id, "Tidak benar.", by=OFFICER),
    ):
        with pytest.raises(NotFound):
            attempt()

    assert len(services.complaints.inbox(by=ADMIN)) == 2
    services.complaints.answer(secret.id, "Kami periksa.", by=ADMIN)
    assert services.complaints.by_code(secret.code).answer == "Kami periksa."


def test_every_look_at_contacts_is_journalled(services, core) -> None:
    make(services)

    services.complaints.inbox(by=OFFICER)

    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.actor) == ("complaints.read", "officer:petugas")
