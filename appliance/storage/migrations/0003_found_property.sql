-- What was left in lockers, who has keys, and the walk from door to door at closing time.

CREATE TABLE found_property (
    id          INTEGER PRIMARY KEY,
    uuid        TEXT NOT NULL UNIQUE,
    number      INTEGER NOT NULL UNIQUE CHECK (number > 0),  -- as written on its label
    locker_id   INTEGER REFERENCES locker (id),
    visit_id    INTEGER REFERENCES visit (id),
    found_at    TEXT NOT NULL,
    found_by    TEXT NOT NULL,
    description TEXT NOT NULL,  -- what is seen from outside
    kept_at     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('kept', 'handed_over', 'passed_on')),
    ended_at    TEXT,
    ended_by    TEXT,
    handed_to   TEXT NOT NULL DEFAULT '',
    proof       TEXT NOT NULL DEFAULT '',  -- how the owner was recognised
    note        TEXT NOT NULL DEFAULT '',
    CHECK ((ended_at IS NULL) = (state = 'kept'))
) STRICT;
CREATE INDEX found_property_kept ON found_property (number) WHERE state = 'kept';

CREATE TABLE key_event (
    id        INTEGER PRIMARY KEY,
    uuid      TEXT NOT NULL UNIQUE,
    locker_id INTEGER NOT NULL REFERENCES locker (id),
    event     TEXT NOT NULL CHECK (event IN ('used', 'handed_out', 'brought_back', 'lost', 'found',
                                             'replaced')),
    at        TEXT NOT NULL,
    by        TEXT NOT NULL,
    holder    TEXT NOT NULL DEFAULT '',
    note      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX key_event_by_locker ON key_event (locker_id, id);

CREATE TABLE closing_walk (
    id            INTEGER PRIMARY KEY,
    uuid          TEXT NOT NULL UNIQUE,
    business_date TEXT NOT NULL,
    scope         TEXT NOT NULL CHECK (scope IN ('used', 'every')),
    started_at    TEXT NOT NULL,
    started_by    TEXT NOT NULL,
    ended_at      TEXT,
    ended_by      TEXT
) STRICT;
CREATE UNIQUE INDEX closing_walk_open ON closing_walk ((1)) WHERE ended_at IS NULL;

CREATE TABLE closing_look (
    walk_id   INTEGER NOT NULL REFERENCES closing_walk (id),
    locker_id INTEGER NOT NULL REFERENCES locker (id),
    found     TEXT NOT NULL CHECK (found IN ('empty', 'property', 'not_opened')),
    visit_id  INTEGER REFERENCES visit (id),  -- who used it then
    property_id INTEGER REFERENCES found_property (id),
    at        TEXT NOT NULL,
    by        TEXT NOT NULL,
    note      TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (walk_id, locker_id)
) STRICT, WITHOUT ROWID;
