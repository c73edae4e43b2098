"""What takes long beside a loop: one thing at a time, and its faults come to the loop."""

from collections.abc import Iterator
from threading import Event

import pytest

from appliance.runtime.side_thread import SideThread

LONGEST_S = 30.0


@pytest.fixture
def poked() -> Event:
    return Event()


@pytest.fixture
def thread(poked: Event) -> Iterator[SideThread]:
    started = SideThread("side", poked.set)
    yield started
    started.stop()


def test_it_is_busy_until_its_work_ends(thread: SideThread, poked: Event) -> None:
    may_end, done = Event(), []

    def work(word: str) -> None:
        may_end.wait(LONGEST_S)
        done.append(word)

    thread.start(work, "selesai")
    assert thread.is_busy()
    may_end.set()

    assert poked.wait(LONGEST_S)
    assert not thread.is_busy()
    assert done == ["selesai"]


def test_what_it_did_not_expect_is_raised_once(thread: SideThread, poked: Event) -> None:
    def work() -> None:
        raise KeyError("tak terduga")

    thread.start(work)
    assert poked.wait(LONGEST_S)

    with pytest.raises(KeyError):
        thread.is_busy()
    assert not thread.is_busy()
