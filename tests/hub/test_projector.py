"""What the projector makes of the records, in whichever pieces it meets them."""

import threading

import hypothesis
import psycopg
from hypothesis import strategies as st

from appliance.hub import projector
from tests.hub.facts_kit import Room, caught_up, facts
from tests.hub_kit import LIMIT_S

ENDS = ("finished", "closed_by_staff", "not_returned", "cancelled")
RANKS = ("registered", "called", "served", "leaving")
COUNTED = (
    "SELECT device, coalesce(sex, ''), count(*) FROM visit_fact"
    " WHERE day IS NOT NULL AND state <> 'cancelled' GROUP BY 1, 2 ORDER BY 1, 2"
)
COUNTS = "SELECT device, code, visits FROM visit_count WHERE trait = 'sex' ORDER BY 1, 2"
WAITS = st.sampled_from([None, 30.0, 900.0])


def test_a_visit_is_one_row_with_its_last_word(hub):
    room = Room(hub.database)
    subject = room.visit(persons=3, purpose="data")
    room.says("visit.served", subject, wait_s=60, within_promise=True)
    room.says("visit.corrected", subject, fields=["sex"], was={"sex": "f"}, now={"sex": "m"})
    room.says("visit.served_corrected", subject, wait_s=900, within_promise=False)
    room.says("visit.closed", subject, state="finished", stay_s=1800)

    visits, _, _ = caught_up(hub.database)

    traits = (3, "m", None, "data")
    assert visits == [("2026-11-05", "finished", "tablet", *traits, True, 900, False, 1800)]
    assert projector.lag(hub.database).records == 0


def test_the_day_is_that_of_the_office_where_the_event_names_none(hub):
    room = Room(hub.database)
    with hub.database.transaction() as connection:
        connection.execute("UPDATE office SET timezone = 'Asia/Jayapura'")
    room.says("locker.assigned", "visit/x", at="2026-11-05T16:00:00Z", locker=7)
    with hub.database.transaction() as connection:
        connection.execute("UPDATE office SET timezone = 'Asia/Jayapurra'")
    assert projector.lag(hub.database).records == 1
    _, lockers, _ = caught_up(hub.database)
    assert lockers[0][1] == "2026-11-05"

    with hub.database.transaction() as connection:
        connection.execute("UPDATE office SET timezone = 'Asia/Jayapura'")
    projector.rebuild(hub.database)
    assert facts(hub.database)[1][0][1] == "2026-11-06"


def test_the_use_of_a_locker_lasts_until_it_is_released(hub):
    room = Room(hub.database)
    subject = room.visit()
    room.says("locker.assigned", subject, locker=7)
    caught_up(hub.database)
    room.says("locker.released", subject, at="2026-11-05T02:10:00Z", locker=7, end_reason="visitor")
    room.says("locker.alarm", "locker/7", locker=7, alarm="left_open")

    _, lockers, _ = caught_up(hub.database)

    told = [(kind, code, stay_s) for _, _, kind, _, code, stay_s in lockers]
    assert told == [("given", "", None), ("ended", "visitor", 600), ("alarm", "left_open", None)]


def test_the_newest_summary_of_an_office_and_month_holds(hub):
    room, other = Room(hub.database), Room(hub.database)
    for number, told in enumerate((room, other, room), 1):
        of = {"totals": {"time": 15}, "answered": {"time": 5}, "respondents": number * 5}
        told.says("rating.summary", "ratings/2026-11", month="2026-11", **of)
    room.says("rating.summary", "ratings/x", month="x", totals={}, answered={}, respondents=5)

    assert caught_up(hub.database)[2] == [("pasaman", "2026-11-01", 15)]


def test_what_is_not_committed_yet_is_waited_for(hub):
    room = Room(hub.database)
    with hub.database.transaction() as connection:
        connection.execute("SELECT nextval('record_received')")
        wanted = projector.Goal(projector.received.mark(connection), 0)
        room.database = projector.Database(hub.dsn)
        goal = projector.goal(room.database)
        assert not projector.is_settled(room.database, goal)
        room.database.close()
    assert wanted.mark.received_id == goal.mark.received_id


def _words():
    """What happens to one of three visits at one of two devices."""
    data = st.one_of(
        st.tuples(
            st.just("visit.registered"), st.fixed_dictionaries({"sex": st.sampled_from("mf")})
        ),
        st.tuples(st.just("visit.called"), st.just({"desk": "1"})),
        st.tuples(st.just("visit.served"), st.fixed_dictionaries({"wait_s": WAITS})),
        st.tuples(st.just("visit.served_corrected"), st.fixed_dictionaries({"wait_s": WAITS})),
        st.tuples(st.just("visit.leaving"), st.just({})),
        st.tuples(
            st.just("visit.corrected"),
            st.fixed_dictionaries(
                {
                    "now": st.dictionaries(
                        st.sampled_from(["sex", "purpose"]), st.sampled_from("mfx")
                    )
                }
            ),
        ),
        st.tuples(
            st.just("visit.closed"),
            st.fixed_dictionaries({"state": st.sampled_from(ENDS), "stay_s": WAITS}),
        ),
    )
    return st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 2), data, st.booleans()), max_size=30
    )


def _expected(words):
    """The same by plain Python, one word after the other."""
    found = {}
    for device, visit, (name, data), _ in words:
        one = found.setdefault((device, visit), {"state": "registered", "now": {}})
        if name == "visit.registered":
            one.setdefault("sex", data["sex"])
        elif name == "visit.corrected":
            one["now"] |= data["now"]
        elif name in {"visit.served", "visit.served_corrected"}:
            if name.endswith("ed_corrected") or "retimed" not in one:
                one["wait_s"] = data["wait_s"]
            one |= {"retimed": True} if name.endswith("ed_corrected") else {}
        if name == "visit.closed":
            one |= data
        elif name.removeprefix("visit.") in RANKS and one["state"] in RANKS:
            one["state"] = max(one["state"], name.removeprefix("visit."), key=RANKS.index)
    return {
        key: (
            one["state"],
            one["now"].get("sex", one.get("sex")),
            one["now"].get("purpose"),
            one.get("wait_s"),
            one.get("stay_s"),
        )
        for key, one in found.items()
    }


@hypothesis.settings(
    max_examples=25, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(words=_words())
def test_any_pieces_of_the_stream_give_the_facts_of_plain_python(hub, words):
    with hub.database.transaction() as connection:
        for table in ("record", "visit_fact", "visit_count", "stream", "device"):
            connection.execute(f"DELETE FROM {table}")
    rooms = [Room(hub.database), Room(hub.database)]
    ids = "00000000-0000-4000-8000-00000000000"
    for device, visit, (name, data), ends_piece in words:
        rooms[device].says(name, f"visit/{ids}{visit}", **data)
        if ends_piece:
            projector.catch_up(hub.database)
    projector.catch_up(hub.database)

    by_device = {room.device: number for number, room in enumerate(rooms)}
    told = "SELECT device::text, visit::text, state, sex, purpose, wait_s, stay_s FROM visit_fact"

    def found():
        rows = hub.database.rows(told)
        return {(by_device[row[0]], int(row[1][-1])): tuple(row[2:]) for row in rows}

    assert found() == _expected(words)
    assert hub.database.rows(COUNTED) == hub.database.rows(COUNTS)
    projector.rebuild(hub.database)
    assert hub.database.rows(COUNTED) == hub.database.rows(COUNTS)
    assert found() == _expected(words)
    with hub.database.transaction() as connection:  # as facts that outlived some of their records
        connection.execute("UPDATE visit_fact SET kept = true")
    projector.rebuild(hub.database)
    assert found() == _expected(words)


def test_a_hub_keeps_its_figures_going_until_it_ends(hub, monkeypatch):
    monkeypatch.setattr(projector, "PAUSE_S", 0.01)
    Room(hub.database).visits(6)
    ending = threading.Event()
    thread = threading.Thread(target=projector.keep_going, args=(hub.database, ending))
    thread.start()
    try:
        for _ in range(int(LIMIT_S / 0.05)):
            if hub.database.row("SELECT count(*) FROM visit_fact") == (6,):
                break
            ending.wait(0.05)
    finally:
        ending.set()
        thread.join(LIMIT_S)
    assert hub.database.row("SELECT count(*) FROM visit_fact") == (6,)


def test_one_process_at_a_time_goes_on(hub):
    Room(hub.database).visits(6)
    wanted = projector.goal(hub.database)
    with psycopg.connect(hub.dsn) as other:
        projector.wait_for_turn(other)
        assert not projector.advance(hub.database, wanted)
        assert projector.lag(hub.database).records == 6
    assert caught_up(hub.database)[0]
    assert projector.lag(hub.database) == projector.Lag(0, None)
