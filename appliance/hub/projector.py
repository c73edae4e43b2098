"""Goes through the records in the order of their receipt and keeps the facts up to date.

Where it stands and what it made of the records change in one transaction, so it may be killed at
any moment. Of several processes one at a time works at it.
"""

import datetime as dt
import threading
from dataclasses import dataclass

import psycopg
from psycopg.errors import ProgramLimitExceeded, QueryCanceled

from appliance.errors import Unavailable
from appliance.hub import anchors, erasure, facts, received, recount
from appliance.hub.database import Connection, Database
from appliance.runtime.logs import get_logger

LOCK = 0x5242_5052  # 'RBPR'
RANGE = 20_000  # records a transaction, which takes a second or two
PARTS = 20
FOLD_LIMIT = "60s"
CANNOT_FOLD = (psycopg.DataError, QueryCanceled, ProgramLimitExceeded)
PAUSE_S = 2.0
SETTLE_S = 0.1
PATIENCE_S = 30.0
_TURN = "SELECT pg_try_advisory_xact_lock(%s)"
_WAIT = "SELECT pg_advisory_xact_lock(%s)"
_PATIENCE = "SELECT set_config('statement_timeout', %s, true)"
_PLACE = "SELECT received_id, quarantine_id FROM projector WHERE name = 'facts'"
_MOVE = "UPDATE projector SET received_id = %s, quarantine_id = %s, at = now() WHERE name = 'facts'"
_ASIDE = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM quarantine_id_seq"
_LAG = (
    "SELECT count(*), min(received_at) FROM record"
    " WHERE received_id > (SELECT received_id FROM projector WHERE name = 'facts')"
)
_FORGET = (
    "DELETE FROM visit_fact WHERE NOT kept",
    "DELETE FROM locker_fact WHERE NOT kept",
    "DELETE FROM rating_fact WHERE NOT kept",
)
# Said at the keyboard only, so in both languages at once.
BUSY = "Ada transaksi lain yang belum selesai; coba lagi. / Another transaction runs; try again."
log = get_logger("hub")


@dataclass(frozen=True, slots=True)
class Lag:
    """How many records are not in the figures yet, and since when the oldest of them waits."""

    records: int
    since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Goal:
    """Up to where records and those kept aside can be read once the mark is settled."""

    mark: received.Mark
    quarantine_id: int


def goal(database: Database) -> Goal:
    """As far as there is anything at this moment."""
    # The default isolation: each question sees its own moment, in this order.
    with database.transaction() as connection:
        row = connection.execute(_ASIDE).fetchone()
        return Goal(received.mark(connection), row[0] if row else 0)


def is_settled(database: Database, wanted: Goal) -> bool:
    """Whether everything up to the goal may be read."""
    with database.transaction() as connection:
        return received.is_settled(connection, wanted.mark)


def advance(database: Database, wanted: Goal, most: int = RANGE) -> bool:
    """Take in the next records up to a settled goal; whether there may be more of them.

    False also while another process is at it. A record that cannot be folded is looked for and
    left out, for one device's must not stop the figures of all.
    """
    try:
        return _taken_in(database, wanted, most)
    except CANNOT_FOLD as error:
        log.warning("records could not be folded", most=most, exc_info=error)
    if most == 1:
        return _taken_in(database, wanted, 1, is_left_out=True)
    smaller = max(1, most // PARTS)
    return all(advance(database, wanted, smaller) for _ in range(-(-most // smaller)))


def _taken_in(database: Database, wanted: Goal, most: int, *, is_left_out: bool = False) -> bool:
    with database.transaction() as connection:
        turn = connection.execute(_TURN, (LOCK,)).fetchone()
        row = connection.execute(_PLACE).fetchone()
        if turn is None or not turn[0] or row is None:
            return False
        after, aside = row
        up_to = min(after + most, wanted.mark.received_id)
        connection.execute(_PATIENCE, (FOLD_LIMIT,))
        if up_to > after:
            erasure.remember(connection, after, up_to)
            if is_left_out:
                log.error("a record is left out of the figures", received_id=up_to)
            else:
                anchors.take_in(connection, after, up_to)
                facts.fold(connection, after, up_to)
            connection.execute(_PATIENCE, ("0",))  # an erasure is never left out
            erased = erasure.erase(connection, after, up_to)
            if erased:
                log.info("persons erased", count=erased)
        erasure.erase_aside(connection, aside, wanted.quarantine_id)
        after = max(after, up_to)
        connection.execute(_MOVE, (after, max(aside, wanted.quarantine_id)))
    return bool(after < wanted.mark.received_id)


def catch_up(database: Database) -> None:
    """Take in everything there is now. Raises Unavailable when something else holds it up."""
    wanted = goal(database)
    waiting = threading.Event()
    for _ in range(round(PATIENCE_S / SETTLE_S)):
        if is_settled(database, wanted):
            break
        waiting.wait(SETTLE_S)
    else:
        raise Unavailable(BUSY)
    while advance(database, wanted):
        pass
    while recounted(database):
        pass


def recounted(database: Database) -> bool:
    """Count again some of what visits have changed; whether there may be more.

    False also while another process is at it.
    """
    with database.transaction() as connection:
        turn = connection.execute(_TURN, (LOCK,)).fetchone()
        connection.execute(_PATIENCE, ("0",))
        return turn is not None and turn[0] and recount.recount(connection)


def rebuild(database: Database) -> None:
    """Make all facts again from the records; those without records stay as they are.

    Figures are too low until it is done.
    """
    with database.transaction() as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        connection.execute(_WAIT, (LOCK,))
        for statement in (recount.EVERYTHING, *_FORGET):
            connection.execute(statement)
        connection.execute("UPDATE projector SET received_id = 0 WHERE name = 'facts'")
    catch_up(database)


def lag(database: Database) -> Lag:
    """How far the figures are behind what has been received."""
    count, since = database.row(_LAG) or (0, None)
    return Lag(count, since)


def keep_going(database: Database, ending: threading.Event) -> None:
    """Take in what comes, until the end. A failure is tried again."""
    wanted: Goal | None = None
    while not ending.wait(PAUSE_S):
        try:
            wanted = wanted or goal(database)
            if is_settled(database, wanted):
                while advance(database, wanted) and not ending.is_set():
                    pass
                while recounted(database) and not ending.is_set():
                    pass
                wanted = None
        except psycopg.Error as error:
            log.error("figures could not be brought up to date", exc_info=error)


def wait_for_turn(connection: Connection) -> None:
    """Keep every projector waiting until this transaction ends."""
    connection.execute(_WAIT, (LOCK,))
