"""The announcement when the network is not well: a line in the log, and another try."""

import ipaddress
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import pytest
import zeroconf
from flask import Flask

from web import announce
from web.announce import Announcer, announced_name
from web.hosts import HostList, init_app

HERE = frozenset({ipaddress.ip_address("10.9.8.7")})
POLL_S = 0.01
WAIT_S = 10.0
TROUBLES = (
    OSError(19, "No such device"),
    TimeoutError("the loop did not end"),
    RuntimeError("No adapter found for IP address 10.9.8.7"),
    AssertionError("Zeroconf instance loop must be running, was it already stopped?"),
    CancelledError(),
    zeroconf.EventLoopBlocked(),
    zeroconf.NonUniqueNameException(),
    zeroconf.NotRunningException(),
)


class Network:
    """Stands for Zeroconf. Put an error into `troubles[step]` to have that step raise it once."""

    def __init__(self) -> None:
        self.troubles: dict[str, Exception] = {}
        self.registered = threading.Event()
        self.closed = threading.Event()

    def opened(self, **_: object) -> "Network":
        self._may_fail("open")
        return self

    def register_service(self, _: object, **__: object) -> None:
        self._may_fail("register")
        self.registered.set()

    def close(self) -> None:
        self.closed.set()
        self._may_fail("close")

    def asked(self, *_: object) -> announce.Addresses:
        """Who answers to our name: nobody, unless asking fails."""
        if self.registered.is_set():
            self._may_fail("ask")
        return frozenset()

    def _may_fail(self, step: str) -> None:
        if step in self.troubles:
            raise self.troubles.pop(step)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    network = Network()
    monkeypatch.setattr("zeroconf.Zeroconf", network.opened)
    monkeypatch.setattr(announce, "_others", network.asked)
    return network


@pytest.fixture
def begin() -> Iterator[Callable[..., tuple[Flask, Announcer]]]:
    """Call to announce; what was begun ends with the test."""
    begun: list[Announcer] = []

    def make(addresses: Callable[[], announce.Addresses] = lambda: HERE) -> tuple[Flask, Announcer]:
        app = Flask("announcing")
        init_app(app, HostList(()))
        announcer = Announcer(app, addresses=addresses, poll_s=POLL_S)
        begun.append(announcer)
        announcer.start("0.0.0.0", 8080)
        return app, announcer

    yield make
    for announcer in begun:
        announcer.stop()


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


@pytest.mark.parametrize("step", ["open", "register"])
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
def test_a_network_that_is_not_well_is_tried_again(network, begin, caplog, step, trouble) -> None:
    network.troubles[step] = trouble

    begin()

    assert network.registered.wait(WAIT_S)
    assert "cannot announce" in said(caplog)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda error: type(error).__name__)
def test_a_goodbye_that_fails_is_a_line_in_the_log(network, begin, caplog, trouble) -> None:
    network.troubles["close"] = trouble
    app, announcer = begin()
    assert network.registered.wait(WAIT_S)

    announcer.stop()

    assert network.closed.is_set()
    assert "no clean goodbye to the network" in said(caplog)
    assert announced_name(app) is None


def test_asking_for_the_own_name_may_fail(network, begin, caplog) -> None:
    asked = threading.Event()
    network.troubles["ask"] = zeroconf.EventLoopBlocked()
    looks = iter(range(10_000))

    def addresses() -> announce.Addresses:
        if next(looks) > 2 * announce.POLLS_A_CHECK and "ask" not in network.troubles:
            asked.set()
        return HERE

    begin(addresses)

    assert asked.wait(WAIT_S)
    assert "cannot ask for our own name" in said(caplog)
    assert not network.closed.is_set()


def test_addresses_that_cannot_be_read_are_read_again(network, begin, caplog) -> None:
    answers: list[announce.Addresses | OSError] = [OSError(24, "Too many open files")]

    def addresses() -> announce.Addresses:
        answer = answers.pop() if answers else HERE
        if isinstance(answer, OSError):
            raise answer
        return answer

    begin(addresses)

    assert network.registered.wait(WAIT_S)
    assert "cannot read our own addresses" in said(caplog)


def test_a_mistake_of_ours_is_not_hidden(network, begin, monkeypatch) -> None:
    found: list[type[BaseException]] = []
    ended = threading.Event()

    def note(hook: threading.ExceptHookArgs) -> None:
        found.append(hook.exc_type)
        ended.set()

    monkeypatch.setattr(threading, "excepthook", note)
    network.troubles["register"] = TypeError("a wrong argument")

    begin()

    assert ended.wait(WAIT_S)
    assert found == [TypeError]
