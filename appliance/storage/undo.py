"""A part of a change that is taken back alone."""

from contextlib import AbstractContextManager

from appliance.storage.bound import bound_database


def undone_if_it_fails() -> AbstractContextManager[object]:
    """What is written inside is undone when it raises; the rest of the transaction stays.

    Belongs inside a function given to the writer.
    """
    part: AbstractContextManager[object] = bound_database().savepoint()
    return part
