-- One index of everything the catalogue holds, over word stems that Python makes.
--
-- An entry's place counts days backwards in the upper bits and records backwards in the lower 24:
-- the newest stand first, and a search may stop at any time.
DROP TRIGGER publication_added;
DROP TRIGGER publication_removed;
DROP TRIGGER publication_changed;
DROP TABLE publication_fts;

ALTER TABLE publication ADD COLUMN domain TEXT NOT NULL DEFAULT '';  -- BPS code of the area
UPDATE publication SET domain = substr(publication_number, 1, 4)
    WHERE publication_number GLOB '[0-9][0-9][0-9][0-9]0.[0-9][0-9][0-9][0-9]';
CREATE INDEX publication_subject ON publication (subject) WHERE withdrawn_at IS NULL;
CREATE INDEX publication_domain ON publication (domain) WHERE withdrawn_at IS NULL;
CREATE INDEX publication_year ON publication (year) WHERE withdrawn_at IS NULL;

-- Stems alone, without where in the text they stand: nothing is ranked by bm25. Tokens with a
-- colon are the filters (k: kind, y: year, s: subject, a: area), so that they are intersected
-- with the words and never joined.
CREATE VIRTUAL TABLE title_index USING fts5 (
    stems, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ':'"
);
CREATE VIRTUAL TABLE text_index USING fts5 (
    stems, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars ':'"
);
CREATE TABLE catalogue_entry (
    publication_id INTEGER PRIMARY KEY,
    place          INTEGER NOT NULL,
    title_words    INTEGER NOT NULL  -- different words of the title, numbers and particles left out
) STRICT;

CREATE INDEX catalogue_entry_by_place ON catalogue_entry (place, title_words);
-- Every thousandth: where the newest hundred thousand end is told by its hundredth row.
CREATE INDEX catalogue_entry_sample ON catalogue_entry (place) WHERE publication_id % 1000 = 0;

-- Every word as it is written, for cut-off and for misspelled ones; counted, not exactly.
CREATE TABLE catalogue_word (
    word    TEXT PRIMARY KEY,
    stem    TEXT NOT NULL,
    records INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_word_by_stem ON catalogue_word (stem);

-- Numbers that people copy from a cover, without blanks, dots, hyphens and slashes.
CREATE TABLE catalogue_code (
    code           TEXT NOT NULL,
    publication_id INTEGER NOT NULL,
    origin         TEXT NOT NULL DEFAULT 'record',
    PRIMARY KEY (code, publication_id, origin)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_code_by_publication ON catalogue_code (publication_id, origin);

-- Records whose entry is behind. A trigger cannot make stems, but it forgets no writer.
CREATE TABLE catalogue_stale (
    publication_id INTEGER PRIMARY KEY
) STRICT;

CREATE VIEW publication_code AS
    SELECT id AS publication_id,
        replace(replace(replace(replace(upper(value), '-', ''), ' ', ''), '.', ''), '/', '') AS code
    FROM (
        SELECT id, issn AS value FROM publication
        UNION ALL SELECT id, catalogue_number FROM publication
        UNION ALL SELECT id, publication_number FROM publication
        UNION ALL SELECT id, barcode FROM publication WHERE barcode IS NOT NULL
    ) WHERE value <> '' AND value NOT IN ('-', '--');

CREATE TRIGGER publication_added AFTER INSERT ON publication BEGIN
    INSERT OR IGNORE INTO catalogue_stale VALUES (new.id);
    INSERT OR IGNORE INTO catalogue_code
        SELECT code, publication_id, 'record' FROM publication_code WHERE publication_id = new.id;
END;
CREATE TRIGGER publication_removed AFTER DELETE ON publication BEGIN
    INSERT OR IGNORE INTO catalogue_stale VALUES (old.id);
    DELETE FROM catalogue_code WHERE publication_id = old.id;
END;
CREATE TRIGGER publication_changed
    AFTER UPDATE OF kind, title, subject, abstract, year, released_on, domain, withdrawn_at
    ON publication BEGIN
    INSERT OR IGNORE INTO catalogue_stale VALUES (new.id);
END;
CREATE TRIGGER publication_numbered
    AFTER UPDATE OF issn, catalogue_number, publication_number, barcode ON publication BEGIN
    DELETE FROM catalogue_code WHERE publication_id = new.id AND origin = 'record';
    INSERT OR IGNORE INTO catalogue_code
        SELECT code, publication_id, 'record' FROM publication_code WHERE publication_id = new.id;
END;

INSERT INTO catalogue_stale SELECT id FROM publication;
INSERT OR IGNORE INTO catalogue_code
    SELECT code, publication_id, 'record' FROM publication_code;

-- What visitors looked for in vain, for an officer to answer.
CREATE TABLE catalogue_question (
    id          INTEGER PRIMARY KEY,
    visit_id    INTEGER NOT NULL REFERENCES visit (id),
    wanted      TEXT NOT NULL,
    asked_at    TEXT NOT NULL,
    answered_at TEXT,
    answered_by TEXT,
    CHECK ((answered_at IS NULL) = (answered_by IS NULL))
) STRICT;
CREATE INDEX catalogue_question_open ON catalogue_question (id) WHERE answered_at IS NULL;
CREATE INDEX catalogue_question_by_visit ON catalogue_question (visit_id);
