-- Roles, sessions that say where they are, PINs on registered desks, hand-overs, and a journal that
-- can be looked through.

-- A fourth role, which looks and changes nothing. SQLite cannot change a CHECK, so the column is
-- made anew; what is not said is the role with the fewest rights.
ALTER TABLE staff ADD COLUMN new_role TEXT NOT NULL DEFAULT 'head'
    CHECK (new_role IN ('officer', 'operator', 'admin', 'head'));
UPDATE staff SET new_role = role;
ALTER TABLE staff DROP COLUMN role;
ALTER TABLE staff RENAME COLUMN new_role TO role;
-- Until when a word that an admin handed over signs in; NULL: the password is the person's own.
ALTER TABLE staff ADD COLUMN one_time_until TEXT;
ALTER TABLE staff ADD COLUMN pin_hash TEXT;

-- How lists and addresses name a session; its token and the token's hash stay out of both.
ALTER TABLE staff_session ADD COLUMN uuid TEXT NOT NULL DEFAULT '';
UPDATE staff_session SET uuid = lower(hex(randomblob(16)));
CREATE UNIQUE INDEX staff_session_named ON staff_session (uuid);
ALTER TABLE staff_session ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_session ADD COLUMN device_id INTEGER REFERENCES device (id);
ALTER TABLE staff_session ADD COLUMN by_pin INTEGER NOT NULL DEFAULT 0 CHECK (by_pin IN (0, 1));
CREATE INDEX staff_session_ended ON staff_session (ended_at) WHERE ended_at IS NOT NULL;

-- Where a PIN opens for whom: from a sign-in by password until the shift ends or the PIN was
-- guessed wrong too often.
CREATE TABLE pin_grant (
    staff_id  INTEGER NOT NULL REFERENCES staff (id),
    device_id INTEGER NOT NULL REFERENCES device (id),
    at        TEXT NOT NULL,
    boot_id   TEXT NOT NULL,
    boot_ms   INTEGER NOT NULL,
    misses    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (staff_id, device_id)
) STRICT, WITHOUT ROWID;

-- What one officer left to the next. The note is forgotten the day after.
CREATE TABLE hand_over (
    id        INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    device_id INTEGER NOT NULL REFERENCES device (id),
    from_name TEXT NOT NULL,
    to_name   TEXT NOT NULL,
    note      TEXT NOT NULL DEFAULT '',
    visits    INTEGER NOT NULL,
    cards     INTEGER NOT NULL,
    walks     INTEGER NOT NULL
) STRICT;

-- The journal grows for ever, and every index on it would be one more page to write with each line.
-- So what it is looked through by lies apart and is filled once a day; newer lines are few.
CREATE TABLE journal_key (
    id    INTEGER PRIMARY KEY,
    what  TEXT NOT NULL CHECK (what IN ('who', 'kind', 'subject')),
    value TEXT NOT NULL,
    lines INTEGER NOT NULL DEFAULT 0,
    UNIQUE (what, value)
) STRICT;
CREATE TABLE journal_find (
    key_id INTEGER NOT NULL REFERENCES journal_key (id),
    seq    INTEGER NOT NULL,
    PRIMARY KEY (key_id, seq)
) STRICT, WITHOUT ROWID;
-- Between which moments the lines of one stretch lie, whatever the clock did meanwhile.
CREATE TABLE journal_stretch (
    last_seq  INTEGER PRIMARY KEY,
    first_seq INTEGER NOT NULL,
    earliest  TEXT NOT NULL,
    latest    TEXT NOT NULL
) STRICT;
