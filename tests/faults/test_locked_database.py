"""Another process keeps the database locked for three seconds: people wait, nobody is refused."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.bootstrap import Core
from appliance.config import Settings
from appliance.health.checks import State
from appliance.services import Services
from tests.entries import filled

LOCKED_S = 3.0
HOLDER = """
import sys, time, apsw
connection = apsw.Connection(sys.argv[1])
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
"""

pytestmark = pytest.mark.slow


def lock(file: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file), str(LOCKED_S)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    return holder


def test_registrations_wait_and_succeed(core: Core, services: Services, settings: Settings) -> None:
    holder = lock(settings.data_dir / "ruangbaca.db")
    began = time.monotonic()

    with ThreadPoolExecutor(8) as pool:
        visits = list(
            pool.map(
                lambda number: services.guestbook.register(
                    filled(name=f"Tamu {number}"),
                    channel="phone",
                    language="id",
                    idempotency_key=f"key-{number}",
                ),
                range(8),
            )
        )

    assert time.monotonic() - began >= LOCKED_S / 2, "the lock was not in the way"
    assert sorted(visit.number for visit in visits) == list(range(1, 9))
    assert services.outbox.first_broken_link() is None
    holder.communicate(timeout=30)


def test_reading_goes_on_and_health_says_busy(
    core: Core, services: Services, settings: Settings
) -> None:
    holder = lock(settings.data_dir / "ruangbaca.db")
    began = time.monotonic()

    assert services.visits.queue() == ()
    report = services.health.report()

    assert time.monotonic() - began < LOCKED_S / 2
    assert "database" in report.names(State.DEGRADED)
    holder.communicate(timeout=30)
    assert "database" in services.health.report().names(State.OK)
