"""A question and its answer between two processes."""

import contextlib
import socket
import threading
from pathlib import Path

import pytest

from appliance.errors import Unavailable
from appliance.runtime.local_call import LocalServer, call

ABSENT = "Tidak ada yang menjawab."


def test_the_answer_comes_back(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, "echo.sock", lambda question: {"said": question["say"]})

    assert call(tmp_path, "echo.sock", {"say": "halo"}, absent=ABSENT) == {"said": "halo"}

    server.close()


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="Tidak ada yang menjawab"):
        call(tmp_path, "echo.sock", {}, absent=ABSENT)


def test_somebody_who_is_slow_is_told_from_nobody(tmp_path: Path) -> None:
    may_answer = threading.Event()
    server = LocalServer(tmp_path, "slow.sock", lambda question: {"in_time": may_answer.wait(10)})

    with pytest.raises(Unavailable, match="Masih bekerja"):
        call(tmp_path, "slow.sock", {}, absent=ABSENT, late="Masih bekerja.", patience_s=0.05)

    may_answer.set()
    server.close()


def test_a_folder_deeper_than_an_address_is_reached(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 100) / ("b" * 100)
    folder.mkdir(parents=True)
    server = LocalServer(folder, "echo.sock", lambda question: question)

    assert call(folder, "echo.sock", {"n": 1}, absent=ABSENT) == {"n": 1}

    server.close()


@pytest.mark.parametrize("noise", [b"", b"\n", b"[]\n", b"nonsense\n", b"x" * 200_000])
def test_noise_does_not_end_the_server(tmp_path: Path, noise: bytes) -> None:
    server = LocalServer(tmp_path, "echo.sock", lambda question: question)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(tmp_path / "echo.sock"))
        with contextlib.suppress(OSError):  # hung up on, which is an answer
            line.sendall(noise)

    assert call(tmp_path, "echo.sock", {"n": 1}, absent=ABSENT) == {"n": 1}

    server.close()


def test_a_closed_server_leaves_neither_thread_nor_file(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, "echo.sock", lambda question: question)

    server.close()

    assert not list(tmp_path.iterdir())
    assert "echo.sock" not in [thread.name for thread in threading.enumerate()]
