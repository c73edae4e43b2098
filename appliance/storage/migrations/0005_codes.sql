-- What the code readers read, and the badges of staff. A foreign code is kept as its kind alone:
-- what it says may be about a person.

CREATE TABLE code_read (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    reader     TEXT NOT NULL,
    place      TEXT NOT NULL CHECK (place IN ('lockers', 'desk', 'station')),
    at         TEXT NOT NULL,
    boot_id    TEXT NOT NULL,
    boot_ms    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    answer     TEXT NOT NULL,  -- which sentence was shown
    locker_id  INTEGER REFERENCES locker (id),
    visit_id   INTEGER REFERENCES visit (id),
    publication_id INTEGER REFERENCES publication (id),
    book       TEXT NOT NULL DEFAULT '',  -- a book's number that the catalogue does not know
    staff_id   INTEGER REFERENCES staff (id),
    chosen     TEXT,  -- what the visitor chose when asked
    chosen_at  TEXT
) STRICT;
CREATE INDEX code_read_by_place ON code_read (place, id);
CREATE INDEX code_read_by_visit ON code_read (visit_id, id);
CREATE INDEX code_read_by_time ON code_read (at);

CREATE TABLE reader_state (
    reader   TEXT PRIMARY KEY,
    place    TEXT NOT NULL CHECK (place IN ('lockers', 'desk', 'station')),
    state    TEXT NOT NULL CHECK (state IN ('ready', 'absent', 'fault')),
    since    TEXT NOT NULL
) STRICT;

CREATE TABLE staff_badge (
    id         INTEGER PRIMARY KEY,
    staff_id   INTEGER NOT NULL REFERENCES staff (id),
    token_hash TEXT NOT NULL UNIQUE,
    issued_at  TEXT NOT NULL,
    issued_by  TEXT NOT NULL,
    revoked_at TEXT
) STRICT;
CREATE UNIQUE INDEX staff_has_badge ON staff_badge (staff_id) WHERE revoked_at IS NULL;
