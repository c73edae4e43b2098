"""A portal that answers anything but what it should, for days: nothing grows, nothing is lost."""

import os
import random
import tracemalloc

import pytest

from appliance.actor import SYSTEM
from appliance.storage.models import Outbox
from appliance.sync.answers import Kind
from appliance.sync.portal import Address, Line, LineTrouble
from appliance.sync.standing import State
from tests import bad_answers
from tests.bad_answers import HOSTILE, MIB, WRONG
from tests.hub_server import server
from tests.sending_rig import DAY_S, LIMIT_S, Rig

__all__ = ["server"]

DAYS = int(os.environ.get("SYNC_BAD_DAYS", "2"))
# In each day: a try every quarter of an hour at the most, each of some requests, and the first
# ones after a change of mind, which are quicker.
REQUESTS_A_DAY = 800


@pytest.mark.parametrize("name", HOSTILE)
def test_no_answer_takes_more_memory_than_there_is_for_it(name, core, server) -> None:
    server.every = HOSTILE[name]
    answer_s = 1.0 if name == "patience for ever" else LIMIT_S
    line = Line(Address(server.url), core.clock, answer_s=answer_s)
    bad_answers.packed_bomb()
    tracemalloc.start()
    try:
        if name == "a bomb":
            assert line.ask("GET", "/v1/time").body == b"", "it is not unpacked"
        else:
            with pytest.raises(LineTrouble) as caught:
                line.ask("GET", "/v1/time")
            assert caught.value.judgement.kind is Kind.OFFLINE
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        line.close()

    # A hundred headers of 64 KiB are the most that http.client takes.
    assert peak_bytes < 24 * MIB


def test_days_of_bad_answers_cost_nothing_but_time(core, services, server) -> None:
    chance, bad = random.Random(7), list(WRONG.values())
    rig = Rig(core, server.url, chance=random.Random(11).random)
    rig.record(150)

    def one_of_them(handler) -> None:
        chance.choice(bad)(handler)

    server.every = one_of_them
    try:
        for _ in range(DAYS):
            server.seen.clear()
            one_bad_day(rig)
            assert len(server.seen) < REQUESTS_A_DAY
            rig.record(10)
            assert rig.waiting() >= 150, "nothing is taken for sent"
        assert server.hub.stored == {}
        server.every = None
        assert rig.ends_well()
        held = [row.id for row in Outbox.select().where(Outbox.state == "held")]
        assert len(held) <= 1, "the one that alone was said to be too large"
        for one in held:
            services.portal.settle(one, by=SYSTEM)
        assert rig.ends_well()
    finally:
        rig.sending.stop()

    ids = {row[0] for row in core.database.execute_sql("SELECT event_id FROM outbox")}
    assert server.hub.stored == dict.fromkeys(ids, 1)
    assert len(server.hub.aside) <= 1, "the one that was being asked about"


def one_bad_day(rig) -> None:
    """Every time that is told is kept, and by then it is tried again."""
    until_s = rig.now_s + DAY_S
    while rig.now_s < until_s:
        standing = rig.look()
        assert standing.state not in (State.IDLE, State.SENDING, State.REVOKED)
        wait_s = (standing.next_at - rig.core.clock.now()).total_seconds()
        assert 0 < wait_s <= 1.1 * DAY_S, standing
        rig.core.clock.advance(wait_s + 1)  # told to the microsecond
        rig.now_s += wait_s + 1
