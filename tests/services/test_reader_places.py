"""Codes other than tickets, places other than the lockers, and how readers are."""

import pytest

from appliance import codes
from appliance.actor import SYSTEM
from appliance.errors import Refused
from appliance.readers.answers import Answer, Place
from appliance.storage.models import CodeRead, DoorCommand, ReaderRow
from tests.readers_kit import commands, ticket
from tests.services.library import OFFICER, new_publication

PASSWORD = "kuda-laut-biru-27"


@pytest.fixture
def trusting(policy):
    policy["badge_opens_lockers"] = True


# Tags and badges


@pytest.fixture
def badge(house):
    house.services.staff.add("rina", "Rina", "officer", PASSWORD, by=SYSTEM)
    return house.services.staff.badges.issue("rina", by=OFFICER)


def test_a_tag_alone_says_which_locker_it_is(house) -> None:
    read = house.read(codes.locker_tag(2))

    assert read.sentence % read.values == "Ini tanda loker 02. Pindai tiket Anda."
    assert house.read(codes.locker_tag(40)).answer is Answer.NO_SUCH_LOCKER


@pytest.mark.usefixtures("trusting")
def test_a_badge_and_then_a_tag_open_that_locker_once(house, badge) -> None:
    house.visit(locker=2)

    ready = house.read(badge)
    opening = house.read(codes.locker_tag(2))
    more = house.read(codes.locker_tag(3))

    assert [ready.answer, opening.answer, more.answer] == [
        Answer.BADGE_READY,
        Answer.BADGE_OPENING,
        Answer.TAG_AT_LOCKERS,
    ]
    newest = DoorCommand.select().order_by(DoorCommand.id.desc()).first()
    assert (newest.requested_by, newest.reason) == (
        "officer:rina",
        "Kartu petugas di pembaca loker",
    )
    told = next(e for e in house.core.journal.latest() if e.action == "locker.commanded")
    assert (told.actor, told.reason) == ("officer:rina", "Kartu petugas di pembaca loker")


@pytest.mark.usefixtures("trusting")
def test_a_badge_waits_fifteen_seconds_for_its_tag_and_before_its_own_reader(house, badge) -> None:
    before = commands()
    house.read(badge)
    assert house.read(codes.locker_tag(1), after_s=16).answer is Answer.TAG_AT_LOCKERS
    house.read(badge)
    house.clock.advance(2)

    read = house.services.readers.read("pembaca lain", "lockers", codes.locker_tag(1))

    assert read.answer is Answer.TAG_AT_LOCKERS
    assert commands() == before


@pytest.mark.usefixtures("trusting")
def test_the_badge_of_somebody_deactivated_is_refused_even_between_badge_and_tag(house, badge):
    house.read(badge)
    house.services.staff.set_active("rina", False, by=SYSTEM)

    assert house.read(codes.locker_tag(1)).answer is Answer.TAG_AT_LOCKERS
    assert house.read(badge).answer is Answer.BADGE_REFUSED
    assert "badge.refused" in [entry.action for entry in house.core.journal.latest()]
    assert commands() == 0


@pytest.mark.usefixtures("trusting")
def test_a_badge_taken_back_or_replaced_is_refused(house, badge) -> None:
    newer = house.services.staff.badges.issue("rina", by=OFFICER)

    assert house.read(badge).answer is Answer.BADGE_REFUSED
    assert house.read(newer).answer is Answer.BADGE_READY
    house.services.staff.badges.revoke("rina", by=OFFICER)
    assert house.read(newer).answer is Answer.BADGE_REFUSED


@pytest.mark.usefixtures("trusting")
def test_a_scan_operators_badge_opens_no_locker(house) -> None:
    house.services.staff.add("budi", "Budi", "operator", PASSWORD, by=SYSTEM)

    read = house.read(house.services.staff.badges.issue("budi", by=OFFICER))

    assert read.answer is Answer.BADGE_ROLE


def test_a_badge_opens_nothing_where_the_office_does_not_trust_it(house, badge) -> None:
    assert house.read(badge).answer is Answer.BADGE_NOT_HERE
    assert house.read(codes.locker_tag(1)).answer is Answer.TAG_AT_LOCKERS
    assert commands() == 0


def test_the_database_cannot_tell_what_a_badge_says(house, badge) -> None:
    rows = list(house.core.database.execute_sql("SELECT * FROM staff_badge"))

    assert rows
    assert badge[3:] not in repr(rows)


# Desk and station


def test_the_desk_hears_what_was_scanned_and_nothing_opens(house) -> None:
    visit = house.visit(locker=1)
    book = new_publication(house.services, publication_number="13090.2407")
    before = commands()

    ticket_read = house.read(ticket(visit), "desk")
    tag_read = house.read(codes.locker_tag(1), "desk")
    book_read = house.read("RBP13090.2407", "desk")

    assert (ticket_read.answer, ticket_read.visit_id) == (Answer.TICKET_AT_DESK, visit.id)
    assert (tag_read.answer, tag_read.locker_number) == (Answer.TAG_AT_DESK, 1)
    assert (book_read.answer, book_read.publication_id) == (Answer.BOOK_AT_DESK, book.id)
    assert commands() == before


def test_books_are_found_by_isbn_and_issn_however_they_were_catalogued(house) -> None:
    isbn = new_publication(house.services, "Buku Ajar", issn="978-0-306-40615-7")
    issn = new_publication(house.services, "Majalah", issn="2049-3630")

    assert house.read("9780306406157", "desk").publication_id == isbn.id
    assert house.read("9772049363002", "station").publication_id == issn.id
    new_publication(house.services, "Majalah edisi lain", issn="2049-3630")
    series = house.read("9772049363002", "desk")
    assert (series.answer, series.book) == (Answer.BOOK_SERIES_AT_DESK, "2049-3630")
    unknown = house.read("9791234567896", "desk")
    assert (unknown.answer, unknown.book) == (Answer.BOOK_UNKNOWN_AT_DESK, "9791234567896")


@pytest.mark.parametrize("place", ["lockers", "desk"])
def test_no_screen_takes_what_was_read_elsewhere(house, place: str) -> None:
    read = house.read(ticket(house.visit()), place)

    with pytest.raises(Refused):
        house.services.readers.take(read.uuid)


def test_one_screen_takes_what_was_read_at_the_station(house) -> None:
    read = house.read(ticket(house.visit()), "station")
    take = house.services.readers.take

    assert take(read.uuid).answer is Answer.TICKET_AT_STATION
    with pytest.raises(Refused):
        take(read.uuid)
    late = house.read(ticket(house.visit()), "station")
    house.clock.advance(61)
    with pytest.raises(Refused):
        take(late.uuid)


# Screens and upkeep


def test_an_answer_stands_for_twenty_seconds_and_not_after_a_reboot(house) -> None:
    readers = house.services.readers
    house.read("halo")
    version = readers.version("lockers")
    house.clock.advance(19)
    assert readers.latest("lockers") is not None
    assert readers.version("lockers") == version

    house.clock.advance(2)

    assert readers.latest("lockers") is None
    assert readers.version("lockers") != version
    house.read("halo")
    house.clock.reboot(off_s=1)
    assert readers.latest("lockers") is None


def test_a_place_knows_whether_its_reader_is_there(house) -> None:
    readers = house.services.readers
    readers.state("a", "lockers", "ready")
    assert readers.now_at("lockers").has_reader
    version = readers.version("lockers")

    readers.state("a", "lockers", "absent")

    assert not readers.now_at("lockers").has_reader
    assert readers.version("lockers") != version
    readers.keep_only(set())
    assert ReaderRow.select().count() == 0
    assert isinstance(readers.now_at(Place.DESK).readers, tuple)


def test_reads_are_forgotten_after_a_day(house) -> None:
    house.read("halo")
    house.clock.advance(23 * 3600)
    house.read("halo")
    house.clock.advance(2 * 3600)

    assert house.services.readers.forget_old() == 1
    assert CodeRead.select().count() == 1
