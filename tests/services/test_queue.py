"""The queue of desks over a real database, late reasons and corrections."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from appliance.actor import Actor, Role
from appliance.clock import ClockQuality
from appliance.core import Core, office_of
from appliance.errors import Invalid, Refused
from appliance.services import Services
from appliance.storage.models import QueueCall, VisitTransfer
from appliance.visits.rules import VisitCard, VisitState
from tests.entries import filled
from tests.fakes import FakeClock

RINA = Actor.staff("rina", "officer")
BUDI = Actor.staff("budi", "officer")
CONSULTATION = "8"
TWO_SERIES = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)


@pytest.fixture
def arrive(services: Services, clock: FakeClock) -> Callable[..., VisitCard]:
    """Call to let one more visitor sign the guest book, a minute after the one before."""

    def make(**changes: object) -> VisitCard:
        clock.advance(60)
        return services.guestbook.register(
            filled(**changes), channel="phone", language="id", idempotency_key=""
        )

    return make


@pytest.fixture
def call_next(services: Services, clock: FakeClock) -> Callable[..., VisitCard | None]:
    """Call to let an officer press 'next', not twice within a moment."""

    def press(by: Actor = RINA, desk: str = "1", lanes: str = "") -> VisitCard | None:
        clock.advance(5)
        return services.queue.call_next(by=by, desk=desk, lanes=tuple(lanes))

    return press


def actions(core: Core) -> list[str]:
    return [entry.action for entry in reversed(core.journal.latest())]


@TWO_SERIES
def test_each_series_counts_by_itself_and_a_number_is_found_by_its_letter(arrive, services) -> None:
    visits = [arrive(), arrive(services=[CONSULTATION]), arrive(), arrive(services=["8", "16"])]

    assert [visit.label for visit in visits] == ["A-001", "B-001", "A-002", "B-002"]
    assert [visit.number for visit in visits] == [1, 2, 3, 4]
    assert [visit.label for visit in services.visits.search("b2")] == ["B-002"]
    assert {visit.label for visit in services.visits.search("1")} == {"A-001", "B-001"}


@TWO_SERIES
def test_a_desk_calls_the_longest_wait_of_the_series_it_serves(arrive, call_next) -> None:
    first, consulting, second = arrive(), arrive(services=[CONSULTATION]), arrive()

    assert call_next(desk="2", lanes="B").id == consulting.id
    assert call_next(BUDI, desk="2", lanes="B") is None
    called = [call_next(), call_next(), call_next()]

    assert [card and card.id for card in called] == [first.id, second.id, None]
    assert (called[0].desk, called[0].called_by) == ("1", "rina")


def test_a_double_tap_on_next_calls_one_visitor(arrive, services, clock) -> None:
    first, second = arrive(), arrive()

    taps = [services.queue.call_next(by=RINA, desk="1") for _ in range(2)]
    clock.advance(2)
    later = services.queue.call_next(by=RINA, desk="1")

    assert [tap.id for tap in taps] == [first.id, first.id]
    assert later.id == second.id


def test_two_desks_that_ask_at_once_get_two_visitors(arrive, services) -> None:
    visits = {arrive().id for _ in range(6)}
    officers = [Actor.staff(f"officer{n}", "officer") for n in range(6)]

    with ThreadPoolExecutor(6) as pool:
        called = list(pool.map(lambda by: services.queue.call_next(by=by, desk="1"), officers))

    assert {card.id for card in called} == visits


def test_the_second_desk_is_told_who_was_first(arrive, services) -> None:
    visit = arrive()
    services.queue.call(visit.id, by=RINA, desk="1")

    for step in (services.queue.call, services.queue.skip):
        with pytest.raises(Refused, match="rina") as caught:
            step(visit.id, by=BUDI)
        assert caught.value.values["who"] == "rina"


def test_calling_again_is_another_call_and_a_double_tap_is_none(arrive, services, clock) -> None:
    visit = arrive()

    for pause_s in (0, 0, 5):
        clock.advance(pause_s)
        services.queue.call(visit.id, by=RINA, desk="1")

    assert QueueCall.select().where(QueueCall.visit == visit.id).count() == 2


def test_who_is_not_there_lets_two_go_first_and_is_put_aside_the_third_time(
    arrive, services, call_next
) -> None:
    absent, *others = [arrive() for _ in range(6)]
    order = []
    while len(order) < 8 and (called := call_next()) is not None:
        order.append(called.id)
        if called.id == absent.id:
            services.queue.skip(absent.id, by=RINA)
        else:
            services.visits.serve(called.id, by=RINA)

    a, b, c, d, e = (visit.id for visit in others)
    assert order == [absent.id, a, b, absent.id, c, d, absent.id, e]
    room = services.visits.room()
    assert [card.id for card in room.aside] == [absent.id]
    assert room.queue == ()


def test_who_comes_back_stands_where_the_promise_puts_them(arrive, services) -> None:
    absent, other = arrive(), arrive()
    services.queue.put_aside(absent.id, by=RINA)
    services.queue.put_aside(absent.id, by=RINA)
    assert [entry.visit.id for entry in services.visits.queue()] == [other.id]

    services.queue.come_back(absent.id, by=RINA)
    services.queue.come_back(absent.id, by=RINA)

    assert [entry.visit.id for entry in services.visits.queue()] == [absent.id, other.id]


def test_somebody_aside_can_be_served_at_once(arrive, services) -> None:
    absent = arrive()
    services.queue.put_aside(absent.id, by=RINA)

    card = services.visits.serve(absent.id, by=RINA)

    assert (card.state, card.standing.is_aside) == (VisitState.SERVED, False)
    with pytest.raises(Refused):
        services.queue.put_aside(absent.id, by=RINA)


@TWO_SERIES
def test_who_is_passed_on_while_waiting_keeps_number_and_clock(arrive, services, clock) -> None:
    visit = arrive()
    services.queue.call(visit.id, by=RINA, desk="1")
    clock.advance(100)

    moved = services.queue.pass_on(visit.id, by=RINA, lane="B", desk="2")

    assert (moved.label, moved.state, moved.remaining_s) == ("A-001", VisitState.REGISTERED, 200)
    assert (moved.standing.lane, moved.standing.for_desk) == ("B", "2")
    assert services.queue.call_next(by=BUDI, desk="1") is None
    assert services.queue.call_next(by=BUDI, desk="2", lanes=("B",)).id == visit.id


@TWO_SERIES
def test_who_was_served_and_is_passed_on_waits_anew_and_is_counted_once(
    arrive, services, clock
) -> None:
    visit = arrive()
    clock.advance(30)
    first = services.visits.serve(visit.id, by=RINA)
    clock.advance(1200)

    waiting = services.queue.pass_on(visit.id, by=RINA, lane="B")
    clock.advance(400)
    again = services.visits.by_id(visit.id)
    figures = services.visits.today()
    served = services.visits.serve(visit.id, by=BUDI)

    assert (waiting.remaining_s, again.remaining_s) == (300, -100)
    assert (figures.within_promise, figures.late, figures.waiting) == (1, 0, 1)
    assert (served.wait_s, served.served_at) == (30, first.served_at)
    assert served.served_by == "budi"
    assert [row.was_served for row in VisitTransfer.select()] == [1]
    assert services.visits.today().served == 1


@TWO_SERIES
def test_what_cannot_be_passed_on(arrive, services) -> None:
    visit = arrive()

    for wrong in ({"lane": "Z"}, {"desk": "9"}):
        with pytest.raises(Invalid):
            services.queue.pass_on(visit.id, by=RINA, **wrong)
    with pytest.raises(Refused, match="lain"):
        services.queue.pass_on(visit.id, by=RINA, lane="A")
    services.queue.pass_on(services.visits.serve(visit.id, by=RINA).id, by=RINA, lane="B")
    with pytest.raises(Refused, match="tidak dapat dibatalkan"):
        services.visits.close(visit.id, by=RINA, state=VisitState.CANCELLED)


def test_a_broken_promise_asks_for_its_reason_afterwards(arrive, services, core, clock) -> None:
    late, kept = arrive(), arrive()
    clock.advance(200)
    services.visits.serve(kept.id, by=RINA)
    clock.advance(200)
    services.visits.serve(late.id, by=RINA)
    assert [card.id for card in services.promises.unexplained()] == [late.id]

    for wrong in (("weather", ""), ("other", " ")):
        with pytest.raises(Invalid):
            services.promises.explain(late.id, *wrong, by=RINA)
    with pytest.raises(Refused, match="tidak terlambat"):
        services.promises.explain(kept.id, "crowd", by=RINA)
    services.promises.explain(late.id, "crowd", by=RINA)

    assert services.promises.unexplained() == ()
    assert services.visits.by_id(late.id).late_reason == "crowd"


def test_late_because_nobody_came_is_a_reason_already(arrive, services, clock) -> None:
    visit = arrive()
    services.queue.call(visit.id, by=RINA)
    services.queue.skip(visit.id, by=RINA)
    clock.advance(1000)

    assert services.visits.serve(visit.id, by=RINA).late_reason == "not_there"
    assert services.promises.unexplained() == ()


def test_outside_opening_hours_nobody_is_late(arrive, services, clock) -> None:
    clock.advance(6 * 3600)  # 15.00
    visit = arrive()
    clock.advance(27 * 60)  # two minutes before closing
    services.visits.call(visit.id, by=RINA)
    clock.advance(20 * 60)

    card = services.visits.by_id(visit.id)
    served = services.visits.serve(visit.id, by=RINA)

    assert card.stands_still
    assert served.wait_s == (15.5 - 15) * 3600 - 60


def test_the_first_action_serves_and_names_itself_as_the_cause(arrive, services, core) -> None:
    visit = arrive()

    services.visits.begin_service(visit.id, by=RINA, cause="locker")

    entry = core.journal.latest()[0]
    assert (entry.action, entry.reason, entry.actor) == ("visit.served", "locker", "officer:rina")


def test_who_helps_oneself_is_not_served(arrive, services) -> None:
    visit = arrive()

    own = Actor.visitor(visit.uuid)
    assert services.visits.begin_service(visit.id, by=own, cause="scan").state.is_waiting

    station = Actor(Role.STATION, "pemindai")
    assert not services.visits.begin_service(visit.id, by=station, cause="scan").state.is_waiting


def test_a_correction_keeps_what_stood_there(arrive, services, core, clock) -> None:
    visit = arrive()  # 09.01
    clock.advance(600)
    services.visits.serve(visit.id, by=RINA)
    services.promises.explain(visit.id, "crowd", by=RINA)
    clock.advance(600)

    card = services.promises.correct(visit.id, "09.03", "Lupa menekan", by=BUDI)

    assert (card.wait_s, card.late_reason) == (120, "")
    assert card.served_at == dt.datetime(2026, 11, 23, 2, 3, tzinfo=dt.UTC)
    [kept] = services.promises.corrections(visit.id)
    assert (kept.old_wait_s, kept.new_wait_s, kept.by) == (600, 120, "budi")
    assert core.journal.latest()[0].reason == "Lupa menekan"
    assert services.visits.today().within_promise == 1


@pytest.mark.parametrize(
    ("clock_text", "reason", "told"),
    [
        ("08:59", "x", "sebelum buku tamu"),
        ("23:00", "x", "sesudah sekarang"),
        ("jam 9", "x", "Tulis jam"),
        ("", "x", "Tulis jam"),
        ("09:05", "", "alasan"),
    ],
)
def test_a_correction_stays_within_the_visit(
    arrive, services, clock, clock_text, reason, told
) -> None:
    visit = arrive()
    clock.advance(600)
    services.visits.serve(visit.id, by=RINA)

    with pytest.raises(Invalid) as caught:
        services.promises.correct(visit.id, clock_text, reason, by=RINA)

    assert told in " ".join(caught.value.problems.values())
    assert services.visits.by_id(visit.id).wait_s == 600


def test_nothing_is_corrected_before_service_or_by_a_clock_that_is_not_set(
    arrive, services, clock
) -> None:
    visit = arrive()
    with pytest.raises(Refused, match="belum dilayani"):
        services.promises.correct(visit.id, "09:01", "x", by=RINA)
    services.visits.serve(visit.id, by=RINA)
    clock.set_quality(ClockQuality.UNSET)

    with pytest.raises(Refused, match="belum benar"):
        services.promises.correct(visit.id, "09:01", "x", by=RINA)


def test_the_rooms_screen_names_numbers_and_desks_and_nobody(arrive, services, call_next) -> None:
    first, second = arrive(), arrive()
    call_next(desk="1")
    call_next(BUDI, desk="2")
    services.visits.serve(first.id, by=RINA)

    shown = services.calls.latest()

    assert [(call.label, call.desk, call.is_awaited) for call in shown] == [
        (second.label, "2", True),
        (first.label, "1", False),
    ]


def test_every_step_of_the_queue_is_journalled(arrive, services, core) -> None:
    visit = arrive()
    services.queue.call(visit.id, by=RINA)
    services.queue.skip(visit.id, by=RINA)
    services.queue.come_back(visit.id, by=RINA)
    services.queue.put_aside(visit.id, by=RINA)

    assert actions(core)[-4:] == [
        "visit.called",
        "visit.skipped",
        "visit.came_back",
        "visit.put_aside",
    ]
    assert core.journal.first_broken_link() is None


def test_a_demonstration_promises_something_at_every_hour(core: Core) -> None:
    dusk = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)  # a Sunday
    dark = dusk + dt.timedelta(hours=1)

    shown = office_of(replace(core.settings, demo=True))

    assert core.office.promise_hours.open_seconds(dusk, dark) == 0
    assert shown.promise_hours.open_seconds(dusk, dark) == 3600
    assert shown.opening.open_seconds(dusk, dark) == 0
