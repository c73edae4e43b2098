"""What the tests of the doors stand on: a worker over simulated lockers, and time to pass."""

import time
from collections.abc import Callable

from appliance.bootstrap import Core, build_services
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.lockers.worker import LockerWorker
from appliance.runtime.wakeup import WakeSocket
from hardware.interfaces import LockerBank
from hardware.simulated import RoomTiming
from tests.services.library import OFFICER, new_visit

QUICK = RoomTiming(lag_s=0.02, shut_after_s=None)
PULSE_S = 0.08


class Seconds:
    """Monotonic seconds for rest and time-outs; `pass_by` moves them, real pulses do not."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._ahead_s

    def pass_by(self, seconds: float) -> None:
        self._ahead_s += seconds


def make_worker(
    core: Core, bank: LockerBank, wake: WakeSocket, seconds: Callable[[], float], **more
) -> LockerWorker:
    return LockerWorker(
        books=core.books,
        visits=build_services(core).visits,
        bank=bank,
        poke=wake.poke,
        monotonic=seconds,
        **more,
    )


def step_until(worker, wake, done, limit_s: float = 10.0) -> None:
    """Step as the loop would, whenever woken, until `done` says so."""
    end = time.monotonic() + limit_s
    while not done():
        assert time.monotonic() < end, "what the test waits for did not happen"
        wake.wait(0.05)
        worker.step()


def visitor_at_locker_1(core: Core, services, clock):
    """A visit with locker 1 since a minute, its door seen open and shut; somebody must listen."""
    visit = new_visit(core, services)
    services.lockers.assign(visit.id, by=OFFICER, number=1)
    outcomes = DoorOutcomes(books=core.books)
    claimed = outcomes.claim_next()
    outcomes.pulsed(claimed.id)
    outcomes.seen_open(claimed.id)
    outcomes.seen_closed(claimed.id)
    clock.advance(60)
    return visit


def outcome(services, visit) -> Outcome:
    return services.lockers.of_visit(visit.id).command.outcome


def facts(core: Core, action: str) -> list[str]:
    """The details of these journal lines, the oldest first."""
    return [e.detail for e in reversed(core.journal.latest(400)) if e.action == action]
