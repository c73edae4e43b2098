"""Figures of a month against counting by hand."""

import calendar
import datetime as dt
import math

from hypothesis import given
from hypothesis import strategies as st

from appliance.reports import rules

months = st.dates(dt.date(2000, 1, 1), dt.date(2199, 12, 31)).map(lambda day: day.replace(day=1))
waits = st.lists(st.none() | st.floats(0, 90_000))


@given(months)
def test_a_month_is_read_as_it_is_written(month):
    assert rules.parse_month(rules.month_text(month)) == month


@given(st.text())
def test_anything_else_is_no_month(text):
    month = rules.parse_month(text)

    assert month is None or rules.month_text(month) == text.strip()


def test_months_that_do_not_exist():
    for text in ("2026-13", "2026-00", "1999-01", "2026-1", "٢٠٢٦-١١", "2026-11-01", ""):
        assert rules.parse_month(text) is None


@given(months, st.integers(-30, 30))
def test_neighbours_of_a_month_lead_back(month, step):
    there = rules.neighbour(month, step)

    assert there.day == 1
    assert rules.neighbour(there, -step) == month


@given(months)
def test_every_day_of_the_month_is_listed_once(month):
    first, second = month.isoformat(), month.replace(day=2).isoformat()

    days = rules.days_of(month, [first, second, second, "1990-01-01"])

    assert len(days) == calendar.monthrange(month.year, month.month)[1]
    assert [count for _, count in days][:3] == [1, 2, 0]


@given(st.lists(st.floats(0, 90_000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(values, percent):
    found = rules.percentile(sorted(values), percent)

    need = math.ceil(percent * len(values) / 100)
    assert found in values
    assert sum(1 for value in values if value <= found) >= need
    assert sum(1 for value in values if value < found) < need


@given(waits, st.integers(1, 120))
def test_the_promise_is_counted_over_measured_waits_only(found, minutes):
    promise = rules.promise(found, minutes)

    measured = [wait for wait in found if wait is not None]
    assert promise.measured + promise.unknown == len(found)
    assert promise.kept == sum(wait <= minutes * 60 for wait in measured)
    assert promise.share == (promise.kept / len(measured) if measured else None)


def test_exactly_on_time_is_kept():
    assert rules.promise([300.0, 300.1], 5).kept == 1


@given(st.lists(st.sampled_from(["1", "1 2", "8", "99", ""])))
def test_services_count_in_every_line_they_name(codes):
    lines = rules.breakdown("services", "", "", codes).lines

    for line in lines:
        assert line.count == sum(line.choice.code in text.split() for text in codes)
        assert line.share == (line.count / len(codes) if codes else None)
