"""Another process keeps the database locked for a while: people wait, nobody is refused."""

import subprocess
import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from appliance.bootstrap import Core
from appliance.config import Settings
from appliance.health.checks import State
from appliance.services import Services
from tests.entries import filled

LOCKED_S = 1.0
HOLDER = """
import sys, apsw
connection = apsw.Connection(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
"""

pytestmark = pytest.mark.slow


def lock(file: Path) -> subprocess.Popen[str]:
    """Another process that holds the writing lock until it is told a line."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    return holder


def test_registrations_wait_and_succeed(core: Core, services: Services, settings: Settings) -> None:
    holder = lock(settings.data_dir / "ruangbaca.db")
    with ThreadPoolExecutor(8) as pool:
        waiting = [
            pool.submit(
                services.guestbook.register,
                filled(name=f"Tamu {number}"),
                channel="phone",
                language="id",
                idempotency_key=f"key-{number}",
            )
            for number in range(8)
        ]
        done, _ = wait(waiting, timeout=LOCKED_S, return_when=FIRST_COMPLETED)
        assert not done, "the lock was not in the way"
        holder.communicate("enough\n", timeout=30)
        visits = [one.result(30) for one in waiting]

    assert sorted(visit.number for visit in visits) == list(range(1, 9))
    assert services.outbox.first_broken_link() is None


def test_reading_goes_on_and_health_says_busy(
    core: Core, services: Services, settings: Settings
) -> None:
    holder = lock(settings.data_dir / "ruangbaca.db")

    assert services.visits.queue() == ()
    report = services.health.report()

    assert "database" in report.names(State.DEGRADED)
    holder.communicate("enough\n", timeout=30)
    assert "database" in services.health.report().names(State.OK)
