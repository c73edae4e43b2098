-- Ratings by other ways than the visitor's own page, the survey of data users (SKD), refusals.

-- How many answered where, and why some did not: of a month, apart from every answer.
CREATE TABLE rating_count (
    month TEXT NOT NULL,
    kind  TEXT NOT NULL CHECK (kind IN ('channel', 'refusal')),
    code  TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (month, kind, code)
) STRICT, WITHOUT ROWID;
INSERT INTO rating_count (month, kind, code, times)
    SELECT month, 'channel', 'phone', count(*) FROM rating GROUP BY month;

-- One person's answers to the SKD; as with a rating no visit, no day, and a random id. It is no
-- part of that person's rating either: two questionnaires together tell more than each.
CREATE TABLE skd_reply (
    id      INTEGER PRIMARY KEY,
    month   TEXT NOT NULL,
    overall INTEGER CHECK (overall BETWEEN 1 AND 10)
) STRICT;
CREATE INDEX skd_reply_by_month ON skd_reply (month);
CREATE TABLE skd_answer (
    reply_id     INTEGER NOT NULL REFERENCES skd_reply (id),
    item         TEXT NOT NULL,
    importance   INTEGER CHECK (importance BETWEEN 1 AND 10),
    satisfaction INTEGER CHECK (satisfaction BETWEEN 1 AND 10),
    PRIMARY KEY (reply_id, item),
    CHECK (importance IS NOT NULL OR satisfaction IS NOT NULL)
) STRICT, WITHOUT ROWID;

-- Which visits are asked no more: answered or declined, nobody knows which.
CREATE TABLE skd_asked (
    visit_id INTEGER PRIMARY KEY REFERENCES visit (id)
) STRICT;

-- A tablet that an officer hands over; it shows one form and then nothing of it.
CREATE TABLE rating_tablet (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL,
    token_hash    TEXT NOT NULL UNIQUE,
    registered_by TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    revoked_at    TEXT
) STRICT;

-- A form that was handed out, gone with its answers.
CREATE TABLE rating_invitation (
    id         INTEGER PRIMARY KEY,
    uuid       TEXT NOT NULL UNIQUE,
    token_hash TEXT NOT NULL UNIQUE,
    code       TEXT NOT NULL UNIQUE,
    visit_id   INTEGER NOT NULL REFERENCES visit (id),
    is_member  INTEGER NOT NULL CHECK (is_member IN (0, 1)),  -- of the visit's group
    tablet_id  INTEGER REFERENCES rating_tablet (id),
    step       TEXT NOT NULL CHECK (step IN ('skm', 'skd')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX rating_invitation_of_visit ON rating_invitation (visit_id)
    WHERE is_member = 0;
CREATE INDEX rating_invitation_of_members ON rating_invitation (visit_id);
CREATE UNIQUE INDEX rating_invitation_on_tablet ON rating_invitation (tablet_id)
    WHERE tablet_id IS NOT NULL;
CREATE INDEX rating_invitation_expires ON rating_invitation (expires_at);
