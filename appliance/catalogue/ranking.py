"""In what order the matches of a search stand: what is asked for first, then what is new.

bm25 would weigh every match by how often its words stand in every other record, which is what
makes it slow. Titles here say what a publication is, so what counts is how much of a title was
asked for, whether in the same words, and how old it is.
"""

import json
from collections.abc import Iterable, Sequence

from appliance.catalogue.index import ID_BITS, id_at
from appliance.catalogue.query import Query, Term
from appliance.catalogue.rules import RANKED
from appliance.catalogue.words import stem, words
from appliance.storage import statements

YEAR_DAYS = 365.0
# In words of a title that nobody asked for:
AGE_OF_A_YEAR = 0.5
OTHER_FORM = 1.5  # a word asked for stands there in another form only
WHOLE_TITLE = 3.0  # nothing but what was asked for
NOT_IN_TITLE = 4.0
IN_SUBJECT = 2.0  # not in the title, but in the subject
_TITLES = "SELECT id, title, subject FROM publication WHERE id IN (SELECT value FROM json_each(?))"


def by_title(query: Query, matches: Sequence[tuple[int, int]]) -> list[int]:
    """Ids of records with every word in the title, given as (place, words of the title) in order.

    What comes out alike stays in that order: the newest first.
    """
    asked = sum(term.is_telling for term in query.terms)
    newest = matches[0][0] >> ID_BITS if matches else 0
    scores = {}
    for place, title_words in matches:
        beyond = title_words - asked
        whole = WHOLE_TITLE if beyond <= 0 else 0.0
        scores[place] = max(beyond, 0) - whole + _age(place, newest)
    first = sorted(scores, key=scores.__getitem__)
    head = first[:RANKED]
    for place, (title, _subject) in _texts(head).items():
        standing = frozenset(words(title))
        scores[place] += OTHER_FORM * sum(
            not _is_literal(term, standing) for term in query.terms if term.is_telling
        )
    head.sort(key=lambda place: (scores[place], place))
    return [id_at(place) for place in (*head, *first[RANKED:])]


def by_text(query: Query, places: Sequence[int]) -> list[int]:
    """Ids of records with some word only in subject or abstract, given in order of place."""
    head = list(places[:RANKED])
    newest = head[0] >> ID_BITS if head else 0
    scores = {place: _age(place, newest) for place in head}
    for place, (title, subject) in _texts(head).items():
        in_title, in_subject = _stems(title), _stems(subject)
        for term in query.terms:
            if in_title.isdisjoint(term.stems):
                is_near = not in_subject.isdisjoint(term.stems)
                scores[place] += IN_SUBJECT if is_near else NOT_IN_TITLE
    head.sort(key=scores.__getitem__)
    return [id_at(place) for place in (*head, *places[RANKED:])]


def _age(place: int, newest: int) -> float:
    return AGE_OF_A_YEAR * ((place >> ID_BITS) - newest) / YEAR_DAYS


def _is_literal(term: Term, standing: frozenset[str]) -> bool:
    if term.corrections:
        return any(one.word in standing for one in term.corrections)
    return term.is_open or term.word in standing


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, words(text)))


def _texts(places: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Title and subject by place."""
    by_id = {id_at(place): place for place in places}
    rows = statements.every(_TITLES, (json.dumps(list(by_id)),))
    return {by_id[row_id]: (title, subject) for row_id, title, subject in rows}
