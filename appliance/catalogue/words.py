"""Words of a text, and what stays the same of an Indonesian word whatever is put before or behind.

Query and record go through the same functions, so what counts is only that words of one family
get the same stem, not that the stem is a word.
"""

import importlib.util
import re
import sys
import threading
import types
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from string import ascii_lowercase
from typing import Any

LONGEST_WORD = 40  # nothing longer is looked up; the rest of it is left out
LEAST_CORRECTED = 4  # letters: shorter words have more neighbours than they have letters
# Between nouns they say nothing, and titles use & or a comma instead.
PARTICLES = frozenset(
    ("dan", "di", "ke", "dari", "yang", "untuk", "pada", "atau", "dengan", "the", "of", "and", "in")
)
# Where the stemmer and the catalogue's own words disagree: two prefixes at once, a root whose
# first letter fell away behind meN- and peN-, and roots that only look derived.
_FAMILIES = {
    "kependudukan": "duduk",
    "perumahan": "rumah",
    "perempuan": "perempuan",
    "pengeluaran": "luar",
    "mengeluarkan": "luar",
    "menengah": "tengah",
    "kepemudaan": "muda",
    "pemuda": "muda",
    "kepariwisataan": "wisata",
    "pariwisata": "wisata",
    "wisatawan": "wisata",
    "ketenagakerjaan": "tenagakerja",
    "kecamatan": "kecamatan",
    "perekonomian": "ekonom",
    "pemerintah": "perintah",
    "pemerintahan": "perintah",
    "menurut": "menurut",
    "penanaman": "tanam",
    "menanam": "tanam",
    "pemotongan": "potong",
    "penangkapan": "tangkap",
    "pengangguran": "nganggur",
    "penganggur": "nganggur",
    "menganggur": "nganggur",
    "kepegawaian": "gawa",
    "kepemilikan": "milik",
}
_WORD = re.compile(r"[^\W_]+")
_one_at_a_time = threading.Lock()  # the stemmer keeps the word it works on


def words(text: str) -> list[str]:
    """The words of a text in small letters without accents, in order; numbers are words, too."""
    # Plain first: the fancy capitals of mathematics have no small letters of their own.
    small = _plain(_plain(text).casefold())
    return [found[:LONGEST_WORD] for found in _WORD.findall(small)]


def _plain(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The stem of one word of `words`."""
    if word in _FAMILIES:
        return _FAMILIES[word]
    if not word.isascii() or not word.isalpha():
        return word
    with _one_at_a_time:
        return str(_stemmer().stemWord(word)) or word


def neighbours(word: str) -> Iterator[str]:
    """Every text that one slip away from this word is: a letter more, less, wrong or swapped."""
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        yield from (f"{head}{letter}{tail}" for letter in ascii_lowercase)
        if tail:
            yield head + tail[1:]
            yield from (f"{head}{letter}{tail[1:]}" for letter in ascii_lowercase)
        if len(tail) > 1:
            yield f"{head}{tail[1]}{tail[0]}{tail[2:]}"


@lru_cache(maxsize=1)
def _stemmer() -> Any:  # noqa: ANN401 - the library has no types
    # The package itself loads the stemmers of all its languages, which take 3 MB.
    name = "snowballstemmer"
    if name not in sys.modules:
        spec = importlib.util.find_spec(name)
        shell = types.ModuleType(name)
        shell.__path__ = list(spec.submodule_search_locations or ()) if spec else []
        sys.modules[name] = shell
    return importlib.import_module(f"{name}.indonesian_stemmer").IndonesianStemmer()
