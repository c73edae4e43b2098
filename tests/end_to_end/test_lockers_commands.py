"""An electrician at the keyboard: `ruangbaca lockers test` and `open-all`, with simulated doors."""

import csv
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from tests.running_demo import ROOT, clean_environment, run, wait_until

SETTINGS = """
office = "pasaman"
data = "{data}"
announce = false
[[lockers.bank]]
driver = "simulated"
doors = "1-2"
sensors = {sensors}
rest_s = 0.5
"""

pytestmark = pytest.mark.slow


def settings(tmp_path: Path, *, sensors: bool = True) -> Path:
    file = tmp_path / "ruangbaca.toml"
    file.write_text(SETTINGS.format(data=tmp_path / "data", sensors=str(sensors).lower()))
    return file


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Path]:
    """The settings of a running lockers process."""
    file = settings(tmp_path)
    command = [sys.executable, "-m", "appliance", "--config", str(file), "lockers"]
    running = subprocess.Popen(command, cwd=ROOT, env=clean_environment())
    try:
        wait_until((tmp_path / "data/run/lockers.sock").exists)
        yield file
        running.terminate()
        assert running.wait(15) == 0
    finally:
        running.kill()
        running.wait()


def results(tmp_path: Path, column: str) -> list[object]:
    with_data = apsw.Connection(str(tmp_path / "data/ruangbaca.db"))
    found = [row[0] for row in with_data.execute(f"SELECT {column} FROM door_command ORDER BY id")]
    with_data.close()
    return found


def test_every_door_passes_without_a_lockers_process(tmp_path: Path) -> None:
    report = tmp_path / "laporan.csv"

    done = run("--config", settings(tmp_path), "lockers", "test", "--yes", "--report", report)

    assert done.returncode == 0, done.stderr
    assert "2 of 2 doors passed" in done.stdout
    rows = list(csv.reader(report.read_text(encoding="utf-8").splitlines()))
    assert [row[:2] for row in rows[1:]] == [["01", "baik / passed"], ["02", "baik / passed"]]
    assert results(tmp_path, "result") == ["opened", "opened"]


def test_the_running_process_opens_the_doors(tmp_path: Path, process: Path) -> None:
    done = run("--config", process, "lockers", "test", "2", "--yes")

    assert done.returncode == 0, done.stderr
    assert results(tmp_path, "result") == ["opened"]


def test_doors_that_nobody_sees_do_not_pass_by_themselves(tmp_path: Path) -> None:
    file = settings(tmp_path, sensors=False)

    unseen = run("--config", file, "lockers", "test", "1", "--yes")
    asked = run("--config", file, "lockers", "test", stdin="y\ny\nn\n")

    assert unseen.returncode == 1
    assert "tidak dilihat orang / not seen by a person" in unseen.stdout
    assert asked.returncode == 1
    assert "tidak terbuka / not opened" in asked.stdout
    assert results(tmp_path, "person_says") == [None, "opened", "not_opened"]


def test_a_door_there_is_not_is_a_mistake(tmp_path: Path) -> None:
    file = settings(tmp_path)

    assert run("--config", file, "lockers", "test", "9", "--yes").returncode == 2
    assert run("--config", file, "lockers", "test", "1-x", "--yes").returncode == 2
    assert run("--config", file, "lockers", "test", stdin="n\n").returncode == 1
    assert results(tmp_path, "id") == []


def test_open_all_without_a_lockers_process(tmp_path: Path) -> None:
    file = settings(tmp_path)

    done = run("--config", file, "lockers", "open-all", "--reason", "kebakaran", "--yes")

    assert done.returncode == 0, done.stderr
    assert "2 open, 0 not seen, 0 failed." in done.stdout
    assert results(tmp_path, "result") == ["opened", "opened"]


def test_open_all_by_the_running_process(tmp_path: Path, process: Path) -> None:
    done = run("--config", process, "lockers", "open-all", "--reason", "api", stdin="y\nbuka\n")

    assert done.returncode == 0, done.stderr
    assert results(tmp_path, "requested_by") == ["system:teknisi"] * 2


@pytest.mark.parametrize("answers", ["n\n", "y\nya\n", ""])
def test_open_all_asks_twice(tmp_path: Path, answers: str) -> None:
    file = settings(tmp_path)

    done = run("--config", file, "lockers", "open-all", "--reason", "api", stdin=answers)

    assert done.returncode == 1
    assert not (tmp_path / "data/ruangbaca.db").exists()


def test_open_all_opens_without_a_database_too(tmp_path: Path) -> None:
    file = settings(tmp_path)
    run("--config", file, "lockers", "test", "1", "--yes")
    locker = apsw.Connection(str(tmp_path / "data/ruangbaca.db"))
    locker.execute("BEGIN IMMEDIATE")
    began_s = time.monotonic()

    done = run("--config", file, "lockers", "open-all", "--reason", "api", "--yes")

    locker.close()
    assert done.returncode == 0, done.stderr
    assert "No record is kept." in done.stdout
    assert done.stdout.count("terbuka / open") == 2
    assert time.monotonic() - began_s < 55
