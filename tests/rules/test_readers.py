"""What a code means at a place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.codes import ReadKind
from appliance.readers.answers import OPENED, SENTENCES, Answer, Choice, Place, Tone
from appliance.readers.rules import (
    ASK_S,
    BOOKS,
    EMPTY_S,
    SHOWN_S,
    BadgeIs,
    BookIs,
    Situation,
    VisitIs,
    answer,
    chosen_answer,
    offer_s,
    shown_s,
)

seconds = st.none() | st.floats(0, 200)
situations = st.builds(
    Situation,
    visit=st.sampled_from(VisitIs),
    badge=st.sampled_from(BadgeIs),
    book=st.sampled_from(BookIs),
    has_locker=st.booleans(),
    is_any_free=st.booleans(),
    lacks_card=st.booleans(),
    locker_by_ticket=st.booleans(),
    badge_opens_lockers=st.booleans(),
    locker_exists=st.booleans(),
    opened_s=seconds,
    asked_s=seconds,
    has_ticket=st.booleans(),
    noted_s=seconds,
    badge_s=seconds,
)
kinds, places = st.sampled_from(ReadKind), st.sampled_from(Place)


def at_lockers(kind: ReadKind = ReadKind.TICKET, **situation: object) -> Answer:
    return answer(kind, Place.LOCKERS, Situation(**situation))


def test_every_answer_has_a_sentence_of_its_own() -> None:
    assert set(SENTENCES) == set(Answer)
    assert len(set(SENTENCES.values())) == len(Answer)


@given(kinds, places, situations)
def test_every_kind_at_every_place_says_what_to_do(kind, place, situation) -> None:
    sentence = answer(kind, place, situation).sentence

    assert sentence.endswith((".", "?"))
    assert set(re.findall(r"%\((\w+)\)s", sentence)) <= {"number", "label", "title", "shelf"}


@given(kinds, places, situations)
def test_a_door_opens_only_at_the_lockers_and_only_by_ticket_or_badge(kind, place, situation):
    given_answer = answer(kind, place, situation)

    if given_answer.opens_a_door:
        assert place is Place.LOCKERS
        if kind is ReadKind.TICKET:
            assert situation.visit in (VisitIs.OPEN, VisitIs.LEAVING)
        else:
            assert kind is ReadKind.LOCKER
            assert situation.badge is BadgeIs.GOOD
            assert situation.badge_opens_lockers
            assert situation.badge_s is not None
            assert situation.badge_s <= 15


@given(places, situations)
def test_a_closed_unknown_or_past_visit_opens_nothing(place, situation) -> None:
    if situation.visit not in (VisitIs.OPEN, VisitIs.LEAVING):
        assert answer(ReadKind.TICKET, place, situation).tone is Tone.BAD


@given(situations)
def test_no_locker_is_given_where_the_office_does_not_allow_it(situation) -> None:
    if answer(ReadKind.TICKET, Place.LOCKERS, situation) is Answer.ASSIGNING:
        assert situation.locker_by_ticket
        assert situation.is_any_free
        assert not situation.lacks_card


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        ({"has_locker": True}, Answer.OPENING),
        ({"has_locker": True, "opened_s": 59}, Answer.ASK_AGAIN_OR_FINISH),
        ({"has_locker": True, "opened_s": 61}, Answer.OPENING),
        ({"has_locker": True, "opened_s": 20, "asked_s": 14}, Answer.OPENING),
        ({"has_locker": True, "opened_s": 20, "asked_s": 16}, Answer.ASK_AGAIN_OR_FINISH),
        ({}, Answer.NO_LOCKER),
        ({"locker_by_ticket": True, "is_any_free": True}, Answer.ASSIGNING),
        ({"locker_by_ticket": True}, Answer.ALL_TAKEN),
        ({"locker_by_ticket": True, "is_any_free": True, "lacks_card": True}, Answer.CARD_FIRST),
    ],
)
def test_a_ticket_at_the_lockers(situation, expected) -> None:
    assert at_lockers(visit=VisitIs.OPEN, **situation) is expected


def test_whoever_is_leaving_is_asked_whether_the_locker_is_empty() -> None:
    leaving = {"visit": VisitIs.LEAVING, "has_locker": True}

    assert at_lockers(**leaving) is Answer.ASK_AGAIN_OR_EMPTY
    assert at_lockers(**leaving, asked_s=3) is Answer.OPENING


def test_a_tag_alone_opens_nothing_and_asks_for_the_ticket() -> None:
    there = {"locker_exists": True}

    assert at_lockers(ReadKind.LOCKER, **there) is Answer.TAG_AT_LOCKERS
    assert at_lockers(ReadKind.LOCKER) is Answer.NO_SUCH_LOCKER
    armed = there | {"badge": BadgeIs.GOOD, "badge_opens_lockers": True}
    assert at_lockers(ReadKind.LOCKER, **armed, badge_s=14) is Answer.BADGE_OPENING
    assert at_lockers(ReadKind.LOCKER, **armed, badge_s=16) is Answer.TAG_AT_LOCKERS


@pytest.mark.parametrize(
    ("badge", "allowed", "expected"),
    [
        (BadgeIs.GOOD, True, Answer.BADGE_READY),
        (BadgeIs.GOOD, False, Answer.BADGE_NOT_HERE),
        (BadgeIs.OTHER_ROLE, True, Answer.BADGE_ROLE),
        (BadgeIs.REFUSED, True, Answer.BADGE_REFUSED),
        (BadgeIs.UNKNOWN, True, Answer.BADGE_UNKNOWN),
    ],
)
def test_a_badge_at_the_lockers(badge, allowed, expected) -> None:
    assert at_lockers(ReadKind.STAFF, badge=badge, badge_opens_lockers=allowed) is expected


@given(places, situations)
def test_only_the_desk_takes_a_book_back_and_only_one_that_is_read(place, situation) -> None:
    if answer(ReadKind.PUBLICATION, place, situation) is Answer.BOOK_BACK_AT_DESK:
        assert place is Place.DESK
        assert situation.book in (BookIs.IN_HAND, BookIs.READ)
        assert situation.book is BookIs.IN_HAND or not situation.has_ticket


@pytest.mark.parametrize("kind", BOOKS)
def test_a_book_belongs_to_desk_and_station(kind) -> None:
    known = Situation(book=BookIs.KNOWN)

    assert answer(kind, Place.LOCKERS, known) is Answer.BOOK_AT_LOCKERS
    assert answer(kind, Place.DESK, known) is Answer.BOOK_AT_DESK
    assert answer(kind, Place.STATION, known) is Answer.BOOK_AT_STATION
    assert answer(kind, Place.DESK, Situation()) is Answer.BOOK_UNKNOWN_AT_DESK
    assert answer(kind, Place.STATION, Situation()) is Answer.BOOK_UNKNOWN_AT_STATION


@pytest.mark.parametrize(
    ("book", "at_lockers", "at_desk"),
    [
        (BookIs.KNOWN, Answer.BOOK_NOTED_AT_LOCKERS, Answer.BOOK_NOTED_AT_DESK),
        (BookIs.IN_HAND, Answer.BOOK_NOTED_AT_LOCKERS, Answer.BOOK_BACK_AT_DESK),
        (BookIs.READ, Answer.BOOK_READ_AT_LOCKERS, Answer.BOOK_READ_AT_DESK),
        (BookIs.UNKNOWN, Answer.BOOK_UNKNOWN_AT_LOCKERS, Answer.BOOK_UNKNOWN_AT_DESK),
        (BookIs.GONE, Answer.BOOK_UNKNOWN_AT_LOCKERS, Answer.BOOK_GONE_AT_DESK),
    ],
)
def test_a_book_after_a_ticket_is_the_visitors(book, at_lockers, at_desk) -> None:
    now = Situation(book=book, has_ticket=True)

    assert answer(ReadKind.PUBLICATION, Place.LOCKERS, now) is at_lockers
    assert answer(ReadKind.PUBLICATION, Place.DESK, now) is at_desk


def test_a_book_without_a_ticket_comes_back_but_not_at_once() -> None:
    later = Situation(book=BookIs.READ, noted_s=60.0)
    at_once = Situation(book=BookIs.READ, noted_s=3.0)

    assert answer(ReadKind.ISBN, Place.DESK, later) is Answer.BOOK_BACK_AT_DESK
    assert answer(ReadKind.ISBN, Place.DESK, at_once) is Answer.BOOK_NOTED_BEFORE_AT_DESK


@given(st.sampled_from(Answer), st.sampled_from(Choice))
def test_only_what_is_offered_can_be_chosen(offered: Answer, choice: Choice) -> None:
    led = chosen_answer(offered, choice)

    if offered.choices:
        assert (led is not None) == (choice in offered.choices)
    else:
        assert led is None or (offered is Answer.FETCHING and choice is Choice.EMPTY)
    assert (led is None) or offer_s(offered) > 0


def test_answers_stand_long_enough_to_be_read_and_questions_to_be_answered() -> None:
    assert {shown_s(one) for one in Answer} == {SHOWN_S, ASK_S, EMPTY_S}
    assert all(offer_s(one) <= shown_s(one) for one in Answer)


def test_what_opens_a_door_is_good_and_says_when_it_stands_open() -> None:
    assert {one for one in Answer if one.opens_a_door} == set(OPENED)
    assert {one.tone for one in OPENED} == {Tone.GOOD}
    assert Answer.ASK_AGAIN_OR_FINISH.tone is Tone.ASK
    assert Answer.BAD_READ.tone is Tone.BAD
