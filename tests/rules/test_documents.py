"""Scan jobs and pages: what may follow what, what is kept free, what people are told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import ClockQuality, Stamp
from appliance.documents import preset_rules, rules
from appliance.documents.rules import JobState, PageState, Problem
from appliance.errors import Refused
from hardware.interfaces import ScanProblem, ScanRequest

NOW = Stamp(dt.datetime(2026, 12, 1, 3, 0, tzinfo=dt.UTC), "b1", 1_000_000, ClockQuality.SYNCED)
MOMENTS = st.integers(0, 4_102_444_800).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))
FINAL_PAGES = (PageState.FAILED, PageState.CANCELLED, PageState.REMOVED)


def earlier(seconds: float, boot: str = "b1") -> Stamp:
    boot_ms = NOW.boot_ms - int(seconds * 1000)
    return Stamp(NOW.at - dt.timedelta(seconds=seconds), boot, boot_ms, NOW.quality)


@pytest.mark.parametrize("preset", preset_rules.PRESETS, ids=lambda preset: preset.code)
def test_every_preset_is_a_request_the_scanner_takes(preset):
    ScanRequest(preset.resolution_dpi, preset.mode, None, preset.width_mm, preset.height_mm)

    assert preset.label_id
    assert preset.label_en
    assert preset.hint_id
    assert preset.hint_en


def test_there_are_six_presets_with_different_names():
    assert len({preset.label_id for preset in preset_rules.PRESETS}) == 6
    assert len({preset.label_en for preset in preset_rules.PRESETS}) == 6


@pytest.mark.parametrize("problem", [*ScanProblem, *Problem])
def test_every_problem_has_a_sentence_of_its_own(problem):
    assert rules.sentence(problem) in rules.PROBLEMS.values()


def test_no_two_problems_share_a_code_or_a_sentence():
    assert set(rules.PROBLEMS) == {*ScanProblem, *Problem}
    assert len({*rules.PROBLEMS.values()}) == len(ScanProblem) + len(Problem)


def test_an_unheard_of_problem_still_has_a_sentence():
    assert rules.sentence("flood") == rules.UNKNOWN_PROBLEM
    assert rules.sentence(None) == ""


@given(st.sampled_from(PageState), st.sampled_from(PageState))
def test_a_page_moves_only_as_the_table_says(state, target):
    allowed = target in rules.PAGE_MOVES[state]

    if allowed:
        rules.check_page_move(state, target)
    else:
        with pytest.raises(Refused):
            rules.check_page_move(state, target)
    assert not (state in FINAL_PAGES and allowed)


@given(st.sampled_from(JobState), st.sampled_from(JobState))
def test_a_job_moves_only_as_the_table_says(state, target):
    if target in rules.JOB_MOVES[state]:
        rules.check_job_move(state, target)
    else:
        with pytest.raises(Refused):
            rules.check_job_move(state, target)


def test_every_living_job_can_reach_its_end():
    for start in JobState:
        reached, seen = {start}, set()
        while reached:
            seen |= reached
            reached = set().union(*(rules.JOB_MOVES[state] for state in reached)) - seen
        assert JobState.DISCARDED in seen


@given(st.floats(0, 10_000))
def test_a_page_waits_thirty_seconds_of_the_boot_clock(seconds):
    waited = (NOW.boot_ms - earlier(seconds).boot_ms) / 1000

    assert rules.is_overdue(earlier(seconds), NOW) == (waited > 30)


def test_a_page_of_an_earlier_boot_is_always_overdue():
    assert rules.is_overdue(earlier(1, boot="b0"), NOW)


def test_a_jump_of_the_wall_clock_makes_nothing_overdue():
    asked = Stamp(NOW.at - dt.timedelta(days=400), "b1", NOW.boot_ms - 5000, NOW.quality)

    assert not rules.is_overdue(asked, NOW)


@given(st.integers(0, 1 << 50))
def test_the_reserve_stays_between_its_bounds(total):
    reserve = rules.reserve_bytes(total)

    assert rules.RESERVE_BYTES[0] <= reserve <= rules.RESERVE_BYTES[1]
