"""A Pi that wakes up in 1970, and what it and the hub say of its visits once time comes."""

import datetime as dt

import pytest

from appliance.anchors.service import AnchorBook
from appliance.bootstrap import build_services
from appliance.clock import BUILD_DATE, ClockQuality
from appliance.hub import figures, projector
from appliance.hub.periods import Period, Scope
from appliance.reports import periods
from appliance.storage.models import Anchor
from appliance.sync.health_report import HealthReport
from appliance.sync.standing import StandingBook, State
from tests.entries import filled
from tests.fakes import START
from tests.hub.test_pi_and_hub import Pi, pi
from tests.hub_kit import RunningHub
from tests.services.library import OFFICER

__all__ = ["pi"]
VISITS = 7
UNSURE = "SELECT count(*) FROM visit_fact WHERE is_estimated"


def set_to(pi: Pi, at: dt.datetime, quality: ClockQuality) -> None:
    """Only the wall clock; the boot's runs on."""
    pi.clock.jump((at - pi.clock.now()).total_seconds())
    pi.clock.set_quality(quality)


def a_morning(pi: Pi) -> None:
    """Visits of every end, and one typed in from paper before that."""
    services = build_services(pi.core)
    for place in range(VISITS):
        form = filled(phone="", email="")
        visit = services.guestbook_desk.register(form, language="id", key=f"{place}", by=OFFICER)
        pi.clock.advance(200 * place)
        services.visits.serve(visit.id, by=OFFICER)
        if place % 2:
            services.visits.close(visit.id, by=OFFICER)


def counted(pi: Pi, hub: RunningHub) -> tuple[tuple[object, object], tuple[object, object]]:
    """Visits of the month, and how many dates of them are estimated: at the Pi, at the hub."""
    projector.catch_up(hub.database)
    report = build_services(pi.core).reports.report(periods.parse("2026-11"))
    scope, period = Scope(office="pasaman"), Period.month(2026, 11)
    here = figures.by_place(hub.database, scope, period).total
    sure = figures.estimated(hub.database, scope, period)
    there = report.figure("visits").value, report.figure("estimated_dates").value
    return there, (here.visits.number, sure.number)


@pytest.mark.parametrize("sends_before", [False, True])
def test_both_count_the_morning_on_its_true_day(
    pi: Pi, hub: RunningHub, sends_before: bool
) -> None:
    set_to(pi, dt.datetime(1970, 1, 1, 0, 0, 9, tzinfo=dt.UTC), ClockQuality.UNSET)
    a_morning(pi)
    if sends_before:
        assert pi.look() is State.IDLE
        assert counted(pi, hub)[0] == (0, 0)
        assert hub.database.row(UNSURE) == (VISITS,), "they count on the day of their receipt"
    set_to(pi, START + dt.timedelta(hours=2), ClockQuality.SYNCED)

    AnchorBook(books=pi.core.books, office=pi.core.office).look()

    assert pi.look() is State.IDLE
    assert hub.aside() == []
    assert counted(pi, hub) == ((VISITS, 0), (VISITS, 0))
    days = {row[0] for row in hub.database.rows("SELECT day::text FROM visit_fact")}
    assert days == {"2026-11-23"}


def test_both_say_which_dates_are_estimated(pi: Pi, hub: RunningHub) -> None:
    book = AnchorBook(books=pi.core.books, office=pi.core.office)
    set_to(pi, START - dt.timedelta(days=20), ClockQuality.SYNCED)  # well before the hub receives
    book.look()
    pi.clock.reboot()
    set_to(pi, dt.datetime(1970, 1, 1, 0, 0, 9, tzinfo=dt.UTC), ClockQuality.UNSET)
    a_morning(pi)
    assert pi.look() is State.IDLE
    pi.clock.reboot()
    set_to(pi, START - dt.timedelta(days=18), ClockQuality.SYNCED)
    book.look()
    assert pi.look() is State.IDLE

    found = counted(pi, hub)

    assert found == ((VISITS, VISITS), (VISITS, VISITS))


def test_where_no_network_time_comes_in_the_portal_tells(pi: Pi, hub: RunningHub) -> None:
    core = pi.core
    book = AnchorBook(books=core.books, office=core.office)
    report = HealthReport(
        outbox=core.outbox,
        standing=StandingBook(core.writer, core.clock),
        clock=core.clock,
        data_dir=pi.folder,
        heard=book.heard,
        monotonic=lambda: pi.now_s,
    )
    pi.sending._reports = [report]
    set_to(pi, dt.datetime(1970, 1, 1, 0, 0, 9, tzinfo=dt.UTC), ClockQuality.UNSET)
    a_morning(pi)

    assert pi.look() is State.IDLE

    (anchor,) = Anchor.select()
    assert anchor.source == "portal"
    assert anchor.utc >= BUILD_DATE
    projector.catch_up(hub.database)
    told = hub.database.rows("SELECT source, utc FROM anchor")
    assert told == [("portal", anchor.utc)]
    days = hub.database.rows("SELECT DISTINCT day >= %s FROM visit_fact", (BUILD_DATE.date(),))
    assert days == [(True,)]
