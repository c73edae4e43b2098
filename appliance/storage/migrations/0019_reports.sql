-- Reports on paper: asked for, drawn by the documents process, signed, and known by their number.
CREATE TABLE signed_report (
    id          INTEGER PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE,
    period      TEXT NOT NULL,  -- 2026, 2026-Q4, 2026-11 or 2026-11-05
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'working', 'ready', 'failed')),
    problem     TEXT,
    asked_at    TEXT NOT NULL,
    asked_by    TEXT NOT NULL,
    verify_url  TEXT NOT NULL,  -- where the QR leads to; empty: nowhere
    made_at     TEXT,
    journal_seq INTEGER,  -- the newest line of the journal when it was counted
    name        TEXT,  -- of the file in its folder, made by us; NULL: no longer kept
    pages       INTEGER,
    size_bytes  INTEGER,
    sha256      TEXT,
    signature   TEXT,  -- Ed25519 of number and sha256, in hexadecimal
    public_key  TEXT,
    CHECK ((state = 'ready') = (sha256 IS NOT NULL)),
    CHECK ((sha256 IS NULL) = (signature IS NULL)),
    CHECK ((state = 'failed') = (problem IS NOT NULL))
) STRICT;
CREATE INDEX signed_report_pending ON signed_report (id) WHERE state IN ('waiting', 'working');
CREATE INDEX signed_report_by_sha ON signed_report (sha256) WHERE sha256 IS NOT NULL;
CREATE TRIGGER signed_report_stays
    BEFORE UPDATE OF number, period, state, made_at, journal_seq, size_bytes, sha256, signature,
        public_key ON signed_report WHEN old.state = 'ready' BEGIN
    SELECT RAISE (ABORT, 'a signed report is never changed');
END;
CREATE TRIGGER signed_report_remains BEFORE DELETE ON signed_report WHEN old.state = 'ready' BEGIN
    SELECT RAISE (ABORT, 'a signed report stays in the ledger');
END;
