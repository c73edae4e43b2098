"""The tests' own walls hold: no network beyond this machine, no warning overlooked."""

import socket
import warnings

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = ("192.0.2.1", 80)  # TEST-NET-1 of RFC 5737: nobody is there


def test_a_test_cannot_reach_another_machine() -> None:
    with socket.socket() as out, pytest.raises(SocketConnectBlockedError):
        out.connect(ELSEWHERE)


def test_a_test_can_reach_its_own_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as connected:
            assert connected.getpeername() == server.getsockname()


def test_a_warning_fails_a_test() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("overlooked", UserWarning, stacklevel=1)
