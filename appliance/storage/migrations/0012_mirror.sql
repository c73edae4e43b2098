-- The catalogue of BPS, mirrored: how far its lists were read, which publication each of their
-- records is, and the files fetched.

CREATE TABLE mirror_state (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    asked_at    TEXT,  -- a person wants every list read
    next_at     TEXT,  -- no request before
    tries       INTEGER NOT NULL DEFAULT 0,  -- failures in a row
    trouble     TEXT,
    trouble_at  TEXT,
    detail      TEXT NOT NULL DEFAULT '',
    answered_at TEXT,  -- the last answer that could be used
    key_mark    TEXT NOT NULL DEFAULT '',  -- which key file was refused
    new_fields  TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE mirror_list (
    model        TEXT NOT NULL,
    domain       TEXT NOT NULL,
    lang         TEXT NOT NULL,
    pass         INTEGER NOT NULL DEFAULT 1,  -- under way, or the next one
    next_page    INTEGER NOT NULL DEFAULT 1,  -- 1: the pass has not begun
    pages        INTEGER NOT NULL DEFAULT 0,
    total        INTEGER NOT NULL DEFAULT 0,
    is_moved     INTEGER NOT NULL DEFAULT 0 CHECK (is_moved IN (0, 1)),  -- changed under the pass
    moves        INTEGER NOT NULL DEFAULT 0,  -- passes in a row that did not see everything
    added        INTEGER NOT NULL DEFAULT 0,  -- by the pass under way
    changed      INTEGER NOT NULL DEFAULT 0,
    began_at     TEXT,
    ended_at     TEXT,  -- of the last pass, whether it saw everything or not
    completed_at TEXT,  -- of the last pass that did
    complete_total INTEGER NOT NULL DEFAULT 0,
    gone_before  INTEGER NOT NULL DEFAULT 0,  -- records last seen in an earlier pass are gone
    trouble      TEXT,  -- of this list alone, such as a changed form; the others go on
    trouble_at   TEXT,
    detail       TEXT NOT NULL DEFAULT '',
    doubted_pass INTEGER,  -- would have withdrawn so much that a second pass must say the same
    PRIMARY KEY (model, domain, lang)
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_record (
    model          TEXT NOT NULL,
    domain         TEXT NOT NULL,
    lang           TEXT NOT NULL,
    remote_id      TEXT NOT NULL,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    seen_pass      INTEGER NOT NULL,
    said           TEXT NOT NULL,  -- field -> digest of what the source said last
    held           TEXT NOT NULL DEFAULT '',  -- fields that differ here because a person wrote them
    updated_on     TEXT NOT NULL DEFAULT '',
    size_bytes     INTEGER,
    viewed_at      TEXT,  -- NULL: its numbers are still to be asked for
    view_tries     INTEGER NOT NULL DEFAULT 0,
    gone_at        TEXT,
    PRIMARY KEY (model, domain, lang, remote_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX mirror_record_of ON mirror_record (publication_id);
CREATE INDEX mirror_record_unviewed ON mirror_record (view_tries, publication_id)
    WHERE viewed_at IS NULL AND gone_at IS NULL;
CREATE INDEX mirror_record_held ON mirror_record (publication_id) WHERE held <> '';

CREATE TABLE mirror_file (
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    what           TEXT NOT NULL CHECK (what IN ('pdf', 'cover', 'table', 'excel')),
    path           TEXT,  -- inside the data folder, made by us; NULL: not here
    size_bytes     INTEGER,
    sha256         TEXT,
    fetched_at     TEXT,
    updated_on     TEXT NOT NULL DEFAULT '',  -- the edition of the record that it is of
    validator      TEXT NOT NULL DEFAULT '',  -- of the unfinished download
    part_bytes     INTEGER NOT NULL DEFAULT 0,  -- how much of that is safe on the disk
    told_bytes     INTEGER,  -- how large it will be
    tries          INTEGER NOT NULL DEFAULT 0,
    next_at        TEXT,
    problem        TEXT,
    PRIMARY KEY (publication_id, what),
    CHECK ((path IS NULL) = (sha256 IS NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE mirror_pin (
    publication_id INTEGER PRIMARY KEY REFERENCES publication (id),
    pinned_at      TEXT NOT NULL,
    pinned_by      TEXT NOT NULL
) STRICT;
