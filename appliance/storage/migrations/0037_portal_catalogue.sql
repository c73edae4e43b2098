-- The catalogue that the portal sends down, beside what the office has itself.

-- Which publication here each record of the portal is. What it said is kept as digests of fields,
-- so that what somebody wrote here stays.
CREATE TABLE portal_record (
    remote_id      TEXT PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    made           INTEGER NOT NULL CHECK (made IN (0, 1)),  -- 1: the publication came by it
    said           TEXT NOT NULL,
    seen           INTEGER NOT NULL,          -- the newest version that had it
    gone_at        TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_record_of ON portal_record (publication_id);
CREATE INDEX portal_record_seen ON portal_record (seen) WHERE gone_at IS NULL;

-- How far it was followed: one row. A pack is the whole of it as a file, while that comes.
CREATE TABLE portal_catalogue (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    after        INTEGER,                     -- NULL: begin with the whole
    checked_at   TEXT,
    problem      TEXT NOT NULL DEFAULT '',
    skipped      INTEGER NOT NULL DEFAULT 0,  -- records that cannot be kept
    pack_version INTEGER,
    pack_sha256  TEXT,
    pack_bytes   INTEGER,
    pack_lines   INTEGER NOT NULL DEFAULT 0   -- of it that are here already
) STRICT;
INSERT INTO portal_catalogue (id) VALUES (1);
