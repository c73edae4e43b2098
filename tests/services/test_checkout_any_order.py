"""Check-out in any order: no card is forgotten, and only a person's word frees a locker."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from appliance.actor import SYSTEM, Actor
from appliance.errors import Refused
from appliance.storage.models import Deposit, LockerSession, Visit
from tests.services.library import OFFICER, new_publication, new_visit

LOCKERS = 2
PICK = st.integers(0, 7)
DAY_S = 24 * 3600
USUAL = {"visit": "left_unseen", "locker": "tomorrow", "card": "not_collected"}


class Desk(RuleBasedStateMachine):
    """What people have said and done, beside the real services.

    `services`, `core`, `clock` and `book` are given by the test; visitors are of this run alone.
    """

    def __init__(self):
        super().__init__()
        self.open: set[int] = set()
        self.held: set[int] = set()  # whose card lies here without an exception
        self.excepted: set[int] = set()  # whose card an officer let stay
        self.lockers: dict[int, int] = {}  # number -> visit, until somebody has looked in
        self.books: set[int] = set()
        self.leaving: set[int] = set()
        self.returned: set[int] = set()  # whose card went back today

    def users(self) -> set[int]:
        return set(self.lockers.values())

    def owed(self) -> set[int]:
        return self.held | self.excepted

    def is_settled(self, visit: int) -> bool:
        return visit not in self.held | self.books | self.users()

    def settle(self, visit: int) -> None:
        """A visit that was leaving ends with the last thing."""
        if visit in self.leaving & self.open and self.is_settled(visit):
            self.open.discard(visit)

    # Arriving -----------------------------------------------------------------------------

    @initialize()
    def a_morning(self):
        for _ in range(3):
            self.arrive()
        self.take_card(0)
        self.take_card(0)
        self.hand_out_a_locker(0)

    @precondition(lambda self: len(self.open) < 3)
    @rule()
    def arrive(self):
        self.open.add(new_visit(self.core, self.services).id)

    @precondition(lambda self: self.open - self.owed())
    @rule(pick=PICK)
    def take_card(self, pick):
        visit = one_of(self.open - self.owed(), pick)
        self.services.deposits.receive(visit, "KTP", by=OFFICER)
        self.held.add(visit)
        self.returned.discard(visit)

    @precondition(lambda self: self.open - self.users())
    @rule(pick=PICK)
    def hand_out_a_locker(self, pick):
        visit = one_of(self.open - self.users(), pick)
        if visit not in self.held or len(self.lockers) == LOCKERS:
            with pytest.raises(Refused):
                self.services.lockers.assign(visit, by=OFFICER)
            return
        number = self.services.lockers.assign(visit, by=OFFICER).number
        assert number not in self.lockers
        self.lockers[number] = visit
        self.clock.advance(10)

    @precondition(lambda self: self.open and not self.books)
    @rule(pick=PICK)
    def read(self, pick):
        visit = one_of(self.open, pick)
        self.services.reading.note(visit, by=OFFICER, publication_id=self.book)
        self.books.add(visit)

    # Leaving ------------------------------------------------------------------------------

    @precondition(lambda self: self.open)
    @rule(pick=PICK)
    def leave(self, pick):
        visit = one_of(self.open, pick)
        self.services.checkout.start(visit, by=Actor.visitor("x"))
        self.clock.advance(10)
        self.leaving.add(visit)
        self.settle(visit)

    @precondition(lambda self: self.books)
    @rule()
    def bring_the_book_back(self):
        visit = self.books.pop()
        self.services.reading.give_back_all(visit, by=OFFICER)
        self.services.checkout.settle(visit, by=OFFICER)
        self.settle(visit)

    @precondition(lambda self: self.lockers)
    @rule(pick=PICK)
    def say_that_the_locker_is_empty(self, pick):
        number = one_of(self.lockers, pick)
        visit = self.lockers.pop(number)
        self.services.checkout.locker_is_empty(visit, by=OFFICER, number=number)
        self.settle(visit)

    @precondition(lambda self: self.owed())
    @rule(pick=PICK)
    def return_the_card(self, pick):
        visit = one_of(self.owed(), pick)
        if visit in self.users():
            with pytest.raises(Refused):
                self.services.checkout.card_returned(visit, by=OFFICER)
            return
        self.services.checkout.card_returned(visit, by=OFFICER)
        self.forget_card(visit)
        self.returned.add(visit)
        self.settle(visit)

    @precondition(lambda self: self.returned)
    @rule(pick=PICK)
    def say_that_it_was_not_returned(self, pick):
        visit = one_of(self.returned, pick)
        self.services.deposits.undo_return(visit, by=OFFICER)
        self.returned.discard(visit)
        (self.held if visit in self.open else self.excepted).add(visit)

    @precondition(lambda self: self.held)
    @rule(pick=PICK)
    def let_the_card_stay(self, pick):
        visit = one_of(self.held, pick)
        self.services.checkout.card_stays(visit, by=OFFICER, reason="tergesa")
        self.held.discard(visit)
        self.excepted.add(visit)
        self.settle(visit)

    @precondition(lambda self: self.open)
    @rule(pick=PICK)
    def finish(self, pick):
        visit = one_of(self.open, pick)
        if self.is_settled(visit):
            self.services.checkout.finish(visit, by=OFFICER)
            self.open.discard(visit)
            return
        with pytest.raises(Refused):
            self.services.checkout.finish(visit, by=OFFICER)

    @precondition(lambda self: self.open)
    @rule(pick=PICK)
    def close_for_somebody_who_is_gone(self, pick):
        visit = one_of(self.open, pick)
        if visit in self.held | self.users():
            with pytest.raises(Refused):
                self.services.checkout.close(visit, by=OFFICER, reason="pulang")
            return
        self.services.checkout.close(visit, by=OFFICER, reason="pulang")
        self.open.discard(visit)

    # Evening ------------------------------------------------------------------------------

    @rule()
    def let_a_night_pass(self):
        self.clock.advance(DAY_S)
        self.services.visits.close_day()
        self.open.clear()
        self.returned.clear()

    @rule()
    def close_the_day(self):
        days = self.services.days
        things = days.open_things(days.today())
        decided = {thing.field: USUAL.get(thing.kind, "on_shelf") for thing in things}
        days.close(days.today(), decided, by=OFFICER)
        of = {
            kind: {thing.visit_id for thing in things if thing.kind == kind}
            for kind in ("card", "reading", "visit")
        }
        assert of["visit"] >= self.open
        self.held -= of["card"]
        self.excepted |= of["card"]
        self.books -= of["reading"]
        self.open.clear()

    @precondition(lambda self: self.owed())
    @rule(pick=PICK)
    def hand_a_card_to_the_police(self, pick):
        visit = one_of(self.owed(), pick)
        card = self.services.deposits.of_visit(visit)
        if visit in self.open:
            with pytest.raises(Refused):
                self.services.uncollected.hand_over(card.id, "police", by=OFFICER)
            return
        self.services.uncollected.hand_over(card.id, "police", by=OFFICER)
        self.forget_card(visit)

    def forget_card(self, visit: int) -> None:
        self.held.discard(visit)
        self.excepted.discard(visit)

    # What must hold -----------------------------------------------------------------------

    @invariant()
    def nobody_is_finished_with_a_card_that_no_officer_let_stay(self):
        held = Deposit.select(Deposit.visit).where(Deposit.state == "held")
        assert Visit.select().where(Visit.state == "finished", Visit.id.in_(held)).count() == 0
        assert {int(row.visit_id) for row in held} == self.held

    @invariant()
    def a_locker_is_used_until_somebody_looked_in(self):
        used = LockerSession.select().where(LockerSession.ended_at.is_null())
        assert {row.locker.number: int(row.visit_id) for row in used} == self.lockers

    @invariant()
    def who_is_open_is_known(self):
        assert {visit.id for visit in self.services.visits.still_open()} == self.open

    @invariant()
    def whoever_left_unseen_stayed_for_no_time(self):
        unseen = Visit.select().where(Visit.state == "not_returned", Visit.stay_s.is_null(False))
        assert unseen.count() == 0

    def teardown(self):
        """Leave an empty room to the next run."""
        self.let_a_night_pass()
        while self.books:
            self.bring_the_book_back()
        while self.lockers:
            self.say_that_the_locker_is_empty(0)
        while self.owed():
            self.return_the_card(0)


def one_of(things, pick: int) -> int:
    found = sorted(things)
    return found[pick % len(found)]


@pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
def test_no_card_is_forgotten_in_any_order(core, services, clock, listening, office_name) -> None:
    services.lockers.sync_bank(dict.fromkeys(range(1, LOCKERS + 1), True), by=SYSTEM)
    book = new_publication(services).id

    class ThisDesk(Desk):
        def __init__(self):
            super().__init__()
            self.core, self.services, self.clock, self.book = core, services, clock, book

    run_state_machine_as_test(
        ThisDesk,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
