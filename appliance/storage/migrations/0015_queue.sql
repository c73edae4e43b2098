-- The queue: a series of numbers for each kind of service, who is called where, who was skipped or
-- passed on, why a promise was broken, and what was corrected. `number` stays the order of arrival.

ALTER TABLE visit ADD COLUMN series TEXT NOT NULL DEFAULT 'A' CHECK (series GLOB '[A-Z]');
ALTER TABLE visit ADD COLUMN ticket INTEGER CHECK (ticket > 0);  -- the number in its series
UPDATE visit SET ticket = number;
CREATE UNIQUE INDEX visit_ticket ON visit (business_date, series, ticket);
ALTER TABLE visit ADD COLUMN lane TEXT NOT NULL DEFAULT 'A' CHECK (lane GLOB '[A-Z]');  -- of its service
ALTER TABLE visit ADD COLUMN for_desk TEXT NOT NULL DEFAULT '';  -- passed on to this desk alone
ALTER TABLE visit ADD COLUMN skips INTEGER NOT NULL DEFAULT 0;
ALTER TABLE visit ADD COLUMN after_call INTEGER;  -- others come first until this call
ALTER TABLE visit ADD COLUMN aside_at TEXT;  -- skipped, and not in the queue until they come back
-- When a second wait began, of somebody who was served already and passed on.
ALTER TABLE visit ADD COLUMN waits_at TEXT;
ALTER TABLE visit ADD COLUMN waits_boot_id TEXT;
ALTER TABLE visit ADD COLUMN waits_boot_ms INTEGER;
ALTER TABLE visit ADD COLUMN waits_clock INTEGER;
ALTER TABLE visit ADD COLUMN served_cause TEXT NOT NULL DEFAULT '';  -- empty: the button
ALTER TABLE visit ADD COLUMN late_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE visit ADD COLUMN late_note TEXT NOT NULL DEFAULT '';
-- What this visitor was promised; NULL until the office's cleaning has filled in what it promised
-- before promises were kept with visits.
ALTER TABLE visit ADD COLUMN promise_minutes INTEGER CHECK (promise_minutes BETWEEN 1 AND 120);
CREATE INDEX visit_unpromised ON visit (id) WHERE promise_minutes IS NULL;

-- Every call of a number: what the room's screen shows, and what the sound device is to say.
CREATE TABLE queue_call (
    id         INTEGER PRIMARY KEY,
    visit_id   INTEGER NOT NULL REFERENCES visit (id),
    series     TEXT NOT NULL,
    ticket     INTEGER NOT NULL,
    desk       TEXT NOT NULL,
    called_at  TEXT NOT NULL,
    called_by  TEXT NOT NULL,
    boot_id    TEXT NOT NULL,
    boot_ms    INTEGER NOT NULL,
    claimed_at TEXT,
    result     TEXT CHECK (result IN ('spoken', 'no_device', 'failed', 'expired'))
) STRICT;
CREATE INDEX queue_call_unspoken ON queue_call (id) WHERE result IS NULL;
CREATE INDEX queue_call_of_visit ON queue_call (visit_id);

-- The sound device as its owner last found it; one row at most.
CREATE TABLE speaker_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    state   TEXT NOT NULL CHECK (state IN ('ready', 'missing', 'failing')),
    problem TEXT NOT NULL DEFAULT '',
    at      TEXT NOT NULL
) STRICT;

CREATE TABLE visit_transfer (
    id         INTEGER PRIMARY KEY,
    visit_id   INTEGER NOT NULL REFERENCES visit (id),
    from_lane  TEXT NOT NULL,
    to_lane    TEXT NOT NULL,
    to_desk    TEXT NOT NULL,
    was_served INTEGER NOT NULL CHECK (was_served IN (0, 1)),
    moved_at   TEXT NOT NULL,
    moved_by   TEXT NOT NULL
) STRICT;
CREATE INDEX visit_transfer_of_visit ON visit_transfer (visit_id);

-- When service began, as an officer corrected it; what stood there before is kept.
CREATE TABLE served_correction (
    id            INTEGER PRIMARY KEY,
    visit_id      INTEGER NOT NULL REFERENCES visit (id),
    old_served_at TEXT NOT NULL,
    old_wait_s    REAL,
    new_served_at TEXT NOT NULL,
    new_wait_s    REAL,
    reason        TEXT NOT NULL,
    corrected_at  TEXT NOT NULL,
    corrected_by  TEXT NOT NULL
) STRICT;
CREATE INDEX served_correction_of_visit ON served_correction (visit_id);
