"""A Sending over real HTTP whose time is moved by hand."""

import threading

from appliance.actor import SYSTEM
from appliance.sync.backlog import Backlog
from appliance.sync.identity import Identity
from appliance.sync.portal import Address
from appliance.sync.sending import Sending
from appliance.sync.standing import State

LIMIT_S = 30.0
SECRET = bytes(range(32))
DEVICE = "0b4c1f0e-6f0c-4f5e-9d0c-3c6c6f7d8e9f"
DAY_S = 24 * 3600


class Enrolled:
    """An enrolment that is over; `who` may be nobody."""

    def __init__(self, who: Identity | None) -> None:
        self.who = who

    def has_claim(self) -> bool:
        return False

    def identity(self) -> Identity | None:
        return self.who


class Rig:
    """A Sending whose clock is stepped by hand; `until` looks and waits for the thread."""

    def __init__(self, core, url: str, *, ca_file: str = "", chance=lambda: 1.0) -> None:
        self.now_s = 0.0
        self.core = core
        self.enrolment = Enrolled(Identity(DEVICE, "k1", SECRET))
        self.poked = threading.Event()
        self.sending = Sending(
            address=Address(url, ca_file),
            enrolment=self.enrolment,
            backlog=Backlog(core.clock),
            writer=core.writer,
            clock=core.clock,
            poke=self.poked.set,
            monotonic=lambda: self.now_s,
            chance=chance,
        )

    def record(self, count: int) -> None:
        for number in range(1, count + 1):
            data = {"locker": number % 12 + 1, "end_reason": "visitor"}
            self.core.writer.run(
                lambda n=number, d=data: self.core.recorder.fact(
                    "locker.released", f"locker/{n % 12 + 1}", d, by=SYSTEM
                )
            )

    def look(self):
        """One stretch of work, to its end; how we stand then."""
        self.poked.clear()
        self.sending.look()
        if self.sending._thread._running is not None:
            assert self.poked.wait(LIMIT_S), "the stretch did not end"
            assert not self.sending._thread.is_busy()
        return self.standing

    @property
    def standing(self):
        return self.sending.standing.standing()

    def waiting(self) -> int:
        return self.core.outbox.state().waiting

    def ends_well(self) -> bool:
        """Whether everything is sent; the first of these days may go by with letting others go."""
        for _ in range(3):
            self.look()
            self.now_s += DAY_S
        return self.standing.state is State.IDLE and not self.waiting()
