"""Numbers and their series, and who comes next."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from appliance.guestbook.choices import codes_of
from appliance.offices import load_office
from appliance.visits import queue_rules
from appliance.visits.queue_rules import Standing


@dataclass(frozen=True)
class One:
    id: int
    remaining_s: float | None
    standing: Standing


STANDINGS = st.builds(
    Standing,
    lane=st.sampled_from("AB"),
    for_desk=st.sampled_from(["", "1", "2"]),
    others_first=st.integers(0, 4),
    is_aside=st.booleans(),
)
QUEUES = st.lists(st.tuples(st.none() | st.integers(-500, 300), STANDINGS), max_size=12).map(
    lambda rows: [One(number, *row) for number, row in enumerate(rows, 1)]
)


@given(QUEUES)
def test_nobody_is_lost_doubled_or_overtaken_by_a_longer_promise(queue) -> None:
    order = queue_rules.in_order(queue)

    assert sorted(one.id for one in order) == [o.id for o in queue if not o.standing.is_aside]
    never_skipped = [one for one in order if not one.standing.others_first]
    left = [float("-inf") if o.remaining_s is None else o.remaining_s for o in never_skipped]
    assert left == sorted(left)


@given(QUEUES)
def test_who_was_skipped_lets_as_many_others_go_first_as_there_are(queue) -> None:
    skipped = [one for one in queue if one.standing.others_first and not one.standing.is_aside]
    others = [one for one in queue if not one.standing.others_first and not one.standing.is_aside]
    if len(skipped) != 1:
        return

    order = queue_rules.in_order(queue)

    assert order.index(skipped[0]) == min(skipped[0].standing.others_first, len(others))


@given(QUEUES, st.sampled_from(["1", "2"]), st.sampled_from([(), ("A",), ("B",), ("A", "B")]))
def test_a_desk_calls_the_first_that_is_for_it(queue, desk, lanes) -> None:
    order = queue_rules.in_order(queue)

    found = queue_rules.next_for(order, desk, lanes)

    fitting = [
        one
        for one in order
        if one.standing.for_desk in ("", desk) and (not lanes or one.standing.lane in lanes)
    ]
    assert found == (fitting[0] if fitting else None)


@given(st.integers(1, 999_999), st.sampled_from("ABZ"))
def test_a_number_is_found_again_by_its_label(number: int, series: str) -> None:
    label = queue_rules.number_label(number, series)

    assert queue_rules.parse_label(label) == (series, number)
    assert queue_rules.parse_label(label.lower().replace("-", "")) == (series, number)
    assert queue_rules.parse_label(str(number)) == ("", number)


@given(st.text())
def test_any_text_may_be_looked_for_as_a_number(text: str) -> None:
    found = queue_rules.parse_label(text)

    assert found is None or 0 <= found[1] < 1_000_000


def test_labels_are_padded_to_three_digits() -> None:
    labels = [queue_rules.number_label(number) for number in (1, 12, 999, 1000)]

    assert labels == ["A-001", "A-012", "A-999", "A-1000"]


def test_the_series_of_shipped_offices_name_services_that_exist() -> None:
    for name in ("pasaman", "dharmasraya"):
        queue = load_office(name).queue
        named = {code for series in queue.series for code in series.services}
        assert named <= codes_of("services")
        assert queue.series_for(()).services == ()
