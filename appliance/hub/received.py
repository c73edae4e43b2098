"""Up to where the records are complete, for whoever reads them one after the other.

Numbers are given out while an append runs, and appends end in another order: the record after
the newest one that is seen may still come. Whoever goes on from there would never see it.
"""

from typing import NamedTuple

from appliance.hub.database import Connection

_LAST = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM record_received"
_NEXT = "SELECT pg_current_xact_id()::text::bigint"  # a snapshot's xmax may be lower
_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


class Mark(NamedTuple):
    """The last number that was given out, and a transaction that is younger than all then."""

    received_id: int
    transaction: int


def mark(connection: Connection) -> Mark:
    """A mark of this moment. Outside of a transaction, so that each question sees its own moment.

    Whoever got a number up to it had a transaction before that of the mark: an append moves the
    head before it takes numbers, and the sequence gives them out one by one (CACHE 1).
    """
    last = connection.execute(_LAST).fetchone()
    following = connection.execute(_NEXT).fetchone()  # after it: the order matters
    return Mark(last[0] if last else 0, following[0] if following else 0)


def is_settled(connection: Connection, marked: Mark) -> bool:
    """Whether every record up to the mark is there to be read, or will never be."""
    row = connection.execute(_OLDEST).fetchone()
    return row is not None and row[0] >= marked.transaction
