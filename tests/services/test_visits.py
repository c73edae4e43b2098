"""Visits over a real database: numbers, promise, closing, and clocks that jump."""

from collections.abc import Callable

import pytest

from appliance.actor import Actor
from appliance.bootstrap import Core, build_services, open_core
from appliance.clock import ClockQuality
from appliance.config import Settings
from appliance.errors import Invalid, NotFound, Refused
from appliance.services import Services
from appliance.visits.rules import VisitCard, VisitState
from tests.entries import filled
from tests.fakes import FakeClock

RINA = Actor.staff("rina", "officer")
BUDI = Actor.staff("budi", "officer")
DAY_S = 24 * 3600
YEAR_S = 52 * 7 * 24 * 3600  # whole weeks: the room is open then, too


@pytest.fixture
def arrive(services: Services) -> Callable[..., VisitCard]:
    """Call to let one more visitor sign the guest book."""

    def make(**changes: str) -> VisitCard:
        return services.guestbook.register(
            filled(**changes), channel="phone", language="id", idempotency_key=""
        )

    return make


def test_numbers_count_up_within_the_day_and_start_over_on_the_next(arrive, clock) -> None:
    today = [arrive().label for _ in range(3)]
    clock.advance(DAY_S)
    tomorrow = arrive()

    assert today == ["A-001", "A-002", "A-003"]
    assert tomorrow.label == "A-001"
    assert tomorrow.business_date.isoformat() == "2026-11-24"


def test_a_visit_is_found_by_its_link_and_by_its_code(arrive, services) -> None:
    visit = arrive()

    assert services.visits.by_token(visit.token).id == visit.id
    assert services.visits.token(visit) == visit.token
    for typed in (visit.code, visit.code.lower(), f" {visit.code[:4]}-{visit.code[4:]}"):
        assert services.visits.by_code(typed).id == visit.id
    assert services.visits.by_code(f"RBT{visit.code}").id == visit.id


def test_only_the_hash_of_a_link_is_stored(arrive, core: Core) -> None:
    visit = arrive()

    kept = b"".join(file.read_bytes() for file in core.settings.data_dir.glob("ruangbaca.db*"))

    assert visit.code.encode() in kept, "the test looks in the wrong place"
    assert visit.token.encode() not in kept


@pytest.mark.parametrize("text", ["", "x", "AAAA-AAAA", "\x00", "\ud800", "RBL07", "9" * 5000])
def test_an_unknown_link_or_code_is_not_found(services, text: str) -> None:
    for ask in (services.visits.by_token, services.visits.by_code):
        with pytest.raises(NotFound, match="tidak ditemukan"):
            ask(text)


def test_a_closed_visit_keeps_its_page_for_the_day_but_not_its_code(
    arrive, services, clock
) -> None:
    visit = arrive()
    services.visits.close(visit.id, by=RINA)

    assert services.visits.by_token(visit.token).state is VisitState.FINISHED
    with pytest.raises(NotFound):
        services.visits.by_code(visit.code)
    clock.advance(DAY_S)
    with pytest.raises(NotFound):
        services.visits.by_token(visit.token)


def test_a_visit_goes_from_the_queue_to_the_door(arrive, services, clock) -> None:
    visit = arrive()
    clock.advance(120)

    called = services.visits.call(visit.id, by=RINA, desk="Meja 1")
    clock.advance(30)
    served = services.visits.serve(visit.id, by=RINA)
    clock.advance(3600)
    leaving = services.visits.leave(visit.id, by=Actor.visitor(visit.uuid))
    finished = services.visits.close(visit.id, by=RINA)

    assert (called.state, called.desk, called.remaining_s) == (VisitState.CALLED, "Meja 1", 180)
    assert (served.state, served.wait_s, served.remaining_s) == (VisitState.SERVED, 150, None)
    assert leaving.state is VisitState.LEAVING
    assert (finished.state, finished.stay_s) == (VisitState.FINISHED, 3750)


def test_two_desks_calling_the_same_visitor_are_told_who_was_first(arrive, services) -> None:
    visit = arrive()
    services.visits.call(visit.id, by=RINA)

    assert services.visits.call(visit.id, by=RINA).called_by == "rina"
    with pytest.raises(Refused, match="rina"):
        services.visits.call(visit.id, by=BUDI)
    services.visits.serve(visit.id, by=BUDI)
    with pytest.raises(Refused, match="budi"):
        services.visits.serve(visit.id, by=RINA)


def test_the_first_action_stops_the_promise_and_later_ones_change_nothing(
    arrive, services, clock
) -> None:
    visit = arrive()
    clock.advance(60)
    first = services.visits.begin_service(visit.id, by=RINA)
    clock.advance(60)
    second = services.visits.begin_service(visit.id, by=BUDI)

    assert (first.wait_s, second.wait_s, second.served_by) == (60, 60, "rina")
    services.visits.close(visit.id, by=RINA)
    with pytest.raises(Refused, match="ditutup"):
        services.visits.begin_service(visit.id, by=RINA)


def test_who_stays_after_all_is_not_served_a_second_time(arrive, services, clock) -> None:
    visit = arrive()
    services.visits.serve(visit.id, by=RINA)
    services.visits.leave(visit.id, by=RINA)
    clock.advance(600)

    back = services.visits.stay(visit.id, by=Actor.visitor(visit.uuid))

    assert (back.state, back.wait_s, back.served_by) == (VisitState.SERVED, 0, "rina")


def test_staff_close_a_visit_only_with_a_reason(arrive, services) -> None:
    visit = arrive()

    with pytest.raises(Invalid) as caught:
        services.visits.close(visit.id, by=RINA, state="closed_by_staff", reason="  ")
    closed = services.visits.close(visit.id, by=RINA, state="closed_by_staff", reason="Pulang")

    assert set(caught.value.problems) == {"reason"}
    assert closed.close_reason == "Pulang"


def test_a_visitor_who_was_served_cannot_cancel(arrive, services) -> None:
    waiting, served = arrive(), arrive()
    services.visits.serve(served.id, by=RINA)

    cancelled = services.visits.close(waiting.id, by=RINA, state=VisitState.CANCELLED)
    with pytest.raises(Refused):
        services.visits.close(served.id, by=RINA, state=VisitState.CANCELLED)

    assert cancelled.state is VisitState.CANCELLED


def test_the_queue_shows_the_least_remaining_promise_first(arrive, services, clock) -> None:
    visits = []
    for _ in range(4):
        visits.append(arrive())
        clock.advance(10)
    services.visits.call(visits[1].id, by=RINA)
    services.visits.serve(visits[2].id, by=RINA)

    queue = services.visits.queue()

    assert [entry.visit.label for entry in queue] == ["A-001", "A-002", "A-004"]
    assert [entry.ahead for entry in queue] == [0, 1, 1]


def test_the_figures_of_the_day(arrive, services, clock) -> None:
    quick, slow, waiting, gone, cancelled = (arrive() for _ in range(5))
    clock.advance(100)
    services.visits.serve(quick.id, by=RINA)
    services.visits.close(gone.id, by=RINA)
    services.visits.close(cancelled.id, by=RINA, state=VisitState.CANCELLED)
    clock.advance(300)
    services.visits.serve(slow.id, by=RINA)

    day = services.visits.today()

    assert waiting.is_open
    assert (day.registered, day.waiting, day.inside, day.served, day.closed) == (4, 1, 3, 2, 1)
    assert (day.within_promise, day.late, day.mean_wait_s) == (1, 2, 250)


def test_visits_of_today_are_searched_by_number_code_and_name(arrive, services, clock) -> None:
    arrive(name="Ani Lestari")
    clock.advance(DAY_S)
    siti, budi = arrive(name="Siti Aminah"), arrive(name="Budi 100%")

    def found(text: str) -> list[int]:
        return [visit.id for visit in services.visits.search(text)]

    assert found("") == [budi.id, siti.id]
    assert found("a-002") == found("2") == found("budi") == found("%") == [budi.id]
    assert found(f"RBT{siti.code}") == found(" SITI ") == [siti.id]
    assert found("ani lestari") == found("tidak ada") == []


def test_what_is_open_from_an_earlier_day_was_not_returned(arrive, services, clock) -> None:
    forgotten = arrive()
    clock.advance(DAY_S)

    assert services.visits.inside() == ()
    assert services.visits.today().registered == 0
    with pytest.raises(NotFound):
        services.visits.by_token(forgotten.token)

    arrive()

    closed = services.visits.by_id(forgotten.id)
    assert (closed.state, closed.stay_s) == (VisitState.NOT_RETURNED, None)
    assert services.visits.close_day() == 0


@pytest.mark.parametrize("jump_s", [-YEAR_S, YEAR_S, 3 * YEAR_S, -56 * YEAR_S])
def test_a_clock_that_jumps_in_mid_day_loses_no_visit_and_doubles_no_number(
    arrive, services, clock: FakeClock, jump_s: float
) -> None:
    before = [arrive() for _ in range(3)]
    services.visits.close(before[2].id, by=RINA)
    clock.advance(60)
    clock.jump(jump_s)
    after = arrive()

    assert after.label == "A-004"
    assert [visit.id for visit in services.visits.inside()] == [
        before[0].id,
        before[1].id,
        after.id,
    ]
    assert services.visits.by_token(before[0].token).remaining_s == 240
    assert services.visits.serve(before[0].id, by=RINA).wait_s == 60
    assert services.visits.close(before[0].id, by=RINA).stay_s == 60
    assert services.visits.today().registered == 4


def test_a_reboot_keeps_the_queue_and_the_promise(arrive, services, clock: FakeClock) -> None:
    visit = arrive()
    clock.reboot(off_s=40)

    assert services.visits.by_token(visit.token).remaining_s == 260
    assert arrive().label == "A-002"
    assert services.visits.serve(visit.id, by=RINA).wait_s == 40


def test_after_a_reboot_without_a_clock_the_wait_is_unknown_and_not_zero(
    arrive, services, clock: FakeClock
) -> None:
    visit = arrive()
    clock.reboot()
    clock.jump(-56 * YEAR_S)
    clock.set_quality(ClockQuality.UNSET)
    later = arrive()

    assert later.label == "A-002"
    assert [entry.visit.id for entry in services.visits.queue()] == [visit.id, later.id]
    card = services.visits.by_token(visit.token)
    assert (card.remaining_s, card.due_at) == (None, None)
    assert services.visits.serve(visit.id, by=RINA).wait_s is None
    assert services.visits.close(visit.id, by=RINA).stay_s is None
    assert services.visits.today().mean_wait_s is None


def test_a_visit_over_midnight_has_no_duration(arrive, services, clock: FakeClock) -> None:
    clock.advance(14 * 3600 + 55 * 60)  # 23.55 WIB
    visit = arrive()
    clock.advance(600)

    assert services.visits.serve(visit.id, by=RINA).wait_s is None
    assert services.visits.close(visit.id, by=RINA).stay_s is None


def test_links_still_open_their_visits_after_a_restart(
    arrive, core: Core, settings: Settings, clock: FakeClock
) -> None:
    visit = arrive()
    core.close()

    again = open_core(settings, clock=clock)
    try:
        assert build_services(again).visits.by_token(visit.token).id == visit.id
    finally:
        again.close()


def test_every_step_is_a_fact_in_both_chains(arrive, services) -> None:
    visit = arrive()
    services.visits.call(visit.id, by=RINA)
    services.visits.serve(visit.id, by=RINA)
    services.visits.leave(visit.id, by=RINA)
    services.visits.close(visit.id, by=RINA)

    steps = [entry.action for entry in reversed(services.journal.latest())]

    assert steps == [
        "visit.registered",
        "visit.called",
        "visit.served",
        "visit.leaving",
        "visit.closed",
    ]
    assert services.outbox.state().waiting == 5
    assert services.journal.first_broken_link() is None
    assert services.outbox.first_broken_link() is None


def test_a_card_shown_in_a_log_does_not_name_anybody(arrive) -> None:
    visit = arrive()

    for secret in ("Siti", "siti@", "Andalas", visit.token, visit.code):
        assert secret not in repr(visit)


def test_visitors_cannot_serve_themselves_by_staying(arrive, services, clock) -> None:
    waiting, leaving = arrive(), arrive()
    clock.advance(60)

    with pytest.raises(Refused):
        services.visits.stay(waiting.id, by=Actor.visitor(waiting.uuid))
    services.visits.leave(leaving.id, by=Actor.visitor(leaving.uuid))
    back = services.visits.stay(leaving.id, by=Actor.visitor(leaving.uuid))

    assert services.visits.by_id(waiting.id).state is VisitState.REGISTERED
    assert (back.state, back.served_at, back.leaving_at) == (VisitState.REGISTERED, None, None)
    assert services.visits.serve(back.id, by=RINA).wait_s == 60
