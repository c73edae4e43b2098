"""Counts a device's month again wherever a visit of it changed."""

from typing import LiteralString

from appliance.hub.counts import MOST_CODES, OTHERS
from appliance.hub.database import Connection

MONTHS = 50  # of devices, a transaction
MOST_VISITS = 50_000  # of a device and month: four for every minute of an open office
_STALE: LiteralString = """
DELETE FROM visit_count_stale WHERE ctid IN (SELECT ctid FROM visit_count_stale LIMIT %s)
RETURNING device, month
"""
_FORGET: LiteralString = """
DELETE FROM visit_count c
USING unnest(%(devices)s::uuid[], %(months)s::date[]) AS old(device, month)
WHERE c.device = old.device AND c.month = old.month
"""
_COUNT: LiteralString = """
WITH counted AS (
SELECT told.trait, old.month, old.device, coalesce(told.code, '') AS code, count(*) AS visits,
    row_number() OVER (PARTITION BY told.trait, old.month, old.device
        ORDER BY count(*) DESC, coalesce(told.code, '')) AS place
FROM unnest(%(devices)s::uuid[], %(months)s::date[]) AS old(device, month)
CROSS JOIN LATERAL (SELECT * FROM visit_fact v WHERE v.device = old.device
    AND v.day >= old.month AND v.day < (old.month + interval '1 month')::date
    AND v.state <> 'cancelled' LIMIT %(visits)s) AS f
CROSS JOIN LATERAL (VALUES ('', ''), ('sex', f.sex), ('age_band', f.age_band),
    ('education', f.education), ('occupation', f.occupation),
    ('agency_category', f.agency_category), ('disability', f.disability),
    ('purpose', f.purpose), ('channel', f.channel), ('state', f.state),
    ('dated', CASE WHEN f.is_estimated THEN 'estimated' END)) AS told(trait, code)
WHERE told.trait <> 'dated' OR told.code IS NOT NULL
GROUP BY 1, 2, 3, 4
)
INSERT INTO visit_count (trait, month, device, code, visits)
SELECT trait, month, device, CASE WHEN place <= %(most)s THEN code ELSE %(others)s END, sum(visits)
FROM counted GROUP BY 1, 2, 3, 4
"""
EVERYTHING: LiteralString = (
    "INSERT INTO visit_count_stale SELECT DISTINCT device, month FROM visit_count"
    " ON CONFLICT DO NOTHING"
)


def recount(connection: Connection) -> bool:
    """Count some of what is stale; whether there may be more."""
    found = connection.execute(_STALE, (MONTHS,)).fetchall()
    if found:
        asked = {
            "devices": [row[0] for row in found],
            "months": [row[1] for row in found],
            "visits": MOST_VISITS,
            "most": MOST_CODES,
            "others": OTHERS,
        }
        connection.execute(_FORGET, asked)
        connection.execute(_COUNT, asked)
    return len(found) == MONTHS
