"""A connection that passes from thread to thread; Peewee gives each thread one of its own."""

import contextlib
from collections.abc import Iterator

import apsw
from playhouse.apsw_ext import APSWDatabase


class SharedConnection:
    """Used by one thread at a time, in place of its own. Opened at first use."""

    def __init__(self, database: APSWDatabase) -> None:
        self._database = database
        self._connection: apsw.Connection | None = None

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        """Whatever this thread asks of the database meanwhile goes through this connection.

        Not through the thread's own: that may stand in the middle of reading, and SQLite refuses
        to write after a snapshot that is no longer the newest.
        """
        state = self._database._state  # type: ignore[attr-defined]  # noqa: SLF001 - no other door
        own = dict(vars(state))
        if self._connection is None:
            state.reset()
        else:
            state.set_connection(self._connection)
        try:
            yield
        finally:
            self._connection = None if state.closed else state.conn
            vars(state).update(own)

    def close(self) -> None:
        """Close it, if it is open; the next use opens it again."""
        with self.taken():
            self._database.close()
