-- What visitors ask about their data, what was answered, and what is left of an erasure.

-- Words and answers are emptied with the erasure of their visit; what was still open then has
-- ended: there is nothing left to answer about.
CREATE TABLE privacy_request (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    visit_id    INTEGER NOT NULL REFERENCES visit (id),
    kind        TEXT NOT NULL CHECK (kind IN ('access', 'correct', 'restrict', 'lift', 'erase')),
    words       TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused', 'ended')),
    asked_at    TEXT NOT NULL,
    asked_by    TEXT NOT NULL CHECK (asked_by IN ('visitor', 'staff')),
    due_at      TEXT NOT NULL,  -- 3 x 24 hours on the wall, whatever the office's hours
    answered_at TEXT,
    answered_by TEXT,
    answer      TEXT NOT NULL DEFAULT '',
    CHECK ((answered_at IS NULL) = (state = 'open'))
) STRICT;
CREATE UNIQUE INDEX privacy_request_open ON privacy_request (visit_id, kind) WHERE state = 'open';
CREATE INDEX privacy_request_due ON privacy_request (due_at) WHERE state = 'open';

-- Whose use is restricted: out of every screen's sight, kept until they or the time decide.
CREATE TABLE restricted_identity (
    visit_id      INTEGER PRIMARY KEY REFERENCES visit (id),
    name          TEXT,
    email         TEXT,
    phone         TEXT,
    agency_name   TEXT,
    guardian_name TEXT,
    at            TEXT NOT NULL,
    by            TEXT NOT NULL
) STRICT;

-- Receipts of erasures that somebody asked for: what went, never whose it was.
CREATE TABLE erasure (
    id     INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    uuid   TEXT NOT NULL UNIQUE,  -- of the visit: applied again after an older copy came back
    at     TEXT NOT NULL,
    by     TEXT NOT NULL,
    kinds  TEXT NOT NULL  -- of what, joined by a blank
) STRICT;

-- Every notice that was ever shown, so that a consent's hash can be read as words.
CREATE TABLE notice_text (
    text_hash TEXT PRIMARY KEY,
    version   TEXT NOT NULL,
    language  TEXT NOT NULL,
    text      TEXT NOT NULL,
    kept_at   TEXT NOT NULL
) STRICT;
