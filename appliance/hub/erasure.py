"""Forgets what the records said of a person, where the office has erased them.

What is counted of the visit stays: that it was, its day, its state and whether the promise was
kept. It can no longer be told which visit that was.
"""

from typing import LiteralString

from appliance.hub.database import Connection

_REMEMBER: LiteralString = """
INSERT INTO erased (device, subject, received_id)
SELECT s.device, r.subject, min(r.received_id) FROM record r JOIN stream s ON s.id = r.stream
WHERE r.received_id > %(after)s AND r.received_id <= %(up_to)s
    AND r.type = 'id.go.bps.ruangbaca.person.erased.v1'
    AND r.subject ~ '^visit/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
GROUP BY s.device, r.subject
ON CONFLICT DO NOTHING
"""
_NEW = "UPDATE erased SET is_done = true WHERE NOT is_done RETURNING device, subject"
_BLANK: LiteralString = """
UPDATE record r SET data = '{}', links = NULL
FROM stream s, unnest(%(devices)s::uuid[], %(subjects)s::text[]) AS e(device, subject)
WHERE s.device = e.device AND r.stream = s.id AND r.subject = e.subject
    AND r.subject LIKE 'visit/%%' AND (r.data <> '{}' OR r.links IS NOT NULL)
    AND r.type <> 'id.go.bps.ruangbaca.person.erased.v1'
"""
# What comes after its erasure: out of another stream, or carried by a file.
_BLANK_LATE: LiteralString = """
UPDATE record r SET data = '{}', links = NULL FROM stream s, erased e
WHERE r.received_id > %(after)s AND r.received_id <= %(up_to)s AND s.id = r.stream
    AND e.device = s.device AND e.subject = r.subject
    AND (r.data <> '{}' OR r.links IS NOT NULL)
    AND r.type <> 'id.go.bps.ruangbaca.person.erased.v1'
"""
# What the device has aside is read once for all that it erases, however much that is of either.
_ASIDE: LiteralString = """
WITH told AS MATERIALIZED (
    SELECT q.id, s.device, said.subject FROM stream s JOIN quarantine q ON q.stream = s.id
    CROSS JOIN LATERAL unnest(q.visits) AS said(subject)
    WHERE s.device = ANY (%(of)s::uuid[])
)
UPDATE quarantine SET raw = '{}' WHERE id IN (
    SELECT told.id FROM told
    JOIN unnest(%(devices)s::uuid[], %(subjects)s::text[]) AS e(device, subject)
        USING (device, subject))
"""
_ASIDE_LATE: LiteralString = """
UPDATE quarantine SET raw = '{}' WHERE id IN (
    SELECT q.id FROM quarantine q JOIN stream s ON s.id = q.stream
    CROSS JOIN LATERAL unnest(q.visits) AS said(subject)
    JOIN erased e ON e.device = s.device AND e.subject = said.subject
    WHERE q.id > %(after)s AND q.id <= %(up_to)s)
"""
_VISITS: LiteralString = """
WITH done AS (
UPDATE visit_fact f SET visit = gen_random_uuid(), sex = '', age_band = '', education = '',
    occupation = '', agency_category = '', disability = '', purpose = '', corrected = '{}',
    received_first = 0, received_last = 0, came_id = NULL, kept = true
FROM unnest(%(devices)s::uuid[], %(subjects)s::text[]) AS e(device, subject)
WHERE f.device = e.device AND f.visit = substr(e.subject, 7)::uuid
RETURNING f.device, f.day
)
INSERT INTO visit_count_stale
SELECT DISTINCT device, date_trunc('month', day)::date FROM done WHERE day IS NOT NULL
ON CONFLICT DO NOTHING
"""
_LOCKERS: LiteralString = """
UPDATE locker_fact f SET visit = NULL, kept = true
FROM unnest(%(devices)s::uuid[], %(subjects)s::text[]) AS e(device, subject)
WHERE f.device = e.device AND f.visit IS NOT NULL AND f.visit = substr(e.subject, 7)::uuid
"""


def remember(connection: Connection, after: int, up_to: int) -> None:
    """Note whom these records erase; before they are folded."""
    connection.execute(_REMEMBER, {"after": after, "up_to": up_to})


def erase(connection: Connection, after: int, up_to: int) -> int:
    """Carry out what was noted, after the records are folded; of how many visits."""
    found = connection.execute(_NEW).fetchall()
    if found:
        devices, subjects = zip(*found, strict=True)
        new = {"devices": [*devices], "subjects": [*subjects], "of": [*set(devices)]}
        for statement in (_BLANK, _ASIDE, _VISITS, _LOCKERS):
            connection.execute(statement, new)
    connection.execute(_BLANK_LATE, {"after": after, "up_to": up_to})
    return len(found)


def erase_aside(connection: Connection, after: int, up_to: int) -> None:
    """The same for what was kept aside meanwhile, by its numbers."""
    if up_to > after:
        connection.execute(_ASIDE_LATE, {"after": after, "up_to": up_to})
