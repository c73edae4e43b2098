"""Opening hours: what they say of any moment, and of any time between two."""

import datetime as dt
import zoneinfo
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance import offices
from appliance.errors import ConfigError
from appliance.hours.rules import OpeningHours
from appliance.hours.table import DAYS, Hours, HoursException, Week
from appliance.offices import load_office

ZONE = zoneinfo.ZoneInfo("Asia/Jakarta")
MONDAY = dt.date(2026, 11, 23)
MINUTE = dt.timedelta(minutes=1)


def local(day: int, clock: str, month: int = 11) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, month, day), dt.time.fromisoformat(clock), ZONE)


@st.composite
def spans(draw: st.DrawFn) -> dict[str, object]:
    """Hours of a day, to the minute: none, or with up to two breaks."""
    edges = draw(st.lists(st.integers(0, 1439), min_size=0, max_size=6, unique=True))
    edges = sorted(edges)[: len(edges) // 2 * 2]
    if not edges:
        return {}
    clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in edges]
    breaks = tuple(f"{a}-{b}" for a, b in zip(clocks[1:-1:2], clocks[2:-1:2], strict=True))
    return {"opens": clocks[0], "closes": clocks[-1], "breaks": breaks}


@st.composite
def exceptions(draw: st.DrawFn) -> HoursException:
    first = MONDAY + dt.timedelta(days=draw(st.integers(-3, 12)))
    last = first + dt.timedelta(days=draw(st.integers(0, 6)))
    days = draw(st.lists(st.sampled_from(DAYS), unique=True, max_size=3))
    return HoursException(
        reason="x", reason_en="x", first=first, last=last, days=tuple(days), **draw(spans())
    )


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    days = {day: Hours(**draw(spans())) for day in DAYS}
    return Week(**days, exceptions=tuple(draw(st.lists(exceptions(), max_size=3))))


MINUTES = st.integers(-2 * 1440, 12 * 1440)


def is_open_by_hand(week: Week, moment: dt.datetime) -> bool:
    """The oracle: reads the table as a person would."""
    hours: Hours | HoursException = getattr(week, DAYS[moment.weekday()])
    for exception in week.exceptions:
        is_of_day = not exception.days or DAYS[moment.weekday()] in exception.days
        if exception.first <= moment.date() <= exception.last and is_of_day:
            hours = exception
    clock = f"{moment:%H:%M}"
    is_break = any(part[:5] <= clock < part[6:] for part in hours.breaks)
    return bool(hours.opens) and hours.opens <= clock < hours.closes and not is_break


@settings(max_examples=120, deadline=None)
@given(weeks(), MINUTES, st.integers(0, 3 * 1440))
def test_open_seconds_are_what_counting_minute_by_minute_gives(week, begins, length) -> None:
    hours = OpeningHours(week, ZONE)
    start = local(23, "00:00") + begins * MINUTE
    minutes = [start + number * MINUTE for number in range(length)]
    counted = [is_open_by_hand(week, minute) for minute in minutes]

    assert hours.open_seconds(start, start + length * MINUTE) == 60 * sum(counted)
    assert [hours.is_open(minute) for minute in minutes[::7]] == counted[::7]
    after = hours.after_open_seconds(start, 60 * sum(counted))
    if any(counted):
        assert after == minutes[len(counted) - 1 - counted[::-1].index(True)] + MINUTE


@settings(max_examples=120, deadline=None)
@given(weeks(), MINUTES)
def test_the_next_opening_is_the_first_open_minute(week, begins) -> None:
    start = local(23, "00:00") + begins * MINUTE
    found = OpeningHours(week, ZONE).next_opening(start)
    minutes = (start + number * MINUTE for number in range(8 * 1440))

    by_hand = next((minute for minute in minutes if is_open_by_hand(week, minute)), None)

    assert found == by_hand or (by_hand is None and (found is None or found > start))


@settings(max_examples=120, deadline=None)
@given(weeks(), st.integers(-3, 12), st.integers(0, 9))
def test_working_days_are_counted_one_by_one(week, offset, days) -> None:
    hours = OpeningHours(week, ZONE)
    date = MONDAY + dt.timedelta(days=offset)

    found = hours.working_days_after(date, days)

    if found is None:
        assert not any(hours.is_working_day(date + dt.timedelta(days=n)) for n in range(30, 60))
    else:
        between = (date + dt.timedelta(days=n) for n in range(1, (found - date).days + 1))
        assert sum(hours.is_working_day(day) for day in between) == days


@given(
    st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2, 1, 1)),  # noqa: DTZ001
    st.datetimes(timezones=st.just(dt.UTC), max_value=dt.datetime(9998, 1, 1)),  # noqa: DTZ001
)
@example(dt.datetime(9998, 1, 1, tzinfo=dt.UTC), dt.datetime(9998, 1, 1, tzinfo=dt.UTC))
def test_no_clock_however_wrong_breaks_the_calendar(start, end) -> None:
    hours = load_office("pasaman").opening

    if start.year < 9999:
        hours.next_opening(start)
        hours.after_open_seconds(start, 300)
        assert hours.open_seconds(start, end) >= 0


def test_friday_prayer_holidays_and_joint_leave_are_closed() -> None:
    hours = load_office("pasaman").opening

    assert hours.is_open(local(27, "11:29"))
    assert not hours.is_open(local(27, "11:30"))
    assert hours.next_opening(local(27, "11:45")) == local(27, "13:00")
    assert hours.closes(dt.date(2026, 11, 27)) == local(27, "15:30")
    assert hours.day(dt.date(2026, 12, 24)).reason == "Cuti bersama Kelahiran Yesus Kristus"
    assert hours.working_days_after(dt.date(2026, 12, 23), 3) == dt.date(2026, 12, 30)
    assert hours.working_days_after(dt.date(2026, 12, 30), 2) == dt.date(2027, 1, 4)


def written(tmp_path: Path, exception: str) -> Path:
    shipped = Path(offices.__file__).parent / "pasaman.toml"
    text = shipped.read_text(encoding="utf-8").replace(
        "[notice]", f"[[hours.exceptions]]\n{exception}\n\n[notice]"
    )
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")
    return tmp_path


REASON = 'reason = "Ramadan"\nreason_en = "Ramadan"\n'


def test_ramadan_is_a_range_with_other_hours_and_its_own_friday(tmp_path: Path) -> None:
    ramadan = (
        f'{REASON}first = 2027-02-08\nlast = 2027-03-09\nopens = "08:00"\ncloses = "15:00"\n'
        f'breaks = ["12:00-12:30"]\n\n[[hours.exceptions]]\n{REASON}first = 2027-02-08\n'
        'last = 2027-03-09\ndays = ["friday"]\nopens = "08:00"\ncloses = "15:30"\n'
        'breaks = ["11:30-12:30"]\n\n[[hours.exceptions]]\n'
        f'{REASON}first = 2027-02-08\nlast = 2027-03-09\ndays = ["saturday", "sunday"]\n'
    )
    hours = load_office("x", written(tmp_path, ramadan)).opening

    assert hours.day(dt.date(2027, 2, 11)).times[-1][1] == dt.time(15)
    assert hours.day(dt.date(2027, 2, 12)).times[0] == (dt.time(8), dt.time(11, 30))
    assert not hours.is_working_day(dt.date(2027, 2, 13))
    assert hours.day(dt.date(2027, 3, 16)).times == ((dt.time(8), dt.time(15, 30)),)


def test_a_holiday_within_ramadan_stays_one_and_a_date_of_its_own_wins(tmp_path: Path) -> None:
    ramadan = (
        f'{REASON}date = 2027-03-09\nopens = "08:00"\ncloses = "12:00"\n\n'
        f"[[hours.exceptions]]\n{REASON}first = 2027-02-08\nlast = 2027-03-09\n"
        'opens = "08:00"\ncloses = "15:00"\n'
    )
    hours = load_office("x", written(tmp_path, ramadan)).opening

    assert not hours.is_working_day(dt.date(2027, 3, 8))
    assert hours.day(dt.date(2027, 3, 8)).reason.startswith("Hari Suci Nyepi")
    assert hours.closes(dt.date(2027, 3, 9)) == dt.datetime(2027, 3, 9, 12, tzinfo=ZONE)
    assert hours.is_working_day(dt.date(2027, 3, 4))


def test_the_holidays_of_next_year_are_known_and_on_their_weekdays() -> None:
    hours = load_office("dharmasraya").opening
    year = hours.exceptions(dt.date(2027, 1, 1), dt.date(2027, 12, 31))

    assert len(year) == 26
    assert not any(day.is_open for day in year)
    assert [day.date.weekday() for day in year if "Paskah" in day.reason] == [6]
    assert [day.date.weekday() for day in year if "Wafat" in day.reason] == [3, 4]
    assert sum("(perkiraan)" in day.reason for day in year) == 3


def test_an_office_may_serve_on_a_holiday(tmp_path: Path) -> None:
    open_all_the_same = f'{REASON}date = 2026-12-24\nopens = "08:00"\ncloses = "12:00"'

    hours = load_office("x", written(tmp_path, open_all_the_same)).opening

    assert hours.closes(dt.date(2026, 12, 24)) == local(24, "12:00", month=12)


@pytest.mark.parametrize(
    "wrong",
    [
        "date = 2026-12-01\nfirst = 2026-12-01\nlast = 2026-12-02",
        "first = 2026-12-01",
        "first = 2026-12-02\nlast = 2026-12-01",
        "first = 2026-12-02\nlast = 2028-12-01",
        'date = 2026-12-01\nopens = "08:00"',
        'date = 2026-12-01\nopens = "08:00"\ncloses = "15:00"\nbreaks = ["11:00-10:00"]',
        'date = 2026-12-01\nopens = "08:00"\ncloses = "15:00"\nbreaks = ["11:00 - 12:00"]',
        'date = 2026-12-01\ndays = ["jumat"]',
    ],
)
def test_a_wrong_exception_is_refused_with_its_line(tmp_path: Path, wrong: str) -> None:
    folder = written(tmp_path, REASON + wrong)

    with pytest.raises(ConfigError, match=r"x\.toml, baris \d+:.*hours\.exceptions"):
        load_office("x", folder)
