-- Finished scans handed out at the station: printed, or copied to a visitor's stick. The rows stay
-- when the files of their job go: what a visit has printed counts on.
CREATE TABLE scan_hand_out (
    id       INTEGER PRIMARY KEY,
    uuid     TEXT NOT NULL UNIQUE,
    job_id   INTEGER NOT NULL REFERENCES scan_job (id),
    kind     TEXT NOT NULL CHECK (kind IN ('print', 'usb')),
    state    TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'done', 'failed')),
    problem  TEXT,
    pages    INTEGER NOT NULL,
    asked_at TEXT NOT NULL,
    boot_id  TEXT NOT NULL,
    asked_boot_ms INTEGER NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX scan_hand_out_by_job ON scan_hand_out (job_id, id);
CREATE UNIQUE INDEX scan_hand_out_once ON scan_hand_out (job_id)
    WHERE state IN ('waiting', 'working');
