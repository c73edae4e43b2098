-- What stands for a locker: cards, guarantees, or nothing with a reason. Cards that nobody
-- collected, swapped cards, and days that were closed and sealed.

CREATE TABLE deposit_of_any_kind (
    id           INTEGER PRIMARY KEY,
    uuid         TEXT NOT NULL UNIQUE,
    visit_id     INTEGER NOT NULL REFERENCES visit (id),
    kind         TEXT NOT NULL CHECK (kind IN ('card', 'guarantee', 'none')),
    card_type    TEXT NOT NULL,  -- of a guarantee its word; empty for none
    tray_slot    INTEGER CHECK (tray_slot > 0),  -- NULL: nothing of it lies in the tray
    state        TEXT NOT NULL CHECK (state IN ('held', 'left_behind', 'sealed', 'swapped',
                                                'returned', 'handed_over', 'waived')),
    received_at  TEXT NOT NULL,
    received_by  TEXT NOT NULL,
    envelope     INTEGER UNIQUE,  -- as written on it; stays when the envelope is opened
    returned_at  TEXT,
    returned_by  TEXT,
    handed_to    TEXT CHECK (handed_to IN ('police', 'disdukcapil', 'other')),
    receipt      INTEGER UNIQUE,  -- as printed on the paper that both sides sign
    note         TEXT NOT NULL DEFAULT '',
    CHECK ((returned_at IS NULL) = (state IN ('held', 'left_behind', 'sealed', 'swapped'))),
    CHECK ((state = 'waived') = (kind = 'none')),
    CHECK (kind <> 'card' OR tray_slot IS NOT NULL),
    CHECK (state <> 'sealed' OR envelope IS NOT NULL)
) STRICT;
INSERT INTO deposit_of_any_kind
        (id, uuid, visit_id, kind, card_type, tray_slot, state, received_at, received_by,
         returned_at, returned_by, handed_to, note)
    SELECT id, uuid, visit_id, 'card', card_type, tray_slot, state, received_at, received_by,
        returned_at, returned_by, CASE state WHEN 'handed_over' THEN 'other' END, note
    FROM deposit;
DROP TABLE deposit;
ALTER TABLE deposit_of_any_kind RENAME TO deposit;
CREATE UNIQUE INDEX tray_slot_in_use ON deposit (tray_slot) WHERE state IN ('held', 'left_behind');
CREATE UNIQUE INDEX visit_has_deposit ON deposit (visit_id)
    WHERE state IN ('held', 'left_behind', 'sealed', 'swapped');
CREATE INDEX deposit_by_visit ON deposit (visit_id, id);
CREATE INDEX deposit_owed ON deposit (id)
    WHERE state IN ('held', 'left_behind', 'sealed', 'swapped');

CREATE INDEX deposit_returned ON deposit (returned_at) WHERE state IN ('returned');

-- That somebody tried to reach the owner; the number that was called stands nowhere.
CREATE TABLE deposit_contact (
    id         INTEGER PRIMARY KEY,
    deposit_id INTEGER NOT NULL REFERENCES deposit (id),
    at         TEXT NOT NULL,
    by         TEXT NOT NULL,
    way        TEXT NOT NULL CHECK (way IN ('called', 'messaged', 'in_person')),
    outcome    TEXT NOT NULL CHECK (outcome IN ('will_come', 'told', 'no_answer',
                                                'not_reachable')),
    note       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deposit_contact_of ON deposit_contact (deposit_id, id);

-- Two owners with each other's card, from when it is noticed until both are put right.
CREATE TABLE card_swap (
    id           INTEGER PRIMARY KEY,
    uuid         TEXT NOT NULL UNIQUE,
    first_id     INTEGER NOT NULL REFERENCES deposit (id),
    second_id    INTEGER NOT NULL REFERENCES deposit (id),
    noted_at     TEXT NOT NULL,
    noted_by     TEXT NOT NULL,
    note         TEXT NOT NULL DEFAULT '',
    settled_at   TEXT,
    settled_by   TEXT,
    CHECK (first_id <> second_id),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL))
) STRICT;
CREATE INDEX card_swap_open ON card_swap (id) WHERE settled_at IS NULL;
CREATE INDEX card_swap_of_first ON card_swap (first_id, id);
CREATE INDEX card_swap_of_second ON card_swap (second_id, id);

-- What a person decided of everything that was still open when a day was closed.
CREATE TABLE day_decision (
    id            INTEGER PRIMARY KEY,
    business_date TEXT NOT NULL,
    kind          TEXT NOT NULL CHECK (kind IN ('visit', 'locker', 'card', 'reading',
                                                'photocopy')),
    subject       INTEGER NOT NULL,  -- the row of that kind; a locker's number
    label         TEXT NOT NULL,
    decision      TEXT NOT NULL,
    at            TEXT NOT NULL,
    by            TEXT NOT NULL
) STRICT;
CREATE INDEX day_decision_of ON day_decision (business_date, id);

-- The day's figures as they were when it was closed. A day that went on is sealed once more.
CREATE TABLE day_report (
    id            INTEGER PRIMARY KEY,
    business_date TEXT NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    sealed_at     TEXT NOT NULL,
    sealed_by     TEXT NOT NULL,
    content       TEXT NOT NULL,  -- canonical JSON
    before        TEXT NOT NULL,  -- the seal of the report before this one
    seal          TEXT NOT NULL UNIQUE,
    UNIQUE (business_date, version)
) STRICT;
CREATE TRIGGER day_report_stays BEFORE UPDATE ON day_report BEGIN
    SELECT RAISE (ABORT, 'a sealed day is never changed');
END;
CREATE TRIGGER day_report_remains BEFORE DELETE ON day_report BEGIN
    SELECT RAISE (ABORT, 'a sealed day is never deleted');
END;
