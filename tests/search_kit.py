"""Searches as people make them of BPS titles: cut off while typing, short, and misspelled."""

import random
from collections.abc import Iterator
from string import ascii_lowercase

GENERIC = frozenset(("kabupaten", "kecamatan", "provinsi", "menurut", "dan", "di"))
LEAST_LETTERS = 4  # of a word that is mistyped


def typed(title: str) -> list[str]:
    """The words of a title as they are typed: small, without commas."""
    return title.casefold().replace(",", "").split()


def short(title: str) -> str:
    """The title without the words that say least."""
    return " ".join(word for word in typed(title) if word not in GENERIC)


def keystrokes(title: str) -> Iterator[str]:
    """What stands in the box after each key, from the second on."""
    text = short(title)
    for end in range(2, len(text) + 1):
        if text[end - 1] != " ":
            yield text[:end]


def mistyped(text: str, chance: random.Random) -> str:
    """The text with one slip in one of its longer words: inserted, left out, wrong or swapped."""
    words = text.split()
    place = chance.choice(
        [at for at, word in enumerate(words) if len(word) >= LEAST_LETTERS and word.isalpha()]
    )
    words[place] = slip(words[place], chance)
    return " ".join(words)


def slip(word: str, chance: random.Random) -> str:
    """The word with one edit that changes it."""
    while True:
        at = chance.randrange(len(word))
        letter = chance.choice(ascii_lowercase)
        changed = chance.choice(
            (
                word[:at] + letter + word[at:],
                word[:at] + word[at + 1 :],
                word[:at] + letter + word[at + 1 :],
                word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
            )
        )
        if changed != word:
            return changed
