"""Readers of the records never step over one that is still being written."""

import psycopg

from appliance.hub import received
from tests.hub_kit import head_after

TAKE = "SELECT nextval('record_received')"


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
        assert (was_settled, received.is_settled(reader, during)) == (False, True)

        events = enrolled.events(2)
        enrolled.append(events)
        after = received.mark(reader)
        assert after.received_id == number + len(events)
        assert received.is_settled(reader, after)
    assert enrolled.ask("GET", enrolled.stream).head == head_after(events)
