"""The sync process killed in mid-append while events are recorded: all arrive, each once."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from appliance.actor import SYSTEM
from appliance.config import Settings
from appliance.core import open_core
from appliance.storage.models import Enrolment
from tests import hub_server

KILLS = 4
LIMIT_S = 90


def record(core, count: int) -> None:
    for number in range(count):
        data = {"locker": number % 12 + 1, "end_reason": "visitor"}
        core.writer.run(
            lambda d=data: core.recorder.fact("locker.released", "locker/1", d, by=SYSTEM)
        )


def test_a_sender_killed_in_mid_append_loses_and_doubles_nothing(tmp_path) -> None:
    with hub_server.hub_server() as server:
        config = Path(tmp_path, "ruangbaca.toml")
        config.write_text(f'data = "{tmp_path}/data"\nportal = "{server.url}"\n')
        core = open_core(Settings(data=f"{tmp_path}/data"))
        values = {"id": 1, "portal": server.url, "key_id": "k", "office": "1309"}
        core.writer.run(lambda: Enrolment.create(**values))
        try:
            for kill in range(KILLS):
                record(core, 30)
                killed_by(server, config, after_storing=kill % 2 == 1)
            assert core.outbox.state().waiting > 0
            finished(config, core)
            ids = {row[0] for row in core.database.execute_sql("SELECT event_id FROM outbox")}
        finally:
            core.close()

    assert dict(server.hub.stored) == dict.fromkeys(ids, 1)


def started(config: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "appliance", "sync"],
        env=os.environ | {"RUANGBACA_CONFIG": str(config)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def killed_by(server, config: Path, *, after_storing: bool) -> None:
    """Run it until it appends; it dies before its events are stored, or before it hears of it."""
    appended = threading.Event()
    may_end = threading.Event()

    def at_append(handler) -> None:
        if not handler.path.endswith("/events"):
            return handler.good()
        if after_storing:
            hub_server.done_but_silent(handler)
        appended.set()
        may_end.wait(LIMIT_S)
        handler.close_connection = True
        return None

    server.every = at_append
    process = started(config)
    try:
        assert appended.wait(LIMIT_S), "it never appended"
    finally:
        process.kill()
        process.wait(LIMIT_S)
        may_end.set()
        server.every = None


def finished(config: Path, core) -> None:
    """Run it, undisturbed, until nothing waits."""
    waiting = threading.Event()
    process = started(config)
    try:
        for _ in range(int(LIMIT_S / 0.05)):
            if not core.outbox.state().waiting:
                return
            waiting.wait(0.05)
        raise AssertionError("it did not catch up")
    finally:
        process.kill()
        process.wait(LIMIT_S)
