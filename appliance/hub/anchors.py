"""Dates records whose clock was wrong, by what time it was at another moment of their boot.

The rule is that of `appliance.anchors.rules`, for many records at once: by the anchor before a
record in its own boot, else the boot's first; else between the last anchor before it and the next
one after it, or its receipt. So it makes no difference in which pieces the records come.

A device can be wrong or hostile: bounds are cut to ten years, and a record is dated once, or twice
where its boot's first anchor comes late, so that no device can keep the figures of others waiting.
"""

from typing import LiteralString

from appliance.hub import facts
from appliance.hub.database import Connection

MOST = 200_000  # records that a range's anchors date: nobody writes so many between two of them
_LISTEN: LiteralString = """
INSERT INTO anchor (device, boot_id, boot_ms, utc, err_ms, source, stream, sequence, received_id)
SELECT device, boot_id, boot_ms, utc, err_ms, source, stream, sequence, received_id FROM (
    SELECT s.device, r.data ->> 'boot' AS boot_id, hub_count(r.data -> 'boot_ms') AS boot_ms,
        -- As appliances write it: PostgreSQL takes other forms, and not all of RFC 3339.
        CASE WHEN r.data ->> 'utc' ~ '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}([.][0-9]{1,6})?Z$'
            THEN (r.data ->> 'utc')::timestamptz END AS utc,
        hub_count(r.data -> 'err_ms') AS err_ms, coalesce(r.data ->> 'source', '') AS source,
        r.stream, r.sequence, r.received_id
    FROM record r JOIN stream s ON s.id = r.stream
    WHERE r.received_id > %(after)s AND r.received_id <= %(up_to)s
        AND r.type = 'id.go.bps.ruangbaca.clock.anchored.v1'
) AS told
WHERE boot_id IS NOT NULL AND utc IS NOT NULL
    AND boot_ms BETWEEN 0 AND 316224000000 AND err_ms BETWEEN 0 AND 86400000
ON CONFLICT DO NOTHING
"""
_IS_CONCERNED: LiteralString = """
SELECT EXISTS (SELECT FROM anchor WHERE received_id > %(after)s AND received_id <= %(up_to)s)
    OR EXISTS (SELECT FROM record r JOIN stream s ON s.id = r.stream
        WHERE r.received_id > %(after)s AND r.received_id <= %(up_to)s AND r.clock < 2
            AND EXISTS (SELECT FROM anchor a WHERE a.device = s.device))
"""
_DATED = "CREATE TEMP TABLE dated (received_id bigint) ON COMMIT DROP"
_DATE_BY_BOOT: LiteralString = """
WITH fresh AS (
    SELECT DISTINCT a.device, a.boot_id FROM anchor a
    WHERE a.received_id > %(after)s AND a.received_id <= %(up_to)s AND NOT EXISTS (
        SELECT FROM anchor e WHERE e.device = a.device AND e.boot_id = a.boot_id
            AND e.received_id <= %(after)s)
), wanted AS (
    (SELECT r.stream, r.sequence, r.received_at, r.boot_id, r.boot_ms, s.device
    FROM fresh f JOIN stream s ON s.device = f.device
    JOIN record r ON r.stream = s.id AND r.boot_id = f.boot_id AND r.clock < 2
        AND r.received_id <= %(up_to)s
    LIMIT %(most)s)
    UNION
    SELECT r.stream, r.sequence, r.received_at, r.boot_id, r.boot_ms, s.device
    FROM record r JOIN stream s ON s.id = r.stream
    WHERE r.received_id > %(after)s AND r.received_id <= %(up_to)s AND r.clock < 2
), nearest AS (
    SELECT w.*, a.utc + hub_span(a.run_ms) AS at,
        hub_span(a.err_ms + 2 + abs(a.run_ms) * 0.0005) AS off
    FROM wanted w CROSS JOIN LATERAL (
        SELECT o.utc, o.err_ms, least(greatest(w.boot_ms - o.boot_ms, -316224000000),
            316224000000)::float8 AS run_ms
        FROM ((SELECT 1 AS choice, b.* FROM anchor b
                WHERE b.device = w.device AND b.boot_id = w.boot_id AND b.boot_ms <= w.boot_ms
                ORDER BY b.boot_ms DESC LIMIT 1)
            UNION ALL
            (SELECT 2, l.* FROM anchor l
                WHERE l.device = w.device AND l.boot_id = w.boot_id
                ORDER BY l.boot_ms LIMIT 1)) AS o
        ORDER BY o.choice LIMIT 1
    ) AS a
), done AS (
    UPDATE record r SET occurred_lo = n.at - n.off, occurred_hi = n.at + n.off
    FROM nearest n
    WHERE r.stream = n.stream AND r.sequence = n.sequence AND r.received_at = n.received_at
        AND (r.occurred_lo, r.occurred_hi) IS DISTINCT FROM (n.at - n.off, n.at + n.off)
    RETURNING r.received_id
)
INSERT INTO dated SELECT received_id FROM done WHERE received_id <= %(after)s
"""
_DATE_BETWEEN: LiteralString = """
WITH reached AS (
    SELECT DISTINCT ON (device) device, stream, sequence FROM anchor
    WHERE received_id > %(after)s AND received_id <= %(up_to)s
    ORDER BY device, stream DESC, sequence DESC
), wanted AS (
    (SELECT r.stream, r.sequence, r.received_at, r.boot_id, r.boot_ms, s.device
    FROM reached a JOIN stream s ON s.device = a.device AND s.id <= a.stream
    JOIN record r ON r.stream = s.id AND r.clock = 0 AND r.occurred_hi IS NULL
        AND (s.id < a.stream OR r.sequence < a.sequence) AND r.received_id <= %(up_to)s
    LIMIT %(most)s)
    UNION
    SELECT r.stream, r.sequence, r.received_at, r.boot_id, r.boot_ms, s.device
    FROM record r JOIN stream s ON s.id = r.stream
    WHERE r.received_id > %(after)s AND r.received_id <= %(up_to)s AND r.clock = 0
        AND r.occurred_hi IS NULL
), ends AS (
    SELECT w.*, b.earliest, least(l.latest, w.received_at) AS latest
    FROM wanted w CROSS JOIN LATERAL (
        SELECT a.utc + hub_span(a.err_ms + 2 - a.boot_ms * 0.9995) AS latest FROM anchor a
        WHERE a.device = w.device AND (a.stream, a.sequence) > (w.stream, w.sequence)
        ORDER BY a.stream, a.sequence LIMIT 1
    ) AS l LEFT JOIN LATERAL (
        SELECT a.utc - hub_span(a.err_ms + 2) + hub_span(w.boot_ms * 0.9995) AS earliest
        FROM anchor a
        WHERE a.device = w.device AND (a.stream, a.sequence) < (w.stream, w.sequence)
        ORDER BY a.stream DESC, a.sequence DESC LIMIT 1
    ) AS b ON true
), done AS (
    UPDATE record r SET occurred_hi = e.latest,
        occurred_lo = CASE WHEN e.earliest <= e.latest THEN e.earliest END
    FROM ends e
    WHERE r.stream = e.stream AND r.sequence = e.sequence AND r.received_at = e.received_at
    RETURNING r.received_id
)
INSERT INTO dated SELECT received_id FROM done WHERE received_id <= %(after)s
"""
_VISITS: LiteralString = """
WITH told AS (
    SELECT device, visit, received_id, counts_on, is_estimated FROM foldable
    WHERE received_id IN (SELECT received_id FROM dated) AND visit IS NOT NULL
        AND type = 'id.go.bps.ruangbaca.visit.registered.v1'
), done AS (
    UPDATE visit_fact f SET day = t.counts_on, is_estimated = t.is_estimated
    FROM told t JOIN visit_fact b ON b.device = t.device AND b.visit = t.visit
    WHERE f.device = t.device AND f.visit = t.visit AND f.came_id = t.received_id
        AND (f.day, f.is_estimated) IS DISTINCT FROM (t.counts_on, t.is_estimated)
    RETURNING f.device, ARRAY[b.day, f.day] AS days
)
INSERT INTO visit_count_stale
SELECT DISTINCT d.device, date_trunc('month', day)::date FROM done d, unnest(d.days) AS day
WHERE day IS NOT NULL
ON CONFLICT DO NOTHING
"""
_LOCKERS: LiteralString = """
UPDATE locker_fact f SET day = t.day, at = t.occurred_at FROM foldable t
WHERE t.received_id IN (SELECT received_id FROM dated) AND f.received_id = t.received_id
"""
_OF_DATED: LiteralString = """
WHERE e.kind = 'ended' AND e.visit IS NOT NULL AND (e.device, e.visit, e.locker) IN (
    SELECT m.device, m.visit, m.locker FROM locker_fact m
    WHERE m.received_id IN (SELECT received_id FROM dated))
"""
_STAYS = facts.STAY + _OF_DATED
FORGET: LiteralString = """
DELETE FROM anchor a WHERE a.received_id <= %s
    AND EXISTS (SELECT FROM anchor n WHERE n.device = a.device AND n.received_id > a.received_id)
"""
"""Of months that are gone with their records: the newest of a device still bounds what follows."""


def take_in(connection: Connection, after: int, up_to: int) -> None:
    """Note the anchors of these records, and date what they date, also what is folded already."""
    asked: dict[str, object] = {"after": after, "up_to": up_to, "most": MOST}
    connection.execute(_LISTEN, asked)
    row = connection.execute(_IS_CONCERNED, asked).fetchone()
    if row is None or not row[0]:
        return
    connection.execute(_DATED)
    for statement in (_DATE_BY_BOOT, _DATE_BETWEEN, _VISITS, _LOCKERS, _STAYS):
        connection.execute(statement, asked)
