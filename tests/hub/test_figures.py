"""What people of the hub may see of the facts, and what nobody can work out from it."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.hub import counts, figures, small_cells
from appliance.hub.periods import Period, Scope
from appliance.hub.small_cells import Cell
from tests.hub.facts_kit import Room, caught_up

NOVEMBER = Period.month(2026, 11)
NATION = Scope()


@pytest.fixture
def rooms(hub):
    """Two provinces; three visits at one office of the first, more at the others."""
    seen = {"pasaman": ("Sumatera Barat", 3), "agam": ("Sumatera Barat", 8)}
    seen |= {"solok": ("Sumatera Barat", 40), "bogor": ("Jawa Barat", 60)}
    made = {}
    for office, (province, visits) in seen.items():
        made[office] = Room(hub.database, office, province)
        made[office].visits(visits, persons=2)
    caught_up(hub.database)
    return made


def numbers(lines):
    return {line.place.code: line.figures.visits.number for line in lines}


def test_a_small_count_and_a_second_one_are_hidden_on_every_page(hub, rooms):
    province = Scope("Sumatera Barat")
    found = figures.by_place(hub.database, province, NOVEMBER)

    assert numbers(found.lines) == {"pasaman": None, "agam": None, "solok": 40}
    assert found.total.visits == Cell(51)
    assert found.total.persons == Cell(102)
    assert str(found.lines[0].figures.persons) == "<5"
    for office, visits in numbers(found.lines).items():
        own = figures.by_place(hub.database, Scope(office=office), NOVEMBER)
        assert (numbers(own.lines), own.total.visits.number) == ({office: visits}, visits)
        for period in (Period.quarter(2026, 4), Period.of_year(2026)):
            again = figures.by_place(hub.database, Scope(office=office), period)
            assert again.total.visits.number == visits
        months = figures.by_month(hub.database, Scope(office=office), 2026)
        assert months.months[10].figures.visits.number == visits
        assert months.total.visits.number == visits
    assert figures.places(hub.database, Scope("Jawa Barat", "agam")) == ()


def test_the_nation_has_a_line_for_each_province(hub, rooms):
    found = figures.by_place(hub.database, NATION, NOVEMBER)

    assert numbers(found.lines) == {"Jawa Barat": 60, "Sumatera Barat": 51}
    assert found.total.visits == Cell(111)


def test_a_trait_does_not_tell_what_a_total_hides(hub, rooms):
    rooms["solok"].visits(10, sex="m")
    rooms["bogor"].visits(2, sex="m")
    caught_up(hub.database)

    nation = figures.breakdown(hub.database, NATION, NOVEMBER, "sex")
    shown = {part.code: part.visits.number for part in nation.parts}
    assert (nation.total.number, shown) == (123, {"f": 111, "m": 12})
    west = figures.breakdown(hub.database, Scope("Sumatera Barat"), NOVEMBER, "sex")
    # Bogor's two would be the nation's twelve without these ten.
    assert {part.code: part.visits.number for part in west.parts} == {"f": None, "m": None}
    bogor = figures.breakdown(hub.database, Scope(office="bogor"), NOVEMBER, "sex")
    assert {part.code: part.visits.number for part in bogor.parts} == {"f": None, "m": None}
    with pytest.raises(KeyError):
        figures.breakdown(hub.database, NATION, NOVEMBER, "name")


def test_a_promise_is_told_of_five_measured_visits_or_more(hub):
    room = Room(hub.database)
    for number in range(6):
        subject = room.visit()
        if number < 5:
            kept = number < 4
            room.says("visit.served", subject, wait_s=60 * number, within_promise=kept)
    caught_up(hub.database)

    told = figures.by_place(hub.database, NATION, NOVEMBER).total
    assert (told.visits, told.promise_percent, told.wait_p50_s) == (Cell(6), 80, 120)
    assert told.stay_p50_s is None


def test_lockers_are_counted_with_why_they_ended(hub):
    room = Room(hub.database)
    for _ in range(6):
        subject = room.visit()
        room.says("locker.assigned", subject, locker=7)
        later = "2026-11-05T03:00:00Z"
        room.says("locker.released", subject, at=later, locker=7, end_reason="visitor")
    room.says("locker.alarm", "locker/7", locker=7, alarm="left_open")
    caught_up(hub.database)

    told = figures.lockers(hub.database, NATION, NOVEMBER)
    assert told.given == Cell(6)
    assert told.ends == (figures.Part("visitor", Cell(6)),)
    assert told.alarms == (figures.Alarm("left_open", 1),)
    assert told.stay_p50_s == 3600


def test_the_index_is_exact_over_offices_and_months(hub):
    names = list(figures.Element)
    for office, total in (("pasaman", 26), ("agam", 30)):
        of = {"totals": dict.fromkeys(names, total), "answered": dict.fromkeys(names, 10)}
        room = Room(hub.database, office)
        room.says("rating.summary", "ratings/2026-11", month="2026-11", respondents=10, **of)
    caught_up(hub.database)

    pasaman = figures.ikm(hub.database, Scope(office="pasaman"), NOVEMBER)
    assert (str(pasaman.index.ikm), pasaman.index.grade) == ("65.00", "C")
    assert str(figures.ikm(hub.database, NATION, Period.of_year(2026)).index.ikm) == "70.00"
    by_place = figures.ikm_by_place(hub.database, Scope("Sumatera Barat"), NOVEMBER)
    assert [(place.code, told.respondents) for place, told in by_place] == [
        ("agam", Cell(10)),
        ("pasaman", Cell(10)),
    ]
    assert figures.ikm(hub.database, NATION, Period.month(2026, 10)).index is None


def test_what_one_person_answered_is_no_mean(hub):
    first, *others = figures.Element
    for office, answered in (("pasaman", 1), ("agam", 6)):
        of = {
            "totals": {first: 2 * answered, **dict.fromkeys(others, 18)},
            "answered": {first: answered, **dict.fromkeys(others, 6)},
        }
        room = Room(hub.database, office)
        room.says("rating.summary", "ratings/2026-11", month="2026-11", respondents=6, **of)
    caught_up(hub.database)

    alone = figures.ikm(hub.database, Scope(office="pasaman"), NOVEMBER).index
    both = figures.ikm(hub.database, Scope("Sumatera Barat"), NOVEMBER).index

    assert (alone.elements[0].mean, alone.elements[0].answered, alone.ikm) == (None, 0, None)
    assert alone.elements[1].answered == 6
    assert both.elements[0].answered == 6, "agam's alone: or the difference would be one answer"


def test_a_period_is_whole_months():
    for text in ("2026-11", "2026-Q4", "2026"):
        assert str(Period.parse(text)) == text
    for text in ("2026-13", "2026-Q5", "26", "2026-11-05", ""):
        with pytest.raises(ValueError, match="period"):
            Period.parse(text)
    with pytest.raises(ValueError, match="whole month"):
        Period(dt.date(2026, 11, 2), dt.date(2026, 12, 2))
    with pytest.raises(ValueError, match="calendar"):
        Period(dt.date(2026, 2, 1), dt.date(2026, 5, 1))


ROWS = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from("xyz"),
        st.integers(1, 6),
        st.sampled_from("fm"),
        st.integers(1, 12),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_no_sum_of_any_table_gives_a_hidden_count_away(rows):
    rows = [(province, province + office, *rest) for province, office, *rest in rows]
    offices = {row[:2] for row in rows} | {("A", "Ax"), ("B", "By")}
    plain = counts.tree(rows, offices)
    told = counts.tree(rows, offices, plain)

    def count(where, period, code):
        months = range(period.first.month, period.first.month + period.months)
        return sum(
            row[4]
            for row in rows
            if row[: len(where)] == where and row[2] in months and code in {None, row[3]}
        )

    for tree in (plain, told):
        for total, parts in _sums(offices, tree.codes):
            for key in (total, *parts):
                cell, number = tree.cell(*key), count(*key)
                assert cell.number in {None, number}
                assert cell.is_hidden or not 0 < number < small_cells.FEWEST
            unsaid = [count(*key) for key in parts if tree.cell(*key).is_hidden]
            if tree.cell(*total).is_hidden:
                assert unsaid, total
            elif unsaid:
                assert len(unsaid) > 1, total
                assert sum(unsaid) >= small_cells.FEWEST, total


def _sums(offices, codes):
    """Each sum of a table with its parts, as people would reckon."""
    wheres = [(), ("A",), ("B",), *offices]
    year = Period.of_year(2026)
    quarters = [Period.quarter(2026, number) for number in range(1, 5)]
    months = [Period.month(2026, number) for number in range(1, 13)]
    for code in (None, *codes):
        for where in wheres:
            yield (where, year, code), [(where, one, code) for one in quarters]
            for place, quarter in enumerate(quarters):
                parts = months[place * 3 : place * 3 + 3]
                yield (where, quarter, code), [(where, one, code) for one in parts]
        for period in (year, *quarters, *months):
            yield ((), period, code), [(one, period, code) for one in wheres[1:3]]
            for province in wheres[1:3]:
                below = [one for one in offices if one[:1] == province]
                yield (province, period, code), [(one, period, code) for one in below]
    if codes:
        for where in wheres:
            for period in (year, *quarters, *months):
                yield (where, period, None), [(where, period, code) for code in codes]
