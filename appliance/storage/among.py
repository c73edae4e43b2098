"""States written out in a query, so that SQLite can use the partial index over them."""

from collections.abc import Iterable
from enum import StrEnum

from peewee import SQL, Expression, Field


def among(column: Field, states: Iterable[StrEnum]) -> Expression:
    """Whether the column is one of these states, as constants and in this order.

    With bound parameters SQLite cannot prove that a row is in the index, and reads the table.
    Only words of our own enums may be given; raises ValueError for any other.
    """
    words = [state.value for state in states]
    if not all(word.isidentifier() for word in words):
        raise ValueError(f"not the words of an enum: {words}")
    condition: Expression = column.in_([SQL(f"'{word}'") for word in words])
    return condition
