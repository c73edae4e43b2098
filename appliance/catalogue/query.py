"""What a typed search asks of the index: for each word the stems that would do.

Any text gives a query. A word that no record has is completed when it may be cut off, or put
right when one slip of the finger explains it; what remains unknown is said to be unknown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from appliance.catalogue import vocabulary
from appliance.catalogue.index import filter_tokens, year_token
from appliance.catalogue.rules import SHORT_PREFIX, Filters
from appliance.catalogue.vocabulary import KnownWord
from appliance.catalogue.words import PARTICLES, stem, words

MOST_WORDS = 12  # of a search; the others are left out
_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search. Without `stems` nothing in the index is like it."""

    word: str
    stems: tuple[str, ...]
    corrections: tuple[KnownWord, ...] = ()  # what it may have been, the commonest first
    is_open: bool = False  # it was completed

    @property
    def is_telling(self) -> bool:
        """Whether it counts when a title's words are compared with those asked for."""
        return not self.word.isdigit() and self.word not in PARTICLES


@dataclass(frozen=True, slots=True)
class Query:
    """The terms of a search, in order, with what records must be besides."""

    terms: tuple[Term, ...]
    filters: Filters
    years: Sequence[int] = ()  # records of these years alone; empty: of any

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words nothing could be made of."""
        return tuple(term.word for term in self.terms if not term.stems)

    @property
    def is_open(self) -> bool:
        """Whether the last word is cut off."""
        return bool(self.terms) and self.terms[-1].is_open

    @property
    def is_short(self) -> bool:
        """Whether it is cut off after too few letters to be worth ranking."""
        return self.is_open and len(self.terms[-1].word) < SHORT_PREFIX

    @property
    def is_rare(self) -> bool:
        """Whether so few records have one of the words that all of them may be looked at."""
        return any(
            vocabulary.records_of(term.stems) <= vocabulary.FEW_RECORDS for term in self.terms
        )

    def match(self) -> str:
        """FTS5's expression for records with every word; empty when nothing is asked."""
        groups = [*_filter_tokens(self.filters), *map(_group, self.terms)]
        if self.years:
            groups.insert(0, f"({' OR '.join(_quoted(map(year_token, self.years)))})")
        return " AND ".join(groups)

    def match_all_but_one(self) -> str:
        """The same for records that miss any one of the words."""
        groups = list(map(_group, self.terms))
        fewer = (groups[:place] + groups[place + 1 :] for place in range(len(groups)))
        one_of = " OR ".join(f"({' AND '.join(some)})" for some in fewer)
        return " AND ".join((*_filter_tokens(self.filters), f"({one_of})"))

    def without_unknown(self) -> "Query":
        return replace(self, terms=tuple(term for term in self.terms if term.stems))

    def with_rare_words(self) -> "Query":
        """The same where the cut-off last word becomes one of the rarer ones instead."""
        *whole, last = self.terms
        found = vocabulary.completions(last.word, rare=True)
        stems = dict.fromkeys(one.stem for one in found if one.stem not in last.stems)
        return replace(self, terms=(*whole, replace(last, stems=tuple(stems) or last.stems)))

    def with_neighbours(self) -> "Query":
        """The same where each word may also be one that is a slip away, known as it is."""
        return replace(self, terms=tuple(map(_widened, self.terms)))


def read(text: str, filters: Filters, *, typing: bool, literal: bool) -> Query:
    """What is asked for. `typing`: the last word is not finished; `literal`: put nothing right."""
    found = list(dict.fromkeys(words(text)))
    is_open = text[-1:].isalnum()
    last = found[-1] if found else ""
    if typing and is_open and len(found) > 1 and _says_little(last):
        found.pop()
        is_open = False
    telling = [word for word in found if word not in PARTICLES] or found
    if typing and is_open and last not in telling:
        telling.append(last)  # `di` may become `direktori`
    kept = telling[:MOST_WORDS]
    terms = [
        _term(word, is_last=is_open and word == last, typing=typing, literal=literal)
        for word in kept
    ]
    return Query(tuple(terms), filters)


def _term(word: str, *, is_last: bool, typing: bool, literal: bool) -> Term:
    if is_last and typing:
        return _completed(word, literal=literal)
    if _is_year(word) or vocabulary.known(word) or vocabulary.has_stem(stem(word)):
        return Term(word, _stems(word))
    if is_last:
        return _completed(word, literal=literal)
    return Term(word, ()) if literal else _corrected(word, vocabulary.alike(word))


def _completed(word: str, *, literal: bool) -> Term:
    found = vocabulary.completions(word)
    if found:
        own = _stems(word) if len(word) >= SHORT_PREFIX else ()
        stems = dict.fromkeys((*own, *(one.stem for one in found)))
        return Term(word, tuple(stems), is_open=True)
    if _is_year(word) or vocabulary.has_stem(stem(word)):
        return Term(word, _stems(word))
    if literal:
        return Term(word, ())
    return _corrected(word, vocabulary.alike(word, is_open=True) or vocabulary.alike(word))


def _corrected(word: str, near: Sequence[KnownWord]) -> Term:
    stems = dict.fromkeys(one.stem for one in near)
    return Term(word, tuple(stems), corrections=tuple(near))


def _widened(term: Term) -> Term:
    near = () if term.corrections else vocabulary.alike(term.word)
    if not near:
        return term
    stems = dict.fromkeys((*term.stems, *(one.stem for one in near)))
    return replace(term, stems=tuple(stems), corrections=near)


def _stems(word: str) -> tuple[str, ...]:
    if _is_year(word):
        return (word, year_token(word))
    return (stem(word),)


def _says_little(start: str) -> bool:
    """Whether a cut-off word says nothing that the words before it did not say: p, 20."""
    return len(start) == 1 or (start.isdigit() and len(start) < _YEAR_DIGITS)


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == _YEAR_DIGITS


def _group(term: Term) -> str:
    return f"({' OR '.join(_quoted(term.stems))})"


def _filter_tokens(filters: Filters) -> tuple[str, ...]:
    return _quoted(filter_tokens(**asdict(filters)))


def _quoted(tokens: Iterable[str]) -> tuple[str, ...]:
    return tuple(f'"{token}"' for token in tokens)
