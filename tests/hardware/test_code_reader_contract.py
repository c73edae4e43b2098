"""What every code reader promises, whatever is behind it."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from hardware.reader_interfaces import BadRead, CodeRead, ReaderState
from tests.hardware.conftest import WAIT_S, FakeSeconds
from tests.hardware.reader_rigs import RIGS, PluggableRig, Rig

SOON_S = 0.3
BAD_READS = [(name, why) for name, rig in RIGS.items() for why in BadRead if why in rig.can_be_bad]


class Heard:
    """What a reader said, in order; it can be told to raise as well."""

    def __init__(self) -> None:
        self.fails = False
        self._queue: Queue[object] = Queue()

    def __call__(self, said: object) -> None:
        self._queue.put(said)
        if self.fails:
            raise RuntimeError("a careless listener")

    def next(self) -> object:
        return self._queue.get(timeout=WAIT_S)

    def code(self) -> str:
        said = self.next()
        assert isinstance(said, CodeRead), said
        return said.text

    def until_code(self, text: str, read: Callable[[], None]) -> list[object]:
        """Let it be read again and again until it arrives; return what was said before."""
        said: list[object] = []
        deadline_s = time.monotonic() + WAIT_S
        while time.monotonic() < deadline_s:
            read()
            try:
                while True:
                    one = self._queue.get(timeout=SOON_S)
                    if isinstance(one, CodeRead) and one.text == text:
                        return said
                    said.append(one)
            except Empty:
                continue
        raise AssertionError(f"never read again; said: {said[-20:]}")


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def rig(kind: str, tmp_path: Path, seconds: FakeSeconds, heard: Heard) -> Iterator[Rig]:
    """A reader of this kind that has begun to read."""
    built = RIGS[kind](tmp_path, seconds)
    built.reader.on_code = built.reader.on_bad_read = built.reader.on_state = heard
    built.reader.start()
    assert heard.next() is ReaderState.READY
    yield built
    built.close()


every_kind = pytest.mark.parametrize("kind", RIGS)
pluggable = pytest.mark.parametrize(
    "kind", [name for name, rig in RIGS.items() if issubclass(rig, PluggableRig)]
)


@every_kind
def test_a_code_arrives_whole_with_the_time_of_its_end(
    rig: Rig, heard: Heard, seconds: FakeSeconds
) -> None:
    rig.send(rig.codes[0])

    assert heard.next() == CodeRead(rig.codes[0], seconds())


@every_kind
def test_codes_come_in_the_order_they_were_read(rig: Rig, heard: Heard) -> None:
    for code in rig.codes:
        rig.send(code)
        assert heard.code() == code


@every_kind
def test_the_same_code_is_dropped_for_a_second_and_read_again_afterwards(
    rig: Rig, heard: Heard, seconds: FakeSeconds
) -> None:
    first, second = rig.codes

    for code in (first, first, second):
        rig.send(code)
    assert (heard.code(), heard.code()) == (first, second)

    seconds.advance(1.1)
    rig.send(first)
    assert heard.code() == first


@pytest.mark.parametrize(("kind", "why"), BAD_READS)
def test_what_is_no_code_is_a_bad_read_and_the_next_code_is_whole(
    rig: Rig, heard: Heard, why: BadRead
) -> None:
    rig.read_badly(why)
    assert heard.next() is why

    rig.send(rig.codes[1])

    assert heard.code() == rig.codes[1]


@pluggable
def test_unplugging_is_a_state_and_the_reader_is_found_again(
    rig: PluggableRig, heard: Heard
) -> None:
    rig.unplug()
    assert heard.next() is ReaderState.ABSENT
    assert rig.reader.state is ReaderState.ABSENT

    rig.plug()
    assert heard.next() is ReaderState.READY
    rig.send(rig.codes[0])
    assert heard.code() == rig.codes[0]


@pluggable
def test_an_absent_reader_may_be_started_and_comes_later(
    kind: str, tmp_path: Path, heard: Heard
) -> None:
    rig = RIGS[kind](tmp_path, FakeSeconds())
    rig.unplug()
    rig.reader.on_code = rig.reader.on_state = heard

    rig.reader.start()
    assert heard.next() is ReaderState.ABSENT
    rig.plug()

    assert heard.next() is ReaderState.READY
    rig.close()


@every_kind
def test_a_raising_listener_stops_nothing(
    rig: Rig, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    heard.fails = True
    rig.send(rig.codes[0])
    assert heard.code() == rig.codes[0]
    heard.fails = False

    rig.send(rig.codes[1])

    assert heard.code() == rig.codes[1]
    assert "careless listener" in caplog.text
    assert rig.codes[0] not in caplog.text


@every_kind
def test_closing_ends_the_thread_and_may_be_repeated(rig: Rig) -> None:
    name = f"reader-{rig.reader.name}"
    assert name in {thread.name for thread in threading.enumerate()}

    rig.reader.close()
    rig.reader.close()

    assert name not in {thread.name for thread in threading.enumerate()}
    assert rig.reader.state is ReaderState.ABSENT


@every_kind
def test_a_reader_is_started_once(rig: Rig) -> None:
    with pytest.raises(RuntimeError):
        rig.reader.start()


@every_kind
def test_a_listener_may_close_its_reader(rig: Rig, heard: Heard) -> None:
    closed = threading.Event()

    def close(_: CodeRead) -> None:
        rig.reader.close()
        closed.set()

    rig.reader.on_code = close
    (thread,) = (t for t in threading.enumerate() if t.name == f"reader-{rig.reader.name}")
    rig.send(rig.codes[0])

    assert closed.wait(WAIT_S)
    thread.join(WAIT_S)
    assert not thread.is_alive()


@every_kind
def test_a_flood_is_capped_and_over_with_the_next_silence(
    rig: Rig, heard: Heard, seconds: FakeSeconds
) -> None:
    def later() -> None:
        seconds.advance(5.0)
        rig.send(rig.codes[0])

    rig.flood()

    said = heard.until_code(rig.codes[0], later)
    assert said[:11][-1] is BadRead.TOO_FAST
    assert sum(isinstance(one, CodeRead) for one in said) <= 10
    assert set(said[11:]) <= {BadRead.TOO_FAST}


@every_kind
def test_trigger_is_safe_on_every_reader(rig: Rig) -> None:
    rig.reader.trigger()
