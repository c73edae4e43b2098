"""Where somebody is named in words that no visit leads to: found there, and taken out.

Everything here belongs inside a function given to the writer, before `wipe`: what is looked for
is what the guest book says. A name that somebody else has too tells of nobody in particular, so
it is left where it stands; an address and a telephone number are looked for always.
"""

import re
from collections.abc import Sequence

from appliance.journal import written
from appliance.storage import statements

GONE = "–"
# Free words about the house, about others, or of nobody: table -> columns.
WORDS = {
    "book_copy": ("note",),
    "breach": ("happened", "done"),
    "card_swap": ("note",),
    "closing_look": ("note",),
    "complaint": ("body", "answer", "earlier_answer", "reopen_words"),
    "complaint_note": ("words",),
    "deposit": ("note",),
    "deposit_contact": ("note",),
    "door_alarm": ("note",),
    "door_command": ("reason",),
    "emergency": ("reason",),
    "found_property": ("description", "kept_at", "proof", "note"),
    "hand_over": ("note",),
    "key_event": ("note",),
    "locker": ("condition_note",),
    "locker_move": ("reason",),
    "photocopy": ("lost_reason",),
    "publication_rating": ("word",),
    "rating": ("comment",),
    "reading": ("missing_reason",),
    "start_line": ("note",),
    "visit": ("close_reason", "late_note"),
}
LEAST_DIGITS = 6  # a shorter number stands for anything
_PEOPLE = "SELECT name, guardian_name, email, phone FROM {table} WHERE visit_id IN ({ids})"
_TABLES = ("guest", "restricted_identity")
# Everybody else who may be called so: other people's visits, and staff.
_OTHERS = """
    SELECT name FROM {table} WHERE name IS NOT NULL AND visit_id NOT IN ({ids})
    AND visit_id NOT IN (SELECT visit_id FROM visitor_visit WHERE visitor_id IN (
        SELECT visitor_id FROM visitor_visit WHERE visit_id IN ({ids})))
    AND coalesce(email, '') NOT IN ({ways}) AND coalesce(phone, '') NOT IN ({ways})"""
_STAFF = "SELECT display_name FROM staff"


def pattern_of(visit_ids: Sequence[int]) -> re.Pattern[str] | None:
    """What finds the people of these visits in a text; None when nothing is certain to."""
    names, ways = _told(visit_ids)
    parts = [_name(name) for name in own_names(visit_ids) if name in names]
    parts += [_number(way) if "@" not in way else _word(re.escape(way)) for way in ways]
    certain = [part for part in parts if part]
    return re.compile("|".join(certain), re.IGNORECASE) if certain else None


def own_names(visit_ids: Sequence[int]) -> frozenset[str]:
    """Their names that nobody else has; of a name of one word, that no other name has in it."""
    names, ways = _told(visit_ids)
    if not names:
        return frozenset()
    others = [words(name) for name in _others(visit_ids, ways)]
    return frozenset(name for name in names if not any(_is_in(words(name), one) for one in others))


def words(name: str) -> tuple[str, ...]:
    """A name as it is compared: case and blanks say nothing."""
    return tuple(name.casefold().split())


def take_out(pattern: re.Pattern[str]) -> None:
    """Put a dash in the place of what is found, wherever people write freely."""
    for table, columns in WORDS.items():
        for column in columns:
            _take_out(pattern, table, column)
    written.forget_naming(pattern)


def _take_out(pattern: re.Pattern[str], table: str, column: str) -> None:
    every = f"SELECT DISTINCT {column} FROM {table} WHERE {column} <> ''"  # noqa: S608 - our own
    change = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 - our own
    for (text,) in statements.every(every):
        if pattern.search(text):
            statements.run(change, (pattern.sub(GONE, text), text))


def _told(visit_ids: Sequence[int]) -> tuple[frozenset[str], frozenset[str]]:
    """The names of these visits, and the addresses and numbers."""
    names: set[str] = set()
    ways: set[str] = set()
    for table in _TABLES:
        for name, guardian, *others in statements.every(
            _PEOPLE.format(table=table, ids=_ids(visit_ids))
        ):
            names.update(one for one in (name, guardian) if one)
            ways.update(one for one in others if one)
    return frozenset(names), frozenset(ways)


def _others(visit_ids: Sequence[int], ways: frozenset[str]) -> list[str]:
    marks = ", ".join("?" * len(ways)) or "NULL"
    if not ways:  # `NOT IN (NULL)` is never true
        marks = "'-'"
    values = (*sorted(ways), *sorted(ways))
    found: list[str] = []
    for table in _TABLES:
        sql = _OTHERS.format(table=table, ids=_ids(visit_ids), ways=marks)
        found += [name for (name,) in statements.every(sql, values)]
    return found + [name for (name,) in statements.every(_STAFF)]


def _ids(visit_ids: Sequence[int]) -> str:
    return ", ".join(str(int(one)) for one in visit_ids)


def _is_in(name: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return name == other or (len(name) == 1 and name[0] in other)


def _name(name: str) -> str:
    return _word(r"\s+".join(re.escape(word) for word in name.split()))


def _number(way: str) -> str:
    """A telephone number however it is written: 0812…, +62 812-…, with blanks or dashes."""
    digits = re.sub(r"\D", "", way)
    rest = digits.removeprefix("62") if way.startswith("+62") else digits.removeprefix("0")
    if len(rest) < LEAST_DIGITS:
        return ""
    return r"(?<!\d)(?:\+?62|0)?[\s.()-]*" + r"[\s.()-]*".join(rest) + r"(?!\d)"


def _word(expression: str) -> str:
    return rf"(?<!\w){expression}(?!\w)"
