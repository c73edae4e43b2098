"""The tests' own walls hold: no network beyond this machine, no warning overlooked."""

import socket
import warnings
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 80)  # TEST-NET-1 of RFC 5737: nobody is there


def test_a_test_cannot_reach_another_machine() -> None:
    # pytest-socket warns before it refuses, and here a warning is an error.
    refusals = (SocketConnectBlockedError, UserWarning)

    with socket.socket() as out, pytest.raises(refusals, match=r'host "192\.0\.2\.1"'):
        out.connect(ELSEWHERE)


def test_a_test_can_reach_its_own_server() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as connected,
    ):
        assert connected.getpeername() == server.getsockname()


def test_a_test_can_wake_a_process(tmp_path: Path) -> None:
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as owner,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller,
    ):
        owner.bind(str(tmp_path / "lockers.sock"))
        caller.connect(str(tmp_path / "lockers.sock"))
        caller.send(b"wake")

        assert owner.recv(16) == b"wake"


def test_a_warning_fails_a_test() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("overlooked", UserWarning, stacklevel=1)
