"""Copies over a real database: found by their codes, taken by one, brought back by a scan."""

from collections import Counter

import peewee
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from appliance.actor import SYSTEM, Actor
from appliance.catalogue.copy_rules import CopyState, own_barcode
from appliance.catalogue.rules import Whereabouts
from appliance.errors import Invalid, NotFound, Refused
from appliance.storage.models import BookCopy, Journal, Publication, Reading
from tests.services.library import OFFICER, new_publication, new_visit


def barcodes(services, card):
    return [copy.barcode for copy in services.holdings.of(card.id)]


def test_every_copy_has_a_barcode_and_the_first_that_of_the_number(services):
    card = new_publication(services, publication_number="13090.2405", copies=3)

    first, *others = barcodes(services, card)

    assert first == "RBP13090.2405"
    assert len(set(others)) == 2
    assert all(code.startswith("RBPC") for code in others)
    assert {services.holdings.find(code).whose.named.barcode for code in others} == set(others)
    assert services.catalogue.search(others[0]).hits[0].id == card.id


def test_a_record_tells_what_its_copies_are(core, services):
    card = new_publication(services, copies=2, shelf="3B")
    first, second = services.holdings.of(card.id)

    services.holdings.change(first.id, {"state": "repair", "shelf": "B1"}, by=OFFICER)
    now = services.catalogue.get(card.id)
    assert (now.record.copies, now.record.shelf, now.record.barcode) == (2, "3B", second.barcode)
    assert (now.holding.on_shelf, now.holding.away) == (1, 1)

    services.holdings.change(second.id, {"state": "missing"}, by=OFFICER)
    now = services.catalogue.get(card.id)
    assert (now.record.copies, now.holding.whereabouts) == (1, Whereabouts.AWAY)
    assert services.catalogue.search("pasaman").hits[0].holding == now.holding

    for change in (Publication.update(copies=9), Publication.update(shelf="9Z")):
        with pytest.raises(peewee.IntegrityError, match="told by book_copy"):
            core.writer.run(change.execute)


def test_a_book_number_takes_the_copy_that_is_free(core, services):
    card = new_publication(services, issn="978-602-438-381-7", copies=2)
    one, two, three = (new_visit(core, services) for _ in range(3))

    for visit in (one, two):
        services.reading.note(visit.id, barcode="9786024383817", by=OFFICER)
        services.reading.note(visit.id, barcode="9786024383817", by=OFFICER)
    with pytest.raises(Refused, match="Semua eksemplar"):
        services.reading.note(three.id, barcode="9786024383817", by=OFFICER)

    taken = [note.copy_id for note in services.reading.open_notes()]
    assert sorted(taken) == sorted(copy.id for copy in services.holdings.of(card.id))


def test_a_copy_in_anothers_hand_is_refused_without_saying_whose(core, services):
    new_publication(services, publication_number="13090.2405")
    one, two = new_visit(core, services), new_visit(core, services)
    services.reading.note(one.id, barcode="RBP13090.2405", by=OFFICER)

    with pytest.raises(Refused, match="sedang dibaca") as caught:
        services.reading.note(two.id, barcode="RBP13090.2405", by=Actor.visitor(two.uuid))

    assert one.label not in str(caught.value)
    same = {name: getattr(Reading.get(), name) for name in ("title", "noted_at", "noted_by")}
    row = Reading.insert(uuid="x", visit=two.id, book_copy=BookCopy.get().id, **same)
    with pytest.raises(peewee.IntegrityError, match=r"reading\.copy_id"):
        core.writer.run(row.execute)


def test_one_scan_brings_a_book_back_and_finds_a_lost_one(core, services):
    card = new_publication(services)
    copy = services.holdings.of(card.id)[0]
    visit = new_visit(core, services)
    note = services.reading.note(visit.id, copy_id=copy.id, by=OFFICER)

    lost = services.reading.not_returned(note.id, reason="Terbawa pulang", by=OFFICER)
    assert services.holdings.get(copy.id).state is CopyState.MISSING
    assert lost.missing_reason == "Terbawa pulang"

    assert services.reading.give_back_copy(copy.id, by=OFFICER) is None
    assert services.holdings.get(copy.id).is_free
    again = services.reading.note(visit.id, copy_id=copy.id, by=OFFICER)
    assert services.reading.give_back_copy(copy.id, by=OFFICER).id == again.id
    assert services.holdings.get(copy.id).is_free


def test_only_a_copy_that_the_room_has_is_sent_out_and_one_scan_finds_it_again(core, services):
    card = new_publication(services)
    copy = services.holdings.of(card.id)[0]
    services.holdings.set_state(copy.id, CopyState.MISSING, by=OFFICER)
    with pytest.raises(Refused, match="tidak ada di ruangan"):
        services.holdings.send_out(copy.id, by=OFFICER)

    services.holdings.set_state(copy.id, CopyState.ON_SHELF, by=OFFICER)
    with pytest.raises(Refused, match="tidak tercatat dibaca"):
        services.reading.bring_back(copy.barcode, by=OFFICER)
    for _ in range(2):
        services.holdings.send_out(copy.id, by=OFFICER)
    assert services.holdings.get(copy.id).state is CopyState.OUT
    assert not services.holdings.get(copy.id).is_free

    assert services.reading.bring_back(copy.barcode, by=OFFICER).copy.is_free


def test_a_book_is_missing_only_with_a_reason(core, services):
    new_publication(services, publication_number="13090.2405")
    visit = new_visit(core, services)
    note = services.reading.note(visit.id, barcode="RBP13090.2405", by=OFFICER)

    with pytest.raises(Invalid):
        services.reading.not_returned(note.id, reason=" ", by=OFFICER)

    assert services.reading.get(note.id).is_open
    assert services.reading.give_back_all(visit.id, by=OFFICER) == 1
    assert services.reading.open_notes() == ()


def test_an_unknown_book_is_added_by_its_title_and_completed_later(services):
    added = services.holdings.quick_add("Atlas Tua", code="B00123", by=OFFICER)

    assert (added.title, added.barcode) == ("Atlas Tua", "B00123")
    assert [card.title for card in services.holdings.to_complete()] == ["Atlas Tua"]
    with pytest.raises(Invalid):
        services.holdings.quick_add("Lagi", code="B00123", by=OFFICER)

    services.catalogue.edit(added.publication_id, {"year": "1999"}, by=OFFICER)
    assert services.holdings.to_complete() == ()


def test_a_quickly_added_book_with_an_isbn_is_found_by_it(services):
    added = services.holdings.quick_add("Atlas Tua", code="9780306406157", by=OFFICER)

    assert services.holdings.find("9780306406157").whose.named == added
    assert added.barcode.startswith("RBPC")


def test_which_copy_it_is_is_said_by_whoever_scans_it(core, services):
    """A visitor who taps 'I read this' has one of several in hand, and not always the first."""
    card = new_publication(services, copies=2)
    first, second = services.holdings.of(card.id)
    one, two = new_visit(core, services), new_visit(core, services)
    tapped = services.reading.note(one.id, publication_id=card.id, by=Actor.visitor(one.uuid))
    assert tapped.copy_id == first.id

    scanned = services.reading.note(one.id, copy_id=second.id, by=OFFICER)
    assert (scanned.id, scanned.copy_id) == (tapped.id, second.id)
    with pytest.raises(Refused):
        services.reading.note(two.id, copy_id=second.id, by=OFFICER)
    services.reading.give_back(scanned.id, by=OFFICER)

    again = services.reading.note(one.id, publication_id=card.id, by=OFFICER)
    services.reading.note(two.id, copy_id=again.copy_id, by=OFFICER)
    hands = {note.visit_id: note.copy_id for note in services.reading.open_notes()}
    assert hands == {one.id: second.id, two.id: first.id}


def test_several_records_with_one_number_are_told_apart_by_a_person(services):
    for year in (2023, 2024):
        new_publication(services, f"Dalam Angka {year}", year=year, issn="1234-5679")

    match = services.holdings.find("9771234567003")

    assert [card.record.year for card in match.publications] == [2024, 2023]
    assert match.is_series
    assert match.publication is None


def test_barcodes_that_another_room_has_given_are_not_given_again(services):
    card = new_publication(services, copies=0)
    for number in (1, 2, 3):
        services.holdings.add(card.id, {"barcode": own_barcode(number + 1)}, by=OFFICER)

    assert services.holdings.add(card.id, {}, by=OFFICER).barcode == own_barcode(5)


def test_an_inventory_number_names_its_copy(services):
    card = new_publication(services, copies=2)
    copy = services.holdings.of(card.id)[1]
    services.holdings.change(copy.id, {"inventory_number": "00012/BPS/2019"}, by=OFFICER)

    assert services.holdings.find("00012/BPS/2019").whose.named.id == copy.id


def test_a_copy_that_is_being_read_keeps_its_state(core, services):
    card = new_publication(services)
    copy = services.holdings.of(card.id)[0]
    services.reading.note(new_visit(core, services).id, copy_id=copy.id, by=OFFICER)

    with pytest.raises(Refused):
        services.holdings.change(copy.id, {"state": "withdrawn"}, by=OFFICER)
    services.holdings.change(copy.id, {"shelf": "4D"}, by=OFFICER)

    assert services.holdings.get(copy.id).shelf == "4D"
    with pytest.raises(NotFound):
        services.holdings.get(99)


def test_changes_of_copies_are_journalled(services):
    card = new_publication(services, copies=0)
    made = services.holdings.add(card.id, {"shelf": "1A"}, by=OFFICER, idempotency_key="k")
    again = services.holdings.add(card.id, {"shelf": "1A"}, by=OFFICER, idempotency_key="k")
    services.holdings.change(made.id, {"note": "Sampul robek"}, by=OFFICER)
    services.holdings.change(made.id, {"note": "Sampul robek"}, by=OFFICER)

    assert again == made
    actions = [row.action for row in Journal.select(Journal.action).order_by(Journal.seq)]
    assert [action for action in actions if action.startswith("holding.")] == [
        "holding.added",
        "holding.changed",
    ]


class Room(RuleBasedStateMachine):
    """Who has which copy in hand; the test gives the services and what there is."""

    services = None
    cards, copies, visits = (), (), ()

    def __init__(self):
        super().__init__()
        for note in self.services.reading.open_notes():
            self.services.reading.give_back(note.id, by=SYSTEM)
        self.hands: dict[int, int] = {}

    @rule(visit=st.integers(0, 2), copy=st.integers(0, 2))
    def take(self, visit, copy):
        visit, copy = self.visits[visit], self.copies[copy]
        title = self.services.holdings.get(copy).title
        before = self.readers()
        try:
            self.services.reading.note(visit, copy_id=copy, by=SYSTEM)
        except Refused:
            assert self.hands[copy] != visit
        else:
            now = self.readers()
            assert now - before in (Counter(), Counter({(visit, title): 1}))
            assert before - now == Counter()  # another's book may be another copy, and stays theirs
            self.hands = self.on_tables()
            assert self.hands[copy] == visit

    @rule(visit=st.integers(0, 2), card=st.integers(0, 1))
    def take_any(self, visit, card):
        visit, card = self.visits[visit], self.cards[card]
        try:
            note = self.services.reading.note(visit, publication_id=card, by=SYSTEM)
        except Refused:
            theirs = {copy for copy, other in self.hands.items() if other != visit}
            assert {copy.id for copy in self.services.holdings.of(card)} <= theirs
        else:
            assert self.hands.setdefault(note.copy_id, visit) == visit

    @rule(copy=st.integers(0, 2))
    def bring_back(self, copy):
        copy = self.copies[copy]
        note = self.services.reading.give_back_copy(copy, by=SYSTEM)
        assert (None if note is None else note.visit_id) == self.hands.pop(copy, None)

    @rule(visit=st.integers(0, 2))
    def bring_all(self, visit):
        visit = self.visits[visit]
        mine = {copy for copy, other in self.hands.items() if other == visit}
        assert self.services.reading.give_back_all(visit, by=SYSTEM) == len(mine)
        self.hands = {copy: other for copy, other in self.hands.items() if copy not in mine}

    @invariant()
    def the_list_is_the_room(self):
        assert self.on_tables() == self.hands

    def on_tables(self):
        return {note.copy_id: note.visit_id for note in self.services.reading.open_notes()}

    def readers(self):
        notes = self.services.reading.open_notes()
        return Counter((note.visit_id, note.title) for note in notes)


def test_no_copy_is_ever_in_two_hands(core, services):
    """Any order of taking and bringing back, against a model of it."""
    cards = [new_publication(services, f"Buku {n}", copies=n) for n in (1, 2)]

    class ThisRoom(Room):
        pass

    ThisRoom.services = services
    ThisRoom.cards = [card.id for card in cards]
    ThisRoom.copies = [copy.id for card in cards for copy in services.holdings.of(card.id)]
    ThisRoom.visits = [new_visit(core, services).id for _ in range(3)]
    run_state_machine_as_test(
        ThisRoom,
        settings=settings(
            max_examples=10, stateful_step_count=10, suppress_health_check=list(HealthCheck)
        ),
    )
