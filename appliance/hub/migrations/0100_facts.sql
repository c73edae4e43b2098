-- What the records say, folded: one row a visit, a locker's event, an office's month of ratings.
-- All of it can be made again from the records, but for rows that are `kept`: their records are
-- gone with a partition, or were blanked because a person was erased.

CREATE TABLE projector (
    name          text PRIMARY KEY,
    received_id   bigint NOT NULL,  -- records up to it are folded
    quarantine_id bigint NOT NULL,  -- and those kept aside up to it were looked at for the erased
    at            timestamptz NOT NULL DEFAULT now()
);
INSERT INTO projector VALUES ('facts', 0, 0);

CREATE TABLE visit_fact (
    device          uuid NOT NULL,
    visit           uuid NOT NULL,  -- a random one after an erasure
    day             date,  -- NULL until its registration is known; not counted before
    state           text NOT NULL,
    channel         text NOT NULL DEFAULT '',
    persons         integer,
    sex             text,
    age_band        text,
    education       text,
    occupation      text,
    agency_category text,
    disability      text,
    purpose         text,
    corrected       jsonb NOT NULL DEFAULT '{}',  -- what was corrected, and how it is now
    is_served       boolean NOT NULL DEFAULT false,
    is_retimed      boolean NOT NULL DEFAULT false,  -- a correction outranks what it corrects
    wait_s          float8,
    within_promise  boolean,
    stay_s          float8,
    received_first  bigint NOT NULL,
    received_last   bigint NOT NULL,
    kept            boolean NOT NULL DEFAULT false,
    PRIMARY KEY (device, visit)
) WITH (fillfactor = 80);
CREATE INDEX visit_fact_day ON visit_fact (day);

CREATE TABLE locker_fact (
    received_id bigint PRIMARY KEY,
    device      uuid NOT NULL,
    day         date NOT NULL,
    kind        text NOT NULL,  -- given, ended, alarm
    locker      bigint,
    visit       uuid,  -- NULL after an erasure
    code        text NOT NULL DEFAULT '',  -- why it ended, or which alarm
    at          timestamptz,
    stay_s      float8,
    kept        boolean NOT NULL DEFAULT false
);
CREATE INDEX locker_fact_day ON locker_fact (day);
CREATE INDEX locker_fact_use ON locker_fact (device, visit, locker) WHERE visit IS NOT NULL;

CREATE TABLE rating_fact (
    office      text NOT NULL,
    month       date NOT NULL,
    received_id bigint NOT NULL,
    respondents bigint NOT NULL,
    totals      jsonb NOT NULL,
    answered    jsonb NOT NULL,
    kept        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (office, month)
);

-- Whose records have been blanked, so that a late one is blanked too.
CREATE TABLE erased (
    device      uuid NOT NULL,
    subject     text NOT NULL,
    received_id bigint NOT NULL,  -- of the word that it is so
    is_done     boolean NOT NULL DEFAULT false,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (device, subject)
);
CREATE INDEX erased_new ON erased (device) WHERE NOT is_done;

-- An erasure finds the records of its visit by it; small, and not in any order.
CREATE INDEX record_visit ON record USING hash (subject) WHERE subject LIKE 'visit/%';

CREATE AGGREGATE jsonb_merged (jsonb) (
    SFUNC = jsonb_concat, STYPE = jsonb, INITCOND = '{}'
);

-- A number of a document; NULL for anything else.
CREATE FUNCTION hub_count(value jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN value::numeric::bigint END
$$;

-- How far a visit has come: what is over stays over.
CREATE FUNCTION hub_rank(state text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_position(ARRAY['registered', 'called', 'served', 'leaving'], state), 5)
$$;

-- The records as they are folded, with the visit they are about and their day at the office. What
-- came after an erasure is past folding, and after it was carried out what came before, too.
CREATE VIEW foldable AS
SELECT r.received_id, r.type, r.data, r.occurred_at, s.device, d.office,
    CASE WHEN r.subject ~ '^visit/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        THEN substr(r.subject, 7)::uuid END AS visit,
    -- The zones there are: a mistyped one of one office must not stop the figures of all.
    (coalesce(r.occurred_at, r.received_at) AT TIME ZONE CASE
        WHEN o.timezone IN ('Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura')
        THEN o.timezone ELSE 'Asia/Jakarta' END)::date AS day
FROM record r
JOIN stream s ON s.id = r.stream
JOIN device d ON d.id = s.device
JOIN office o ON o.code = d.office
WHERE NOT EXISTS (
    SELECT FROM erased e WHERE e.device = s.device AND e.subject = r.subject
        AND (e.is_done OR e.received_id < r.received_id)
);
