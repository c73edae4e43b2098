"""The Pi's own sender and the real hub: enrolled by a code, cut at every byte, cloned, restored."""

import os
import shutil
from urllib.parse import urlsplit

import pytest

from appliance import codes
from appliance.actor import SYSTEM
from appliance.bootstrap import open_core
from appliance.config import Settings
from appliance.hub.offices import Offices
from appliance.sync.answers import Kind
from appliance.sync.backlog import Backlog
from appliance.sync.enrolment import Enrolment
from appliance.sync.portal import Address, Line
from appliance.sync.sender import Sender
from appliance.sync.sending import Sending
from appliance.sync.standing import State
from tests.cutting_proxy import cutting_proxy
from tests.fakes import FakeClock

# Every offset: HUB_CUT_STEP=1. One in so many otherwise, a prime, so that no field is spared.
STEP = int(os.environ.get("HUB_CUT_STEP", "29"))
LIMIT_S = 30.0


class Pi:
    """An appliance whose portal is this hub; `look` lets its sync process work for a stretch."""

    def __init__(self, folder, url) -> None:
        self.url = url
        self.folder = folder
        self.clock = FakeClock()
        self.now_s = 0.0
        self.core = open_core(Settings(data=str(folder), portal=url), clock=self.clock)
        self.enrolment = Enrolment(
            writer=self.core.writer, clock=self.clock, portal=url, data_dir=folder
        )
        self.backlog = Backlog(self.clock)
        self.sending = Sending(
            address=Address(url),
            enrolment=self.enrolment,
            backlog=self.backlog,
            writer=self.core.writer,
            clock=self.clock,
            poke=lambda: None,
            monotonic=lambda: self.now_s,
        )

    def record(self, count: int) -> None:
        for number in range(1, count + 1):
            self.core.writer.run(
                lambda n=number: self.core.recorder.fact(
                    "locker.released",
                    f"locker/{n}",
                    {"locker": n, "end_reason": "visitor"},
                    by=SYSTEM,
                )
            )

    def look(self) -> State:
        self.now_s += 24 * 3600
        self.sending.look()
        running = self.sending._thread._running
        if running is not None:
            running.result(LIMIT_S)
        return self.sending.standing.standing().state

    def sender(self, line: Line) -> Sender:
        return Sender(
            portal=line,
            backlog=self.backlog,
            writer=self.core.writer,
            clock=self.clock,
            device_id=self.enrolment.identity().device_id,
        )

    def ids(self) -> set[str]:
        rows = self.core.database.execute_sql("SELECT event_id FROM outbox")
        return {row[0] for row in rows}

    def close(self) -> None:
        self.sending.stop()
        self.core.close()


@pytest.fixture
def pi(tmp_path, hub):
    made = Pi(tmp_path / "pi", hub.url)
    offices = Offices(hub.database)
    offices.add("pasaman", "BPS Kabupaten Pasaman", province="Sumatera Barat")
    made.core.writer.run(lambda: made.enrolment.ask(offices.issue("pasaman").code))
    yield made
    made.close()


def stored_ids(hub) -> list[str]:
    return [str(event_id) for _, _, _, event_id in hub.stored()]


def test_a_code_enrols_and_everything_arrives(pi, hub) -> None:
    pi.record(3)

    assert pi.look() is State.IDLE

    papers = pi.enrolment.papers()
    assert papers.is_enrolled
    assert papers.office == "pasaman"
    assert sorted(stored_ids(hub)) == sorted(pi.ids())
    assert hub.aside() == []


def test_a_code_that_nobody_gave_out_is_refused_and_forgotten(pi, hub) -> None:
    pi.core.writer.run(lambda: pi.enrolment.ask(codes.new_card_code()))

    assert pi.look() is State.UNENROLLED

    papers = pi.enrolment.papers()
    assert not papers.is_claiming
    assert "Minta kode baru" in papers.problem


def test_a_line_cut_at_any_byte_loses_and_doubles_nothing(pi, hub) -> None:
    pi.record(1)
    assert pi.look() is State.IDLE
    parts = urlsplit(hub.url)
    with cutting_proxy(parts.hostname, parts.port) as proxy:
        address = Address(f"http://127.0.0.1:{proxy.port}")
        whole = _one_append(pi, proxy, address, None)
        cuts = range(0, whole[0], STEP)
        kinds = {_one_append(pi, proxy, address, cut)[1] for cut in cuts}

    assert kinds == {Kind.OFFLINE}, "cut anywhere, it is never taken for an answer"
    assert len(cuts) * STEP > 1000
    assert pi.look() is State.IDLE
    assert sorted(stored_ids(hub)) == sorted(pi.ids())
    assert len(hub.database.rows("SELECT id FROM stream", ())) == 1


def _one_append(pi, proxy, address, cut) -> tuple[int, Kind]:
    """Two events through the proxy, cut after so many bytes; how many passed, what came of it."""
    assert pi.look() is State.IDLE
    pi.record(2)
    proxy.cut_after, proxy.passed = cut, 0
    line = Line(address, pi.clock, pi.enrolment.identity())
    try:
        turn = pi.sender(line).turn()
    finally:
        line.close()
    return proxy.passed, turn.judgement.kind


def test_a_cloned_card_is_noticed_and_both_streams_are_whole(pi, hub, tmp_path) -> None:
    pi.record(4)
    pi.look()
    pi.record(2)
    pi.core.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(pi.folder, tmp_path / "clone", ignore=shutil.ignore_patterns("run"))
    mine = pi.ids()
    pi.record(3)
    mine |= pi.ids()
    pi.look()
    pi.close()
    clone = Pi(tmp_path / "clone", hub.url)
    try:
        clone.record(5)
        assert clone.look() is State.IDLE
        ids, forks = clone.ids(), clone.sending.standing.standing().forks
    finally:
        clone.close()

    assert sorted(stored_ids(hub)) == sorted(mine | ids)
    assert forks == 1
    previous = hub.database.rows("SELECT previous FROM stream ORDER BY id", ())
    assert [row[0] is None for row in previous] == [True, False], "the hub is told of the twin"
