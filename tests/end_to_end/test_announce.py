"""The announcement, heard by somebody else: two machines as network namespaces on one wire."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("announcing.py")
ROOT = Path(__file__).resolve().parents[2]
FIRST, SECOND = "10.99.7.1", "10.99.7.2"


def can_make_namespaces() -> bool:
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"rbtry{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    # To enter one, too: in a bare chroot they can be made, but not entered.
    entered = subprocess.run(
        ["ip", "netns", "exec", name, "true"], capture_output=True, check=False
    )
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return entered.returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not can_make_namespaces(),
        reason="network namespaces need root, the program `ip`, and a root that is a mount point",
    ),
]


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def room() -> Iterator[tuple[str, str]]:
    """Two machines on one wire, with addresses FIRST and SECOND."""
    one, two = f"rb{os.getpid()}a", f"rb{os.getpid()}b"
    try:
        for name in (one, two):
            ip("netns", "add", name)
            ip("-n", name, "link", "set", "lo", "up")
        ip("link", "add", "wire", "netns", one, "type", "veth", "peer", "wire", "netns", two)
        for name, address in ((one, FIRST), (two, SECOND)):
            ip("-n", name, "address", "add", f"{address}/24", "dev", "wire")
            ip("-n", name, "link", "set", "wire", "up")
            ip("-n", name, "route", "add", "224.0.0.0/4", "dev", "wire")
        yield one, two
    finally:
        for name in (one, two):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


class Machine:
    """One announcing machine; `name()` waits for its next name."""

    def __init__(self, namespace: str, port: int) -> None:
        self._process = subprocess.Popen(
            command(namespace, "announce", str(port)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def name(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.communicate(timeout=60)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def command(namespace: str, *words: str) -> list[str]:
    return ["ip", "netns", "exec", namespace, sys.executable, "-m", module(), *words]


def module() -> str:
    return ".".join(PROGRAM.relative_to(ROOT).with_suffix("").parts)


def browse(namespace: str) -> dict[str, dict[str, list[str]]]:
    done = subprocess.run(
        command(namespace, "browse", "2"), capture_output=True, text=True, check=True, cwd=ROOT
    )
    return json.loads(done.stdout)


def test_the_second_machine_takes_the_next_name_and_a_new_address_is_told(
    room: tuple[str, str],
) -> None:
    one, two = room
    first = Machine(one, 8080)
    try:
        assert first.name() == "ruangbaca.local"
        second = Machine(two, 8081)
        try:
            assert second.name() == "ruangbaca-2.local"

            heard = browse(two)
            assert heard["hosts"] == {"ruangbaca": [FIRST], "ruangbaca-2": [SECOND]}
            assert heard["services"]["ruangbaca._http._tcp.local."] == [
                "ruangbaca.local.",
                [FIRST],
                8080,
            ]

            ip("-n", one, "address", "add", "10.99.7.9/24", "dev", "wire")
            ip("-n", one, "address", "del", f"{FIRST}/24", "dev", "wire")
            ip("-n", one, "address", "replace", "10.99.7.9/24", "dev", "wire")
            ip("-n", one, "route", "replace", "224.0.0.0/4", "dev", "wire")
            names = [first.name(), first.name()]
            assert names[-1] == "ruangbaca.local"
            assert browse(two)["hosts"]["ruangbaca"] == ["10.99.7.9"]
        finally:
            second.kill()
        first.end()
        assert browse(two)["hosts"]["ruangbaca"] == []
    finally:
        first.kill()
