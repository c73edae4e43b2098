"""Slows down those who guess, in all processes of the hub together.

A try is counted before it is made, so that a hundred at once are not all of them the first.
"""

import hashlib
import ipaddress
from dataclasses import dataclass

from appliance.hub.database import Database

# Tries of one key take turns while they are counted, and only then.
_TURN = "SELECT pg_advisory_xact_lock(%s)"
_OLDEST_THAT_COUNTS = (
    "SELECT count(*), ceil(extract(epoch FROM min(at) - now() + make_interval(secs => %(window)s)))"
    " FROM (SELECT at FROM attempt WHERE key = %(key)s"
    " AND at > now() - make_interval(secs => %(window)s) ORDER BY at DESC LIMIT %(limit)s) newest"
)
_ADD = "INSERT INTO attempt (key, at) VALUES (%s, clock_timestamp())"
_FORGET = "DELETE FROM attempt WHERE key = ANY(%s)"
_SWEEP = "DELETE FROM attempt WHERE at < now() - interval '1 day'"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many tries one key has in a sliding window."""

    key: str
    tries: int
    window_s: int


class Throttle:
    """Raises psycopg.OperationalError while PostgreSQL is away: then nobody may try."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, *allowances: Allowance) -> int:
        """Count one try against each of them; 0 when it may be made.

        Otherwise nothing is counted, and the seconds to wait come back.
        """
        with self._database.transaction() as connection:
            hashed = sorted((_hash(one.key), one) for one in allowances)
            for key, _ in hashed:
                connection.execute(_TURN, (int.from_bytes(key[:8], signed=True),))
            for key, one in hashed:
                asked = {"key": key, "window": one.window_s, "limit": one.tries}
                count, wait_s = connection.execute(_OLDEST_THAT_COUNTS, asked).fetchone() or (0, 0)
                if count >= one.tries:
                    return _whole(wait_s, one)
            connection.execute(_SWEEP)
            for key, _ in hashed:
                connection.execute(_ADD, (key,))
        return 0

    def wait_s(self, allowance: Allowance) -> int:
        """The seconds until this key may try again; 0 when it may. Counts nothing."""
        asked = {
            "key": _hash(allowance.key),
            "window": allowance.window_s,
            "limit": allowance.tries,
        }
        count, wait_s = self._database.row(_OLDEST_THAT_COUNTS, asked) or (0, 0)
        return _whole(wait_s, allowance) if count >= allowance.tries else 0

    def forget(self, *allowances: Allowance) -> None:
        """The try was no guess: those of these keys count no more."""
        with self._database.transaction() as connection:
            connection.execute(_FORGET, ([_hash(one.key) for one in allowances],))


def address(remote: str | None) -> str:
    """Where a request comes from; of IPv6 the network, of which one machine has all addresses."""
    try:
        found = ipaddress.ip_address(remote or "")
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _whole(wait_s: float, allowance: Allowance) -> int:
    """Seconds to wait; never more than the window, although clocks of processes differ a little."""
    return min(max(1, int(wait_s)), allowance.window_s)


def _hash(key: str) -> bytes:
    """Names and addresses of people are not kept."""
    return hashlib.sha256(key.encode()).digest()
