"""Free text of forms: what is kept, what is refused, and what is only made of blanks."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import Invalid
from appliance.free_text import (
    TOO_LONG,
    UNREADABLE,
    Field,
    checked,
    is_readable,
    is_visible,
    one_line,
)

FIELDS = {"title": Field(10, "Tulis judul."), "note": Field(20, lines=True)}


def problems(**form: str) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        checked(form, FIELDS)
    return dict(caught.value.problems)


def test_texts_are_trimmed_and_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Café")

    assert checked({"title": f"  {decomposed} "}, FIELDS)["title"] == "Café"


def test_every_problem_is_named_at_once() -> None:
    assert problems(title="", note="x" * 21) == {"title": "Tulis judul.", "note": TOO_LONG}


def test_the_limit_itself_is_allowed() -> None:
    assert checked({"title": "x" * 10}, FIELDS)["title"] == "x" * 10
    assert problems(title="x" * 11) == {"title": TOO_LONG}


def test_a_text_of_megabytes_is_too_long_and_not_normalised_whole() -> None:
    assert problems(title="é" * 5_000_000) == {"title": TOO_LONG}


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\u00a0\u2003", "\u0301", "\ufeff"])
def test_what_cannot_be_seen_is_missing(text: str) -> None:
    assert problems(title=text) == {"title": "Tulis judul."}


def test_an_optional_text_of_blanks_is_empty() -> None:
    assert checked({"title": "a", "note": " \u200b "}, FIELDS)["note"] == ""


@pytest.mark.parametrize(
    "text", ["a\u202eb", "a\u2066b", "a\x00b", "a\x1bb", "a\ud800b", "a\u200fb"]
)
def test_what_hides_or_reorders_others_is_refused(text: str) -> None:
    assert problems(title=text) == {"title": UNREADABLE}


def test_problems_of_other_fields_are_named_with_them() -> None:
    with pytest.raises(Invalid) as caught:
        checked({"title": ""}, FIELDS, found={"topic": "Pilih."})
    assert caught.value.problems == {"topic": "Pilih.", "title": "Tulis judul."}

    with pytest.raises(Invalid) as caught:
        checked({"title": "a"}, FIELDS, found={"topic": "Pilih."})
    assert caught.value.problems == {"topic": "Pilih."}


def test_a_text_out_of_a_file_becomes_one_line() -> None:
    assert one_line(" Padi\n\tdan\u202e Jagung\x00 ") == "Padi dan Jagung"
    assert (one_line(None), one_line(2024)) == ("", "2024")


def test_line_breaks_only_where_there_are_lines() -> None:
    assert checked({"title": "a", "note": "satu\r\ndua\ttiga"}, FIELDS)["note"] == (
        "satu\r\ndua\ttiga"
    )
    assert problems(title="a\nb") == {"title": UNREADABLE}


def test_emoji_quotes_and_markup_stay_as_they_are() -> None:
    text = "👩🏽‍🎓 \"<b>'"

    assert checked({"title": "a", "note": text}, FIELDS)["note"] == text


@given(st.text(max_size=60))
def test_what_is_kept_can_be_seen_and_fits(text: str) -> None:
    try:
        kept = checked({"title": text}, FIELDS)["title"]
    except Invalid:
        return

    assert is_visible(kept)
    assert is_readable(kept)
    assert len(kept) <= 10
    assert checked({"title": kept}, FIELDS)["title"] == kept
