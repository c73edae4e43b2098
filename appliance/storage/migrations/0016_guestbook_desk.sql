-- The guest book at the desk: people who come again, groups, entries to be completed, paper slips,
-- several lockers for one visit, and where a registered screen stands.

ALTER TABLE visit ADD COLUMN persons INTEGER NOT NULL DEFAULT 1
    CHECK (persons BETWEEN 1 AND 1000);  -- the leader and everybody with them
-- How many of them have answered a form or sent it back, so that nobody fills in more than came.
ALTER TABLE visit ADD COLUMN members_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE visit ADD COLUMN incomplete INTEGER NOT NULL DEFAULT 0 CHECK (incomplete IN (0, 1));
ALTER TABLE visit ADD COLUMN entered_at TEXT;  -- typed in from paper; NULL: registered as it came
ALTER TABLE visit ADD COLUMN entered_by TEXT;
CREATE INDEX visit_incomplete ON visit (id) WHERE incomplete = 1;

-- Who came with the leader, who is not counted here.
CREATE TABLE group_member (
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    sex      TEXT NOT NULL,
    age_band TEXT NOT NULL,
    heads    INTEGER NOT NULL CHECK (heads > 0),
    PRIMARY KEY (visit_id, sex, age_band)
) STRICT, WITHOUT ROWID;

ALTER TABLE guest ADD COLUMN guardian_name TEXT;
-- The fields that were left empty and completed from an earlier visit, by name: whoever knows a
-- name and a number could else read the rest on the page of their own visit.
ALTER TABLE guest ADD COLUMN taken_over TEXT NOT NULL DEFAULT '';
CREATE INDEX guest_by_phone ON guest (phone) WHERE phone IS NOT NULL;

-- One person over several visits. Holds no word about them: what is known stays with each visit's
-- guest, so that its erasure leaves nothing here but a number, which goes with the last visit.
CREATE TABLE visitor (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    card_hash  TEXT UNIQUE,
    card_at    TEXT,
    card_by    TEXT,
    CHECK ((card_hash IS NULL) = (card_at IS NULL))
) STRICT;
CREATE TABLE visitor_visit (
    visit_id   INTEGER PRIMARY KEY REFERENCES visit (id),
    visitor_id INTEGER NOT NULL REFERENCES visitor (id)
) STRICT;
CREATE INDEX visitor_visit_by_visitor ON visitor_visit (visitor_id, visit_id);

-- Who came before: the same number and the same name was the same person.
CREATE TEMP TABLE known AS
    SELECT visit_id, min(visit_id) OVER (
        PARTITION BY coalesce(phone, visit_id), CASE WHEN phone IS NULL THEN '' ELSE lower(trim(name)) END
    ) AS first_id
    FROM guest WHERE erased_at IS NULL AND name IS NOT NULL;
INSERT INTO visitor (id, uuid, created_at)
    SELECT v.id, lower(hex(randomblob(16))), v.registered_at
    FROM visit v WHERE v.id IN (SELECT first_id FROM known);
INSERT INTO visitor_visit (visit_id, visitor_id) SELECT visit_id, first_id FROM known;
DROP TABLE known;

-- A group may have several lockers; each has one use at a time, as before. How many one visit may
-- have is the office's rule, kept by the service.
DROP INDEX visit_has_locker;
CREATE INDEX visit_uses_locker ON locker_session (visit_id) WHERE ended_at IS NULL;

ALTER TABLE device ADD COLUMN place TEXT NOT NULL DEFAULT '';
