-- The settings that the portal has signed for this office: one row, the newest that was taken.
CREATE TABLE portal_settings (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    version     INTEGER NOT NULL DEFAULT 0,
    document    BLOB,                       -- the bytes that were signed
    taken_at    TEXT,
    problem     TEXT NOT NULL DEFAULT ''    -- why a later one was not taken
) STRICT;
