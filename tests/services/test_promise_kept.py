"""The promise as the day it was made in had it, and waits that no figure may invent."""

import dataclasses
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from appliance.actor import Actor
from appliance.bootstrap import build_services
from appliance.day_closing.figures import of_day
from appliance.reports.periods import Span, containing
from appliance.services import Services
from appliance.storage.models import Visit
from appliance.visits.rules import VisitCard, VisitState
from tests.entries import filled
from tests.fakes import FakeClock

RINA = Actor.staff("rina", "officer")


@pytest.fixture
def arrive(services: Services, clock: FakeClock) -> Callable[[], VisitCard]:
    """Call to let one more visitor sign the guest book, a minute after the one before."""

    def make() -> VisitCard:
        clock.advance(60)
        return services.guestbook.register(
            filled(), channel="phone", language="id", idempotency_key=""
        )

    return make


def test_a_promise_changed_later_changes_no_visit_that_was(arrive, services, core, clock) -> None:
    policy = replace(core.office.policy, promise_minutes=10)
    generous = build_services(dataclasses.replace(core, office=replace(core.office, policy=policy)))
    late, still_waits = arrive(), arrive()
    Visit.update(promise_minutes=None).where(Visit.id == late.id).execute()  # of long ago
    assert [services.visits.keep_promises() for _ in range(2)] == [1, 0]
    clock.advance(400)
    services.visits.serve(late.id, by=RINA)
    generous.visits.serve(still_waits.id, by=RINA)
    patient = generous.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )
    clock.advance(400)
    generous.visits.serve(patient.id, by=RINA)

    for house in (services, generous):
        day = house.visits.today()
        assert (day.within_promise, day.late) == (1, 2)
        assert [card.id for card in house.promises.unexplained()] == [late.id, still_waits.id]
        figures = of_day(day.date, house.office.policy.promise_minutes)["promise"]
        assert (figures["kept"], figures["measured"]) == (1, 3)
        recount = house.reports.recount(containing(day.date, Span.DAY))
        assert [line.reported for line in recount.lines[3:5]] == [1, 2]
        assert recount.is_same
    kept = house.reports.report(recount.period).tables["promise"].rows[0][0]
    assert kept.id == "Dilayani paling lama 5/10 menit"


def test_a_visit_over_midnight_is_unknown_everywhere_and_nought_nowhere(
    arrive, services, core, clock
) -> None:
    served, waits, ends_tomorrow = arrive(), arrive(), arrive()
    services.visits.serve(ends_tomorrow.id, by=RINA)
    day = core.office.business_date(clock.now())
    clock.advance(24 * 3600)
    services.visits.serve(served.id, by=RINA)
    for visit in (served, ends_tomorrow):
        services.visits.close(visit.id, by=RINA)
    services.visits.close(waits.id, by=RINA, state=VisitState.NOT_RETURNED)

    cards = [services.visits.by_id(visit.id) for visit in (served, waits, ends_tomorrow)]
    assert [card.wait_s for card in cards[:2]] == [None, None]
    assert cards[2].wait_s == 0  # called the moment they came
    assert [card.stay_s for card in cards] == [None] * 3
    promise = of_day(day, 5)["promise"]
    assert (promise["measured"], promise["kept"], promise["unknown"]) == (1, 1, 1)
    tables = services.reports.report(containing(day, Span.DAY)).tables
    assert [row[1] for row in tables["promise"].rows] == [1, 0, 1, 1]
    assert [row[1] for row in tables["times"].rows] == [0, 0, None]
