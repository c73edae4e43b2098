"""Wake-ups and the loop that waits for them."""

import socket
import threading
from pathlib import Path

import pytest

from appliance.runtime import systemd
from appliance.runtime.wakeup import Waker, WakeSocket
from appliance.runtime.worker import WorkerLoop


def test_a_dead_owner_is_told_at_once(tmp_path: Path) -> None:
    assert Waker(tmp_path / "nowhere").wake("lockers") is False
    assert Waker(tmp_path).wake("lockers") is False


def test_an_owner_killed_without_goodbye_is_dead_too(tmp_path: Path) -> None:
    left_behind = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    left_behind.bind(str(tmp_path / "lockers.sock"))
    left_behind.close()

    assert Waker(tmp_path).wake("lockers") is False


def test_a_restarted_owner_takes_over_the_address(tmp_path: Path) -> None:
    killed = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    killed.bind(str(tmp_path / "lockers.sock"))
    killed.close()
    second = WakeSocket(tmp_path, "lockers")

    assert Waker(tmp_path).wake("lockers") is True
    assert second.wait(1) is True
    second.close()


def test_many_wake_ups_are_one(tmp_path: Path) -> None:
    owner = WakeSocket(tmp_path, "sync")
    for _ in range(2000):  # more than the socket's queue holds
        assert Waker(tmp_path).wake("sync") is True

    assert owner.wait(1) is True
    assert owner.wait(0) is False
    owner.close()


def test_asking_whether_an_owner_listens_does_not_wake_it(tmp_path: Path) -> None:
    assert Waker(tmp_path).is_listening("sync") is False
    owner = WakeSocket(tmp_path, "sync")

    assert Waker(tmp_path).is_listening("sync") is True
    assert owner.wait(0) is False
    owner.close()
    assert Waker(tmp_path).is_listening("sync") is False


def test_the_folder_may_be_deep(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 90) / ("y" * 90)
    owner = WakeSocket(deep, "documents")

    assert Waker(deep).wake("documents") is True
    owner.close()


def test_the_loop_steps_when_woken_and_when_nobody_wakes_it(tmp_path: Path) -> None:
    steps = threading.Semaphore(0)
    loop = WorkerLoop(WakeSocket(tmp_path, "sync"), steps.release, poll_s=0.02)
    thread = threading.Thread(target=loop.run)
    thread.start()

    for _ in range(5):
        assert steps.acquire(timeout=5)
    loop.stop()
    thread.join(5)

    assert not thread.is_alive()


def test_stopping_does_not_wait_for_the_poll(tmp_path: Path) -> None:
    stepped = threading.Event()
    loop = WorkerLoop(WakeSocket(tmp_path, "sync"), stepped.set, poll_s=60)
    thread = threading.Thread(target=loop.run)
    thread.start()
    assert stepped.wait(5)

    loop.stop()
    thread.join(5)

    assert not thread.is_alive()


def test_an_unexpected_exception_reaches_the_supervisor(tmp_path: Path) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        WorkerLoop(WakeSocket(tmp_path, "sync"), broken, poll_s=1).run()


def test_systemd_is_told_when_it_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert systemd.notify("READY=1") is False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "30000000")

        assert systemd.notify("READY=1", "STATUS=siap") is True
        assert manager.recv(100) == b"READY=1\nSTATUS=siap"
        assert systemd.watchdog_interval_s() == 15
