"""What the hub keeps of a person whom the office has erased: the count, and nothing else."""

import uuid

from appliance.hub import projector
from tests.hub.facts_kit import AT, Room, caught_up, facts

ASIDE = (
    "INSERT INTO quarantine (stream, sequence, raw, problem) VALUES (%s, %s, %s, 'unknown kind')"
)
TRAITS = "SELECT sex, age_band, education, purpose, disability, corrected FROM visit_fact"


def said(database, subject):
    told = "SELECT type, data FROM record WHERE subject = %s ORDER BY received_id"
    rows = database.rows(told, (subject,))
    return [data for kind, data in rows if "person.erased" not in kind]


def aside(room, subject, kind="visit.unheard_of"):
    raw = f'{{"type":"id.go.bps.ruangbaca.{kind}.v1","subject":"{subject}","data":{{"sex":"f"}}}}'
    with room.database.transaction() as connection:
        connection.execute(ASIDE, (room.stream, uuid.uuid4().int % 10**9, raw.encode()))


def raws(database):
    return [bytes(row[0]) for row in database.rows("SELECT raw FROM quarantine ORDER BY id")]


def test_an_erased_person_leaves_a_count_without_anything_of_them(hub):
    room, other = Room(hub.database), Room(hub.database)
    subject = room.visit(age_band="25-34", education="s1", purpose="data", disability="none")
    others = room.visit(age_band="25-34")
    room.says("visit.corrected", subject, fields=["sex"], was={"sex": "f"}, now={"sex": "m"})
    room.says("locker.assigned", subject, locker=7)
    room.says("visit.served", subject, wait_s=60, within_promise=True)
    room.says("locker.released", subject, at=AT, locker=7, end_reason="visitor")
    room.says("visit.closed", subject, state="finished", stay_s=1800)
    other.says("visit.served", subject, wait_s=60)  # the same number at another device
    aside(room, subject)
    aside(room, others)
    before = caught_up(hub.database)
    room.says("person.erased", subject)

    after = caught_up(hub.database)

    assert said(hub.database, subject) == [*[{}] * 6, {"wait_s": 60}]
    assert [bool(data) for data in said(hub.database, others)] == [True]
    assert raws(hub.database)[0] == b"{}"
    assert others.encode() in raws(hub.database)[1]
    assert ("", "", "", "", "", {}) in hub.database.rows(TRAITS)
    kept = [row[:4] + row[7:] for row in after[0]]
    assert sorted(kept, key=str) == sorted([row[:4] + row[7:] for row in before[0]], key=str)
    assert after[1] == before[1]
    number = subject.removeprefix("visit/")
    named = "SELECT count(*) FROM {} WHERE visit = %s AND device = %s"
    for table in ("visit_fact", "locker_fact"):
        assert hub.database.row(named.format(table), (number, room.device)) == (0,)
    projector.rebuild(hub.database)
    assert sorted(facts(hub.database)[0], key=str) == sorted(after[0], key=str)
    assert facts(hub.database)[1] == after[1]


def test_what_comes_late_of_an_erased_person_is_blanked(hub):
    room = Room(hub.database)
    subject = room.visit()
    room.says("person.erased", subject)
    before = caught_up(hub.database)[0]
    room.fork()
    room.says("visit.registered", subject, sex="f", business_date="2026-11-05")
    room.says("visit.served", subject, wait_s=60, within_promise=True)
    aside(room, subject)
    aside(room, subject, "person.erased")

    after = caught_up(hub.database)[0]

    assert said(hub.database, subject) == [{}, {}, {}]
    assert after == before
    assert [len(raw) > 2 for raw in raws(hub.database)] == [False, True]


def test_an_erasure_in_one_piece_with_its_visit_is_like_one_that_follows(hub):
    room = Room(hub.database)
    subject = room.visit(purpose="data")
    room.says("visit.closed", subject, state="finished", stay_s=60)
    room.says("person.erased", subject)
    room.says("visit.served", subject, wait_s=60, within_promise=True)

    visits = caught_up(hub.database)[0]

    nothing = ("", "", "")
    assert visits == [
        ("2026-11-05", "finished", "tablet", 1, *nothing, False, None, None, 60.0),
    ]
    assert said(hub.database, subject) == [{}, {}, {}]
