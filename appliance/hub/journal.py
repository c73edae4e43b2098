"""What people did on the dashboard and at the keyboard, for whoever has to answer for it."""

import datetime as dt
from dataclasses import dataclass

from appliance.hub.database import Connection, Database

PAGE = 100
_WRITE = "INSERT INTO person_journal (username, action, subject, detail) VALUES (%s, %s, %s, %s)"
_READ = (
    "SELECT id, at, username, action, subject, detail FROM person_journal"
    " WHERE (%(before)s::bigint IS NULL OR id < %(before)s)"
    " AND (%(username)s = '' OR username = %(username)s) ORDER BY id DESC LIMIT %(limit)s"
)
_CHARS = 500


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One thing that somebody did; `action` is a word of ACTIONS in `site.journal_page`."""

    id: int
    at: dt.datetime
    username: str
    action: str
    subject: str
    detail: str


def write(
    connection: Connection, username: str, action: str, subject: str = "", detail: str = ""
) -> None:
    """Note it in the transaction of the deed itself; no data of visitors belong here."""
    connection.execute(_WRITE, (username, action, subject[:_CHARS], detail[:_CHARS]))


def note(
    database: Database, username: str, action: str, subject: str = "", detail: str = ""
) -> None:
    """Note a deed that changes nothing else, such as an export."""
    with database.transaction() as connection:
        write(connection, username, action, subject, detail)


def lines(
    database: Database, *, username: str = "", before: int | None = None
) -> tuple[list[JournalLine], int | None]:
    """A page of it, newest first, and before which line the next page begins."""
    asked = {"before": before, "username": username, "limit": PAGE + 1}
    found = [JournalLine(*row) for row in database.rows(_READ, asked)]
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def usernames(database: Database) -> list[str]:
    """Everybody of whom there is a line."""
    rows = database.rows("SELECT DISTINCT username FROM person_journal ORDER BY username")
    return [username for (username,) in rows]
