-- Things carried from one locker to another. The visit keeps its session; the locker left behind
-- is nobody's and not free until a person has seen it empty.

CREATE TABLE locker_move (
    id             INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL UNIQUE,
    session_id     INTEGER NOT NULL REFERENCES locker_session (id),
    from_locker_id INTEGER NOT NULL REFERENCES locker (id),
    to_locker_id   INTEGER NOT NULL REFERENCES locker (id),
    at             TEXT NOT NULL,
    by             TEXT NOT NULL,
    reason         TEXT NOT NULL,
    emptied_at     TEXT,
    emptied_by     TEXT,
    CHECK ((emptied_at IS NULL) = (emptied_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX locker_move_waiting ON locker_move (from_locker_id) WHERE emptied_at IS NULL;
