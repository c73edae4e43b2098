"""A part of a change that is taken back alone."""

from contextlib import AbstractContextManager

from appliance.storage.models import Meta


def undone_if_it_fails() -> AbstractContextManager[object]:
    """What is written inside is undone when it raises; the rest of the transaction stays.

    Belongs inside a function given to the writer.
    """
    database = Meta._meta.database  # noqa: SLF001 - where Peewee keeps what a model is bound to
    part: AbstractContextManager[object] = database.savepoint()
    return part
