"""The journal looked through, taken out, and proved."""

import csv
import datetime as dt
import io
import json
import tracemalloc

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.actor import SYSTEM, Actor
from appliance.clock import ClockQuality
from appliance.core import Core
from appliance.errors import Invalid, Refused
from appliance.journal import export, index, proof, reading
from appliance.journal.export import Format, JournalExport
from appliance.journal.index import JournalIndex
from appliance.journal.proof import noted
from appliance.journal.reading import APPLIANCE, VISITORS, Wanted
from appliance.storage import database as storage
from tests.fakes import FakeClock

ACTORS = (
    SYSTEM,
    Actor.staff("sari", "officer"),
    Actor.staff("sari", "admin"),
    Actor.staff("budi", "operator"),
    Actor.visitor("11111111"),
    Actor.visitor("99999999"),
)
ACTIONS = ("visit.called", "visit.closed", "locker.assigned", "visits.looked_up", "staff.added")
SUBJECTS = ("visit/a", "visit/b", "locker/7", "staff/sari")
DAY_S = 86_400


@pytest.fixture(params=[0, 180, 300], ids=lambda n: f"{n} entered")
def entered(request: pytest.FixtureRequest) -> int:
    """How many of the lines the index knows."""
    return int(request.param)


@pytest.fixture
def filled(core: Core, clock: FakeClock, monkeypatch, entered: int) -> Core:
    """300 lines of every kind over ten days, the clock jumping back and forth meanwhile."""
    monkeypatch.setattr(index, "STRETCH", 23)
    monkeypatch.setattr(reading, "LINES_AT_ONCE", 17)

    def write(numbers: range) -> None:
        for n in numbers:
            actor, action = ACTORS[n % len(ACTORS)], ACTIONS[n * 7 % len(ACTIONS)]
            subject = SUBJECTS[n * 3 % len(SUBJECTS)]
            core.journal.append(action, subject, by=actor, why=f"{n}", detail={"n": n})
            clock.advance(DAY_S / 30)
            if n % 40 == 39:
                clock.jump(-2 * DAY_S if n % 80 == 79 else DAY_S)

    core.writer.run(lambda: write(range(entered)))
    assert JournalIndex(core.writer).catch_up() == entered
    core.writer.run(lambda: write(range(entered, 300)))
    return core


def tamper(core: Core, statement: str) -> None:
    other = apsw.Connection(str(core.settings.data_dir / storage.FILE_NAME))
    for trigger in ("rewritten", "shortened"):
        other.execute(f"DROP TRIGGER IF EXISTS journal_is_never_{trigger}")
    other.execute(statement)
    other.close()


def fits(line, wanted: Wanted) -> bool:
    role, _, name = line.actor.partition(":")
    is_who = {"": True, VISITORS: role == "visitor", APPLIANCE: role == "system"}.get(
        wanted.who, name == wanted.who and role not in ("visitor", "system")
    )
    return (
        is_who
        and wanted.kind in ("", line.action.partition(".")[0])
        and wanted.subject in ("", line.subject)
        and (wanted.since is None or line.at >= wanted.since)
        and (wanted.until is None or line.at < wanted.until)
    )


def test_every_filter_finds_what_reading_every_line_finds(filled: Core) -> None:
    every = filled.journal.latest(1000)
    moments = st.none() | st.sampled_from([line.at for line in every])
    wishes = st.builds(
        Wanted,
        who=st.sampled_from(["", "sari", "budi", "nobody", VISITORS, APPLIANCE]),
        kind=st.sampled_from(["", "visit", "visits", "locker", "staff", "nothing"]),
        subject=st.sampled_from(["", *SUBJECTS, "visit/z"]),
        since=moments,
        until=moments,
    )

    @given(wanted=wishes, limit=st.integers(1, 60), before=st.none() | st.integers(1, 310))
    def the_same(wanted: Wanted, limit: int, before: int | None) -> None:
        expected = [
            line for line in every if fits(line, wanted) and (before is None or line.seq < before)
        ]

        assert filled.journal.page(wanted, limit, before) == expected[:limit]

    the_same()


def test_paging_by_number_meets_every_line_once(filled: Core) -> None:
    wanted, met, before = Wanted(who="sari", kind="visit"), [], None
    while some := filled.journal.page(wanted, 7, before):
        met += [line.seq for line in some]
        before = some[-1].seq

    assert met == [line.seq for line in filled.journal.latest(1000) if fits(line, wanted)]


def test_kinds_are_those_that_there_are(filled: Core) -> None:
    assert filled.journal.kinds() == ["locker", "staff", "visit", "visits"]


def only_once(test):
    """For what does not look lines up: it need not be tried with every state of the index."""
    return pytest.mark.parametrize("entered", [300], indirect=True)(test)


@only_once
@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(who="sari"),
        Wanted(who=APPLIANCE),
        Wanted(kind="visit"),
        Wanted(subject="visit/a"),
        Wanted(subject="visit/a", who="sari", kind="visit"),
        Wanted(since=dt.datetime(2026, 11, 24, tzinfo=dt.UTC)),
    ],
)
def test_what_the_index_knows_is_never_read_line_by_line(
    filled: Core, monkeypatch, wanted: Wanted
) -> None:
    connection, asked = filled.database.connection(), []
    ask = filled.database.execute_sql
    monkeypatch.setattr(
        filled.database, "execute_sql", lambda sql, p=None: (asked.append((sql, p)), ask(sql, p))[1]
    )

    filled.journal.page(wanted, 5)

    plans = [
        (sql, str(detail))
        for sql, values in asked
        for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values or ())
    ]
    assert plans
    assert [
        p for p in plans if p[1].startswith(("SCAN", "USE TEMP")) and "stretch" not in p[1]
    ] == []


@only_once
def test_filling_again_enters_nothing_twice(filled: Core) -> None:
    assert JournalIndex(filled.writer).catch_up() == 0

    filled.writer.run(
        lambda: filled.journal.append("visit.called", "visit/a", by=SYSTEM, detail={})
    )
    assert JournalIndex(filled.writer).catch_up() == 1
    assert filled.journal.page(Wanted(subject="visit/a"), 1)[0].seq == 301


@only_once
def test_a_proof_says_how_many_lines_and_the_head(filled: Core) -> None:
    found = filled.journal.prove()

    assert (found.is_whole, found.head.seq, found.broken_at) == (True, 300, None)
    assert found.head == filled.journal.head()


def test_an_empty_journal_is_whole(core: Core) -> None:
    assert core.journal.prove().is_whole
    assert core.journal.head().seq == 0


@only_once
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE journal SET actor = 'admin:x' WHERE seq = 3", 3),
        ("UPDATE journal SET detail = '{}' WHERE seq = 300", 300),
        ("UPDATE journal SET boot_ms = boot_ms + 1 WHERE seq = 1", 1),
        ("UPDATE journal SET clock = 0 WHERE seq = 120", 120),
        ("DELETE FROM journal WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq BETWEEN 50 AND 60", 50),
        ("UPDATE journal SET chain = randomblob(32) WHERE seq = 200", 200),
    ],
)
def test_any_change_breaks_the_chain_there(filled: Core, statement: str, place: int) -> None:
    tamper(filled, statement)

    found = filled.journal.prove()

    assert (found.broken_at, found.head.seq, found.is_whole) == (place, place - 1, False)


@only_once
def test_a_chain_made_anew_is_not_the_one_that_was_noted(filled: Core, clock: FakeClock) -> None:
    """Whoever owns the file can cut the journal short, or write another; paper stays."""
    on_paper = noted(filled.journal.head().noted)
    assert filled.journal.prove(on_paper).is_as_noted
    tamper(filled, "DELETE FROM journal WHERE seq > 290")
    tamper(filled, "DELETE FROM journal_words WHERE seq > 290")

    cut = filled.journal.prove(on_paper)
    for _ in range(20):
        filled.writer.run(
            lambda: filled.journal.append("visit.called", "visit/x", by=SYSTEM, detail={})
        )
    forged = filled.journal.prove(on_paper)

    assert (cut.broken_at, cut.is_as_noted, cut.is_whole) == (None, False, False)
    assert (forged.broken_at, forged.is_as_noted, forged.is_whole) == (None, False, False)


@only_once
def test_what_was_noted_long_ago_still_holds(filled: Core) -> None:
    on_paper = noted(filled.journal.head().noted.upper())
    filled.writer.run(
        lambda: filled.journal.append("visit.called", "visit/x", by=SYSTEM, detail={})
    )

    assert filled.journal.prove(on_paper).is_whole


@pytest.mark.parametrize("text", ["", "12", "12:abc", ":0123456789abcdef", "x:0123456789abcdef"])
def test_what_is_no_head_is_said(text: str) -> None:
    with pytest.raises(Invalid):
        noted(text)


@only_once
def test_a_proof_holds_a_slice_in_memory_and_not_the_journal(filled: Core, monkeypatch) -> None:
    monkeypatch.setattr(proof, "LINES_AT_ONCE", 10)
    filled.journal.prove()
    tracemalloc.start()
    filled.journal.prove()
    _, few_at_once = tracemalloc.get_traced_memory()
    monkeypatch.setattr(proof, "LINES_AT_ONCE", 300)
    tracemalloc.reset_peak()
    filled.journal.prove()
    _, all_at_once = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert few_at_once < all_at_once / 3


@only_once
def test_a_table_has_no_formula_and_every_line(filled: Core) -> None:
    evil = ("=1+1", "@SUM(A1)", "+1", "-1", "\t=1", 'a"b\r\n=1')
    for text in evil:
        filled.writer.run(
            lambda text=text: filled.journal.append(
                "visit.corrected", text, by=SYSTEM, why=text, detail={}
            )
        )
    exporter = JournalExport(filled.journal, filled.writer)

    with exporter.make(Wanted(), Format.CSV, by=SYSTEM).file as file:
        rows = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))

    assert len(rows) == 1 + 306
    assert [c for row in rows for c in row if c[:1] in ("=", "+", "-", "@", "\t", "\r")] == []
    assert rows[1][4] == evil[-1]
    assert rows[6][4] == "'=1+1"


@only_once
def test_json_lines_hold_every_field_and_the_export_is_kept(filled: Core) -> None:
    exporter = JournalExport(filled.journal, filled.writer)

    made = exporter.make(Wanted(who="sari", subject="visit/a"), Format.JSON_LINES, by=ACTORS[2])

    with made.file as file:
        rows = [json.loads(line) for line in file]
    assert made.lines == len(rows) > 0
    assert {row["subject"] for row in rows} == {"visit/a"}
    assert isinstance(rows[0]["detail"]["n"], int)
    (line,) = filled.journal.latest(1)
    assert (line.action, line.subject, line.actor) == ("journal.exported", "visit/a", "admin:sari")
    assert json.loads(line.detail)["lines"] == len(rows)


@only_once
def test_too_many_lines_are_refused_before_the_disk_is_full(filled: Core, monkeypatch) -> None:
    monkeypatch.setattr(export, "MOST_LINES", 299)

    with pytest.raises(Refused, match="299"):
        JournalExport(filled.journal, filled.writer).make(Wanted(), Format.CSV, by=SYSTEM)

    assert filled.journal.latest(1)[0].action != "journal.exported"


def test_lines_of_an_unset_clock_are_found_by_their_number(core: Core, clock: FakeClock) -> None:
    clock.set_quality(ClockQuality.UNSET)
    clock.jump(-56 * 365 * DAY_S)
    core.writer.run(lambda: core.journal.append("visit.called", "visit/x", by=SYSTEM, detail={}))

    assert [line.seq for line in core.journal.page(Wanted(subject="visit/x"), 5)] == [1]
