-- What is known of a door: its size, what a person saw where no sensor does, and alarms that stay
-- until their cause is gone or a person has looked.

ALTER TABLE locker ADD COLUMN size TEXT NOT NULL DEFAULT 'M' CHECK (size IN ('S', 'M', 'L'));

ALTER TABLE door_command ADD COLUMN person_says TEXT
    CHECK (person_says IN ('opened', 'not_opened'));
ALTER TABLE door_command ADD COLUMN person_says_at TEXT;
ALTER TABLE door_command ADD COLUMN person_says_by TEXT;

CREATE TABLE door_alarm (
    id        INTEGER PRIMARY KEY,
    uuid      TEXT NOT NULL UNIQUE,
    locker_id INTEGER NOT NULL REFERENCES locker (id),
    kind      TEXT NOT NULL CHECK (kind IN ('opened_without_command', 'not_opened', 'left_open',
                                            'sensor_disagrees', 'output_stuck', 'not_answering')),
    raised_at TEXT NOT NULL,
    ended_at  TEXT,
    ended_by  TEXT,  -- 'system' when the cause is gone, else who looked
    note      TEXT NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX door_alarm_open ON door_alarm (locker_id, kind) WHERE ended_at IS NULL;
CREATE INDEX door_alarm_waiting ON door_alarm (id) WHERE ended_at IS NULL;
