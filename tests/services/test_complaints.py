"""The suggestion box: anonymous, followed by ticket, answered once, and not read by everyone."""

import datetime as dt

import pytest

from appliance.actor import ANYONE, SYSTEM, Actor
from appliance.clock import ClockQuality
from appliance.codes import new_short_code
from appliance.complaints.keeping import CONTACT_DAYS
from appliance.complaints.rules import (
    ComplaintFigures,
    ComplaintKind,
    ComplaintState,
    Note,
)
from appliance.errors import Invalid, NotFound, Refused
from tests.services.library import OFFICER

ADMIN = Actor.staff("admin", "admin")
FORM = {"topic": "service", "body": "Antrean lama\r\nsekali.", "contact": "0812"}
DAY_S = 24 * 3600
PASSWORD = "kuda-laut-biru-27"


def make(services, key: str = "", **changes: str):
    return services.complaints.make(FORM | changes, by=ANYONE, idempotency_key=key)


def test_the_ticket_finds_it_however_it_is_typed(services) -> None:
    made = make(services)
    typed = f" {made.code[:4].lower()}-{made.code[4:].lower()} "

    assert services.complaints.by_code(typed) == made
    assert made.state is ComplaintState.NEW
    assert made.kind is ComplaintKind.COMPLAINT


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


@pytest.mark.parametrize(
    ("kind", "due"),
    [("complaint", "2026-12-11"), ("question", "2026-11-30"), ("suggestion", "2026-11-30")],
)
def test_deadlines_are_working_days(services, clock, kind, due) -> None:
    made = make(services, kind=kind)
    zone = services.office.zone

    assert made.first_due_at.astimezone(zone).date().isoformat() == "2026-11-26"
    assert made.due_at.astimezone(zone).date().isoformat() == due


def test_a_look_on_the_spot_takes_sixty_days_over_holidays(services, core) -> None:
    made = make(services)
    for _ in range(2):
        services.complaints.set_check(made.id, needs_check=True, by=OFFICER)

    later = services.complaints.by_code(made.code)
    opening, zone = services.office.opening, services.office.zone
    last = later.due_at.astimezone(zone).date()
    days = [made.created_at.astimezone(zone).date() + dt.timedelta(n) for n in range(1, 150)]
    worked = [day for day in days if day <= last and opening.is_working_day(day)]
    assert (len(worked), worked[-1]) == (60, last)
    assert dt.date(2026, 12, 25) not in worked
    assert [e.action for e in core.journal.latest()].count("complaint.checked") == 1
    services.complaints.set_check(made.id, needs_check=False, by=OFFICER)
    assert services.complaints.by_code(made.code) == made

    question = make(services, kind="question")
    with pytest.raises(Refused, match="Hanya pengaduan"):
        services.complaints.set_check(question.id, needs_check=True, by=OFFICER)


def test_it_is_overdue_after_its_day_and_never_once_answered(services, clock) -> None:
    made = make(services)

    clock.advance((made.first_due_at - clock.now()).total_seconds())
    assert not made.is_unseen(clock.now())
    clock.advance(1)
    assert made.is_unseen(clock.now())
    services.complaints.take(made.id, by=OFFICER)
    assert not services.complaints.by_code(made.code).is_unseen(clock.now())
    clock.advance((made.due_at - clock.now()).total_seconds())
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


def test_every_look_at_what_was_written_is_journalled(services, core) -> None:
    made = make(services)
    services.complaints.inbox(by=OFFICER)

    found, notes = services.complaints.open(made.id, by=OFFICER)

    newest = core.journal.latest(limit=2)
    assert (newest[0].action, newest[0].actor) == ("complaint.read", "officer:petugas")
    assert newest[1].action == "complaint.made"
    assert (found, notes) == (made, ())


def test_somebody_is_asked_to_handle_it_who_may_read_it(services, core) -> None:
    made, secret = make(services), make(services, topic="integrity")
    for username, role in (("rina", "officer"), ("budi", "admin"), ("oki", "operator")):
        services.staff.add(username, username.title(), role, PASSWORD, by=SYSTEM)

    may = dict(services.complaints.handlers(made.id, by=ADMIN))
    assert {"rina", "budi"} <= set(may)
    assert "oki" not in may
    assert "rina" not in dict(services.complaints.handlers(secret.id, by=ADMIN))
    with pytest.raises(Invalid):
        services.complaints.assign(made.id, "oki", by=OFFICER)
    for _ in range(2):
        services.complaints.assign(made.id, "rina", by=OFFICER)

    taken = services.complaints.by_code(made.code)
    assert (taken.state, taken.handler) == (ComplaintState.IN_HAND, "rina")
    assert [e.action for e in core.journal.latest()].count("complaint.assigned") == 1


def test_notes_are_for_the_office_alone(services, core, clock) -> None:
    made = make(services)
    for _ in range(2):
        services.complaints.note(made.id, "Sudah tanya koperasi.", by=OFFICER)
    with pytest.raises(Invalid):
        services.complaints.note(made.id, "", by=OFFICER)

    _found, notes = services.complaints.open(made.id, by=OFFICER)

    assert notes == (Note(clock.now(), "petugas", "Sudah tanya koperasi."),)
    assert "koperasi" not in repr(services.complaints.by_code(made.code))
    assert "koperasi" not in repr(core.journal.latest())


def test_its_holder_may_bring_it_back_once(services, clock) -> None:
    made = make(services)
    with pytest.raises(Refused, match="satu kali"):
        services.complaints.reopen(made.code, "Cepat!")
    services.complaints.answer(made.id, "Sudah.", by=OFFICER)
    services.complaints.close(made.id, by=OFFICER)
    clock.advance(20 * DAY_S)

    back = services.complaints.reopen(made.code, "Belum juga.")

    assert services.complaints.reopen(made.code, "Belum juga.") == back
    assert (back.state, back.earlier_answer, back.answer) == ("in_hand", "Sudah.", "")
    assert back.due_at > clock.now() > made.due_at
    services.complaints.answer(made.id, "Kini sudah.", by=OFFICER)
    with pytest.raises(Refused, match="satu kali"):
        services.complaints.reopen(made.code, "Masih belum.")
    assert services.complaints.accept(made.code).state is ComplaintState.CLOSED
    assert services.complaints.accept(made.code).state is ComplaintState.CLOSED


def test_nothing_is_closed_without_an_answer(services) -> None:
    made = make(services)

    for close in (
        lambda: services.complaints.close(made.id, by=OFFICER),
        lambda: services.complaints.accept(made.code),
    ):
        with pytest.raises(Refused, match="Jawab dahulu"):
            close()


def test_a_contact_goes_when_its_owner_says_so_or_a_month_after_the_answer(services, clock) -> None:
    first, second, waits = make(services), make(services), make(services)
    assert services.complaints.withdraw_contact(first.code).contact == ""
    services.complaints.answer(second.id, "Ya.", by=OFFICER)
    clock.advance(CONTACT_DAYS * DAY_S)
    assert services.complaint_keeping.forget_due() == 0
    clock.advance(1)

    assert services.complaint_keeping.forget_due() == 1
    assert services.complaint_keeping.forget_due() == 0

    assert services.complaints.by_code(second.code).contact == ""
    assert services.complaints.by_code(waits.code).contact == "0812"


def test_a_forgotten_one_still_counts_and_says_nothing(services, clock) -> None:
    start, made = clock.now(), make(services, contact="")
    waits = make(services, kind="question")
    services.complaints.note(made.id, "Catatan.", by=OFFICER)
    services.complaints.answer(made.id, "Ya.", by=OFFICER)
    for _ in range(14):  # somebody uses the room every month: the clock did not run ahead
        clock.advance(28 * DAY_S)
        services.complaints.open(waits.id, by=OFFICER)

    assert services.complaint_keeping.forget_due() == 1

    with pytest.raises(NotFound):
        services.complaints.by_code(made.code)
    found, notes = services.complaints.open(made.id, by=OFFICER)
    assert (found.body, found.answer, found.contact, notes) == ("", "", "", ())
    assert services.complaints.by_code(waits.code).body
    assert services.complaints.figures(start, clock.now()) == (
        ComplaintFigures(ComplaintKind.COMPLAINT, 1, 1, 1, 0, 0, 0, 0, 0),
        ComplaintFigures(ComplaintKind.QUESTION, 1, 0, 0, 0, 1, 0, 1, 0),
    )


def test_no_clock_that_may_be_wrong_forgets_anything(services, clock) -> None:
    made = make(services)
    services.complaints.answer(made.id, "Ya.", by=OFFICER)
    clock.advance(3 * 365 * DAY_S)
    clock.set_quality(ClockQuality.UNSET)

    assert services.complaint_keeping.forget_due() == 0


def test_the_ticket_is_kept_in_no_other_table(services, core) -> None:
    code = make(services, "k").code
    dump = core.database.connection()
    tables = [row[0] for row in dump.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]

    holding = [
        table
        for table in tables
        if any(code in map(str, row) for row in dump.execute(f'SELECT * FROM "{table}"'))
    ]

    assert holding == ["complaint"]
