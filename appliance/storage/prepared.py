"""Queries that Peewee writes once, for those that run with every tap at a door.

Peewee builds the SQL of a query anew at each call, which costs ten times the query itself. A
prepared one is built at its first use; from then on only its values change.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from peewee import ModelSelect

from appliance.storage.models import Row

R = TypeVar("R", bound=Row)

_FIRST_MARK = 1 << 53  # no number or text of ours


class Prepared(Generic[R]):
    """One query of one table, whose values are ids, numbers or text, each used as it is.

    `build` makes the query from its values and must not decide anything by them. Safe for any
    thread.
    """

    def __init__(self, table: type[R], build: Callable[..., "ModelSelect[R]"]) -> None:
        self._table = table
        self._build = build
        self._text = ""
        self._slots: tuple[Any, ...] = ()

    def rows(self, *values: str | int) -> list[R]:
        """Every row, as the model."""
        if not self._text:
            self._write(len(values))
        filled = [values[slot.place] if isinstance(slot, _Place) else slot for slot in self._slots]
        return list(self._table.raw(self._text, *filled))

    def first(self, *values: str | int) -> R | None:
        """The first row; None without any. A query of many should limit itself to one."""
        rows = self.rows(*values)
        return rows[0] if rows else None

    def _write(self, count: int) -> None:
        marks = [_FIRST_MARK + place for place in range(count)]
        text, params = self._build(*marks).sql()
        places: dict[Any, _Place] = {}
        for place, mark in enumerate(marks):
            places[mark] = places[str(mark)] = _Place(place)
        self._slots = tuple(places.get(param, param) for param in params)
        self._text = text


class _Place:
    """Where a value goes."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place
