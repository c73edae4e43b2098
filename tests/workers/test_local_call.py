"""A question and its answer between two processes."""

import contextlib
import socket
import threading
from pathlib import Path

import pytest

from appliance.errors import Unavailable
from appliance.runtime.local_call import LocalServer, call


def test_the_answer_comes_back(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, "echo.sock", lambda question: {"said": question["say"]})

    assert call(tmp_path, "echo.sock", {"say": "halo"}) == {"said": "halo"}

    server.close()


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="tidak menjawab"):
        call(tmp_path, "echo.sock", {})


def test_a_folder_deeper_than_an_address_is_reached(tmp_path: Path) -> None:
    folder = tmp_path / ("a" * 100) / ("b" * 100)
    folder.mkdir(parents=True)
    server = LocalServer(folder, "echo.sock", lambda question: question)

    assert call(folder, "echo.sock", {"n": 1}) == {"n": 1}

    server.close()


@pytest.mark.parametrize("noise", [b"", b"\n", b"[]\n", b"nonsense\n", b"x" * 200_000])
def test_noise_does_not_end_the_server(tmp_path: Path, noise: bytes) -> None:
    server = LocalServer(tmp_path, "echo.sock", lambda question: question)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(tmp_path / "echo.sock"))
        with contextlib.suppress(OSError):  # hung up on, which is an answer
            line.sendall(noise)

    assert call(tmp_path, "echo.sock", {"n": 1}) == {"n": 1}

    server.close()


def test_a_closed_server_leaves_neither_thread_nor_file(tmp_path: Path) -> None:
    server = LocalServer(tmp_path, "echo.sock", lambda question: question)

    server.close()

    assert not list(tmp_path.iterdir())
    assert "echo.sock" not in [thread.name for thread in threading.enumerate()]
