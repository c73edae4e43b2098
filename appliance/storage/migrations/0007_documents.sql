-- Several scanners with feeders, pages that are turned and cropped, files in parts, words that can
-- be searched, turns at a scanner; publications prepared for marking, and every marked copy.

-- What a scanner said of itself when it was last asked; its settings are in the settings file.
CREATE TABLE scanner (
    name          TEXT PRIMARY KEY,
    vendor        TEXT NOT NULL DEFAULT '',
    model         TEXT NOT NULL DEFAULT '',
    abilities     TEXT NOT NULL DEFAULT '{}',  -- JSON: sources, modes, resolutions, glass and feeder
    described_at  TEXT,
    problem       TEXT,
    refresh_asked INTEGER NOT NULL DEFAULT 0 CHECK (refresh_asked IN (0, 1))
) STRICT;

-- The big buttons where staff changed them; the others are as shipped.
CREATE TABLE scan_preset (
    code           TEXT PRIMARY KEY,
    label_id       TEXT NOT NULL CHECK (label_id <> ''),
    label_en       TEXT NOT NULL CHECK (label_en <> ''),
    resolution_dpi INTEGER NOT NULL,
    mode           TEXT NOT NULL CHECK (mode IN ('Color', 'Gray', 'Lineart')),
    source         TEXT NOT NULL CHECK (source IN ('flatbed', 'feeder', 'duplex')),
    paper          TEXT NOT NULL,
    is_shown       INTEGER NOT NULL DEFAULT 1 CHECK (is_shown IN (0, 1)),
    changed_at     TEXT NOT NULL,
    changed_by     TEXT NOT NULL
) STRICT;

ALTER TABLE scan_job ADD COLUMN scanner TEXT NOT NULL DEFAULT '';
ALTER TABLE scan_job ADD COLUMN discarded_for TEXT
    CHECK (discarded_for IN ('asked', 'checkout', 'closing', 'empty'));
-- When the time to keep its files began, where its visit was closed by a clock that was wrong
ALTER TABLE scan_job ADD COLUMN grace_from TEXT;
-- NULL: nobody asked for words that can be searched
ALTER TABLE scan_job ADD COLUMN text_state TEXT
    CHECK (text_state IN ('waiting', 'reading', 'ready', 'failed'));
ALTER TABLE scan_job ADD COLUMN text_pages INTEGER NOT NULL DEFAULT 0;
CREATE INDEX scan_job_unread ON scan_job (id) WHERE text_state IN ('waiting', 'reading');

ALTER TABLE scan_page ADD COLUMN source TEXT NOT NULL DEFAULT 'flatbed'
    CHECK (source IN ('flatbed', 'feeder', 'duplex'));
-- Sheets that went through the feeder together share the uuid of the page that was asked for.
ALTER TABLE scan_page ADD COLUMN batch TEXT;
-- Clockwise; the picture on disk stays as it was read.
ALTER TABLE scan_page ADD COLUMN turned INTEGER NOT NULL DEFAULT 0
    CHECK (turned IN (0, 90, 180, 270));
-- What is kept of the picture as it was read, in pixels: "left,top,right,bottom"; NULL: all of it.
ALTER TABLE scan_page ADD COLUMN crop TEXT;
ALTER TABLE scan_page ADD COLUMN is_blank INTEGER NOT NULL DEFAULT 0 CHECK (is_blank IN (0, 1));
-- The picture for screens, turned and cropped; NULL until it is made, '' when it cannot be.
ALTER TABLE scan_page ADD COLUMN view_name TEXT;
CREATE INDEX scan_page_undrawn ON scan_page (id)
    WHERE view_name IS NULL AND image_name IS NOT NULL;

-- A finished job's PDFs: one, or several when it has more pages than one file takes.
CREATE TABLE scan_file (
    id         INTEGER PRIMARY KEY,
    job_id     INTEGER NOT NULL REFERENCES scan_job (id),
    part       INTEGER NOT NULL CHECK (part > 0),
    name       TEXT,  -- inside the job's folder; NULL once deleted, the checksum stays
    pages      INTEGER NOT NULL CHECK (pages > 0),
    size_bytes INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    UNIQUE (job_id, part)
) STRICT;
CREATE INDEX scan_file_on_disk ON scan_file (job_id) WHERE name IS NOT NULL;

INSERT INTO scan_file (job_id, part, name, pages, size_bytes, sha256)
SELECT id, 1, pdf_name, max(coalesce(page_count, 1), 1), coalesce(pdf_bytes, 0), pdf_sha256
FROM scan_job WHERE pdf_sha256 IS NOT NULL;
DROP INDEX scan_job_on_disk;
ALTER TABLE scan_job DROP COLUMN pdf_name;
ALTER TABLE scan_job DROP COLUMN pdf_bytes;
ALTER TABLE scan_job DROP COLUMN pdf_sha256;

-- Who has a scanner, and who waits for it. The holder's paper lies on the glass.
CREATE TABLE scan_turn (
    id         INTEGER PRIMARY KEY,
    scanner    TEXT NOT NULL,
    job_id     INTEGER NOT NULL UNIQUE REFERENCES scan_job (id),
    asked_at   TEXT NOT NULL,
    granted_at TEXT,
    granted_boot_ms INTEGER,
    is_used    INTEGER NOT NULL DEFAULT 0 CHECK (is_used IN (0, 1)),  -- a page was asked for
    seen_boot_ms INTEGER NOT NULL,  -- when its station was last heard of
    boot_id    TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX scan_turn_held ON scan_turn (scanner) WHERE granted_at IS NOT NULL;

-- Publications made ready for marking, once for each file and each look of the mark.
CREATE TABLE prepared_copy (
    id             INTEGER PRIMARY KEY,
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    source_stamp   TEXT NOT NULL,  -- size and time of the source: another one is another file
    look           TEXT NOT NULL,  -- a hash of what the mark looks like
    -- gone: the file was deleted to make room, or its source has changed
    state          TEXT NOT NULL
        CHECK (state IN ('waiting', 'working', 'ready', 'refused', 'gone')),
    problem        TEXT,
    name           TEXT,  -- inside the folder of prepared files
    pages          INTEGER,
    size_bytes     INTEGER,
    sha256         TEXT,
    tail           TEXT,  -- JSON: what an appended update must know of the file
    asked_at       TEXT NOT NULL,
    ended_at       TEXT,
    used_at        TEXT
) STRICT;
CREATE UNIQUE INDEX prepared_copy_once ON prepared_copy (publication_id, look)
    WHERE state IN ('waiting', 'working', 'ready');
CREATE INDEX prepared_copy_by_publication ON prepared_copy (publication_id, look, id);
CREATE INDEX prepared_copy_waiting ON prepared_copy (id) WHERE state IN ('waiting', 'working');

-- Every copy handed out: what /verify compares with. The visit goes when its data are erased.
CREATE TABLE marked_copy (
    id             INTEGER PRIMARY KEY,
    number         TEXT NOT NULL UNIQUE,
    publication_id INTEGER REFERENCES publication (id),
    prepared_id    INTEGER REFERENCES prepared_copy (id),
    visit_id       INTEGER REFERENCES visit (id),
    title          TEXT NOT NULL,
    purpose        TEXT NOT NULL DEFAULT '',  -- a code of the guest book's list, no free text
    made_at        TEXT NOT NULL,
    size_bytes     INTEGER NOT NULL,
    sha256         TEXT NOT NULL
) STRICT;
CREATE INDEX marked_copy_by_visit ON marked_copy (visit_id);
CREATE INDEX marked_copy_by_sha ON marked_copy (sha256);
