"""A visitor before a door that no sensor sees."""

import pytest

from appliance.actor import SYSTEM, Actor
from appliance.lockers.outcomes import DoorOutcomes
from appliance.lockers.rules import Outcome
from appliance.runtime.wakeup import WakeSocket
from appliance.storage.models import DoorCommand
from tests.services.library import new_visit
from tests.web.conftest import post

OFFICER = Actor.staff("officer1", "officer")


@pytest.fixture
def sent(core, services):
    """A visit whose locker was pulsed, and nobody knows whether its door opened."""
    services.lockers.sync_bank({1: False}, by=SYSTEM)
    visit = new_visit(core, services)
    wake = WakeSocket(core.settings.run_dir, "lockers")
    services.lockers.assign(visit.id, by=OFFICER)
    door = DoorOutcomes(books=core.books)
    claimed = door.claim_next()
    door.pulsed(claimed.id)
    door.finish(claimed.id, Outcome.SENT)
    yield visit
    wake.close()


def said(saw: str) -> dict[str, str]:
    """The form of the visitor's page with this word."""
    return {"saw": saw, "command": str(DoorCommand.get().uuid)}


def test_the_visitor_is_asked_and_believed(client, sent) -> None:
    assert "Apakah pintunya terbuka?" in client.get(f"/visits/{sent.token}").text

    answer = post(client, f"/visits/{sent.token}/locker/seen", said("opened"))

    assert answer.location == f"/visits/{sent.token}"
    text = client.get(answer.location).text
    assert "Loker 01 terbuka." in text
    assert "Apakah pintunya terbuka?" not in text
    assert DoorCommand.get().person_says_by == f"visitor:{sent.uuid}"


def test_a_door_that_stayed_shut_needs_help(client, services, sent) -> None:
    post(client, f"/visits/{sent.token}/locker/seen", said("not_opened"))

    assert "Tekan pintunya, lalu coba lagi." in client.get(f"/visits/{sent.token}").text
    assert [alarm.kind for alarm in services.alarms.open()] == ["not_opened"]


def test_nothing_is_asked_of_a_door_that_was_seen(client, services, sent) -> None:
    DoorCommand.update(result="opened").execute()

    assert "Apakah pintunya terbuka?" not in client.get(f"/visits/{sent.token}").text
    assert post(client, f"/visits/{sent.token}/locker/seen", said("not_opened")).status_code == 409
    assert services.alarms.open() == ()


@pytest.mark.parametrize("saw", ["", "perhaps"])
def test_another_word_is_refused(client, sent, saw: str) -> None:
    answer = post(client, f"/visits/{sent.token}/locker/seen", said(saw))

    assert answer.status_code == 409
    assert DoorCommand.get().person_says is None


def test_nobody_speaks_for_another_visit(client, core, services, sent) -> None:
    other = new_visit(core, services)

    assert post(client, f"/visits/{other.token}/locker/seen", said("opened")).status_code == 404
    assert post(client, "/visits/abc/locker/seen", said("opened")).status_code == 404
    assert DoorCommand.get().person_says is None


def test_a_get_says_nothing(client, sent) -> None:
    assert client.get(f"/visits/{sent.token}/locker/seen?saw=opened").status_code == 405
    assert DoorCommand.get().person_says is None
