-- Files that are sent by e-mail when the office is connected. An address is kept for no longer
-- than it is needed: whatever has ended has none.
CREATE TABLE mail_message (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,  -- also its Message-ID and the name of its folder
    visit_id   INTEGER NOT NULL REFERENCES visit (id),
    kind       TEXT NOT NULL CHECK (kind IN ('scan', 'answer')),
    about      TEXT NOT NULL,  -- uuid of the scan job or of the request
    address    TEXT,
    language   TEXT NOT NULL CHECK (language IN ('id', 'en')),
    files      TEXT NOT NULL,  -- JSON: what each is called, in the order of the folder
    pages      INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    has_copy   INTEGER NOT NULL DEFAULT 1 CHECK (has_copy IN (0, 1)),  -- its folder is on disk
    -- unclear: handed over more than once, and no answer was ever heard
    state      TEXT NOT NULL CHECK (
        state IN ('waiting', 'sending', 'sent', 'refused', 'expired', 'cancelled', 'unclear')),
    cancel_asked INTEGER NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1)),
    attempts   INTEGER NOT NULL DEFAULT 0,
    unheard    INTEGER NOT NULL DEFAULT 0,  -- how often it was handed over without an answer
    problem    TEXT,
    reply      INTEGER,  -- the server's code; its words may quote the address
    asked_at   TEXT NOT NULL,
    next_at    TEXT,  -- NULL: at once
    expires_at TEXT,  -- NULL until a clock that is set has seen it
    ended_at   TEXT,
    CHECK ((address IS NULL) = (state NOT IN ('waiting', 'sending'))),
    CHECK ((ended_at IS NULL) = (state IN ('waiting', 'sending')))
) STRICT;
CREATE INDEX mail_message_by_visit ON mail_message (visit_id);
CREATE INDEX mail_message_by_about ON mail_message (about);
CREATE INDEX mail_message_pending ON mail_message (id) WHERE state IN ('waiting', 'sending');
CREATE INDEX mail_message_copied ON mail_message (id) WHERE has_copy = 1;
