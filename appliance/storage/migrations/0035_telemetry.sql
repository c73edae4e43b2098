-- Telemetry is dropped before facts when the disk fills up; rows of its class are found by this.
CREATE INDEX outbox_telemetry ON outbox (epoch, seq) WHERE prio = 2;
ALTER TABLE portal_state ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE portal_state ADD COLUMN dropped_at TEXT;
