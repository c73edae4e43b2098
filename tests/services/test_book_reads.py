"""Books before the readers: tied to the ticket before them, brought back at the desk."""

import pytest

from appliance.readers.answers import Answer
from appliance.storage.models import CodeRead
from tests.readers_kit import ticket
from tests.services.library import OFFICER, new_publication

BOOK = "RBP13090.2407"


@pytest.fixture
def book(house):
    return new_publication(house.services, publication_number="13090.2407")


def readers_of(house):
    return [(note.visit_id, note.barcode) for note in house.services.reading.open_notes()]


@pytest.mark.parametrize("place", ["lockers", "desk"])
def test_a_book_after_a_ticket_is_noted_for_it(house, book, place):
    visit = house.visit()
    house.read(ticket(visit), place)

    read = house.read(BOOK, place)

    assert (read.visit_label, readers_of(house)) == (visit.label, [(visit.id, BOOK)])
    assert house.read(BOOK, place).tone == "good"
    assert readers_of(house) == [(visit.id, BOOK)]


def test_a_book_back_from_the_photocopier_is_seen_at_the_desk(house, book):
    (copy,) = house.services.holdings.of(book.id)
    house.services.holdings.send_out(copy.id, by=OFFICER)

    assert house.read(BOOK).answer is Answer.BOOK_AT_LOCKERS
    assert house.read(BOOK, "desk").answer is Answer.BOOK_BACK_AT_DESK
    assert house.services.holdings.get(copy.id).is_free


def test_the_display_at_the_lockers_tells_the_room_no_title(house, book):
    house.read(ticket(house.visit()))

    read = house.read(BOOK)

    assert read.answer is Answer.BOOK_NOTED_AT_LOCKERS
    assert book.title not in read.sentence % read.values


def test_books_follow_one_another_but_not_for_ever(house, book):
    others = [new_publication(house.services, f"Buku {n}", barcode=f"B{n}") for n in range(3)]
    visit = house.visit()
    house.read(ticket(visit))

    for other in others:
        assert house.read(other.record.barcode, after_s=20).visit_id == visit.id
    late = house.read(BOOK, after_s=31)

    assert late.answer is Answer.BOOK_AT_LOCKERS
    assert len(readers_of(house)) == 3


def test_another_reader_and_another_code_end_a_tickets_turn(house, book):
    house.read(ticket(house.visit()), "desk")
    assert house.read(BOOK, "lockers").answer is Answer.BOOK_AT_LOCKERS

    house.read("RBL01X", "desk")
    assert house.read(BOOK, "desk").answer is Answer.BOOK_AT_DESK
    assert readers_of(house) == []


def test_one_scan_at_the_desk_brings_a_book_back_and_ends_the_visit(house, book):
    visit = house.visit()
    house.services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
    assert house.read(BOOK, "desk").answer is Answer.BOOK_NOTED_BEFORE_AT_DESK
    house.services.checkout.start(visit.id, by=OFFICER)

    read = house.read(BOOK, "desk", after_s=60)

    assert read.answer is Answer.BOOK_BACK_AT_DESK
    assert read.sentence % read.values == f"{book.title} sudah kembali. Rak: 3B."
    assert readers_of(house) == []
    assert not house.services.visits.by_id(visit.id).is_open


def test_a_book_in_anothers_hand_stays_there(house, book):
    one, two = house.visit(), house.visit()
    house.services.reading.note(one.id, publication_id=book.id, by=OFFICER)
    house.clock.advance(60)

    for place in ("lockers", "desk"):
        house.read(ticket(two), place)
        read = house.read(BOOK, place)
        assert (read.tone, readers_of(house)) == ("bad", [(one.id, BOOK)])
        assert one.label not in read.sentence % read.values


def test_another_copy_than_was_assumed_comes_back_at_the_desk(house):
    card = new_publication(house.services, copies=2)
    first, second = house.services.holdings.of(card.id)
    visit = house.visit()
    house.services.reading.note(visit.id, publication_id=card.id, by=OFFICER)
    house.clock.advance(60)

    house.read(ticket(visit), "lockers")
    house.read(second.barcode, "lockers")
    assert readers_of(house) == [(visit.id, second.barcode)]
    assert house.read(first.barcode, "desk").answer is Answer.BOOK_AT_DESK
    assert house.read(second.barcode, "desk", after_s=60).answer is Answer.BOOK_BACK_AT_DESK
    assert readers_of(house) == []


def test_the_barcode_of_another_library_system_is_known_again(house):
    card = new_publication(house.services, barcode="B00000123")
    visit = house.visit()
    house.read(ticket(visit), "desk")

    assert house.read("b00000123", "desk").answer is Answer.BOOK_NOTED_AT_DESK
    assert house.services.reading.open_notes()[0].publication_id == card.id
    assert house.read("B00000999", "desk").answer is Answer.FOREIGN_AT_DESK
    assert CodeRead.select().where(CodeRead.book.contains("999")).count() == 0


def test_a_book_scan_does_not_answer_the_lockers_question(house, book):
    visit = house.visit(locker=1)
    house.read(ticket(visit))
    house.carry_out()
    assert house.read(ticket(visit)).answer is Answer.ASK_AGAIN_OR_FINISH

    house.read(BOOK)

    assert house.read(ticket(visit)).answer is Answer.OPENING
