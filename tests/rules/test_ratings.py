"""The satisfaction index against the numbers of the regulation and its users."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.ratings.questions import QUESTIONS, Element
from appliance.ratings.rules import (
    Grade,
    Index,
    Tally,
    Weight,
    checked_answers,
    contact_problem,
    grade,
    half_up,
    index,
    refusal,
    sample_size,
    totals,
)


def index_of_mean(mean: str, weight: Weight = Weight.NINTH) -> Index:
    """Every element at exactly this mean, over 10,000 answers."""
    total = Fraction(mean) * 10_000
    assert total.denominator == 1
    return index(dict.fromkeys(Element, Tally(int(total), 10_000)), 10_000, weight=weight)


@pytest.mark.parametrize(
    ("mean", "ikm", "expected"),
    [
        ("4.00", "100.00", Grade.A),
        ("3.5324", "88.31", Grade.A),
        ("3.5", "87.50", Grade.B),
        ("3.0644", "76.61", Grade.B),
        ("3.0642", "76.61", Grade.B),
        ("2.60", "65.00", Grade.C),
        ("2.5996", "64.99", Grade.D),
        ("1", "25.00", Grade.D),
    ],
)
def test_the_check_values_of_the_regulation(mean, ikm, expected):
    found = index_of_mean(mean)

    assert (found.ikm, found.grade) == (Decimal(ikm), expected)


@pytest.mark.parametrize(
    ("mean", "weight", "ikm"),
    [
        ("4", Weight.HUNDREDTHS, "99.00"),
        ("4", Weight.THOUSANDTHS, "99.90"),
        ("3.5", Weight.HUNDREDTHS, "86.63"),
    ],
)
def test_the_other_ways_to_write_the_weight(mean, weight, ikm):
    assert index_of_mean(mean, weight).ikm == Decimal(ikm)


def test_no_grade_for_fewer_than_ten():
    nine = index(dict.fromkeys(Element, Tally(36, 9)), 9)
    ten = index(dict.fromkeys(Element, Tally(40, 10)), 10)

    assert (nine.ikm, nine.grade) == (Decimal(100), None)
    assert ten.grade is Grade.A


def test_no_index_while_an_element_has_no_answer():
    tallies = dict.fromkeys(Element, Tally(40, 10)) | {Element.FEE: Tally(0, 0)}

    found = index(tallies, 10)

    assert found.ikm is None
    assert found.grade is None
    assert next(e for e in found.elements if e.element is Element.FEE).mean is None


def test_nobody_answered_at_all():
    assert index({}, 0).ikm is None


@pytest.mark.parametrize(
    ("population", "sample"),
    [
        (0, 0),
        (10, 10),
        (20, 19),
        (50, 44),
        (100, 80),
        (150, 108),
        (200, 132),
        (300, 169),
        (500, 217),
        (1000, 278),
    ],
)
def test_sample_sizes_of_the_known_table(population, sample):
    assert sample_size(population) == sample


respondents = st.lists(
    st.fixed_dictionaries({element: st.integers(1, 4) for element in Element}), min_size=1
)


@given(respondents)
def test_the_index_is_within_its_scale_and_independent_of_order(answers):
    pairs = [(str(e), v) for one in answers for e, v in one.items()]

    found = index(totals(pairs), len(answers))

    assert Decimal(25) <= found.ikm <= Decimal(100)
    assert found == index(totals(reversed(pairs)), len(answers))


@given(respondents, st.sampled_from(Element))
def test_a_better_answer_never_lowers_the_index(answers, element):
    better = [dict(one) for one in answers]
    better[0][element] = 4

    def ikm(all_answers):
        pairs = [(str(e), v) for one in all_answers for e, v in one.items()]
        return index(totals(pairs), len(all_answers)).ikm

    assert ikm(better) >= ikm(answers)


@given(st.fractions(min_value=0, max_value=100))
def test_rounding_is_half_up_and_never_off_by_more_than_half_a_unit(value):
    rounded = half_up(value)

    assert Fraction(-1, 200) < Fraction(rounded) - value <= Fraction(1, 200)
    assert rounded.as_tuple().exponent == -2


@given(st.decimals(min_value=25, max_value=100, places=2))
def test_every_rounded_index_has_a_grade_and_grades_never_fall_with_it(ikm):
    assert grade(ikm) in Grade
    assert grade(min(ikm + Decimal("0.01"), Decimal(100))) <= grade(ikm)


@given(st.integers(1, 2_000_000))
def test_a_sample_is_never_larger_than_the_population(population):
    assert 0 < sample_size(population) <= min(population, 384)


def test_nine_questions_with_four_answers_each():
    assert [q.element for q in QUESTIONS] == list(Element)
    assert all([a.code for a in q.answers] == [1, 2, 3, 4] for q in QUESTIONS)
    assert QUESTIONS[3].answers[-1].label_id == "Gratis"


@given(st.dictionaries(st.sampled_from([*map(str, Element), "x"]), st.text() | st.integers()))
def test_every_answer_is_either_on_the_scale_or_a_problem(answers):
    good, problems = checked_answers(answers)

    assert {*map(str, good), *problems} == set(map(str, Element))
    assert all(1 <= value <= 4 for value in good.values())


def test_a_part_of_the_answers_is_enough_where_the_form_says_so():
    assert checked_answers({"fee": "4"}, partly=True) == ({Element.FEE: 4}, {})
    assert set(checked_answers({}, partly=True)[1]) == set(map(str, Element))
    assert set(checked_answers({"fee": "4", "time": "5"}, partly=True)[1]) == {"time"}


def test_no_grade_while_an_element_has_fewer_than_ten_answers():
    tallies = dict.fromkeys(Element, Tally(40, 10)) | {Element.FEE: Tally(36, 9)}

    found = index(tallies, 10)

    assert (found.ikm, found.grade) == (Decimal(100), None)


@pytest.mark.parametrize(
    "comment",
    ["hubungi 0812 3456 7890", "WA +62-812-345-678", "siti@contoh.id", "NIK 1309012345678901"],
)
def test_a_comment_that_says_how_to_reach_somebody_is_seen(comment):
    assert set(contact_problem(comment)) == {"comment"}


@pytest.mark.parametrize(
    "comment",
    ["", "Data 2019-2020 dan 2021 2022 2023 lengkap", "buka 08.00 sampai 15.30", "Rp 1.000.000 @"],
)
def test_years_hours_and_sums_are_no_telephone_numbers(comment):
    assert contact_problem(comment) == {}


@pytest.mark.parametrize(("code", "kept"), [("hurry", "hurry"), ("", "unsaid"), ("x", "unsaid")])
def test_a_reason_of_no_list_is_none(code, kept):
    assert refusal(code) == kept
