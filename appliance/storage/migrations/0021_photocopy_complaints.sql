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
CREATE INDEX photocopy_lost ON photocopy (id) WHERE state = 'lost';
CREATE INDEX photocopy_made ON photocopy (created_at);
