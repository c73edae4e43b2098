-- What time it was at one moment of a boot, as the network or the portal told.
CREATE TABLE anchor (
    id          INTEGER PRIMARY KEY,
    boot_id     TEXT NOT NULL,
    boot_ms     INTEGER NOT NULL,
    utc         TEXT NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('ntp', 'portal')),
    err_ms      INTEGER NOT NULL CHECK (err_ms >= 0),
    after_visit INTEGER NOT NULL  -- the newest visit then: its place in the order of events
) STRICT;
CREATE INDEX anchor_boot ON anchor (boot_id, boot_ms);

-- What anchors made of a visit whose clock was wrong. What was written stays beside it: the number
-- of the day is on the visitor's slip, and the journal has told the old date.
ALTER TABLE visit ADD COLUMN dated TEXT NOT NULL DEFAULT '' CHECK (
    dated IN (
        '',            -- as written
        'kept',        -- as written, and that is as good as it gets
        'known',       -- on this day, by an anchor
        'estimated'    -- on this day or another one near it
    ));
ALTER TABLE visit ADD COLUMN dated_at TEXT;
ALTER TABLE visit ADD COLUMN dated_on TEXT;
-- From before there were anchors: nothing would bound how early they may be.
UPDATE visit SET dated = 'kept' WHERE registered_clock < 2;

CREATE INDEX visit_day ON visit (coalesce(dated_on, business_date));
CREATE INDEX visit_undated ON visit (id) WHERE dated = '' AND registered_clock < 2;
