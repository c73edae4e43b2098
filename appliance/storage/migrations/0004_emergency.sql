-- Every door at once, who must be outside then, and what a start found.

CREATE TABLE emergency (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    source     TEXT NOT NULL CHECK (source IN ('screen', 'button', 'command')),
    reason     TEXT NOT NULL,
    started_at TEXT NOT NULL,
    started_by TEXT NOT NULL,
    ended_at   TEXT,
    ended_by   TEXT
) STRICT;
CREATE UNIQUE INDEX emergency_open ON emergency ((1)) WHERE ended_at IS NULL;

ALTER TABLE door_command ADD COLUMN emergency_id INTEGER REFERENCES emergency (id);
CREATE INDEX door_command_in_emergency ON door_command (emergency_id, id)
    WHERE emergency_id IS NOT NULL;

CREATE TABLE roll_call (
    emergency_id INTEGER NOT NULL REFERENCES emergency (id),
    visit_id     INTEGER NOT NULL REFERENCES visit (id),
    seen_at      TEXT,
    seen_by      TEXT,
    PRIMARY KEY (emergency_id, visit_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE start_report (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    at          TEXT NOT NULL,
    cause       TEXT NOT NULL CHECK (cause IN ('power_cut', 'restart', 'killed')),
    before_at   TEXT,  -- the last sign of life of the run before
    seen_at     TEXT,
    seen_by     TEXT
) STRICT;

CREATE TABLE start_line (
    id          INTEGER PRIMARY KEY,
    report_id   INTEGER NOT NULL REFERENCES start_report (id),
    locker_id   INTEGER NOT NULL REFERENCES locker (id),
    finding     TEXT NOT NULL,
    door        TEXT NOT NULL CHECK (door IN ('closed', 'open', 'unknown')),
    command_id  INTEGER REFERENCES door_command (id),
    session_id  INTEGER REFERENCES locker_session (id),
    settled_at  TEXT,
    settled_by  TEXT,
    note        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX start_line_once ON start_line (report_id, locker_id);
