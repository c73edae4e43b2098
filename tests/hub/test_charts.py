"""Where bars and points stand."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from appliance.hub.site.charts import HEIGHT, STUB, WIDTH, Point, columns, course, share_of

VALUES = st.one_of(st.none(), st.integers(0, 10**9))


def points(*values) -> list[Point]:
    return [Point(str(place), str(value), value) for place, value in enumerate(values)]


@given(st.lists(VALUES, max_size=40))
def test_nothing_is_drawn_outside_and_more_is_never_lower(values):
    chart = columns(points(*values))

    known = [mark for mark in chart.marks if mark.point.value is not None]
    assert all(0 <= mark.y <= chart.axis_y <= HEIGHT for mark in chart.marks)
    assert all(mark.x >= 0 and mark.x + mark.width <= WIDTH for mark in chart.marks)
    assert [m.point for m in sorted(known, key=lambda m: m.point.value)] == [
        m.point for m in sorted(known, key=lambda m: (m.height, m.point.value))
    ]
    assert chart.ticks[0].value == 0
    assert chart.ticks[-1].value >= max((mark.point.value for mark in known), default=0)


def test_a_hidden_number_has_the_same_height_whatever_it_is():
    hidden = Point("Jan", "<5", None, is_hidden=True)

    few, many = columns([hidden, *points(7)]), columns([hidden, *points(70_000)])

    assert few.marks[0].height == many.marks[0].height == STUB
    assert not few.is_empty


def test_a_line_is_broken_where_a_number_is_missing():
    chart = course(points(80, 90, None, 70, Fraction(171, 2), 60), low=20, high=100)

    assert [path.count("L") for path in chart.lines] == [1, 2]
    assert [tick.text for tick in chart.ticks] == ["20", "40", "60", "80", "100"]


def test_a_bar_of_a_table_is_a_share_of_the_longest():
    assert [share_of(value, 40) for value in (0, 10, 40, None)] == [0, 25, 100, 0]
    assert share_of(3, 0) == 0
