-- Who this device is at the portal: one row, from the claim code to the keys it got for it.
CREATE TABLE enrolment (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    code        TEXT,                       -- a claim that waits to be sent; gone once answered
    problem     TEXT NOT NULL DEFAULT '',   -- why the last claim was refused
    portal      TEXT NOT NULL DEFAULT '',
    office      TEXT NOT NULL DEFAULT '',
    key_id      TEXT NOT NULL DEFAULT '',   -- empty: not enrolled
    state       TEXT NOT NULL DEFAULT '',
    config_key  BLOB,
    box_key     BLOB,
    enrolled_at TEXT
) STRICT;
