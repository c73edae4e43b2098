"""One event among thousands that the portal cannot take: it goes aside, and no other waits."""

import json
import os
import threading

import pytest

from appliance.hub import batches, event_kinds
from appliance.hub.offices import Offices
from appliance.sync.standing import State
from tests.hub.test_pi_and_hub import Pi
from tests.sync_kit import House, Hub, Line

EVENTS = int(os.environ.get("SYNC_POISON_EVENTS", "1000"))  # the whole: 10,000
AT_ONCE = 500
POISON, MISFIT = EVENTS // 3, EVENTS // 2


@pytest.fixture
def pi(tmp_path, hub):
    made = Pi(tmp_path / "pi", hub.url)
    offices = Offices(hub.database)
    offices.add("pasaman", "BPS Kabupaten Pasaman", province="Sumatera Barat")
    made.core.writer.run(lambda: made.enrolment.ask(offices.issue("pasaman").code))
    yield made
    made.close()


def fill(core, count: int) -> None:
    """So many events, numbered in their data."""

    def some(first: int) -> None:
        for number in range(first, min(first + AT_ONCE, count + 1)):
            core.outbox.append("locker.released", f"locker/{number}", {"locker": number})

    for first in range(1, count + 1, AT_ONCE):
        core.writer.run(lambda start=first: some(start))


def test_the_hub_stumbles_over_one_and_keeps_it_aside(pi, hub, monkeypatch) -> None:
    stumbled = threading.Semaphore(0)
    look = event_kinds.problem

    def looked_at(name, data):
        number = json.loads(bytes(data)).get("locker")
        if number == POISON:
            stumbled.release()
            raise ZeroDivisionError
        return "does not fit" if number == MISFIT else look(name, data)

    fill(pi.core, EVENTS)
    monkeypatch.setattr(event_kinds, "problem", looked_at)

    for _ in range(10):
        if pi.look() is State.IDLE:
            break

    assert pi.sending.standing.standing().state is State.IDLE
    assert stumbled.acquire(blocking=False)
    aside = {json.loads(raw)["data"]["locker"]: why for _, raw, why in hub.aside()}
    assert aside == {POISON: batches.ASKED_FOR, MISFIT: "does not fit"}
    stored = [row[3] for row in hub.stored()]
    assert len(stored) == len(set(stored)) == EVENTS - 2
    assert len({row[0] for row in hub.database.rows("SELECT stream FROM record")}) == 1
    told = pi.core.database.execute_sql("SELECT seq, problem FROM outbox WHERE problem <> ''")
    assert dict(told) == {POISON: batches.ASKED_FOR, MISFIT: "does not fit"}, "staff can see them"


def test_it_is_found_in_few_requests() -> None:
    house, hub = House(), Hub()
    try:
        device = house.device()
        ids = device.record(EVENTS)
        hub.poison = {ids[POISON]}
        device.start(Line(hub))
        device.drain()
        states = device.states()
    finally:
        house.close()

    assert hub.aside == hub.poison
    assert hub.stored == dict.fromkeys(ids, 1)
    assert states == {"acked": EVENTS}
    assert hub.requests < EVENTS / 200 + 60
