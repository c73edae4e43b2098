"""Two desks where the same person is signed in are two desks all the same."""

import pytest

from appliance.actor import Actor
from appliance.errors import Refused
from appliance.storage.models import QueueCall
from tests.entries import filled

RINA = Actor.staff("rina", "officer")


@pytest.fixture
def visits(services, clock):
    """Two who wait, a minute apart."""
    found = []
    for _ in range(2):
        clock.advance(60)
        found.append(
            services.guestbook.register(
                filled(), channel="phone", language="id", idempotency_key=""
            )
        )
    return found


def test_the_second_desk_is_told_where_the_visitor_was_called(services, visits, listening) -> None:
    services.queue.call(visits[0].id, by=RINA, desk="1")

    for call in (services.queue.call, services.visits.call):
        with pytest.raises(Refused, match="di meja") as refused:
            call(visits[0].id, by=RINA, desk="2")
        assert refused.value.values == {"desk": "1"}

    services.visits.call(visits[0].id, by=RINA, desk="1")
    assert services.visits.by_id(visits[0].id).desk == "1"
    assert QueueCall.select().count() == 1


def test_two_desks_that_ask_at_once_get_two_visitors(services, visits, listening) -> None:
    first = services.queue.call_next(by=RINA, desk="1")
    second = services.queue.call_next(by=RINA, desk="2")
    again = services.queue.call_next(by=RINA, desk="2")

    assert [one.id for one in (first, second, again)] == [visits[0].id, visits[1].id, visits[1].id]
