"""What happens when a code is read: the answer, the door, and what is kept of it."""

import dataclasses

import pytest
from msgspec.structs import replace

from appliance import codes
from appliance.actor import SYSTEM
from appliance.bootstrap import Core, build_services
from appliance.codes import ActionCode, CodeKind, barcode
from appliance.errors import Refused
from appliance.lockers.outcomes import DoorOutcomes
from appliance.readers.answers import Answer, Choice, Place, Tone
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.storage.models import CodeRead, DoorCommand, ReaderRow
from tests.fakes import FakeClock
from tests.services.library import OFFICER, new_publication, new_visit

CARD_OFFICE = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
PASSWORD = "kuda-laut-biru-27"


@pytest.fixture
def policy() -> dict[str, bool]:
    """What the office allows; change it before `house` is built."""
    return {"locker_by_ticket": False, "badge_opens_lockers": False}


class House:
    """The services of an office with this policy, and a reader at every place."""

    def __init__(self, core: Core, clock: FakeClock, policy: dict[str, bool]) -> None:
        office = replace(core.office, policy=replace(core.office.policy, **policy))
        self.core = dataclasses.replace(core, office=office)
        self.services: Services = build_services(self.core)
        self.clock = clock
        self.services.lockers.sync_bank(dict.fromkeys((1, 2, 3), True), by=SYSTEM)

    def read(self, text: str, place: str = "lockers", *, after_s: float = 2.0):
        """One look at a code, so long after the one before that it is no bounce."""
        self.clock.advance(after_s)
        return self.services.readers.read(f"pembaca-{place}", place, text)

    def visit(self, locker: int | None = None):
        made = new_visit(self.core, self.services)
        if locker is not None:
            self.services.lockers.assign(made.id, by=OFFICER, number=locker)
            self.carry_out()
            self.clock.advance(120)
        return made

    def carry_out(self) -> int | None:
        """What the lockers process does, without doors; the number of the opened locker."""
        outcomes = DoorOutcomes(
            writer=self.core.writer, clock=self.core.clock, recorder=self.core.recorder
        )
        claimed = outcomes.claim_next()
        if claimed is None:
            return None
        outcomes.pulsed(claimed.id)
        outcomes.seen_open(claimed.id)
        self.clock.advance(2)  # the coil rests
        return claimed.number


@pytest.fixture
def house(core, clock, policy):
    wake = WakeSocket(core.settings.run_dir, "lockers")
    yield House(core, clock, policy)
    wake.close()


@pytest.fixture
def generous(policy):
    policy["locker_by_ticket"] = True


@pytest.fixture
def trusting(policy):
    policy["badge_opens_lockers"] = True


def ticket(visit) -> str:
    return barcode(CodeKind.TICKET, visit.code)


def commands() -> int:
    return DoorCommand.select().count()


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
