"""kill -9 at every step of a door command: the next start knows what to say, and opens nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.bootstrap import Core, build_services, open_core
from appliance.errors import Refused
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.storage.models import DoorCommand
from tests.faults.killed_lockers import LOCKERS, STEPS, open_bank, settings
from tests.lockers_kit import Seconds, make_worker
from tests.running_demo import ROOT, clean_environment
from tests.services.library import OFFICER, new_visit

ROUNDS = int(os.environ.get("RUANGBACA_KILL_ROUNDS", str(len(STEPS))))
FINDINGS = {"expired": "not_carried_out", "interrupted": "interrupted"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120 + 30 * ROUNDS)]


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Core]:
    """A database by the machine's own clock, which the killed process shares."""
    with closing(open_core(settings(str(tmp_path / "data")))) as core:
        yield core


def kill_at(step: str, core: Core, services: Services, door: int = 1) -> DoorCommand:
    """Ask for a door of a process that ends at this step; the command it leaves behind."""
    victim = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.killed_lockers", core.settings.data, step],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert victim.stdout is not None
    with victim.stdout:
        try:
            assert victim.stdout.readline() == "ready\n"
            services.lockers.assign(new_visit(core, services).id, by=OFFICER, number=door)
            assert victim.wait(30) == -signal.SIGKILL
        finally:
            victim.kill()
            victim.wait()
    return DoorCommand.select().order_by(DoorCommand.id.desc()).get()


def start_again(core: Core) -> int:
    """The next start, as far as its tenth step; how many pulses it sent."""
    wake = WakeSocket(core.settings.run_dir, "lockers")
    with closing(open_bank()) as bank, closing(wake):
        worker = make_worker(core, bank, wake, Seconds())
        for _ in range(10):
            worker.step()
        worker.close()
        return sum(len(bank.world.locker(number).pulses()) for number in bank.numbers)


def test_the_next_start_knows_every_step(data: Core) -> None:
    services = build_services(data)
    documented = 0
    for number in range(ROUNDS):
        step, (_, result) = list(STEPS.items())[number % len(STEPS)]
        door = number % LOCKERS + 1  # the others' coils rest meanwhile
        command = kill_at(step, data, services, door)
        assert command.result in (None, result), step

        assert start_again(data) == 0, f"{step}: a door opened by itself"

        row = DoorCommand.get_by_id(command.id)
        assert row.result == result, step
        assert services.lockers.tile(door).visit_id is not None, "only a person frees a locker"
        if result in FINDINGS:
            (line,) = services.start_report.latest().unsettled
            assert (line.number, str(line.finding)) == (door, FINDINGS[result]), step
            services.start_report.settle(line.id, by=OFFICER)
        assert services.alarms.open() == (), step
        documented += 1
        services.lockers.release(services.lockers.tile(door).visit_id, by=OFFICER)

    assert documented == ROUNDS
    assert services.journal.first_broken_link() is None
    assert services.outbox.first_broken_link() is None


def test_a_door_may_be_asked_for_again_at_once(data: Core) -> None:
    services = build_services(data)
    kill_at("after the pulse", data, services)
    start_again(data)

    try:
        services.lockers.open_again(services.lockers.tile(1).visit_id, by=OFFICER)
    except Refused as refused:
        pytest.fail(f"the door is said to be busy: {refused}")
