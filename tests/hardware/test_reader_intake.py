"""Caps, repeats and rate of what readers deliver."""

from queue import SimpleQueue

import pytest

from hardware.reader_intake import CodeIntake
from hardware.reader_interfaces import MAX_CODE_CHARS, BadRead, CodeRead
from tests.hardware.conftest import FakeSeconds


@pytest.fixture
def heard() -> SimpleQueue[CodeRead | BadRead]:
    return SimpleQueue()


@pytest.fixture
def intake(seconds: FakeSeconds, heard: SimpleQueue[CodeRead | BadRead]) -> CodeIntake:
    built = CodeIntake(max_per_s=3, clock=seconds)
    built.on_code = built.on_bad_read = heard.put
    return built


def said(heard: SimpleQueue[CodeRead | BadRead]) -> list[str | BadRead]:
    found = []
    while not heard.empty():
        one = heard.get()
        found.append(one.text if isinstance(one, CodeRead) else one)
    return found


def test_spaces_around_a_code_do_not_count_and_nothing_is_no_code(intake, heard) -> None:
    for text in ("  T-1 ", "", "   "):
        intake.text(text)

    assert said(heard) == ["T-1"]


def test_the_longest_code_is_a_code_and_one_more_character_is_none(intake, heard) -> None:
    intake.text("x" * MAX_CODE_CHARS)
    intake.text("x" * (MAX_CODE_CHARS + 1))

    assert said(heard) == ["x" * MAX_CODE_CHARS, BadRead.TOO_LONG]


@pytest.mark.parametrize("hidden", ["\0", "\x1b[2J", "\x7f", "\x85", "\u202e", "\u200b", "\ufeff"])
def test_what_cannot_be_seen_makes_a_code_unreadable(intake, heard, hidden: str) -> None:
    intake.text(f"T-{hidden}1")

    assert said(heard) == [BadRead.UNREADABLE]


def test_a_code_that_lies_before_the_reader_counts_once(intake, heard, seconds) -> None:
    for _ in range(20):
        intake.text("T-1")
        seconds.advance(0.4)
    seconds.advance(0.6)
    intake.text("T-1")

    assert said(heard) == ["T-1", "T-1"]


def test_two_codes_before_the_reader_count_once_each(intake, heard) -> None:
    for _ in range(20):
        intake.text("T-1")
        intake.text("T-2")

    assert said(heard) == ["T-1", "T-2"]


def test_faster_than_allowed_is_said_once_a_second_and_dropped(intake, heard, seconds) -> None:
    for number in range(30):
        intake.text(f"T-{number}")
    assert said(heard) == ["T-0", "T-1", "T-2", BadRead.TOO_FAST]

    seconds.advance(1.0)
    for number in range(100, 130):
        intake.text(f"T-{number}")
    assert said(heard) == ["T-100", "T-101", "T-102", BadRead.TOO_FAST]


def test_a_code_dropped_as_too_fast_is_no_repeat_when_it_comes_again(
    intake, heard, seconds
) -> None:
    for number in range(4):
        intake.text(f"T-{number}")
    seconds.advance(0.5)

    intake.text("T-3")

    assert said(heard) == ["T-0", "T-1", "T-2", BadRead.TOO_FAST, "T-3"]


def test_bad_reads_are_capped_like_codes(intake, heard) -> None:
    for _ in range(30):
        intake.bad(BadRead.UNREADABLE)

    assert said(heard) == [BadRead.UNREADABLE] * 3 + [BadRead.TOO_FAST]


def test_little_is_remembered_of_many_codes(intake, seconds) -> None:
    for number in range(1_000):
        intake.text(f"T-{number}")
        seconds.advance(0.4)

    assert len(intake._seen) <= 70


def test_without_a_listener_nothing_is_lost_but_the_code(intake) -> None:
    intake.on_code = intake.on_bad_read = None

    intake.text("T-1")
    intake.bad(BadRead.CUT_OFF)
