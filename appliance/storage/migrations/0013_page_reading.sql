-- What is read on the screen: counts of a publication and a day, and of nobody.
CREATE TABLE page_reading (
    publication_id INTEGER NOT NULL REFERENCES publication (id),
    day            TEXT NOT NULL,
    opened         INTEGER NOT NULL DEFAULT 0,
    pages          INTEGER NOT NULL DEFAULT 0,
    searches       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (publication_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX page_reading_by_day ON page_reading (day);

-- The other editions of a series: titles that begin alike, and one ISSN.
CREATE INDEX publication_series ON publication (domain, substr(title, 1, 24) COLLATE NOCASE)
    WHERE withdrawn_at IS NULL;
CREATE INDEX publication_issn ON publication (issn) WHERE issn <> '' AND withdrawn_at IS NULL;
