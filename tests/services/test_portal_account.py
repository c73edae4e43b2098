"""The portal's account: asked where the office asks, kept by visit, in nobody's way."""

import pytest

from appliance.errors import Refused
from appliance.portal_account.rules import AccountState
from appliance.storage.models import Outbox
from tests.services.library import OFFICER, new_visit


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def test_a_visitor_is_told_has_one_and_the_portal_verifies_it(services, visit) -> None:
    account = services.portal_account
    assert account.is_asked
    assert account.of_visit(visit.id) is None

    assert account.note(visit.id, "told", by=OFFICER) is AccountState.TOLD
    assert account.note(visit.id, "has_account", by=OFFICER) is AccountState.HAS_ACCOUNT
    assert account.note(visit.id, "told", by=OFFICER) is AccountState.HAS_ACCOUNT
    services.visits.close(visit.id, by=OFFICER)
    assert account.verified(visit.id, by=OFFICER) is AccountState.VERIFIED

    assert account.of_visit(visit.id) is AccountState.VERIFIED
    told = [row.payload for row in Outbox.select() if b"portal_account" in row.payload]
    assert len(told) == 3


def test_nobody_says_that_it_is_verified_or_says_it_too_late(services, visit) -> None:
    with pytest.raises(ValueError, match="only the portal"):
        services.portal_account.note(visit.id, "verified", by=OFFICER)
    with pytest.raises(Refused, match="belum menyebut"):
        services.portal_account.verified(visit.id, by=OFFICER)
    services.visits.close(visit.id, by=OFFICER)
    with pytest.raises(Refused):
        services.portal_account.note(visit.id, "told", by=OFFICER)


@pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
def test_an_office_that_does_not_ask_keeps_nothing(services, visit) -> None:
    assert not services.portal_account.is_asked
    with pytest.raises(Refused, match="tidak menanyakan"):
        services.portal_account.note(visit.id, "told", by=OFFICER)
