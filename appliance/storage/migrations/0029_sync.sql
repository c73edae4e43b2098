-- Sending to the portal: how far each stream has come there, and how we stand with it.

-- Whether the portal was told of the stream; 0 again when it has forgotten it.
ALTER TABLE stream ADD COLUMN announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1));
-- Whether what waited in a closed stream has been moved into a newer one.
ALTER TABLE stream ADD COLUMN emptied INTEGER NOT NULL DEFAULT 0 CHECK (emptied IN (0, 1));

-- An event is delivered when its stream has come as far, so delivering writes one row and not one
-- for each: what waits is told by numbers, and the index over what waits would hold everything.
DROP INDEX outbox_waiting;
-- When each stream had come how far: one row a day, for letting go of old events.
CREATE TABLE stream_mark (
    epoch TEXT NOT NULL REFERENCES stream (epoch),
    day   TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    PRIMARY KEY (epoch, day)
) STRICT, WITHOUT ROWID;
-- Kept aside by the portal: they are delivered, and somebody should look why.
CREATE INDEX outbox_aside ON outbox (id) WHERE problem <> '';

-- How we stand with the portal: one row.
CREATE TABLE portal_state (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    state           TEXT NOT NULL CHECK (state IN
                        ('unenrolled', 'pending', 'idle', 'sending', 'offline', 'clock', 'waiting',
                         'blocked', 'suspended', 'revoked')),
    since           TEXT NOT NULL,
    problem         TEXT NOT NULL DEFAULT '',
    detail          TEXT NOT NULL DEFAULT '',
    tries           INTEGER NOT NULL DEFAULT 0,
    next_at         TEXT,
    asked_at        TEXT,
    answered_at     TEXT,
    sent_at         TEXT,
    clock_offset_s  REAL,
    forks           INTEGER NOT NULL DEFAULT 0,
    fork_at         TEXT,
    fork_reason     TEXT NOT NULL DEFAULT ''
) STRICT;
