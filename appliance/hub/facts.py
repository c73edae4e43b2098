"""Folds records into facts: a visit's row, a locker's events, an office's months of ratings.

Each statement takes the records of a range of receipt numbers at once. Folding a range a second
time changes nothing, so that facts which outlive their records take part in a rebuild.

Nothing that a record may say must make a statement fail: it would stop the figures of all. So a
span is rounded first, for 1e-400 is a number in a document, and none to a float.
"""

from typing import LiteralString

from appliance.hub.counts import OTHERS
from appliance.hub.database import Connection
from appliance.lockers.alarm_rules import AlarmKind
from appliance.lockers.rules import EndReason

VISITS: LiteralString = """
WITH told AS (
    SELECT device, visit, received_id, data, counts_on AS day, is_estimated,
        replace(replace(type, 'id.go.bps.ruangbaca.visit.', ''), '.v1', '') AS kind
    FROM foldable
    WHERE received_id > %(after)s AND received_id <= %(up_to)s AND visit IS NOT NULL
        AND type = ANY (%(visit_kinds)s)
), folded AS (
    SELECT device, visit,
        (array_agg(data ORDER BY received_id) FILTER (WHERE kind = 'registered'))[1] AS came,
        (array_agg(day ORDER BY received_id) FILTER (WHERE kind = 'registered'))[1] AS day,
        (array_agg(is_estimated ORDER BY received_id)
            FILTER (WHERE kind = 'registered'))[1] AS is_estimated,
        min(received_id) FILTER (WHERE kind = 'registered') AS came_id,
        (array_agg(data ORDER BY received_id DESC) FILTER (WHERE kind = 'served'))[1] AS served,
        (array_agg(data ORDER BY received_id DESC)
            FILTER (WHERE kind = 'served_corrected'))[1] AS retimed,
        (array_agg(data ORDER BY received_id DESC) FILTER (
            WHERE kind = 'closed' AND data ->> 'state' = ANY (%(ends)s)))[1] AS closed,
        max(array_position(%(open_states)s::text[], kind)) AS reached,
        coalesce(jsonb_merged(
            (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(
                CASE WHEN jsonb_typeof(data -> 'now') = 'object' THEN data -> 'now' END)
            WHERE key = ANY (%(correctable)s)
                AND jsonb_typeof(value) NOT IN ('array', 'object'))
            ORDER BY received_id
        ) FILTER (WHERE kind = 'corrected'), '{}') AS corrected,
        min(received_id) AS received_first, max(received_id) AS received_last
    FROM told GROUP BY device, visit
), done AS (
INSERT INTO visit_fact AS f (device, visit, day, state, channel, persons, sex, age_band, education,
    occupation, agency_category, disability, purpose, corrected, is_served, is_retimed, wait_s,
    within_promise, stay_s, received_first, received_last, came_id, is_estimated)
SELECT device, visit, day,
    coalesce(closed ->> 'state', (%(open_states)s::text[])[reached], 'registered'),
    coalesce(came ->> 'channel', ''),
    CASE WHEN corrected ? 'persons' OR came IS NOT NULL THEN
        least(greatest(coalesce(hub_count(corrected -> 'persons'), hub_count(came -> 'persons'), 1),
            1), 1000) END,
    coalesce(corrected ->> 'sex', came ->> 'sex'),
    coalesce(corrected ->> 'age_band', came ->> 'age_band'),
    coalesce(corrected ->> 'education', came ->> 'education'),
    coalesce(corrected ->> 'occupation', came ->> 'occupation'),
    coalesce(corrected ->> 'agency_category', came ->> 'agency_category'),
    coalesce(corrected ->> 'disability', came ->> 'disability'),
    coalesce(corrected ->> 'purpose', came ->> 'purpose'),
    corrected, served IS NOT NULL OR retimed IS NOT NULL, retimed IS NOT NULL,
    round((coalesce(retimed, served) ->> 'wait_s')::numeric, 9)::float8,
    (coalesce(retimed, served) ->> 'within_promise')::boolean,
    round((closed ->> 'stay_s')::numeric, 9)::float8, received_first, received_last, came_id,
    coalesce(is_estimated, false)
FROM folded
ON CONFLICT (device, visit) DO UPDATE SET
    day = coalesce(f.day, excluded.day),
    is_estimated = CASE WHEN f.day IS NULL THEN excluded.is_estimated ELSE f.is_estimated END,
    came_id = coalesce(f.came_id, excluded.came_id),
    state = CASE WHEN hub_rank(excluded.state) >= hub_rank(f.state) THEN excluded.state
        ELSE f.state END,
    channel = coalesce(nullif(f.channel, ''), excluded.channel),
    persons = CASE WHEN excluded.corrected ? 'persons' THEN excluded.persons
        ELSE coalesce(f.persons, excluded.persons) END,
    sex = coalesce(excluded.corrected ->> 'sex', f.sex, excluded.sex),
    age_band = coalesce(excluded.corrected ->> 'age_band', f.age_band, excluded.age_band),
    education = coalesce(excluded.corrected ->> 'education', f.education, excluded.education),
    occupation = coalesce(excluded.corrected ->> 'occupation', f.occupation, excluded.occupation),
    agency_category = coalesce(
        excluded.corrected ->> 'agency_category', f.agency_category, excluded.agency_category),
    disability = coalesce(excluded.corrected ->> 'disability', f.disability, excluded.disability),
    purpose = coalesce(excluded.corrected ->> 'purpose', f.purpose, excluded.purpose),
    corrected = f.corrected || excluded.corrected,
    is_served = f.is_served OR excluded.is_served,
    is_retimed = f.is_retimed OR excluded.is_retimed,
    wait_s = CASE WHEN excluded.is_retimed OR (excluded.is_served AND NOT f.is_retimed)
        THEN excluded.wait_s ELSE f.wait_s END,
    within_promise = CASE WHEN excluded.is_retimed OR (excluded.is_served AND NOT f.is_retimed)
        THEN excluded.within_promise ELSE f.within_promise END,
    stay_s = CASE WHEN hub_rank(excluded.state) = 5 THEN excluded.stay_s ELSE f.stay_s END,
    received_first = least(f.received_first, excluded.received_first),
    received_last = greatest(f.received_last, excluded.received_last)
RETURNING f.device, f.day
)
INSERT INTO visit_count_stale
SELECT DISTINCT device, date_trunc('month', day)::date FROM done WHERE day IS NOT NULL
ON CONFLICT DO NOTHING
"""
LOCKERS: LiteralString = """
INSERT INTO locker_fact (received_id, device, day, kind, locker, visit, code, at)
SELECT received_id, device, day,
    CASE type WHEN 'id.go.bps.ruangbaca.locker.assigned.v1' THEN 'given'
        WHEN 'id.go.bps.ruangbaca.locker.released.v1' THEN 'ended' ELSE 'alarm' END,
    hub_count(data -> 'locker'), visit,
    CASE WHEN said.code = ANY (%(locker_codes)s) THEN said.code ELSE %(others)s END, occurred_at
FROM foldable CROSS JOIN LATERAL
    (SELECT coalesce(data ->> 'end_reason', data ->> 'alarm', '')) AS said(code)
WHERE received_id > %(after)s AND received_id <= %(up_to)s AND type = ANY (%(locker_kinds)s)
ON CONFLICT (received_id) DO NOTHING
"""
STAY: LiteralString = """
UPDATE locker_fact e SET stay_s = extract(epoch FROM e.at - (
    SELECT g.at FROM locker_fact g
    WHERE g.device = e.device AND g.visit = e.visit AND g.locker = e.locker AND g.kind = 'given'
        AND g.received_id < e.received_id
    ORDER BY g.received_id DESC LIMIT 1))
"""
"""How long a locker was in use, of ended uses `e` that are to be told by a WHERE."""
STAYS: LiteralString = f"""{STAY}
WHERE e.received_id > %(after)s AND e.received_id <= %(up_to)s AND e.kind = 'ended'
    AND e.visit IS NOT NULL AND e.stay_s IS NULL
"""
RATINGS: LiteralString = """
INSERT INTO rating_fact AS f (office, month, received_id, respondents, totals, answered)
SELECT DISTINCT ON (office, data ->> 'month') office, (data ->> 'month' || '-01')::date,
    received_id, hub_count(data -> 'respondents'), data -> 'totals', data -> 'answered'
FROM foldable
WHERE received_id > %(after)s AND received_id <= %(up_to)s
    AND type = 'id.go.bps.ruangbaca.rating.summary.v1'
    AND data ->> 'month' ~ '^[12][0-9]{3}-(0[1-9]|1[0-2])$'
    AND hub_count(data -> 'respondents') IS NOT NULL
    AND jsonb_typeof(data -> 'totals') = 'object'
    AND jsonb_typeof(data -> 'answered') = 'object'
ORDER BY office, data ->> 'month', received_id DESC
ON CONFLICT (office, month) DO UPDATE SET received_id = excluded.received_id,
    respondents = excluded.respondents, totals = excluded.totals, answered = excluded.answered
    WHERE excluded.received_id > f.received_id
"""


def fold(connection: Connection, after: int, up_to: int) -> None:
    """Take in the records with a number above `after`, up to `up_to`."""
    asked = _ASKED | {"after": after, "up_to": up_to}
    for statement in (VISITS, LOCKERS, STAYS, RATINGS):
        connection.execute(statement, asked)


def _kinds(names: str) -> list[str]:
    return [f"id.go.bps.ruangbaca.{name}.v1" for name in names.split()]


_ASKED: dict[str, object] = {
    "visit_kinds": _kinds(
        "visit.registered visit.called visit.served visit.served_corrected visit.leaving"
        " visit.closed visit.corrected"
    ),
    "locker_kinds": _kinds("locker.assigned locker.released locker.alarm"),
    "locker_codes": ["", *EndReason, *AlarmKind],
    "others": OTHERS,
    # Whatever else a device says it has corrected would be merged into one document without end.
    "correctable": [
        *("persons", "sex", "age_band", "education", "occupation", "agency_category"),
        *("disability", "purpose"),
    ],
    "open_states": ["registered", "called", "served", "leaving"],
    "ends": ["finished", "closed_by_staff", "not_returned", "cancelled"],
}
