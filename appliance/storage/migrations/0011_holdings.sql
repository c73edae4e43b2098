-- Printed copies, each with a barcode and a shelf of its own. What a publication tells of them
-- (shelf, barcode, copies) is told from here by triggers and can be written in no other way.
CREATE TABLE book_copy (
    id               INTEGER PRIMARY KEY,
    uuid             TEXT NOT NULL UNIQUE,
    publication_id   INTEGER NOT NULL REFERENCES publication (id),
    barcode          TEXT NOT NULL UNIQUE,
    inventory_number TEXT NOT NULL DEFAULT '',
    shelf            TEXT NOT NULL DEFAULT '',
    state            TEXT NOT NULL DEFAULT 'on_shelf' CHECK (
        state IN ('on_shelf', 'out', 'repair', 'missing', 'withdrawn')),  -- read: an open reading
    note             TEXT NOT NULL DEFAULT '',
    added_at         TEXT NOT NULL
) STRICT;
CREATE INDEX book_copy_of ON book_copy (publication_id);
CREATE INDEX book_copy_inventory ON book_copy (inventory_number) WHERE inventory_number <> '';

ALTER TABLE publication ADD COLUMN quick_added_at TEXT;  -- a title alone, still to be completed
CREATE INDEX publication_quick_added ON publication (id) WHERE quick_added_at IS NOT NULL;

-- A barcode of ours: the copy's number with two check digits (ISO 7064 MOD 97-10).
WITH RECURSIVE place (n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < (SELECT max(copies) FROM publication)
), printed AS (
    SELECT row_number() OVER (ORDER BY p.id, n) AS id, p.id AS publication_id, p.shelf,
        CASE n WHEN 1 THEN p.barcode END AS barcode
    FROM publication p JOIN place ON n <= max(p.copies, p.barcode IS NOT NULL)
    WHERE p.copies > 0 OR p.barcode IS NOT NULL
)
INSERT INTO book_copy (id, uuid, publication_id, barcode, shelf, added_at)
    SELECT id,
        lower(printf('%s-%s-4%s-a%s-%s', hex(randomblob(4)), hex(randomblob(2)),
            substr(hex(randomblob(2)), 2), substr(hex(randomblob(2)), 2), hex(randomblob(6)))),
        publication_id,
        coalesce(barcode, printf('RBPC%06d%02d', id, 98 - id * 100 % 97)), shelf,
        strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
    FROM printed;

CREATE VIEW publication_holding AS
    SELECT p.id AS publication_id,
        coalesce((SELECT b.shelf FROM book_copy b WHERE b.publication_id = p.id
            AND b.state IN ('on_shelf', 'out', 'repair')
            ORDER BY b.state <> 'on_shelf', b.id LIMIT 1), '') AS shelf,
        (SELECT b.barcode FROM book_copy b WHERE b.publication_id = p.id
            AND b.state IN ('on_shelf', 'out', 'repair')
            ORDER BY b.state <> 'on_shelf', b.id LIMIT 1) AS barcode,
        (SELECT count(*) FROM book_copy b WHERE b.publication_id = p.id
            AND b.state IN ('on_shelf', 'out', 'repair')) AS copies
    FROM publication p;
UPDATE publication SET (shelf, barcode, copies) = (
    SELECT shelf, barcode, copies FROM publication_holding h WHERE h.publication_id = publication.id)
    WHERE shelf <> '' OR copies > 0 OR barcode IS NOT NULL;

CREATE TRIGGER book_copy_added AFTER INSERT ON book_copy BEGIN
    UPDATE publication SET (shelf, barcode, copies) = (
        SELECT shelf, barcode, copies FROM publication_holding WHERE publication_id = new.publication_id)
        WHERE id = new.publication_id;
    INSERT OR IGNORE INTO catalogue_code VALUES (
        replace(replace(replace(replace(upper(new.barcode), '-', ''), ' ', ''), '.', ''), '/', ''),
        new.publication_id, 'copy');
END;
CREATE TRIGGER book_copy_removed AFTER DELETE ON book_copy BEGIN
    UPDATE publication SET (shelf, barcode, copies) = (
        SELECT shelf, barcode, copies FROM publication_holding WHERE publication_id = old.publication_id)
        WHERE id = old.publication_id;
    DELETE FROM catalogue_code WHERE publication_id = old.publication_id AND origin = 'copy' AND code =
        replace(replace(replace(replace(upper(old.barcode), '-', ''), ' ', ''), '.', ''), '/', '');
END;
CREATE TRIGGER book_copy_changed AFTER UPDATE OF publication_id, barcode, shelf, state ON book_copy
BEGIN
    UPDATE publication SET (shelf, barcode, copies) = (
        SELECT shelf, barcode, copies FROM publication_holding WHERE publication_id = publication.id)
        WHERE id IN (old.publication_id, new.publication_id);
    DELETE FROM catalogue_code WHERE publication_id = old.publication_id AND origin = 'copy' AND code =
        replace(replace(replace(replace(upper(old.barcode), '-', ''), ' ', ''), '.', ''), '/', '');
    INSERT OR IGNORE INTO catalogue_code VALUES (
        replace(replace(replace(replace(upper(new.barcode), '-', ''), ' ', ''), '.', ''), '/', ''),
        new.publication_id, 'copy');
END;
INSERT OR IGNORE INTO catalogue_code
    SELECT replace(replace(replace(replace(upper(barcode), '-', ''), ' ', ''), '.', ''), '/', ''),
        publication_id, 'copy' FROM book_copy;

CREATE TRIGGER publication_has_no_copy_yet BEFORE INSERT ON publication
WHEN new.shelf <> '' OR new.barcode IS NOT NULL OR new.copies <> 0 BEGIN
    SELECT RAISE(ABORT, 'shelf, barcode and copies of a publication are told by book_copy');
END;
CREATE TRIGGER publication_is_told AFTER UPDATE OF shelf, barcode, copies ON publication
WHEN (new.shelf, new.barcode, new.copies) IS NOT (
    SELECT shelf, barcode, copies FROM publication_holding WHERE publication_id = new.id) BEGIN
    SELECT RAISE(ABORT, 'shelf, barcode and copies of a publication are told by book_copy');
END;

ALTER TABLE reading ADD COLUMN copy_id INTEGER REFERENCES book_copy (id);
-- Which of several copies it is was not said: whoever scans one later says it.
ALTER TABLE reading ADD COLUMN is_assumed INTEGER NOT NULL DEFAULT 0 CHECK (is_assumed IN (0, 1));
ALTER TABLE reading ADD COLUMN missing_reason TEXT;  -- ended although the book did not come back
WITH held AS (
    SELECT id, publication_id, row_number() OVER (PARTITION BY publication_id ORDER BY id) AS n
    FROM reading WHERE returned_at IS NULL AND publication_id IS NOT NULL
), numbered AS (
    SELECT id, publication_id, row_number() OVER (PARTITION BY publication_id ORDER BY id) AS n
    FROM book_copy WHERE publication_id IN (SELECT publication_id FROM held)
)
UPDATE reading SET copy_id = (
    SELECT numbered.id FROM held JOIN numbered USING (publication_id, n) WHERE held.id = reading.id)
    WHERE returned_at IS NULL;

-- A copy is in one pair of hands; a book without a copy of ours is noted once a visit, as before.
DROP INDEX reading_once;
CREATE UNIQUE INDEX reading_once ON reading (visit_id, publication_id)
    WHERE returned_at IS NULL AND publication_id IS NOT NULL AND copy_id IS NULL;
CREATE UNIQUE INDEX reading_of_copy ON reading (copy_id)
    WHERE returned_at IS NULL AND copy_id IS NOT NULL;
CREATE INDEX reading_on_tables ON reading (id) WHERE returned_at IS NULL;
CREATE INDEX reading_by_copy ON reading (copy_id, id);

ALTER TABLE code_read ADD COLUMN copy_id INTEGER REFERENCES book_copy (id);

-- For lines of a file that have nothing but a title to be known again by.
CREATE INDEX publication_title ON publication (title COLLATE NOCASE);
