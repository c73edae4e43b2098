"""What happens when a ticket is read at the lockers: the answer, the door, and what is kept."""

import pytest

from appliance import codes
from appliance.codes import ActionCode
from appliance.errors import Refused
from appliance.readers.answers import Answer, Choice, Tone
from appliance.storage.models import CodeRead, DoorCommand
from tests.readers_kit import commands, ticket
from tests.services.library import OFFICER, new_visit

CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def generous(policy):
    policy["locker_by_ticket"] = True


# A ticket at the lockers


def test_a_ticket_opens_its_own_locker(house) -> None:
    visit = house.visit(locker=2)

    read = house.read(ticket(visit))

    assert (read.answer, read.locker_number, read.is_moving) == (Answer.OPENING, 2, True)
    assert house.carry_out() == 2
    newest = DoorCommand.select().order_by(DoorCommand.id.desc()).first()
    assert newest.requested_by == f"visitor:{visit.uuid}"
    shown = house.services.readers.latest("lockers")
    assert shown.sentence % shown.values == "Loker 02 terbuka. Tutup lagi pintunya setelah selesai."


def test_a_bounce_is_one_answer(house) -> None:
    visit = house.visit(locker=1)
    before = commands()

    assert house.read(ticket(visit)) is not None
    assert house.read(ticket(visit), after_s=0.4) is None
    assert house.read(ticket(visit), after_s=1.2) is None

    assert commands() == before + 1
    assert CodeRead.select().count() == 1


def test_the_second_scan_asks_and_the_third_opens_again(house) -> None:
    visit = house.visit(locker=1)
    house.read(ticket(visit))
    house.carry_out()

    asked = house.read(ticket(visit), after_s=20)
    again = house.read(ticket(visit), after_s=10)

    assert asked.answer is Answer.ASK_AGAIN_OR_FINISH
    assert asked.choices == (Choice.AGAIN, Choice.FINISH)
    assert again.answer is Answer.OPENING
    assert house.carry_out() == 1


def test_a_door_that_is_on_its_way_is_not_asked_twice(house) -> None:
    visit = house.visit(locker=1)
    house.services.lockers.open_again(visit.id, by=OFFICER)

    read = house.read(ticket(visit))

    assert (read.answer, read.tone) == (Answer.BUSY, Tone.BAD)


def test_whoever_finishes_fetches_the_bag_and_says_that_it_is_empty(house) -> None:
    visit = house.visit(locker=3)
    house.read(ticket(visit))
    house.carry_out()
    asked = house.read(ticket(visit), after_s=5)

    fetching = house.services.readers.choose(asked.uuid, Choice.FINISH)
    assert (fetching.answer, fetching.choices) == (Answer.FETCHING, ())  # not while it opens
    assert house.carry_out() == 3
    opened = house.services.readers.latest("lockers")
    assert opened.choices == (Choice.EMPTY,)
    done = house.services.readers.choose(opened.uuid, Choice.EMPTY)

    assert done.answer is Answer.GIVEN_BACK
    assert house.services.visits.by_id(visit.id).state == "finished"
    assert house.services.lockers.tile(3).is_free


def test_a_locker_given_back_with_a_book_out_sends_to_the_desk(house) -> None:
    visit = house.visit(locker=3)
    house.services.reading.note(visit.id, by=OFFICER, title="Pasaman Dalam Angka")
    house.services.visits.leave(visit.id, by=OFFICER)

    asked = house.read(ticket(visit))
    done = house.services.readers.choose(asked.uuid, Choice.EMPTY)

    assert asked.choices == (Choice.AGAIN, Choice.EMPTY)
    assert done.answer is Answer.GIVEN_BACK_GO_TO_DESK


def test_a_choice_counts_once_and_only_while_it_is_asked(house) -> None:
    visit = house.visit(locker=1)
    house.read(ticket(visit))
    house.carry_out()
    asked = house.read(ticket(visit), after_s=5)
    choose = house.services.readers.choose
    with pytest.raises(Refused):
        choose(asked.uuid, Choice.EMPTY)  # was not offered
    choose(asked.uuid, Choice.AGAIN)
    house.carry_out()
    before = commands()

    with pytest.raises(Refused):
        choose(asked.uuid, Choice.AGAIN)
    late = house.read(ticket(visit), after_s=5)
    house.clock.advance(21)
    with pytest.raises(Refused):
        choose(late.uuid, Choice.AGAIN)
    with pytest.raises(Refused):
        choose("nothing", Choice.AGAIN)

    assert commands() == before


def test_the_next_visitor_cannot_answer_what_the_one_before_was_asked(house) -> None:
    visit, other = house.visit(locker=1), house.visit()
    house.read(ticket(visit))
    house.carry_out()
    asked = house.read(ticket(visit), after_s=5)

    house.read(ticket(other))

    with pytest.raises(Refused):
        house.services.readers.choose(asked.uuid, Choice.FINISH)
    assert house.read(codes.action_text(ActionCode.OPEN)).answer is Answer.TICKET_FIRST


def test_the_printed_codes_answer_what_is_asked(house) -> None:
    visit = house.visit(locker=1)
    house.read(ticket(visit))
    house.carry_out()
    house.read(ticket(visit), after_s=5)

    fetching = house.read(codes.action_text(ActionCode.FINISH))
    house.carry_out()
    done = house.read(codes.action_text(ActionCode.EMPTY))

    assert (fetching.answer, done.answer) == (Answer.FETCHING, Answer.GIVEN_BACK)


def test_a_printed_code_alone_opens_nothing(house) -> None:
    house.visit(locker=1)
    before = commands()

    for action in ActionCode:
        assert house.read(codes.action_text(action)).answer is Answer.TICKET_FIRST

    assert commands() == before


def test_a_choice_offered_before_a_move_is_of_the_locker_it_named(house) -> None:
    visit = house.visit(locker=1)
    house.services.visits.leave(visit.id, by=OFFICER)
    asked = house.read(ticket(visit))
    house.services.lockers.moves.move(visit.id, to=2, by=OFFICER, reason="pintu macet")

    with pytest.raises(Refused):
        house.services.readers.choose(asked.uuid, Choice.EMPTY)
    assert house.services.lockers.of_visit(visit.id).number == 2

    house.clock.advance(60)
    house.services.lockers.moves.move(visit.id, to=3, by=OFFICER, reason="lagi")
    asked = house.read(ticket(visit), after_s=60)
    house.services.lockers.moves.move(visit.id, to=2, by=OFFICER, reason="kembali")
    house.carry_out()
    house.carry_out()
    house.carry_out()
    again = house.services.readers.choose(asked.uuid, Choice.AGAIN)
    assert (again.answer, again.locker_number) == (Answer.OPENING, 2)


def test_a_printed_code_is_nobodys_while_two_are_asked(house) -> None:
    first, second = house.visit(locker=1), house.visit(locker=2)
    for visit in (first, second):
        house.services.visits.leave(visit.id, by=OFFICER)
        house.read(ticket(visit))

    unclear = house.read(codes.action_text(ActionCode.EMPTY))

    assert unclear.answer is Answer.TICKET_FIRST
    assert house.services.lockers.of_visit(second.id) is not None

    house.read(ticket(second))
    clear = house.read(codes.action_text(ActionCode.EMPTY))

    assert (clear.answer, clear.visit_id) == (Answer.GIVEN_BACK, second.id)
    assert house.services.lockers.of_visit(first.id) is not None


def test_who_has_answered_does_not_stand_in_the_next_ones_way(house) -> None:
    first, second = house.visit(locker=1), house.visit(locker=2)
    for visit in (first, second):
        house.services.visits.leave(visit.id, by=OFFICER)

    for visit in (first, second):
        house.read(ticket(visit))
        done = house.read(codes.action_text(ActionCode.EMPTY))

        assert (done.answer, done.visit_id) == (Answer.GIVEN_BACK, visit.id)


def test_the_bag_of_one_is_not_said_fetched_by_the_other(house) -> None:
    first, second = house.visit(locker=1), house.visit(locker=2)
    for visit in (first, second):
        house.read(ticket(visit))
        house.carry_out()
        house.read(ticket(visit), after_s=5)
        finish = house.read(codes.action_text(ActionCode.FINISH))
        assert (finish.answer, finish.visit_id) == (Answer.FETCHING, visit.id)
        house.carry_out()

    unclear = house.read(codes.action_text(ActionCode.EMPTY))

    assert unclear.answer is Answer.TICKET_FIRST
    assert house.services.lockers.of_visit(second.id) is not None


# A ticket without a locker


def test_no_locker_is_handed_out_where_the_office_does_not_allow_it(house) -> None:
    read = house.read(ticket(house.visit()))

    assert read.answer is Answer.NO_LOCKER
    assert commands() == 0


@pytest.mark.usefixtures("generous")
def test_a_ticket_takes_a_free_locker_and_the_promise_runs_on(house) -> None:
    visit = house.visit()

    read = house.read(ticket(visit))

    assert (read.answer, read.locker_number) == (Answer.ASSIGNING, 1)
    assert house.services.visits.by_id(visit.id).state == "registered"
    house.carry_out()
    shown = house.services.readers.latest("lockers")
    assert shown.sentence % shown.values == "Loker 01 terbuka: masukkan tas, tutup pintunya."


@pytest.mark.usefixtures("generous")
def test_a_free_locker_whose_door_is_on_its_way_is_not_called_taken(house) -> None:
    visit = house.visit()
    house.services.lockers.open_for(1, by=OFFICER, reason="dibersihkan")

    read = house.read(ticket(visit))

    assert (read.answer, read.locker_number) == (Answer.BUSY, 1)
    assert house.services.lockers.of_visit(visit.id) is None
    house.carry_out()
    assert house.read(ticket(visit)).answer is Answer.ASSIGNING


@pytest.mark.usefixtures("generous")
def test_with_all_lockers_taken_the_ticket_waits(house) -> None:
    for number in (1, 2, 3):
        house.visit(locker=number)

    assert house.read(ticket(house.visit())).answer is Answer.ALL_TAKEN


@CARD_OFFICE
@pytest.mark.usefixtures("generous")
def test_where_a_card_is_asked_for_it_comes_first(house) -> None:
    visit = new_visit(house.core, house.services)
    assert house.read(ticket(visit)).answer is Answer.CARD_FIRST

    house.services.deposits.receive(visit.id, "KTP", by=OFFICER)

    assert house.read(ticket(visit)).answer is Answer.ASSIGNING


# Tickets that open nothing


def test_closed_past_and_unknown_tickets_open_nothing(house) -> None:
    closed, past = house.visit(locker=1), house.visit(locker=2)
    house.services.visits.close(closed.id, by=OFFICER, state="closed_by_staff", reason="x")
    before = commands()

    assert house.read(ticket(closed)).answer is Answer.VISIT_CLOSED
    assert house.read(f"RBT{codes.new_short_code()}").answer is Answer.UNKNOWN_TICKET
    house.clock.advance(24 * 3600)
    assert house.read(ticket(past)).answer is Answer.OTHER_DAY

    assert commands() == before


@pytest.mark.parametrize("text", ["RBT12345678", "RBL07A", "RBA-BUKA-0", "RBSXY", "9780306406158"])
def test_damaged_codes_open_nothing(house, text) -> None:
    assert house.read(text).answer is Answer.DAMAGED
    assert commands() == 0


def test_nothing_of_a_foreign_code_is_kept(house) -> None:
    secret = "NIK1308012345678901"

    read = house.read(secret)

    assert read.answer is Answer.FOREIGN_AT_LOCKERS
    row = CodeRead.select().dicts().get()
    assert secret not in repr(row)
    dump = "".join(str(row) for row in house.core.database.execute_sql("SELECT * FROM journal"))
    assert secret not in dump


def test_a_bad_read_says_to_hold_it_closer(house) -> None:
    read = house.services.readers.bad("pembaca-lockers", "lockers", "cut_off")

    assert read.sentence == "Kode tidak terbaca utuh. Dekatkan, lalu pindai lagi."
    assert house.services.readers.bad("pembaca-lockers", "lockers", "cut_off") is None
