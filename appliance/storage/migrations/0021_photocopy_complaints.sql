-- Photocopy forms of several publications, when each is due back, and what never came back.

CREATE TABLE photocopy_form (
    id       INTEGER PRIMARY KEY,  -- the number on the slip
    visit_id INTEGER NOT NULL REFERENCES visit (id),
    made_at  TEXT NOT NULL,
    made_by  TEXT NOT NULL CHECK (made_by IN ('visitor', 'staff'))
) STRICT;
CREATE INDEX photocopy_form_by_visit ON photocopy_form (visit_id, id);
-- Until now a form was of one publication, and its number was that of the row.
INSERT INTO photocopy_form (id, visit_id, made_at, made_by)
    SELECT id, visit_id, created_at, 'visitor' FROM photocopy;

CREATE TABLE photocopy_on_form (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    form_id        INTEGER NOT NULL REFERENCES photocopy_form (id),
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    publication_id INTEGER REFERENCES publication (id),
    title          TEXT NOT NULL,
    pages          TEXT NOT NULL,
    page_count     INTEGER CHECK (page_count > 0),  -- NULL: of a form whose pages nobody counted
    state          TEXT NOT NULL
        CHECK (state IN ('asked', 'out', 'back', 'cancelled', 'lost')),
    created_at     TEXT NOT NULL,
    out_at         TEXT,
    out_by         TEXT,
    carrier        TEXT CHECK (carrier IN ('visitor', 'staff', 'cooperative')),  -- who took it
    due_at         TEXT,  -- NULL: out since before trips had an end
    back_at        TEXT,
    back_by        TEXT,
    lost_at        TEXT,  -- stays when it is found after all
    lost_by        TEXT,
    lost_reason    TEXT NOT NULL DEFAULT '',
    CHECK ((out_at IS NULL) = (state IN ('asked', 'cancelled'))),
    CHECK ((back_at IS NULL) = (state <> 'back')),
    CHECK (due_at IS NULL OR out_at IS NOT NULL),
    CHECK (state <> 'lost' OR lost_at IS NOT NULL),
    CHECK ((lost_at IS NULL) = (lost_by IS NULL))
) STRICT;
INSERT INTO photocopy_on_form
        (id, uuid, form_id, visit_id, publication_id, title, pages, state, created_at,
         out_at, out_by, carrier, back_at, back_by)
    SELECT id, uuid, id, visit_id, publication_id, title, pages, state, created_at,
        out_at, out_by, CASE WHEN out_at IS NOT NULL THEN 'visitor' END, back_at, back_by
    FROM photocopy;
DROP TABLE photocopy;
ALTER TABLE photocopy_on_form RENAME TO photocopy;
CREATE INDEX photocopy_by_visit ON photocopy (visit_id);
CREATE INDEX photocopy_of_form ON photocopy (form_id);
CREATE INDEX photocopy_open ON photocopy (id) WHERE state IN ('asked', 'out');
CREATE INDEX photocopy_lost ON photocopy (id) WHERE state IN ('lost');
CREATE INDEX photocopy_made ON photocopy (created_at);

-- Complaints by component of the service standard, with deadlines in working days, an officer who
-- handles them, and one more round for whoever holds the ticket.

CREATE TABLE complaint_with_life (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    code           TEXT UNIQUE,  -- the ticket, known to its holder alone; NULL once forgotten
    kind           TEXT NOT NULL DEFAULT 'complaint'
        CHECK (kind IN ('complaint', 'suggestion', 'question', 'appreciation')),
    topic          TEXT NOT NULL,
    body           TEXT NOT NULL,
    contact        TEXT,
    state          TEXT NOT NULL CHECK (state IN ('new', 'in_hand', 'answered', 'closed')),
    created_at     TEXT NOT NULL,
    first_due_at   TEXT,  -- by when somebody takes it in hand; NULL: from before that was promised
    due_at         TEXT NOT NULL,
    needs_check    INTEGER NOT NULL DEFAULT 0 CHECK (needs_check IN (0, 1)),  -- outside the office
    taken_at       TEXT,
    handler        TEXT,  -- who handles it
    answer         TEXT NOT NULL DEFAULT '',
    answered_at    TEXT,
    answered_by    TEXT,
    closed_at      TEXT,
    reopened_at    TEXT,  -- once at most
    reopen_words   TEXT NOT NULL DEFAULT '',
    earlier_answer TEXT NOT NULL DEFAULT '',
    forgotten_at   TEXT,
    -- How it reached the office; created_at is when it did, whenever it was typed.
    channel        TEXT NOT NULL DEFAULT 'box' CHECK (channel IN ('box', 'paper', 'letter',
        'phone', 'email', 'online', 'in_person')),
    entered_by     TEXT,  -- who typed what did not come through the box
    CHECK ((channel = 'box') = (entered_by IS NULL)),
    CHECK ((answered_at IS NULL) = (state IN ('new', 'in_hand'))),
    CHECK ((closed_at IS NULL) = (state <> 'closed')),
    CHECK (forgotten_at IS NULL OR (code IS NULL AND contact IS NULL AND body = ''))
) STRICT;
INSERT INTO complaint_with_life
        (id, uuid, code, kind, topic, body, contact, state, created_at, due_at, answer,
         answered_at, answered_by)
    SELECT id, uuid, code, CASE topic WHEN 'suggestion' THEN 'suggestion' ELSE 'complaint' END,
        CASE topic WHEN 'suggestion' THEN 'other' WHEN 'collection' THEN 'product' ELSE topic END,
        body, contact, state, created_at, due_at, answer, answered_at, answered_by
    FROM complaint;
DROP TABLE complaint;
ALTER TABLE complaint_with_life RENAME TO complaint;
CREATE INDEX complaint_waits ON complaint (due_at, id) WHERE state IN ('new', 'in_hand');
CREATE INDEX complaint_made ON complaint (created_at);
CREATE INDEX complaint_answered ON complaint (answered_at) WHERE state IN ('answered');
CREATE INDEX complaint_kept ON complaint (answered_at) WHERE forgotten_at IS NULL;

-- What staff write to each other; never shown to whoever holds the ticket.
CREATE TABLE complaint_note (
    id           INTEGER PRIMARY KEY,
    complaint_id INTEGER NOT NULL REFERENCES complaint (id),
    at           TEXT NOT NULL,
    by           TEXT NOT NULL,
    words        TEXT NOT NULL
) STRICT;
CREATE INDEX complaint_note_of ON complaint_note (complaint_id, id);
