-- What time it was at one moment of a boot, as the device has told, and what that makes of records
-- whose clock was wrong. What they said stays as it is; between `occurred_lo` and `occurred_hi` is
-- when they were.

CREATE TABLE anchor (
    device      uuid NOT NULL,
    boot_id     text NOT NULL,
    boot_ms     bigint NOT NULL,
    utc         timestamptz NOT NULL,
    err_ms      bigint NOT NULL,
    source      text NOT NULL,
    stream      bigint NOT NULL,  -- with the sequence: its place in what the device wrote
    sequence    bigint NOT NULL,
    received_id bigint NOT NULL,
    PRIMARY KEY (device, boot_id, boot_ms)
);
CREATE INDEX anchor_order ON anchor (device, stream, sequence);
CREATE INDEX anchor_received ON anchor (received_id);

ALTER TABLE record ADD COLUMN occurred_lo timestamptz, ADD COLUMN occurred_hi timestamptz;
-- Small: a record of a set clock is in neither.
CREATE INDEX record_unsure ON record (stream, boot_id) WHERE clock < 2;
CREATE INDEX record_undated ON record (stream, sequence) WHERE clock = 0 AND occurred_hi IS NULL;

ALTER TABLE visit_fact
    ADD COLUMN came_id bigint,  -- the number of receipt of its registration
    ADD COLUMN is_estimated boolean NOT NULL DEFAULT false;  -- nobody knows the day for sure

-- So many milliseconds, ten years at most: what a device says must not lead out of the calendar.
CREATE FUNCTION hub_span(ms float8) RETURNS interval LANGUAGE sql IMMUTABLE AS $$
    SELECT make_interval(secs => least(greatest(ms, -316224000000), 316224000000) / 1000)
$$;

-- The day at the office. The zones there are: a mistyped one of one office must not stop the
-- figures of all.
CREATE FUNCTION hub_day(at timestamptz, zone text) RETURNS date LANGUAGE sql IMMUTABLE AS $$
    SELECT (at AT TIME ZONE CASE
        WHEN zone IN ('Asia/Jakarta', 'Asia/Pontianak', 'Asia/Makassar', 'Asia/Jayapura')
        THEN zone ELSE 'Asia/Jakarta' END)::date
$$;

-- The records as they are folded, with the visit they are about and their day at the office. What
-- came after an erasure is past folding, and after it was carried out what came before, too.
CREATE OR REPLACE VIEW foldable AS
SELECT r.received_id, r.type, r.data, t.at AS occurred_at, s.device, d.office,
    CASE WHEN r.subject ~ '^visit/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        THEN substr(r.subject, 7)::uuid END AS visit,
    hub_day(coalesce(t.at, r.received_at), o.timezone) AS day,
    -- The day that a registered visit counts on. A date by a clock that was not set is none: while
    -- nothing else is known it is that of the receipt. What an officer typed from paper stays.
    CASE WHEN r.type = 'id.go.bps.ruangbaca.visit.registered.v1' THEN
        CASE WHEN (t.is_moved OR r.clock = 0) AND coalesce(r.data ->> 'paper', '') = ''
            THEN hub_day(coalesce(t.at, r.received_at), o.timezone)
            ELSE coalesce((r.data ->> 'business_date')::date,
                hub_day(coalesce(t.at, r.received_at), o.timezone)) END
    END AS counts_on,
    r.clock = 0 AND coalesce(r.data ->> 'paper', '') = '' AND coalesce(
        hub_day(r.occurred_lo, o.timezone) <> hub_day(r.occurred_hi, o.timezone), true
    ) AS is_estimated
FROM record r
JOIN stream s ON s.id = r.stream
JOIN device d ON d.id = s.device
JOIN office o ON o.code = d.office
CROSS JOIN LATERAL (
    SELECT coalesce(r.occurred_lo + (r.occurred_hi - r.occurred_lo) / 2, r.occurred_hi) AS middle
) AS m
-- A clock that was estimated well enough is believed.
CROSS JOIN LATERAL (
    SELECT m.middle IS NOT NULL AND (r.clock = 0 OR r.occurred_at IS NULL
        OR r.occurred_at NOT BETWEEN m.middle - interval '1 minute'
            AND m.middle + interval '1 minute') AS is_moved
) AS n
CROSS JOIN LATERAL (
    SELECT CASE WHEN n.is_moved THEN m.middle ELSE r.occurred_at END AS at, n.is_moved
) AS t
WHERE NOT EXISTS (
    SELECT FROM erased e WHERE e.device = s.device AND e.subject = r.subject
        AND (e.is_done OR e.received_id < r.received_id)
);

UPDATE visit_fact f SET came_id = r.came_id, is_estimated = r.is_estimated
FROM (
    SELECT DISTINCT ON (s.device, r.subject) s.device, r.subject, r.received_id AS came_id,
        r.clock = 0 AND coalesce(r.data ->> 'paper', '') = '' AS is_estimated
    FROM record r JOIN stream s ON s.id = r.stream
    WHERE r.type = 'id.go.bps.ruangbaca.visit.registered.v1'
    ORDER BY s.device, r.subject, r.received_id
) AS r
WHERE f.device = r.device AND r.subject = 'visit/' || f.visit;
WITH done AS (
    UPDATE visit_fact f SET day = hub_day(r.received_at, o.timezone)
    FROM record r JOIN stream s ON s.id = r.stream JOIN device d ON d.id = s.device
        JOIN office o ON o.code = d.office, visit_fact b
    WHERE f.is_estimated AND r.received_id = f.came_id AND s.device = f.device
        AND b.device = f.device AND b.visit = f.visit
    RETURNING f.device, ARRAY[b.day, f.day] AS days
)
INSERT INTO visit_count_stale
SELECT DISTINCT d.device, date_trunc('month', day)::date FROM done d, unnest(d.days) AS day
WHERE day IS NOT NULL
ON CONFLICT DO NOTHING;
