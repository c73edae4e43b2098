"""Periods, percentiles and tables of a report against counting by hand."""

import calendar
import datetime as dt
import itertools
import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.choice import Choice
from appliance.reports import periods, rules
from appliance.reports.periods import Span
from appliance.reports.phrases import Phrase

days = st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31))
spans = st.sampled_from(list(Span))
NAME = Phrase("Umur", "Age")


@given(days, spans)
def test_a_period_is_read_as_it_is_written(day, span):
    period = periods.containing(day, span)

    assert period.first <= day < period.after
    assert periods.parse(period.text) == period


@given(st.text() | st.from_regex(r"[0-9Q-]{1,11}", fullmatch=True))
def test_anything_else_is_no_period(text):
    period = periods.parse(text)

    assert period is None or period.text == text.strip()


def test_periods_that_do_not_exist():
    for text in (
        *("", "2026-13", "2026-00", "1999-01", "2026-1", "٢٠٢٦-١١", "2026-11-31", "2026-02-29"),
        *("2026-Q5", "2026-Q0", "2026-Q1-01", "2026-00-01", "9999", "2026-11-00"),
    ):
        assert periods.parse(text) is None, text


@given(days, spans, st.integers(-30, 30))
def test_neighbours_of_a_period_lead_back_and_leave_no_gap(day, span, step):
    period = periods.containing(day, span)

    assert period.neighbour(step).neighbour(-step) == period
    assert period.neighbour(1).first == period.after


@given(days, spans)
def test_the_parts_of_a_period_are_all_of_it(day, span):
    period = periods.containing(day, span)
    parts = period.parts()

    unit = Span.DAY if span in (Span.DAY, Span.MONTH) else Span.MONTH
    whole = [periods.containing(part, unit) for part in parts]
    assert (whole[0].first, whole[-1].after) == (period.first, period.after)
    assert all(one.after == other.first for one, other in itertools.pairwise(whole))
    if span is Span.MONTH:
        assert len(parts) == calendar.monthrange(day.year, day.month)[1]
    assert period.months == (parts[0].isoformat()[:7], parts[-1].isoformat()[:7])


@pytest.mark.parametrize(
    ("zone", "first"), [("Asia/Jakarta", "17"), ("Asia/Makassar", "16"), ("Asia/Jayapura", "15")]
)
def test_a_period_begins_at_midnight_of_the_office(zone, first):
    begin, end = periods.parse("2026-11").moments(ZoneInfo(zone))

    assert begin.isoformat() == f"2026-10-31T{first}:00:00+00:00"
    assert end.isoformat() == f"2026-11-30T{first}:00:00+00:00"


def test_names_of_periods():
    names = {
        "2026": ("Tahun 2026", "Year 2026"),
        "2026-Q4": ("Triwulan IV 2026", "Quarter 4 of 2026"),
        "2026-05": ("Mei 2026", "May 2026"),
        "2026-05-07": ("7 Mei 2026", "7 May 2026"),
    }
    for text, (indonesian, english) in names.items():
        assert periods.parse(text).name == Phrase(indonesian, english)


@given(st.lists(st.floats(0, 90_000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(values, percent):
    found = sorted(values)[rules.place_of_percentile(len(values), percent)]

    need = math.ceil(percent * len(values) / 100)
    assert sum(1 for value in values if value <= found) >= need
    assert sum(1 for value in values if value < found) < need


def test_codes_of_no_list_are_counted_and_not_lost():
    choices = (Choice("1", "Muda", "Young"), Choice("2", "Tua", "Old"))

    table = rules.by_choice("age", NAME, choices, {"1": (3, 30), "9": (1, 1), "": (1, 2)}, 5)

    assert [(row[0].id, *row[1:]) for row in table.rows] == [
        ("Muda", 3, 30, 0.6),
        ("Tua", 0, 0, 0.0),
        ("Tidak diisi", 2, 3, 0.4),
    ]


def test_a_share_of_nothing_is_unknown_and_not_zero():
    assert rules.share(0, 0) is None
    table = rules.by_choice("age", NAME, (Choice("1", "Muda", "Young"),), {}, 0)
    assert table.rows[0][3] is None
    assert table.is_empty
    assert table.largest == 1


def test_a_figure_that_is_unknown_then_or_now_has_not_changed():
    kind = rules.Kind.COUNT
    assert rules.Figure("a", NAME, kind, 5, 3).change == 2
    assert rules.Figure("a", NAME, kind, None, 3).change is None
    assert rules.Figure("a", NAME, kind, 3, None).change is None
