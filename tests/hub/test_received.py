"""Readers of the records never step over one that is still being written."""

import threading

import psycopg

from appliance.hub import received
from tests.hub_kit import LIMIT_S, head_after

TAKE = "SELECT nextval('record_received')"


def is_settled_in_time(reader, mark) -> bool:
    """PostgreSQL's own transactions, such as an analysis of a table, hold it up for moments."""
    waiting = threading.Event()
    for _ in range(int(LIMIT_S / 0.05)):
        if received.is_settled(reader, mark):
            return True
        waiting.wait(0.05)
    return False


def test_records_are_settled_when_the_appends_before_them_have_ended(hub, enrolled):
    enrolled.open()
    with (
        psycopg.connect(hub.dsn) as slow,
        psycopg.connect(hub.dsn, autocommit=True) as reader,
    ):
        slow.execute("UPDATE device SET software = 'slow'")
        (number,) = slow.execute(TAKE).fetchone()
        during = received.mark(reader)
        was_settled = received.is_settled(reader, during)
        slow.commit()

        assert during.received_id == number
        assert not was_settled
        assert is_settled_in_time(reader, during)

        events = enrolled.events(2)
        enrolled.append(events)
        after = received.mark(reader)
        assert after.received_id == number + len(events)
        assert is_settled_in_time(reader, after)
    assert enrolled.ask("GET", enrolled.stream).head == head_after(events)
