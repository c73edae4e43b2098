"""Words, stems, and every slip of a finger."""

import random
import sys

from hypothesis import given
from hypothesis import strategies as st

from appliance.catalogue.codes import compact
from appliance.catalogue.index import LARGEST_ID, id_at, place_of
from appliance.catalogue.words import neighbours, stem, words
from tests.search_kit import slip

letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=14)


@given(st.text())
def test_words_are_small_whole_and_never_anything_else(text):
    for word in words(text):
        assert words(word) == [word]
        assert stem(word)


def test_every_letter_there_is_becomes_words_that_stay_as_they_are():
    for code in range(sys.maxunicode + 1):
        for word in words(chr(code)):
            assert words(word) == [word], hex(code)


def test_accents_and_capitals_do_not_count():
    assert words("Pádang-Pariaman & 50 Kota") == ["padang", "pariaman", "50", "kota"]


@given(letters, st.integers(0, 10_000))
def test_every_slip_is_among_the_neighbours(word, seed):
    assert slip(word, random.Random(seed)) in set(neighbours(word))


@given(letters)
def test_a_word_is_its_neighbours_neighbour(word):
    near = next(iter(neighbours(word)))

    assert word in set(neighbours(near))


def test_places_go_from_the_newest_day_and_the_largest_number_on():
    dated = place_of(5, 2020, "2024-02-28")

    assert id_at(dated) == 5
    assert place_of(6, 2020, "2024-02-28") < dated < place_of(9, 2023, None)
    assert place_of(1, None, None) == place_of(1, 1800, None) == place_of(1, 5, "1900-01-01")
    assert place_of(LARGEST_ID, None, None) >= 0


@given(st.text(alphabet="0123456789-./ x"))
def test_a_number_is_the_same_however_it_is_set(text):
    assert compact(compact(text)) == compact(text)
    assert compact(text.replace("-", " ")) == compact(text)
