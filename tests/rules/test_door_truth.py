"""What is known of a door: by its sensor, by a person, and when a sensor is not believed."""

import dataclasses

import pytest

from appliance.clock import ClockQuality, Stamp
from appliance.lockers import rules
from appliance.lockers.alarm_rules import CHATTER_CHANGES, CHATTER_WINDOW_S, AlarmKind, Chatter
from appliance.lockers.emergency_rules import DoorProgress, progress
from appliance.lockers.rules import CommandLife, Outcome, Said
from appliance.lockers.start_rules import Cause, DoorAtStart, Finding, findings
from tests.fakes import START

NOW = Stamp(START, "b1", 100_000, ClockQuality.SYNCED)
SENT = CommandLife("b1", 99_000, 104_000, True, True, False, Outcome.SENT)


def told(result: Outcome | None, word: Said | None, *, seen: bool = False) -> Outcome:
    command = dataclasses.replace(SENT, result=result, person_says=word, was_seen_open=seen)
    return rules.outcome(command, NOW)


@pytest.mark.parametrize("result", [Outcome.SENT, Outcome.INTERRUPTED, Outcome.OPEN_NOT_DETECTED])
def test_a_person_knows_better(result: Outcome) -> None:
    assert told(result, Said.OPENED) is Outcome.OPENED
    assert told(result, Said.NOT_OPENED) is Outcome.OPEN_NOT_DETECTED
    assert told(result, Said.NOT_OPENED).needs_help


@pytest.mark.parametrize(
    "result", [Outcome.EXPIRED, Outcome.UNATTENDED, Outcome.DRIVER_ERROR, None]
)
def test_no_word_opens_what_was_never_driven(result: Outcome | None) -> None:
    assert told(result, Said.OPENED) is not Outcome.OPENED


@pytest.mark.parametrize(
    "result", [Outcome.OPEN_NOT_DETECTED, Outcome.DRIVER_ERROR, Outcome.INTERRUPTED]
)
def test_a_door_seen_open_late_is_open(result: Outcome) -> None:
    assert told(result, None, seen=True) is Outcome.OPENED


@pytest.mark.parametrize("rest_ms", [500, 1_500, 4_000])
def test_a_door_rests_as_long_as_its_coil(rest_ms: int) -> None:
    fresh = dataclasses.replace(SENT, created_boot_ms=NOW.boot_ms - rest_ms + 1)
    rested = dataclasses.replace(SENT, created_boot_ms=NOW.boot_ms - rest_ms)

    assert rules.is_busy(fresh, NOW, rest_ms)
    assert not rules.is_busy(rested, NOW, rest_ms)


def test_a_sensor_chatters_only_when_it_is_quick() -> None:
    slow, quick = Chatter(), Chatter()

    assert not any(slow.changed(n * CHATTER_WINDOW_S) for n in range(CHATTER_CHANGES * 3))
    assert [quick.changed(n * 0.1) for n in range(CHATTER_CHANGES)] == [
        *([False] * (CHATTER_CHANGES - 1)),
        True,
    ]


@pytest.mark.parametrize(
    ("outcome", "is_pulsed", "seen", "expected"),
    [
        (Outcome.WAITING, False, False, DoorProgress.WAITING),
        (Outcome.OPENING, True, False, DoorProgress.WAITING),
        (Outcome.OPENING, True, True, DoorProgress.OPENED),
        (Outcome.SENT, True, False, DoorProgress.NOT_SEEN),
        (Outcome.OPEN_NOT_DETECTED, True, True, DoorProgress.OPENED),
        (Outcome.DRIVER_ERROR, False, False, DoorProgress.FAILED),
        (Outcome.INTERRUPTED, True, False, DoorProgress.NOT_SEEN),
        (Outcome.INTERRUPTED, False, False, DoorProgress.NOT_TRIED),
        (Outcome.EXPIRED, False, False, DoorProgress.NOT_TRIED),
        (Outcome.UNATTENDED, False, False, DoorProgress.NOT_TRIED),
    ],
)
def test_how_far_a_door_has_come_in_an_emergency(
    outcome: Outcome, is_pulsed: bool, seen: bool, expected: DoorProgress
) -> None:
    command = dataclasses.replace(SENT, is_pulsed=is_pulsed, was_seen_open=seen)

    assert progress(command, outcome) is expected


@pytest.mark.parametrize(
    ("door", "found"),
    [
        (DoorAtStart(1, True, "open", "closed", True, is_occupied=True), Finding.INTERRUPTED),
        (DoorAtStart(1, True, "open", "closed", False, is_occupied=True), Finding.NOT_CARRIED_OUT),
        (DoorAtStart(1, True, "open", "closed", None, is_occupied=True), Finding.DOOR_OPEN),
        (DoorAtStart(1, True, "unknown", "closed", None, is_occupied=True), Finding.SENSOR_UNKNOWN),
        (DoorAtStart(1, False, "unknown", "unknown", None, is_occupied=True), Finding.OCCUPIED),
        (DoorAtStart(1, False, "unknown", "unknown", None, is_occupied=False), None),
    ],
)
def test_the_most_urgent_reason_comes_first(door: DoorAtStart, found: Finding | None) -> None:
    expected = () if found is None else ((1, found),)

    assert findings([door], is_new_boot=True) == expected


def test_every_word_has_its_sentence() -> None:
    for word in (*AlarmKind, *DoorProgress, *Finding):
        assert "%(number)s" in word.sentence
    assert all(cause.sentence for cause in Cause)
