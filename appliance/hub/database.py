"""Connections to PostgreSQL: one a thread, kept, and opened anew when it broke."""

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import LiteralString

import psycopg
from psycopg.rows import TupleRow

from appliance.errors import Unavailable

Connection = psycopg.Connection[TupleRow]
Parameters = Sequence[object] | Mapping[str, object]
# Nothing that is asked here takes long; what does has met a lock or an ill server, and the
# device asks again.
SESSION = (
    "-c statement_timeout=20s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    " -c timezone=UTC -c client_encoding=UTF8"
)
CONNECT_TIMEOUT_S = 5

AWAY = "PostgreSQL tidak menjawab: %(reason)s. / It does not answer."


class Database:
    """Where the hub keeps everything. Any thread may use it."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._own = threading.local()
        self._opened: set[Connection] = set()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """This thread's connection in a transaction, committed at the end of the block.

        Raises psycopg.OperationalError when the server cannot be reached or gave up: nothing was
        stored then, unless it went away during the commit, which only the next question tells.
        """
        depth = self._depth()
        with contextlib.ExitStack() as stack:
            connection = self._begun(stack, is_within=depth > 0)
            self._own.depth = depth + 1
            try:
                yield connection
            finally:
                self._own.depth = depth

    def rows(self, query: LiteralString, parameters: Parameters = ()) -> list[TupleRow]:
        """What a question brings; asked twice where the kept connection turns out to be broken."""
        try:
            with self._guarded() as connection:
                return connection.execute(query, parameters).fetchall()
        except psycopg.OperationalError:
            if getattr(self._own, "connection", None) is not None:
                raise  # it works: the question was refused
        with self._guarded() as connection:
            return connection.execute(query, parameters).fetchall()

    def row(self, query: LiteralString, parameters: Parameters = ()) -> TupleRow | None:
        """The first of its rows; None without any."""
        return next(iter(self.rows(query, parameters)), None)

    def close(self) -> None:
        """Close the connections of all threads, which must have ended."""
        with self._lock:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._own = threading.local()

    def _depth(self) -> int:
        """In how many transactions, one within another, this thread is."""
        return int(getattr(self._own, "depth", 0))

    def _begun(self, stack: contextlib.ExitStack, *, is_within: bool) -> Connection:
        """A connection in a transaction; anew where the kept one turns out to be broken.

        Not within another transaction, though: its other half would be lost, and this one kept.
        """
        connection = stack.enter_context(self._guarded())
        try:
            stack.enter_context(connection.transaction())
        except psycopg.OperationalError:
            self._forget(connection)
            if is_within:
                raise
            connection = stack.enter_context(self._guarded())
            stack.enter_context(connection.transaction())
        return connection

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[Connection]:
        connection = self._connection()
        try:
            yield connection
        finally:
            if connection.closed:
                self._forget(connection)

    def _connection(self) -> Connection:
        kept: Connection | None = getattr(self._own, "connection", None)
        if kept is not None:
            return kept
        if self._depth():
            raise psycopg.OperationalError("the transaction around this one is gone")
        connection = psycopg.connect(
            self._dsn,
            autocommit=True,
            options=SESSION,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="ruangbaca-hub",
        )
        connection.prepare_threshold = 2
        with self._lock:
            self._opened.add(connection)
        self._own.connection = connection
        return connection

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            self._opened.discard(connection)
        connection.close()
        self._own.connection = None


@contextlib.contextmanager
def opened(dsn: str) -> Iterator[Database]:
    """The database for as long as a command runs. Raises Unavailable while it cannot be had."""
    database = Database(dsn)
    try:
        yield database
    except psycopg.OperationalError as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise Unavailable(AWAY, reason=reason) from None
    finally:
        database.close()
