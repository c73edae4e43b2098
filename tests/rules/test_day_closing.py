"""Seals over days, and what of a day has changed."""

import datetime as dt
import json

from hypothesis import given
from hypothesis import strategies as st

from appliance.day_closing import rules
from appliance.day_closing.rules import DayReport

FIGURES = st.dictionaries(
    st.sampled_from(["visits", "cards"]),
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 5), min_size=1),
)


def chain(texts: list[str]) -> list[DayReport]:
    made, before = [], rules.FIRST
    moment = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    beside = {"date": moment.date().isoformat(), "sealed_by": "petugas"}
    for number, word in enumerate(texts, start=1):
        told = {**beside, "version": number, "sealed_at": moment.isoformat(), "said": word}
        text = json.dumps(told)
        seal = rules.seal(before, text)
        made.append(DayReport(number, moment.date(), number, moment, "petugas", text, before, seal))
        before = seal
    return made


def in_journal(_day) -> bool:
    return True


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6), st.data())
def test_a_chain_of_days_shows_whatever_was_done_to_it(texts, data) -> None:
    days = chain(texts)
    assert rules.first_broken(tuple(days), in_journal) is None

    at = data.draw(st.integers(0, len(days) - 1))
    one = days[at]
    changed = DayReport(
        one.id, one.date, one.version, one.sealed_at, one.sealed_by, one.text + "x", one.before,
        one.seal,
    )  # fmt: skip
    assert rules.first_broken((*days[:at], changed, *days[at + 1 :]), in_journal) == changed
    if at < len(days) - 1:
        assert rules.first_broken((*days[:at], *days[at + 1 :]), in_journal) == days[at + 1]
    assert rules.first_broken(tuple(days), lambda day: day is not one) is one


@given(FIGURES, FIGURES)
def test_what_changed_is_every_figure_that_differs(sealed, now) -> None:
    keys = {(p, n) for figures in (sealed, now) for p in figures for n in figures[p]}
    differ = {f"{p}.{n}" for p, n in keys if sealed.get(p, {}).get(n) != now.get(p, {}).get(n)}

    assert {change.name for change in rules.changes(sealed, now)} == differ


def test_the_same_report_is_the_same_text() -> None:
    assert rules.canonical({"b": 1, "a": {"é": [2]}}) == '{"a":{"é":[2]},"b":1}'


def test_every_decision_has_its_word() -> None:
    for kind, choices in rules.DECISIONS.items():
        for decision, word in choices.items():
            assert rules.decision_word(kind, decision) == word
        assert rules.USUAL.get(kind, next(iter(choices))) in choices
