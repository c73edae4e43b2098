"""The server says where it listens, refuses in one line, and stops when told."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from flask import Flask

from web.server import WAITRESS, CannotListen, serve

PROGRAM = """
import sys
from flask import Flask
from web.server import serve
app = Flask("t")
app.add_url_rule("/", "home", lambda: "halo")
app.add_url_rule("/nothing", "nothing", lambda: ("", 204))
serve(app, "127.0.0.1", 0, on_ready=lambda address: print(address, flush=True))
print("selesai", flush=True)
"""


def started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_an_answer_without_a_body_leaves_the_connection_open() -> None:
    """Else every poll that finds nothing new would open a connection of its own."""
    server = started()
    try:
        connection = http.client.HTTPConnection(server.stdout.readline().strip(), timeout=30)
        closes = []
        for path, headers in (
            ("/nothing", {}),
            ("/", {}),
            ("/nothing", {}),
            ("/nothing", {"Connection": "close"}),
        ):
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            closes.append(answer.will_close)
    finally:
        server.kill()
        server.communicate()

    assert closes == [False, False, False, True]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_told_to_stop(sent: signal.Signals) -> None:
    server = started()
    try:
        address = server.stdout.readline().strip()
        with urllib.request.urlopen(f"http://{address}/", timeout=10) as reply:
            body, sent_by = reply.read(), reply.headers.get("Server")

        server.send_signal(sent)
        rest, _ = server.communicate(timeout=20)
    finally:
        server.kill()
        server.wait()

    assert body == b"halo"
    assert sent_by is None or "waitress" not in sent_by.lower()
    assert rest == "selesai\n"
    assert server.returncode == 0


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotListen) as caught:
            serve(Flask("t"), "127.0.0.1", port)

    assert f"Porta {port} di 127.0.0.1 sudah dipakai" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1


def test_an_address_that_is_not_ours_is_one_sentence() -> None:
    with pytest.raises(CannotListen, match=r"bukan milik mesin ini"):
        serve(Flask("t"), "192.0.2.77", 0)


def test_slow_and_large_requests_are_bounded() -> None:
    assert WAITRESS["asyncore_use_poll"] is True
    assert WAITRESS["max_request_body_size"] == 256 * 1024
    assert WAITRESS["trusted_proxy"] is None
    assert WAITRESS["clear_untrusted_proxy_headers"] is True
