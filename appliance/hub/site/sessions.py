"""Who is signed in: rows, so that every process knows and a disabled person is out at once."""

import hashlib
import secrets

from appliance.hub.database import Database
from appliance.hub.site.users import Person, person_of

IDLE_LIMIT_S = 2 * 3600
ABSOLUTE_LIMIT_S = 12 * 3600  # a long day; nobody stays signed in over night
TOUCH_EVERY_S = 60  # a page is read far more often than a row has to be written
_BEGIN = "INSERT INTO person_session (token_hash, person) VALUES (%s, %s)"
_FIND = (
    "SELECT p.id, p.username, p.name, p.role, p.province,"
    " s.used_at < now() - make_interval(secs => %(touch)s)"
    " FROM person_session s JOIN person p ON p.id = s.person"
    " WHERE s.token_hash = %(token)s AND p.disabled_at IS NULL"
    " AND s.used_at > now() - make_interval(secs => %(idle)s)"
    " AND s.begun_at > now() - make_interval(secs => %(absolute)s)"
)
_TOUCH = "UPDATE person_session SET used_at = now() WHERE token_hash = %s"
_END = "DELETE FROM person_session WHERE token_hash = %s"
_SWEEP = (
    "DELETE FROM person_session WHERE used_at < now() - make_interval(secs => %s)"
    " OR begun_at < now() - make_interval(secs => %s)"
)
_LIMITS = {"idle": IDLE_LIMIT_S, "absolute": ABSOLUTE_LIMIT_S, "touch": TOUCH_EVERY_S}


class Sessions:
    """Tokens of people who are signed in; only their hashes are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, person: Person) -> str:
        """The token of a new session; those that have ended are swept away with it."""
        token = secrets.token_urlsafe(32)
        with self._database.transaction() as connection:
            connection.execute(_SWEEP, (IDLE_LIMIT_S, ABSOLUTE_LIMIT_S))
            connection.execute(_BEGIN, (_hash(token), person.id))
        return token

    def person(self, token: str) -> Person | None:
        """Whose token it is; None when the session has ended, for whatever reason."""
        if not token:
            return None
        row = self._database.row(_FIND, {**_LIMITS, "token": _hash(token)})
        if row is None:
            return None
        if row[5]:
            with self._database.transaction() as connection:
                connection.execute(_TOUCH, (_hash(token),))
        return person_of(row[:5])

    def end(self, token: str) -> None:
        """Sign out; a session that has ended already stays so."""
        with self._database.transaction() as connection:
            connection.execute(_END, (_hash(token),))


def _hash(token: str) -> bytes:
    """256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).digest()
