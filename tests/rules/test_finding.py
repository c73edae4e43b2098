"""What of a page's words is a find."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.page_images.finding_rules import Snippet, finds, query_of, snippet
from appliance.page_images.words import (
    BOX,
    PAGES_A_PART,
    PageWords,
    pages_of,
    part_of,
    parts_in,
    understood,
    written,
)

WORDS = st.lists(st.text("abcİßfi-,1", min_size=1, max_size=6), min_size=1, max_size=30)


def page(text: str) -> PageWords:
    words = text.split(" ") if text else []
    return PageWords(text, b"".join(BOX.pack(n, 0, n + 1, 9) for n, _ in enumerate(words)))


def found(text: str, query: str, *, together: bool = True) -> list[str]:
    words = text.split(" ")
    places = finds(page(text), query_of(query), together=together)
    return [" ".join(words[place.start : place.stop]) for place in places]


def test_words_are_found_together_however_they_are_written() -> None:
    text = "Jumlah Penduduk Miskin turun; penduduk miskin kota"

    assert found(text, '  "penduduk   MISKIN" ') == ["Penduduk Miskin", "penduduk miskin"]
    assert found(text, "duduk mis") == ["Penduduk Miskin", "penduduk miskin"]
    assert found(text, "kota miskin") == []


def test_every_word_alone_counts_only_where_all_of_them_are() -> None:
    text = "kota dengan penduduk miskin dan kota lain"

    assert found(text, "miskin kota", together=False) == ["kota", "miskin", "kota"]
    assert found(text, "miskin desa", together=False) == []


def test_what_is_too_short_or_no_word_is_no_query() -> None:
    assert [query_of(text).is_empty for text in ("", "a", "  ? !", '""', "ab")] == [True] * 4 + [
        False
    ]
    assert query_of("PDRB (1.234,5) 2019-2023").words == ("pdrb", "1.234,5", "2019-2023")
    assert len(query_of("x" * 9999).text) <= 80


def test_a_snippet_shows_a_few_words_around() -> None:
    words = [str(number) for number in range(40)]

    assert snippet(words, range(20, 22)) == Snippet(
        "… 13 14 15 16 17 18 19", "20 21", "22 23 24 25 26 27 28 29 30 …"
    )
    assert snippet(words[:3], range(1)) == Snippet("", "0", "1 2")


@given(WORDS, st.data())
def test_a_find_is_always_where_its_words_stand(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    query = query_of(data.draw(st.sampled_from(words)))

    for place in finds(page(text), query, together=True):
        assert query.text in " ".join(words[place.start : place.stop]).casefold()


@given(st.integers(1, 5000))
def test_every_page_is_in_the_part_that_has_it(pages: int) -> None:
    parts = [pages_of(part, pages) for part in range(1, parts_in(pages) + 1)]

    assert [number for part in parts for number in part] == list(range(1, pages + 1))
    assert max(map(len, parts)) <= PAGES_A_PART
    assert all(pages in pages_of(part_of(pages), pages) for _ in "1")


def test_what_is_half_or_inconsistent_is_no_part() -> None:
    good = written([page("satu dua"), PageWords(is_unread=True)])

    assert understood(good) == (page("satu dua"), PageWords(is_unread=True))
    assert understood(good[:-1]) is None
    assert understood(written([PageWords("dua kata", bytes(BOX.size))])) is None
    assert understood(b"") is None
