-- Softcopy requests that outlive their visit, the files they are answered with, who was told of
-- the portal's account, and stars for publications.

CREATE TABLE request_with_life (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    code           TEXT UNIQUE,  -- whoever holds it picks the file up; NULL once it is forgotten
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    publication_id INTEGER REFERENCES publication (id),
    wanted         TEXT NOT NULL,
    purpose        TEXT NOT NULL DEFAULT '',
    email          TEXT,
    -- What described data is coded by (SKD, block III); empty: not said
    area           TEXT NOT NULL DEFAULT '',
    year_from      INTEGER,
    year_to        INTEGER,
    level          TEXT NOT NULL DEFAULT '',
    period         TEXT NOT NULL DEFAULT '',
    source         TEXT NOT NULL DEFAULT '',
    national       TEXT NOT NULL DEFAULT '',
    outcome        TEXT NOT NULL DEFAULT '',
    quality        INTEGER CHECK (quality BETWEEN 1 AND 10),
    state          TEXT NOT NULL CHECK (state IN (
                       'new', 'waiting', 'sent', 'ready', 'delivered', 'answered', 'refused',
                       'cancelled', 'expired')),
    created_at     TEXT NOT NULL,
    taken_by       TEXT,
    changed_at     TEXT,
    changed_by     TEXT,
    reason         TEXT NOT NULL DEFAULT '',  -- of a refusal
    note           TEXT NOT NULL DEFAULT '',  -- what the visitor is told
    keeps_until    TEXT,  -- NULL: not answered yet, or by no clock that was set
    forgotten_at   TEXT,
    CHECK ((changed_at IS NULL) = (state = 'new')),
    CHECK ((changed_at IS NULL) = (changed_by IS NULL)),
    CHECK (forgotten_at IS NULL OR (code IS NULL AND email IS NULL))
) STRICT;
-- What was marked as sent then had reached its visitor.
INSERT INTO request_with_life
        (id, uuid, visit_id, publication_id, wanted, purpose, email, state, created_at,
         changed_at, changed_by, reason, note)
    SELECT id, uuid, visit_id, publication_id, wanted, purpose, email,
        CASE state WHEN 'sent' THEN 'delivered' ELSE state END, created_at,
        handled_at, handled_by, CASE state WHEN 'refused' THEN 'other' ELSE '' END, note
    FROM softcopy_request;
DROP TABLE softcopy_request;
ALTER TABLE request_with_life RENAME TO softcopy_request;
CREATE INDEX softcopy_request_by_visit ON softcopy_request (visit_id);
CREATE INDEX softcopy_request_unanswered ON softcopy_request (id)
    WHERE state IN ('new', 'waiting', 'sent');
CREATE INDEX softcopy_request_ready ON softcopy_request (id) WHERE state = 'ready';
CREATE INDEX softcopy_request_ended ON softcopy_request (changed_at)
    WHERE state IN ('delivered', 'answered', 'refused', 'cancelled', 'expired');
CREATE INDEX softcopy_request_kept ON softcopy_request (id)
    WHERE forgotten_at IS NULL AND state IN
        ('ready', 'delivered', 'answered', 'refused', 'cancelled', 'expired');

-- The file that answers a request: brought by an officer, marked where the office marks.
CREATE TABLE request_file (
    id         INTEGER PRIMARY KEY,
    request_id INTEGER NOT NULL REFERENCES softcopy_request (id),
    name       TEXT,  -- inside the folder of answers, made by us; NULL: deleted
    kind       TEXT NOT NULL CHECK (kind IN ('pdf', 'xlsx')),
    -- waiting and working: to be marked
    state      TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'ready', 'refused', 'gone')),
    problem    TEXT,
    number     TEXT,  -- of the marked copy, as in the ledger
    size_bytes INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    added_at   TEXT NOT NULL,
    added_by   TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX request_file_once ON request_file (request_id)
    WHERE state IN ('waiting', 'working', 'ready', 'refused');
CREATE INDEX request_file_pending ON request_file (id) WHERE state IN ('waiting', 'working');
CREATE INDEX request_file_on_disk ON request_file (id) WHERE name IS NOT NULL;

-- Stars of visitors. The id is random, so that no order tells who came when; what ties a rating
-- to its visit is there only as long as it may be changed, and goes with the end of the visit.
CREATE TABLE publication_rating (
    id             INTEGER PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    stars          INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    word           TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX publication_rating_of ON publication_rating (publication_id, stars);
CREATE TABLE publication_rating_tie (
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    rating_id      INTEGER NOT NULL UNIQUE REFERENCES publication_rating (id),
    PRIMARY KEY (visit_id, publication_id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER publication_rating_untied AFTER UPDATE OF closed_at ON visit
    WHEN new.closed_at IS NOT NULL AND new.state <> 'cancelled' BEGIN
    DELETE FROM publication_rating_tie WHERE visit_id = new.id;
END;
-- A visit that never took place has no say: who registers again and again fills no average.
CREATE TRIGGER publication_rating_of_no_visit AFTER UPDATE OF closed_at ON visit
    WHEN new.closed_at IS NOT NULL AND new.state = 'cancelled' BEGIN
    DELETE FROM publication_rating WHERE id IN (
        SELECT rating_id FROM publication_rating_tie WHERE visit_id = new.id);
    DELETE FROM publication_rating_tie WHERE visit_id = new.id;
END;

-- Who was told of an account on the portal, where the office asks for one.
CREATE TABLE portal_account (
    visit_id    INTEGER PRIMARY KEY REFERENCES visit (id),
    state       TEXT NOT NULL CHECK (state IN ('told', 'has_account', 'verified')),
    told_at     TEXT NOT NULL,
    verified_at TEXT,
    CHECK ((verified_at IS NULL) = (state <> 'verified'))
) STRICT;
