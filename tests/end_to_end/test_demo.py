"""`ruangbaca demo` with its real child processes: ready, watched over, ended, refused."""

import os
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import apsw
import pytest

from appliance.clock import SystemClock
from appliance.config import Settings
from appliance.core import open_core
from tests.running_demo import NAMES, RunningDemo, run, wait_until

pytestmark = pytest.mark.slow
STOP_PROMISE_S = 5.0


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a demonstration that was started once and ended."""
    data = tmp_path_factory.mktemp("seeded") / "data"
    demo = RunningDemo(data)
    try:
        demo.wait_ready()
        assert demo.stop() == (0, "")
    finally:
        demo.end()
    return data


@pytest.fixture
def demo(seeded: Path, tmp_path: Path) -> Iterator[RunningDemo]:
    """A ready demonstration on a copy of the seeded data."""
    running = RunningDemo(Path(shutil.copytree(seeded, tmp_path / "data")))
    try:
        running.wait_ready()
        yield running
    finally:
        running.end()


def test_all_four_answer_and_one_signal_ends_them_cleanly(demo: RunningDemo) -> None:
    assert demo.is_whole()

    began = time.monotonic()
    code, rest = demo.stop(signal.SIGTERM)

    assert (code, rest) == (0, "")  # one ready line, and nothing else on stdout
    assert time.monotonic() - began < STOP_PROMISE_S + 1
    assert demo.pids() == {}
    assert [demo.stderr.count(f"{name}: stopped") for name in sorted(NAMES)] == [1] * 4


def test_a_monitor_reads_the_numbers_of_the_web_process_as_it_really_runs(
    demo: RunningDemo,
) -> None:
    with urlopen(f"{demo.url}/metrics") as answer:
        text = answer.read().decode()

    assert "ruangbaca_sync_enrolled 0.0\n" in text


def test_a_killed_child_is_started_again(demo: RunningDemo) -> None:
    before = demo.pids()

    for name in sorted(NAMES):
        os.kill(before[name], signal.SIGKILL)
    wait_until(demo.is_whole)

    assert not set(before.values()) & set(demo.pids().values())
    assert demo.stderr.count("ended (SIGKILL); starting again") == 4


def test_nobody_is_left_when_the_parent_is_killed(demo: RunningDemo) -> None:
    demo.process.kill()
    demo.process.wait()

    wait_until(lambda: demo.pids() == {}, STOP_PROMISE_S + 3)


def test_the_same_folder_and_the_same_port_are_refused_in_one_line(
    demo: RunningDemo, tmp_path: Path
) -> None:
    same_folder = run("demo", "--data", demo.data, "--listen", "127.0.0.1:0")
    same_port = run("demo", "--data", tmp_path / "new", "--listen", f"127.0.0.1:{demo.port}")

    assert (same_folder.returncode, same_folder.stdout) == (1, "")
    assert same_folder.stderr.count("\n") == 1
    assert "Peragaan lain sudah berjalan" in same_folder.stderr
    assert (same_port.returncode, same_port.stdout) == (1, "")
    assert same_port.stderr.count("\n") == 1
    assert f"127.0.0.1:{demo.port}" in same_port.stderr
    assert demo.is_whole()


def test_another_office_needs_another_folder(seeded: Path) -> None:
    done = run("demo", "--data", seeded, "--office", "dharmasraya", "--listen", "127.0.0.1:0")

    assert (done.returncode, done.stdout) == (1, "")
    assert "pasaman" in done.stderr
    assert "--data" in done.stderr


def test_real_data_is_never_made_a_demonstration(tmp_path: Path) -> None:
    open_core(Settings(data=str(tmp_path)), clock=SystemClock()).close()

    done = run("demo", "--data", tmp_path, "--listen", "127.0.0.1:0")

    assert done.returncode == 1
    assert "data sungguhan" in done.stderr
    assert not (tmp_path / "demo.toml").exists()


def test_an_unknown_office_and_a_wrong_address_are_named(tmp_path: Path) -> None:
    office = run("demo", "--data", tmp_path / "a", "--office", "atlantis")
    address = run("demo", "--data", tmp_path / "b", "--listen", "somewhere")

    assert (office.returncode, office.stderr.count("\n")) == (1, 1)
    assert "dharmasraya, pasaman" in office.stderr
    assert (address.returncode, address.stderr.count("\n")) == (2, 1)
    assert list(tmp_path.iterdir()) == []


def test_a_web_process_alone_says_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(
            "web",
            RUANGBACA_DATA=str(tmp_path),
            RUANGBACA_HOST="127.0.0.1",
            RUANGBACA_PORT=port,
        )

    last = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert port in last
    assert last.startswith("ruangbaca: ")
    assert "Traceback" not in done.stderr


def test_each_process_says_that_it_runs(demo: RunningDemo) -> None:
    connection = apsw.Connection(str(demo.data / "ruangbaca.db"))
    rows = dict(connection.execute("SELECT name, pid FROM process_state"))
    connection.close()

    assert rows == demo.pids()
