"""What of a catalogue record can be kept, and which page exists."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.catalogue import rules
from appliance.catalogue.rules import Holding, Kind, Whereabouts

anything = st.none() | st.text() | st.integers() | st.floats() | st.booleans()


@given(st.dictionaries(st.sampled_from(rules.FIELDS) | st.text(), anything))
def test_any_values_give_a_record_or_problems_of_known_fields(values):
    record, problems = rules.checked(values)

    assert (record is None) == bool(problems)
    assert set(problems) <= set(rules.FIELDS)


def test_every_problem_is_named_at_once():
    record, problems = rules.checked(
        {"title": " ", "year": "24", "copies": "-1", "kind": "x", "released_on": "1/2/24"}
    )

    assert record is None
    assert set(problems) == {"title", "year", "copies", "kind", "released_on"}


def test_the_year_comes_from_the_release_when_it_is_not_said():
    record, _ = rules.checked({"title": "Statistik Daerah", "released_on": "2023-09-26"})

    assert record.year == 2023


def test_a_barcode_of_something_else_is_refused():
    _, problems = rules.checked({"title": "Buku", "barcode": "RBT7K3M9QXA"})

    assert "barcode" in problems


@given(st.text())
def test_a_checked_record_checks_again_to_itself(title):
    record, problems = rules.checked({"title": title})

    if not problems:
        again, _ = rules.checked({name: getattr(record, name) for name in rules.FIELDS})
        assert again == record


@given(st.text(alphabet=st.characters(), max_size=500))
def test_a_search_text_is_short_and_printable(text):
    wanted = rules.search_text(text)

    assert len(wanted) <= rules.QUERY_LIMIT
    assert wanted.isprintable()


@given(st.integers(), st.integers(0, 1000))
def test_the_page_always_exists(page, total):
    shown, pages = rules.page_bounds(page, total)

    assert 1 <= shown <= pages
    assert (pages - 1) * rules.PAGE_SIZE < max(total, 1) <= pages * rules.PAGE_SIZE


def test_where_the_copies_are():
    assert Holding("3B", 2, 1, has_softcopy=False).whereabouts is Whereabouts.ON_SHELF
    assert Holding("3B", 1, 1, has_softcopy=True).whereabouts is Whereabouts.BEING_READ
    assert Holding("", 0, 0, has_softcopy=True).whereabouts is Whereabouts.SOFTCOPY_ONLY
    assert Holding("", 0, 0, has_softcopy=False).whereabouts is Whereabouts.NOT_HELD
    assert Holding("3B", 1, 3, has_softcopy=False).on_shelf == 0


def test_every_kind_has_a_label():
    assert [choice.code for choice in rules.KINDS] == list(Kind)
