"""Visits that a clock without time has dated, and what becomes of them once somebody knows it."""

import dataclasses
import datetime as dt
import json
import uuid

import pytest

from appliance.anchors.service import AnchorBook
from appliance.clock import ClockQuality
from appliance.errors import Unavailable
from appliance.reports import periods
from appliance.storage.models import Anchor, Visit
from appliance.upstream import Upstream
from tests.entries import filled
from tests.fakes import START
from tests.services.library import OFFICER

DAY_S = 24 * 3600
EPOCH_S = -START.timestamp() + 5
NOVEMBER = periods.parse("2026-11")
BEGIN_OF_TIME = dt.date(1970, 1, 1)


@pytest.fixture
def book(core) -> AnchorBook:
    return AnchorBook(books=core.books, office=core.office)


def without_time(clock) -> None:
    """As a Pi without a battery wakes up."""
    clock.jump(START.timestamp() - clock.now().timestamp() + EPOCH_S)
    clock.set_quality(ClockQuality.UNSET)


def come(services):
    form = filled(phone="", email="")
    key = str(uuid.uuid4())
    return services.guestbook.register(form, channel="phone", language="id", idempotency_key=key)


def set_right(clock, true_at: dt.datetime) -> None:
    clock.jump((true_at - clock.now()).total_seconds())
    clock.set_quality(ClockQuality.SYNCED)


def told(core, kind: str) -> list[dict]:
    rows = core.database.execute_sql("SELECT payload FROM outbox ORDER BY id").fetchall()
    events = [json.loads(bytes(row[0])) for row in rows]
    return [one["data"] for one in events if one["type"].endswith(f"{kind}.v1")]


def counted(services, period) -> tuple[int, int]:
    found = {one.key: one.value for one in services.reports.report(period).figures}
    return found["visits"], found["estimated_dates"]


def test_the_time_is_written_down_once_a_boot_and_after_a_day(core, clock, book) -> None:
    for passed_s in (0, 3600, DAY_S - 3600, 60):
        clock.advance(passed_s)
        book.look()
    clock.reboot()
    book.look()

    assert [(row.boot_id, row.source) for row in Anchor.select()] == [
        *(("boot-1", "ntp"),) * 2,
        ("boot-2", "ntp"),
    ]
    first = told(core, "clock.anchored")[0]
    reading = {"boot": "boot-1", "boot_ms": 60_000, "utc": "2026-11-23T02:00:00.000Z"}
    assert first == reading | {"source": "ntp", "err_ms": 1000}


def test_the_portal_is_believed_until_the_network_has_told(clock, book) -> None:
    clock.set_quality(ClockQuality.UNSET)
    book.heard(clock.stamp(), dt.datetime(1999, 1, 1, tzinfo=dt.UTC), 0.1)
    book.heard(clock.stamp(), START, 0.25)
    book.heard(clock.stamp(), START, 0.25)
    clock.set_quality(ClockQuality.SYNCED)
    book.heard(clock.stamp(), START, 0.1)
    book.look()
    clock.set_quality(ClockQuality.ESTIMATED)
    book.heard(clock.stamp(), START, 0.1)

    rows = Anchor.select().order_by(Anchor.id)
    assert [(row.source, row.err_ms) for row in rows] == [("portal", 250), ("ntp", 1000)]


def test_a_morning_without_time_counts_on_its_true_day(core, services, clock, book) -> None:
    without_time(clock)
    visits = [come(services) for _ in range(3)]
    services.visits.serve(visits[0].id, by=OFFICER)
    assert len(services.visits.of_date(BEGIN_OF_TIME)) == 3
    clock.advance(1800)
    set_right(clock, START + dt.timedelta(seconds=1800))

    book.look()

    assert services.visits.of_date(BEGIN_OF_TIME) == ()
    assert counted(services, NOVEMBER) == (3, 0)
    one = services.visits.by_id(visits[0].id)
    assert (one.number, one.label) == (visits[0].number, visits[0].label), "the slip has it"
    assert one.registered_at == START
    assert len(services.visits.of_date(START.date())) == 3
    assert services.visits.desk_room().figures.registered == 3
    row = Visit.get_by_id(one.id)
    assert (row.business_date, row.dated) == ("1970-01-01", "known")
    assert services.reports.recount(NOVEMBER).is_same


def test_an_estimated_clock_that_was_wrong_is_put_right(core, services, clock, book) -> None:
    clock.set_quality(ClockQuality.ESTIMATED)
    right = come(services)
    clock.jump(-40 * DAY_S)
    wrong = come(services)
    book.heard(clock.stamp(), START + dt.timedelta(seconds=20), 0.1)
    late = come(services)
    book.look()

    days = {row.id: (row.business_date, row.dated, row.dated_on) for row in Visit.select()}
    assert days[right.id] == ("2026-11-23", "kept", None)
    assert days[wrong.id] == ("2026-10-14", "known", "2026-11-23")
    assert days[late.id] == days[wrong.id], "it came after the anchor and by the same clock"


def test_a_boot_that_never_had_time_is_told_as_estimated(core, services, clock, book) -> None:
    book.look()
    clock.reboot(DAY_S)
    without_time(clock)
    visit = come(services)
    book.look()
    assert Visit.get_by_id(visit.id).dated == "", "its boot may still hear what time it is"
    clock.reboot()
    set_right(clock, START + dt.timedelta(days=2))

    book.look()

    assert Visit.get_by_id(visit.id).dated_on == "2026-11-24"
    assert counted(services, NOVEMBER) == (1, 1)
    assert services.visits.by_id(visit.id).is_date_estimated
    assert services.reports.recount(NOVEMBER).is_same


def test_what_was_typed_from_paper_never_moves(services, clock, book) -> None:
    clock.set_quality(ClockQuality.ESTIMATED)
    slip = {"paper_date": "2026-11-20", "paper_time": "08.15", "paper_reason": "power"}
    desk = services.guestbook_desk
    visit = desk.from_paper(filled(**slip), language="id", key="slip", by=OFFICER)
    book.heard(clock.stamp(), START + dt.timedelta(days=90), 0.1)
    clock.reboot(90 * DAY_S)
    clock.set_quality(ClockQuality.SYNCED)

    book.look()

    row = Visit.get_by_id(visit.id)
    assert (row.business_date, row.dated_on) == ("2026-11-20", None)


def test_nothing_is_left_to_look_at(core, services, clock, book) -> None:
    clock.set_quality(ClockQuality.ESTIMATED)
    for _ in range(450):
        clock.advance(1)
        come(services)
    clock.set_quality(ClockQuality.SYNCED)
    services.visits.close_day()

    book.look()
    before = core.database.execute_sql("SELECT count(*) FROM journal").fetchone()
    book.look()

    assert Visit.select().where(Visit.dated == "").count() == 0
    assert core.database.execute_sql("SELECT count(*) FROM journal").fetchone() == before


def test_the_sync_process_looks_for_the_time(core) -> None:
    upstream = Upstream(core, lambda: None)
    upstream.step()
    upstream.stop()

    assert [row.source for row in Anchor.select()] == ["ntp"]


def test_a_full_card_ends_nothing_and_the_time_is_written_later(core) -> None:
    class Full:
        def run(self, *_, **__):
            raise Unavailable("full")

    def synced_late(writer) -> None:
        books = dataclasses.replace(core.books, writer=writer)
        AnchorBook(books=books, office=core.office).look()

    synced_late(Full())
    assert Anchor.select().count() == 0

    synced_late(core.writer)
    assert Anchor.select().count() == 1
