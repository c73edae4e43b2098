-- The whole house in its first form. Times are UTC text, ISO 8601 with milliseconds and a Z.
-- What must not be is refused here: CHECKs on states and on the moments that go with them, partial
-- unique indexes on what is open.
-- A partial index over several states serves only queries that write these states out in the same
-- order (storage/among.py); over one state, a bound parameter will do.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE idempotency (
    scope      TEXT NOT NULL,
    key_hash   TEXT NOT NULL,
    subject    TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (scope, key_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE process_state (
    name       TEXT PRIMARY KEY CHECK (name IN ('web', 'lockers', 'documents', 'sync')),
    pid        INTEGER NOT NULL,
    boot_id    TEXT NOT NULL,
    started_at TEXT NOT NULL
) STRICT;

-- Staff -------------------------------------------------------------------------------------

CREATE TABLE staff (
    id            INTEGER PRIMARY KEY,
    username      TEXT NOT NULL UNIQUE COLLATE NOCASE,
    display_name  TEXT NOT NULL,
    role          TEXT NOT NULL CHECK (role IN ('officer', 'operator', 'admin')),
    password_hash TEXT NOT NULL,
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    created_at    TEXT NOT NULL
) STRICT;

CREATE TABLE staff_session (
    token_hash      TEXT PRIMARY KEY,
    staff_id        INTEGER NOT NULL REFERENCES staff (id),
    created_at      TEXT NOT NULL,
    created_boot_id TEXT NOT NULL,
    created_boot_ms INTEGER NOT NULL,
    seen_at         TEXT NOT NULL,
    seen_boot_id    TEXT NOT NULL,
    seen_boot_ms    INTEGER NOT NULL,
    ended_at        TEXT,
    end_reason      TEXT,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE INDEX staff_session_open ON staff_session (staff_id) WHERE ended_at IS NULL;

CREATE TABLE login_failure (
    id       INTEGER PRIMARY KEY,
    username TEXT NOT NULL COLLATE NOCASE,
    client   TEXT NOT NULL,
    at       TEXT NOT NULL,
    boot_id  TEXT NOT NULL,
    boot_ms  INTEGER NOT NULL
) STRICT;
CREATE INDEX login_failure_by_client ON login_failure (client, username, id);

CREATE TABLE device (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('station', 'kiosk', 'display', 'desk')),
    name          TEXT NOT NULL,
    token_hash    TEXT NOT NULL UNIQUE,
    registered_by TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    revoked_at    TEXT
) STRICT;

-- Visits ------------------------------------------------------------------------------------

CREATE TABLE visit (
    id                 INTEGER PRIMARY KEY,
    uuid               TEXT NOT NULL UNIQUE,
    token_hash         TEXT NOT NULL UNIQUE,
    code               TEXT NOT NULL UNIQUE,
    business_date      TEXT NOT NULL,
    number             INTEGER NOT NULL CHECK (number > 0),
    state              TEXT NOT NULL CHECK (state IN (
                           'registered', 'called', 'served', 'leaving',
                           'finished', 'closed_by_staff', 'not_returned', 'cancelled')),
    channel            TEXT NOT NULL CHECK (channel IN ('phone', 'kiosk', 'desk')),
    registered_at      TEXT NOT NULL,
    registered_boot_id TEXT NOT NULL,
    registered_boot_ms INTEGER NOT NULL,
    registered_clock   INTEGER NOT NULL CHECK (registered_clock BETWEEN 0 AND 2),
    called_at          TEXT,
    called_by          TEXT,
    desk               TEXT NOT NULL DEFAULT '',  -- where the visitor is asked to come
    served_at          TEXT,
    served_by          TEXT,
    wait_s             REAL,  -- NULL: not served yet, or no clock can tell
    leaving_at         TEXT,
    closed_at          TEXT,
    closed_by          TEXT,
    close_reason       TEXT,
    stay_s             REAL,
    rated_at           TEXT,
    sex                TEXT NOT NULL,
    age_band           TEXT NOT NULL,
    education          TEXT NOT NULL,
    occupation         TEXT NOT NULL,
    occupation_other   TEXT NOT NULL DEFAULT '',
    agency_category    TEXT NOT NULL,
    agency_other       TEXT NOT NULL DEFAULT '',
    purpose            TEXT NOT NULL,
    purpose_other      TEXT NOT NULL DEFAULT '',
    services           TEXT NOT NULL,  -- codes joined by a blank, as are channels
    channels           TEXT NOT NULL,
    disability         TEXT NOT NULL DEFAULT '',
    data_wanted        TEXT NOT NULL DEFAULT '',
    UNIQUE (business_date, number),
    CHECK ((closed_at IS NULL) = (state IN ('registered', 'called', 'served', 'leaving')))
) STRICT;
CREATE INDEX visit_open ON visit (id)
    WHERE state IN ('registered', 'called', 'served', 'leaving');

-- Who the visitor is stands apart from what the visit was: erasing empties this row alone.
CREATE TABLE guest (
    visit_id    INTEGER PRIMARY KEY REFERENCES visit (id),
    name        TEXT,
    email       TEXT,
    phone       TEXT,
    agency_name TEXT,
    erased_at   TEXT
) STRICT;
CREATE INDEX guest_not_erased ON guest (visit_id) WHERE erased_at IS NULL;

CREATE TABLE consent (
    id             INTEGER PRIMARY KEY,
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    notice_version TEXT NOT NULL,
    text_hash      TEXT NOT NULL,
    language       TEXT NOT NULL,
    channel        TEXT NOT NULL,
    action         TEXT NOT NULL CHECK (action IN ('given', 'withdrawn')),
    at             TEXT NOT NULL
) STRICT;
CREATE INDEX consent_by_visit ON consent (visit_id);

-- Lockers and cards -------------------------------------------------------------------------

CREATE TABLE locker (
    id             INTEGER PRIMARY KEY,
    number         INTEGER NOT NULL UNIQUE CHECK (number > 0),
    condition      TEXT NOT NULL DEFAULT 'usable'
                       CHECK (condition IN ('usable', 'blocked', 'broken', 'key_lost')),
    condition_note TEXT NOT NULL DEFAULT '',
    has_sensor     INTEGER NOT NULL DEFAULT 1 CHECK (has_sensor IN (0, 1)),
    door           TEXT NOT NULL DEFAULT 'unknown' CHECK (door IN ('closed', 'open', 'unknown')),
    door_at        TEXT
) STRICT;

CREATE TABLE locker_session (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    locker_id  INTEGER NOT NULL REFERENCES locker (id),
    visit_id   INTEGER NOT NULL REFERENCES visit (id),
    started_at TEXT NOT NULL,
    started_by TEXT NOT NULL,
    ended_at   TEXT,
    ended_by   TEXT,
    end_reason TEXT CHECK (end_reason IN ('visitor', 'staff_empty', 'found_property', 'error')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX locker_in_use ON locker_session (locker_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX visit_has_locker ON locker_session (visit_id) WHERE ended_at IS NULL;
CREATE INDEX locker_session_by_visit ON locker_session (visit_id);

CREATE TABLE door_command (
    id              INTEGER PRIMARY KEY,
    uuid            TEXT NOT NULL UNIQUE,
    locker_id       INTEGER NOT NULL REFERENCES locker (id),
    session_id      INTEGER REFERENCES locker_session (id),
    purpose         TEXT NOT NULL CHECK (purpose IN ('store', 'again', 'fetch', 'staff', 'emergency')),
    requested_by    TEXT NOT NULL,
    reason          TEXT NOT NULL DEFAULT '',
    created_at      TEXT NOT NULL,
    boot_id         TEXT NOT NULL,
    created_boot_ms INTEGER NOT NULL,
    expires_boot_ms INTEGER NOT NULL,
    claimed_at      TEXT,  -- taken by the lockers process, before the coil
    pulsed_at       TEXT,  -- the pulse has ended
    open_seen_at    TEXT,
    closed_seen_at  TEXT,
    result          TEXT CHECK (result IN ('opened', 'sent', 'open_not_detected', 'expired',
                                           'driver_error', 'interrupted', 'unattended'))
) STRICT;
CREATE INDEX door_command_waiting ON door_command (id) WHERE result IS NULL;
CREATE INDEX door_command_by_locker ON door_command (locker_id, id);

CREATE TABLE deposit (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    visit_id    INTEGER NOT NULL REFERENCES visit (id),
    card_type   TEXT NOT NULL,
    tray_slot   INTEGER NOT NULL CHECK (tray_slot > 0),
    state       TEXT NOT NULL CHECK (state IN ('held', 'returned', 'left_behind', 'handed_over')),
    received_at TEXT NOT NULL,
    received_by TEXT NOT NULL,
    returned_at TEXT,
    returned_by TEXT,
    note        TEXT NOT NULL DEFAULT '',
    CHECK ((returned_at IS NULL) = (state IN ('held', 'left_behind')))
) STRICT;
CREATE UNIQUE INDEX tray_slot_in_use ON deposit (tray_slot) WHERE state IN ('held', 'left_behind');
CREATE UNIQUE INDEX visit_has_deposit ON deposit (visit_id) WHERE state IN ('held', 'left_behind');
CREATE INDEX deposit_by_visit ON deposit (visit_id, id);

-- Library -----------------------------------------------------------------------------------

CREATE TABLE publication (
    id                 INTEGER PRIMARY KEY,
    source_id          TEXT UNIQUE,  -- pub_id of the BPS WebAPI
    kind               TEXT NOT NULL DEFAULT 'publication',
    title              TEXT NOT NULL,
    subject            TEXT NOT NULL DEFAULT '',
    abstract           TEXT NOT NULL DEFAULT '',
    year               INTEGER,
    released_on        TEXT,
    issn               TEXT NOT NULL DEFAULT '',
    catalogue_number   TEXT NOT NULL DEFAULT '',
    publication_number TEXT NOT NULL DEFAULT '',
    pages              INTEGER,
    shelf              TEXT NOT NULL DEFAULT '',
    barcode            TEXT UNIQUE,
    copies             INTEGER NOT NULL DEFAULT 0 CHECK (copies >= 0),
    softcopy_path      TEXT,
    withdrawn_at       TEXT
) STRICT;
CREATE INDEX publication_newest ON publication (year DESC, id DESC);
CREATE INDEX publication_withdrawn ON publication (id) WHERE withdrawn_at IS NOT NULL;

CREATE VIRTUAL TABLE publication_fts USING fts5 (
    title, subject, abstract,
    content='publication', content_rowid='id',
    tokenize='unicode61 remove_diacritics 2', prefix='2 3'
);
CREATE TRIGGER publication_added AFTER INSERT ON publication BEGIN
    INSERT INTO publication_fts (rowid, title, subject, abstract)
    VALUES (new.id, new.title, new.subject, new.abstract);
END;
CREATE TRIGGER publication_removed AFTER DELETE ON publication BEGIN
    INSERT INTO publication_fts (publication_fts, rowid, title, subject, abstract)
    VALUES ('delete', old.id, old.title, old.subject, old.abstract);
END;
CREATE TRIGGER publication_changed AFTER UPDATE OF title, subject, abstract ON publication BEGIN
    INSERT INTO publication_fts (publication_fts, rowid, title, subject, abstract)
    VALUES ('delete', old.id, old.title, old.subject, old.abstract);
    INSERT INTO publication_fts (rowid, title, subject, abstract)
    VALUES (new.id, new.title, new.subject, new.abstract);
END;

CREATE TABLE reading (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    publication_id INTEGER REFERENCES publication (id),  -- NULL: not catalogued yet
    title          TEXT NOT NULL,
    noted_at       TEXT NOT NULL,
    noted_by       TEXT NOT NULL,
    returned_at    TEXT,
    returned_by    TEXT
) STRICT;
CREATE UNIQUE INDEX reading_once ON reading (visit_id, publication_id)
    WHERE returned_at IS NULL AND publication_id IS NOT NULL;
CREATE INDEX reading_by_visit ON reading (visit_id);
CREATE INDEX reading_open ON reading (publication_id) WHERE returned_at IS NULL;

CREATE TABLE softcopy_request (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    publication_id INTEGER REFERENCES publication (id),
    wanted         TEXT NOT NULL,
    purpose        TEXT NOT NULL DEFAULT '',
    email          TEXT,
    state          TEXT NOT NULL CHECK (state IN ('new', 'sent', 'refused', 'cancelled')),
    created_at     TEXT NOT NULL,
    handled_at     TEXT,
    handled_by     TEXT,
    note           TEXT NOT NULL DEFAULT '',
    CHECK ((handled_at IS NULL) = (state = 'new'))
) STRICT;
CREATE INDEX softcopy_request_by_visit ON softcopy_request (visit_id);
CREATE INDEX softcopy_request_new ON softcopy_request (id) WHERE state = 'new';

CREATE TABLE photocopy (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    publication_id INTEGER REFERENCES publication (id),
    title          TEXT NOT NULL,
    pages          TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('asked', 'out', 'back', 'cancelled')),
    created_at     TEXT NOT NULL,
    out_at         TEXT,
    out_by         TEXT,
    back_at        TEXT,
    back_by        TEXT,
    CHECK ((out_at IS NULL) = (state IN ('asked', 'cancelled'))),
    CHECK ((back_at IS NULL) = (state <> 'back'))
) STRICT;
CREATE INDEX photocopy_by_visit ON photocopy (visit_id);
CREATE INDEX photocopy_open ON photocopy (id) WHERE state IN ('asked', 'out');

-- Scans -------------------------------------------------------------------------------------

CREATE TABLE scan_job (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    visit_id   INTEGER NOT NULL REFERENCES visit (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'finishing', 'ready', 'failed', 'discarded')),
    preset     TEXT NOT NULL DEFAULT '',
    opened_at  TEXT NOT NULL,
    opened_by  TEXT NOT NULL,
    closed_at  TEXT,
    page_count INTEGER,
    pdf_name   TEXT,  -- inside the scans folder, made by us, never by a visitor
    pdf_bytes  INTEGER,
    pdf_sha256 TEXT,
    problem    TEXT
) STRICT;
CREATE UNIQUE INDEX visit_scans_once ON scan_job (visit_id) WHERE state = 'open';
CREATE INDEX scan_job_by_visit ON scan_job (visit_id);
CREATE INDEX scan_job_finishing ON scan_job (id) WHERE state = 'finishing';
CREATE INDEX scan_job_on_disk ON scan_job (id) WHERE pdf_name IS NOT NULL;
CREATE INDEX scan_job_kept ON scan_job (id) WHERE state <> 'discarded';

CREATE TABLE scan_page (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    job_id         INTEGER NOT NULL REFERENCES scan_job (id),
    position       INTEGER NOT NULL CHECK (position > 0),
    scanner        TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'scanning', 'kept', 'failed',
                                                  'cancelled', 'removed')),
    cancel_asked   INTEGER NOT NULL DEFAULT 0 CHECK (cancel_asked IN (0, 1)),
    resolution_dpi INTEGER NOT NULL,
    mode           TEXT NOT NULL,
    width_mm       REAL NOT NULL,
    height_mm      REAL NOT NULL,
    asked_at       TEXT NOT NULL,
    boot_id        TEXT NOT NULL,
    asked_boot_ms  INTEGER NOT NULL,
    replaces_id    INTEGER REFERENCES scan_page (id),  -- kept until this one is
    rows_done      INTEGER NOT NULL DEFAULT 0,
    rows_total     INTEGER NOT NULL DEFAULT 0,
    image_name     TEXT,
    width_px       INTEGER,
    height_px      INTEGER,
    size_bytes     INTEGER,
    sha256         TEXT,
    finished_at    TEXT,
    problem        TEXT,
    CHECK ((finished_at IS NULL) = (state IN ('waiting', 'scanning')))
) STRICT;
CREATE UNIQUE INDEX scanner_in_use ON scan_page (scanner) WHERE state IN ('waiting', 'scanning');
CREATE UNIQUE INDEX scan_page_place ON scan_page (job_id, position)
    WHERE state IN ('waiting', 'scanning', 'kept');
CREATE INDEX scan_page_by_job ON scan_page (job_id, id);
CREATE INDEX scan_page_waiting ON scan_page (id) WHERE state = 'waiting';
CREATE INDEX scan_page_on_disk ON scan_page (job_id) WHERE image_name IS NOT NULL;

-- What visitors say -------------------------------------------------------------------------

-- Nobody can be found from a rating: it has no visit, no day, no traits of its respondent, and a
-- random id, so that not even the order of the rows tells. Who the respondents of a month were is
-- counted apart, each trait by itself.
CREATE TABLE rating (
    id      INTEGER PRIMARY KEY,
    month   TEXT NOT NULL,  -- YYYY-MM at the office
    comment TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX rating_by_month ON rating (month);

CREATE TABLE rating_profile (
    month       TEXT NOT NULL,
    trait       TEXT NOT NULL CHECK (trait IN ('sex', 'age_band', 'education', 'occupation')),
    code        TEXT NOT NULL,
    respondents INTEGER NOT NULL CHECK (respondents > 0),
    PRIMARY KEY (month, trait, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE rating_answer (
    rating_id INTEGER NOT NULL REFERENCES rating (id),
    element   TEXT NOT NULL,
    value     INTEGER NOT NULL CHECK (value BETWEEN 1 AND 4),
    PRIMARY KEY (rating_id, element)
) STRICT, WITHOUT ROWID;

CREATE TABLE complaint (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    code        TEXT NOT NULL UNIQUE,
    topic       TEXT NOT NULL,
    body        TEXT NOT NULL,
    contact     TEXT,
    state       TEXT NOT NULL CHECK (state IN ('new', 'in_hand', 'answered')),
    created_at  TEXT NOT NULL,
    due_at      TEXT NOT NULL,
    answer      TEXT NOT NULL DEFAULT '',
    answered_at TEXT,
    answered_by TEXT,
    CHECK ((answered_at IS NULL) = (state <> 'answered'))
) STRICT;

-- What must never be lost or changed --------------------------------------------------------

CREATE TABLE journal (
    seq      INTEGER PRIMARY KEY,
    at       TEXT NOT NULL,
    boot_id  TEXT NOT NULL,
    boot_ms  INTEGER NOT NULL,
    clock    INTEGER NOT NULL,
    actor    TEXT NOT NULL,
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL,
    reason   TEXT NOT NULL DEFAULT '',
    detail   TEXT NOT NULL DEFAULT '{}',
    chain    BLOB NOT NULL
) STRICT;
CREATE TRIGGER journal_is_never_rewritten BEFORE UPDATE ON journal BEGIN
    SELECT RAISE (ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal BEGIN
    SELECT RAISE (ABORT, 'the journal is append-only');
END;

CREATE TABLE stream (
    epoch       TEXT PRIMARY KEY,
    opened_at   TEXT NOT NULL,
    reason      TEXT NOT NULL,
    prev_epoch  TEXT,
    acked_seq   INTEGER NOT NULL DEFAULT 0,
    acked_chain BLOB NOT NULL,
    open        INTEGER NOT NULL DEFAULT 1 CHECK (open IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX one_open_stream ON stream (open) WHERE open = 1;

CREATE TABLE outbox (
    id       INTEGER PRIMARY KEY,
    epoch    TEXT NOT NULL REFERENCES stream (epoch),
    seq      INTEGER NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    type     TEXT NOT NULL,
    prio     INTEGER NOT NULL DEFAULT 1 CHECK (prio BETWEEN 0 AND 2),
    payload  BLOB NOT NULL,
    chain    BLOB NOT NULL,
    state    TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'acked', 'held')),
    tries    INTEGER NOT NULL DEFAULT 0,
    problem  TEXT NOT NULL DEFAULT '',
    UNIQUE (epoch, seq)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (id) WHERE state = 'pending';
CREATE INDEX outbox_held ON outbox (id) WHERE state = 'held';
