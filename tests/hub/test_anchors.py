"""Records of a wrong clock, dated by anchors that come with them, after them or never."""

import datetime as dt
import json
import uuid

import hypothesis
import pytest
from hypothesis import strategies as st

from appliance.anchors import rules
from appliance.hub import figures, projector, retention
from appliance.hub.database import Database
from appliance.hub.periods import Period, Scope
from appliance.sync.events import full_type
from tests.hub.facts_kit import Room, caught_up, facts
from tests.hub_kit import RunningHub

ZONE = dt.timezone(dt.timedelta(hours=7))
MONDAY = dt.datetime(2026, 11, 2, 2, 0, tzinfo=dt.UTC)
HOUR_MS = 3_600_000
LONG_AGO = "1970-01-01"
RECEIVED, RECEIPT = "2026-12-30", "2026-12-30T02:00:00Z"
DAYS = "SELECT visit::text, day::text, is_estimated FROM visit_fact ORDER BY 1"
COUNTED = (
    "SELECT device::text, date_trunc('month', day)::date::text, count(*) FROM visit_fact"
    " WHERE day IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
)
COUNTS = "SELECT device::text, month::text, visits FROM visit_count WHERE trait = '' ORDER BY 1, 2"
BOUNDS = "SELECT received_id, occurred_lo, occurred_hi FROM record ORDER BY 1"


def text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def day_of(database: Database, subject: str) -> tuple[str, bool]:
    sql = "SELECT day::text, is_estimated FROM visit_fact WHERE visit = %s"
    found = database.row(sql, (subject.removeprefix("visit/"),))
    assert found is not None
    return found[0], found[1]


def unset(room: Room, boot: str, boot_ms: int, **data: object) -> str:
    """A visit that was registered by a clock that was not set."""
    stamp = (0, boot, boot_ms)
    return room.visit(LONG_AGO, at=None, received_at=RECEIPT, stamp=stamp, **data)


def test_an_anchor_dates_what_its_boot_wrote_before_and_after(hub: RunningHub) -> None:
    room, other = Room(hub.database), Room(hub.database)
    before = unset(room, "a", HOUR_MS)
    same_boot_elsewhere = unset(other, "a", HOUR_MS)
    assert [row[0] for row in caught_up(hub.database)[0]] == [RECEIVED] * 2
    room.anchor("a", 2 * HOUR_MS, text(MONDAY))
    after = unset(room, "a", 30 * HOUR_MS)
    caught_up(hub.database)

    assert day_of(hub.database, before) == ("2026-11-02", False)
    assert day_of(hub.database, after) == ("2026-11-03", False)
    assert day_of(hub.database, same_boot_elsewhere) == (RECEIVED, True)
    assert hub.database.rows(COUNTED) == hub.database.rows(COUNTS), "both months were counted again"


def test_an_estimated_clock_is_moved_only_when_it_was_wrong(hub: RunningHub) -> None:
    room = Room(hub.database)
    stamp = (1, "a", HOUR_MS)
    right = room.visit("2026-11-02", at=text(MONDAY + dt.timedelta(seconds=30)), stamp=stamp)
    wrong = room.visit("2025-03-01", at="2025-03-01T02:00:00Z", stamp=stamp)
    paper = room.visit("2026-10-30", at="2025-03-01T02:00:00Z", stamp=stamp, paper="power")
    unset_paper = unset(room, "a", HOUR_MS, paper="power")
    caught_up(hub.database)
    room.anchor("a", HOUR_MS, text(MONDAY))
    caught_up(hub.database)

    assert day_of(hub.database, right) == ("2026-11-02", False)
    assert day_of(hub.database, wrong) == ("2026-11-02", False)
    assert day_of(hub.database, paper) == ("2026-10-30", False)
    assert day_of(hub.database, unset_paper) == (LONG_AGO, False), "it is what the officer typed"
    bounds = {row[0]: row for row in hub.database.rows(BOUNDS)}
    assert all(row[1] <= MONDAY <= row[2] for row in list(bounds.values())[:2])


def test_a_boot_without_time_is_estimated_and_figures_say_so(hub: RunningHub) -> None:
    room = Room(hub.database)
    room.anchor("a", 0, text(MONDAY))
    lost = [unset(room, "b", HOUR_MS) for _ in range(6)]
    caught_up(hub.database)
    november, scope = Period.month(2026, 11), Scope(office="pasaman")
    assert figures.estimated(hub.database, scope, november).number == 0
    room.anchor("c", 0, text(MONDAY + dt.timedelta(days=2)))
    room.visit()
    caught_up(hub.database)

    assert day_of(hub.database, lost[0]) == ("2026-11-03", True)
    assert figures.estimated(hub.database, scope, november).number == 6
    assert figures.by_place(hub.database, scope, november).total.visits.number == 7
    few = Room(hub.database, "solok")
    few.anchor("a", 0, text(MONDAY))
    unset(few, "b", HOUR_MS)
    few.anchor("c", 0, text(MONDAY + dt.timedelta(hours=2)))
    unset(few, "d", HOUR_MS)
    few.anchor("e", 0, text(MONDAY + dt.timedelta(days=2)))
    caught_up(hub.database)
    assert figures.estimated(hub.database, Scope(office="solok"), november).is_hidden


def test_lockers_move_with_their_records_and_their_times_are_measured(hub: RunningHub) -> None:
    room = Room(hub.database)
    subject = unset(room, "a", HOUR_MS)
    used = {"at": None, "locker": 7}
    room.says("locker.assigned", subject, stamp=(0, "a", HOUR_MS), **used)
    room.says("locker.released", subject, stamp=(0, "a", 2 * HOUR_MS), end_reason="visitor", **used)
    assert caught_up(hub.database)[1][1][5] is None
    room.anchor("a", 3 * HOUR_MS, text(MONDAY))

    lockers = caught_up(hub.database)[1]

    assert [(row[1], row[2]) for row in lockers] == [
        ("2026-11-02", "given"),
        ("2026-11-02", "ended"),
    ]
    assert lockers[1][5] == pytest.approx(3600, abs=0.01)


def test_who_was_erased_stays_unknown_and_months_that_go_take_their_anchors(
    hub: RunningHub,
) -> None:
    room = Room(hub.database)
    room.anchor("a", 0, text(MONDAY))
    subject = unset(room, "b", HOUR_MS)
    room.says("person.erased", subject)
    caught_up(hub.database)
    room.anchor("b", HOUR_MS, text(MONDAY))
    room.anchor("b", 40 * HOUR_MS, text(MONDAY + dt.timedelta(hours=39)))
    caught_up(hub.database)

    (fact,) = hub.database.rows("SELECT visit::text, day::text, came_id FROM visit_fact")
    assert fact[0] != subject.removeprefix("visit/")
    assert fact[1:] == (RECEIVED, None)
    newest = "SELECT count(*), max(received_id) FROM anchor"
    with hub.database.transaction() as connection:
        last = connection.execute("SELECT max(received_id) FROM record").fetchone()
        connection.execute(retention.anchors.FORGET, last)
    assert hub.database.row(newest) == (1, *last)


HOSTILE = (
    {"boot": None},
    {"boot": ""},
    {"boot": "b" * 200},
    {"boot_ms": 1 << 53},
    {"boot_ms": None},
    {"err_ms": 1 << 53},
    {"utc": "0001-01-01T00:00:00Z"},
    {"utc": "9999-12-31T23:59:59Z"},
    {"utc": "2026-11-02T02:00:00+23:00"},
    {"utc": "2099-12-31T23:59:59.999999999Z"},
    {"utc": None},
    {},
)


@pytest.mark.parametrize("changes", HOSTILE, ids=lambda one: json.dumps(one)[:30])
def test_nothing_that_an_anchor_says_stops_the_figures(
    hub: RunningHub, changes: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projector, "CANNOT_FOLD", ())  # it is not even to be left out
    room, honest = Room(hub.database), Room(hub.database, "solok")
    for boot_ms in (0, (1 << 62) - 1):
        unset(room, "a", boot_ms)
        room.says("locker.assigned", "visit/x", at=None, stamp=(0, "a", boot_ms), locker=1)
    told = {"boot": "a", "boot_ms": 1, "err_ms": 1, "utc": text(MONDAY), "source": "ntp"}
    room.says("clock.anchored", "clock", **told | changes)
    room.anchor("z", 316224000000, "2099-12-31T23:59:59Z", err_ms=86400000)
    untouched = honest.visit()
    left_out = "SELECT count(*) FROM visit_fact"

    caught_up(hub.database)

    assert hub.database.row(left_out) == (3,)
    assert day_of(hub.database, untouched) == ("2026-11-05", False)
    assert projector.lag(hub.database).records == 0
    projector.rebuild(hub.database)
    assert hub.database.row(left_out) == (3,)


def test_a_device_whose_boots_are_many_records_is_dated_by_one_statement(hub: RunningHub) -> None:
    room = Room(hub.database)
    with hub.database.transaction() as connection:
        connection.execute(
            "INSERT INTO record (stream, sequence, event_id, type, subject, clock, boot_id,"
            " boot_ms, data) SELECT %s, n, gen_random_uuid(), %s, 'visit/' || gen_random_uuid(),"
            " 0, 'a', n, %s FROM generate_series(1, 5000) n",
            (room.stream, full_type("visit.registered"), json.dumps({"business_date": LONG_AGO})),
        )
    room.sequence = 5000
    caught_up(hub.database)
    room.anchor("a", 5001, text(MONDAY))

    caught_up(hub.database)

    told = hub.database.rows("SELECT day::text, count(*) FROM visit_fact GROUP BY 1")
    assert told == [("2026-11-02", 5000)]


def _lives():
    """Boots of two devices: hours off before, and what each writes after how many hours."""
    write = st.tuples(
        st.integers(0, 30),
        st.sampled_from(["unset", "estimated", "paper", "set", "anchor", "locker"]),
        st.booleans(),
    )
    boot = st.tuples(st.integers(1, 60), st.lists(write, max_size=5))
    return st.tuples(st.lists(boot, max_size=4), st.lists(boot, max_size=4))


def _live(room: Room, boots, after_write) -> dict[str, tuple[str, bool]]:
    """Let the device write it all; what each of its visits must count on, and how surely."""
    anchors, visits, now = [], [], MONDAY
    for number, (off_h, writes) in enumerate(boots):
        boot, began = f"{number}", now + dt.timedelta(hours=off_h)
        for place, (hours, kind, ends_piece) in enumerate(sorted(writes)):
            now = began + dt.timedelta(hours=hours, seconds=place)
            boot_ms = hours * HOUR_MS + place * 1000
            wrong = now - dt.timedelta(days=700)
            if kind == "anchor":
                room.anchor(boot, boot_ms, text(now))
                anchors.append(rules.Anchor(boot, boot_ms, now, 1000, room.sequence))
            elif kind == "locker":
                room.says("locker.assigned", "locker/1", at=None, stamp=(0, boot, boot_ms))
            else:
                clock = {"unset": 0, "set": 2}.get(kind, 1)
                at = {0: None, 1: text(wrong), 2: text(now)}[clock]
                day = (now if clock == 2 else wrong).astimezone(ZONE).date().isoformat()
                paper = {"paper": "power"} if kind == "paper" else {}
                told = {"at": at, "received_at": RECEIPT, "stamp": (clock, boot, boot_ms)}
                subject = room.visit(day, **told, **paper)
                visits.append((subject[6:], boot, boot_ms, room.sequence, clock, day, kind))
            if ends_piece:
                after_write()
    return {visit: _expected(anchors, *told) for visit, *told in visits}


def _expected(anchors, boot, boot_ms, place, clock, day, kind) -> tuple[str, bool]:
    found = rules.occurred(boot, boot_ms, place, anchors) if clock < 2 else None
    of_boot = any(one.boot_id == boot for one in anchors)
    if kind == "paper" or found is None or not (of_boot or clock == 0):
        return (day, False) if clock else (RECEIVED, True)
    days = [None, None]
    if found.earliest is not None:
        days = [at.astimezone(ZONE).date() for at in (found.earliest, found.latest)]
    is_sure = days[0] is not None and days[0] == days[1]
    return found.middle.astimezone(ZONE).date().isoformat(), clock == 0 and not is_sure


@hypothesis.settings(
    max_examples=25, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)
@hypothesis.given(lives=_lives())
def test_in_any_pieces_days_are_those_of_the_rule(hub: RunningHub, lives) -> None:
    with hub.database.transaction() as connection:
        for table in ("record", "visit_fact", "locker_fact", "visit_count", "anchor", "stream"):
            connection.execute(f"DELETE FROM {table}")
    expected: dict[str, tuple[str, bool]] = {}
    for boots in lives:
        room = Room(hub.database)
        expected |= _live(room, boots, lambda: projector.catch_up(hub.database))
    projector.catch_up(hub.database)

    def told():
        return {visit: (day, sure) for visit, day, sure in hub.database.rows(DAYS)}

    assert told() == expected
    assert hub.database.rows(COUNTED) == hub.database.rows(COUNTS)
    lockers, bounds = facts(hub.database)[1], hub.database.rows(BOUNDS)
    projector.rebuild(hub.database)
    assert told() == expected
    assert (facts(hub.database)[1], hub.database.rows(BOUNDS)) == (lockers, bounds)
    with hub.database.transaction() as connection:  # and with all of it at once
        connection.execute("DELETE FROM anchor")
        connection.execute("UPDATE record SET occurred_lo = NULL, occurred_hi = NULL")
    projector.rebuild(hub.database)
    assert told() == expected
    assert str(uuid.UUID(int=0)) not in told()
