"""A question and its answer between two processes of one machine, as a line of JSON each way.

For what can be asked again at any time: pictures of pages, the demonstration's devices. What
must not be lost is written in the database instead.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from appliance.errors import Unavailable
from appliance.runtime.socket_path import short_path

MAX_BYTES = 64 * 1024
PATIENCE_S = 3.0
Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class LocalServer:
    """Answers on a thread of its own, one caller after the other, until `close`."""

    def __init__(self, run_dir: Path, name: str, answer: Answer) -> None:
        self._path = run_dir / name
        self._answer = answer
        self._path.unlink(missing_ok=True)  # left by a killed predecessor
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with short_path(run_dir, name) as address:
            self._socket.bind(address)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer nobody any more."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_S)
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return  # closed
            with caller, contextlib.suppress(OSError, ValueError):
                caller.settimeout(PATIENCE_S)
                _send(caller, self._answer(_receive(caller)))


def call(
    run_dir: Path,
    name: str,
    question: Mapping[str, Any],
    *,
    absent: str,
    late: str = "",
    patience_s: float = PATIENCE_S,
) -> Mapping[str, Any]:
    """The answer of the server `name`, within `patience_s` for each step of the way.

    Raises Unavailable with the sentence `absent` when nobody listens there, and with `late`, if
    given, when somebody does who has not answered in time.
    """
    try:
        with (
            short_path(run_dir, name) as address,
            socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line,
        ):
            line.settimeout(patience_s)
            line.connect(address)
            _send(line, question)
            return _receive(line)
    except TimeoutError as error:
        raise Unavailable(late or absent) from error
    except (OSError, ValueError) as error:
        raise Unavailable(absent) from error


def _send(line: socket.socket, message: Mapping[str, Any]) -> None:
    line.sendall(json.dumps(message).encode() + b"\n")


def _receive(line: socket.socket) -> Mapping[str, Any]:
    """One line; ValueError when it is none, or longer than MAX_BYTES."""
    received = b""
    while not received.endswith(b"\n"):
        chunk = line.recv(8192)
        if not chunk or len(received) > MAX_BYTES:
            raise ValueError("no whole line")
        received += chunk
    message = json.loads(received)
    if not isinstance(message, dict):
        raise ValueError("not a table")
    return message
