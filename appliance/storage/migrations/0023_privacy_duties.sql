-- What the law asks of an office when data got out, and consent given for a child.

-- Data that got out, or was seen by the wrong person. People and authority are told in writing
-- within 72 hours of when it was noticed (UU 27/2022, article 46).
CREATE TABLE breach (
    id                INTEGER PRIMARY KEY,
    uuid              TEXT NOT NULL UNIQUE,
    number            TEXT NOT NULL UNIQUE,
    noticed_at        TEXT NOT NULL,
    began_at          TEXT NOT NULL,
    ended_at          TEXT NOT NULL,
    scope             TEXT NOT NULL CHECK (scope IN ('kept', 'period')),
    kinds             TEXT NOT NULL,  -- of the register, joined by a blank
    happened          TEXT NOT NULL,
    done              TEXT NOT NULL DEFAULT '',
    people_told_at    TEXT,
    authority_told_at TEXT,
    made_at           TEXT NOT NULL,
    made_by           TEXT NOT NULL,
    CHECK (began_at <= ended_at)
) STRICT;

-- Who answers for a child said yes, or took it back. The name stays with the guest: an erasure
-- takes it there, and this row then proves a consent of nobody in particular.
CREATE TABLE guardian_consent (
    id             INTEGER PRIMARY KEY,
    visit_id       INTEGER NOT NULL REFERENCES visit (id),
    action         TEXT NOT NULL CHECK (action IN ('given', 'withdrawn')),
    relation       TEXT NOT NULL CHECK (relation IN ('parent', 'guardian', 'teacher', 'relative')),
    way            TEXT NOT NULL CHECK (way IN ('screen', 'spoken', 'written', 'phone')),
    reason         TEXT NOT NULL DEFAULT '' CHECK (reason IN ('', 'wish', 'mistaken', 'not_entitled')),
    notice_version TEXT NOT NULL,
    text_hash      TEXT NOT NULL,
    language       TEXT NOT NULL,
    channel        TEXT NOT NULL,
    at             TEXT NOT NULL,
    by             TEXT NOT NULL
) STRICT;
CREATE INDEX guardian_consent_by_visit ON guardian_consent (visit_id, id);
