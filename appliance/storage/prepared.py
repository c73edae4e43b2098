"""Queries that Peewee writes once, for those that run with every tap at a door.

Peewee builds the SQL of a query anew at each call, which costs ten times the query itself. A
prepared one is built at its first use; from then on only its values change.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from peewee import ModelSelect

from appliance.storage import statements
from appliance.storage.models import Row

R = TypeVar("R", bound=Row)

_FIRST_MARK = 1 << 53  # no number or text of ours


class Prepared(Generic[R]):
    """One query of one table, whose values are ids, numbers or text, each used as it is.

    `build` makes the query from its values and must not decide anything by them; it selects the
    table's own columns, all of them. Safe for any thread.
    """

    def __init__(self, table: type[R], build: Callable[..., "ModelSelect[R]"]) -> None:
        self._table = table
        self._build = build
        self._text = ""
        self._slots: tuple[Any, ...] = ()
        self._columns: tuple[tuple[str, Callable[[Any], Any]], ...] = ()

    def rows(self, *values: str | int) -> list[R]:
        """Every row, as the model."""
        if not self._text:
            self._write(len(values))
        filled = [values[slot.place] if isinstance(slot, _Place) else slot for slot in self._slots]
        return [self._made(found) for found in statements.every(self._text, filled)]

    def first(self, *values: str | int) -> R | None:
        """The first row; None without any. A query of many should limit itself to one."""
        rows = self.rows(*values)
        return rows[0] if rows else None

    def _made(self, found: tuple[Any, ...]) -> R:
        """The model of one row, without Peewee's look at what each column might be."""
        model = self._table(__no_default__=1)
        for (name, convert), value in zip(self._columns, found, strict=True):
            model.__data__[name] = convert(value)
        return model

    def _write(self, count: int) -> None:
        marks = [_FIRST_MARK + place for place in range(count)]
        text, params = self._build(*marks).sql()
        places: dict[Any, _Place] = {}
        for place, mark in enumerate(marks):
            places[mark] = places[str(mark)] = _Place(place)
        self._slots = tuple(places.get(param, param) for param in params)
        fields = self._table._meta.sorted_fields  # noqa: SLF001 - where Peewee keeps them
        self._columns = tuple((field.name, field.python_value) for field in fields)
        self._text = text


class _Place:
    """Where a value goes."""

    __slots__ = ("place",)

    def __init__(self, place: int) -> None:
        self.place = place
