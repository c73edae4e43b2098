"""What every table has in common: how a row is bound and how a moment is written."""

import datetime as dt

from peewee import Model, TextField


class UtcField(TextField):
    """An aware UTC datetime kept as ISO 8601 text with milliseconds and a Z.

    Fixed width, so that text order is time order.
    """

    def db_value(self, value: dt.datetime | str | None) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return utc_text(value)

    def python_value(self, value: str | None) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value)


def utc_text(moment: dt.datetime) -> str:
    """How the database writes a moment."""
    utc = moment.astimezone(dt.UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


class Row(Model):
    """A table's row; the database is bound when it is opened."""
