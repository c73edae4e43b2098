"""A lockers process that ends at a named step of a door command, as by kill -9.

``python -m tests.faults.killed_lockers DATA STEP`` says "ready" and serves until the step comes.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import closing

from appliance.bootstrap import open_core
from appliance.config import Settings
from appliance.lockers.outcomes import DoorOutcomes
from appliance.runtime.wakeup import WakeSocket
from appliance.runtime.worker import WorkerLoop
from appliance.storage.models import DoorCommand
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.lockers_kit import PULSE_S, QUICK, Seconds, make_worker

LOCKERS = 6  # so that a coil has rested when its door has its turn again


def settings(data: str) -> Settings:
    return Settings(data=data, office="pasaman", port=0, announce=False)


def open_bank() -> SimulatedLockerBank:
    return SimulatedLockerBank(simulated_wiring(LOCKERS, pulse_s=PULSE_S), QUICK)


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_before(owner: object, name: str) -> None:
    setattr(owner, name, die)


def dies_after(owner: object, name: str) -> None:
    act = getattr(owner, name)

    def act_and_die(*arguments: object) -> None:
        if act(*arguments) is not False:
            die()

    setattr(owner, name, act_and_die)


def intent(_bank: SimulatedLockerBank) -> None:
    def look(_self: DoorOutcomes) -> None:
        if DoorCommand.select().where(DoorCommand.result.is_null()).exists():
            die()

    DoorOutcomes.claim_next = look


def claimed(_bank: SimulatedLockerBank) -> None:
    claim = DoorOutcomes.claim_next

    def claim_and_die(self: DoorOutcomes) -> None:
        if claim(self) is not None:
            die()

    DoorOutcomes.claim_next = claim_and_die


def in_pulse(bank: SimulatedLockerBank) -> None:
    for coil in bank.world.factory.pins.values():
        coil.on_rise = die


# Each step of a command, in its order, and what the next start has to say of it.
STEPS: dict[str, tuple[Callable[[SimulatedLockerBank], None], str]] = {
    "intent": (intent, "expired"),
    "claimed": (claimed, "interrupted"),
    "before the pulse": (lambda bank: dies_before(bank, "pulse"), "interrupted"),
    "in the pulse": (in_pulse, "interrupted"),
    "after the pulse": (lambda bank: dies_after(bank, "pulse"), "interrupted"),
    "pulse noted": (lambda _bank: dies_after(DoorOutcomes, "pulsed"), "interrupted"),
    "seen open": (lambda _bank: dies_before(DoorOutcomes, "seen_open"), "interrupted"),
    "before the outcome": (lambda _bank: dies_before(DoorOutcomes, "_finish"), "interrupted"),
    "outcome kept": (lambda _bank: dies_after(DoorOutcomes, "seen_open"), "opened"),
}


def main() -> None:
    data, step = sys.argv[1:]
    with closing(open_core(settings(data))) as core, closing(open_bank()) as bank:
        wake = WakeSocket(core.settings.run_dir, "lockers")
        worker = make_worker(core, bank, wake, Seconds())
        STEPS[step][0](bank)
        print("ready", flush=True)
        WorkerLoop(wake, worker.step, poll_s=0.2).run()


if __name__ == "__main__":
    main()
