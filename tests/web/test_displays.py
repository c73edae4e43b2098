"""The browsers that are the display at the lockers: listed, and taken back."""

import pytest

from appliance.actor import Actor
from tests.web.conftest import post

OFFICER = Actor.staff("officer1", "officer")


@pytest.fixture
def token(services):
    """What the browser of a registered display has."""
    return services.staff.register_device("display", "Layar loker", by=OFFICER)


def test_an_officer_sees_every_display_and_takes_one_back(sign_in, token, services) -> None:
    browser = sign_in("officer")
    (device,) = services.staff.devices.of_kind("display")
    revoke = f"/staff/lockers/displays/{device.id}/revoke"
    assert f'action="{revoke}"' in browser.get("/staff/lockers/codes").text

    answer = post(browser, revoke)

    assert answer.location == "/staff/lockers/codes"
    assert revoke not in browser.get("/staff/lockers/codes").text
    assert not services.staff.is_display(token)
    for again in (device.id, 0, 99):
        assert post(browser, f"/staff/lockers/displays/{again}/revoke").status_code == 404


def test_only_displays_are_taken_back_there_and_only_by_the_desk(sign_in, services) -> None:
    services.staff.register_device("station", "Stasiun", by=OFFICER)
    (station,) = services.staff.devices.all()
    revoke = f"/staff/lockers/displays/{station.id}/revoke"

    assert post(sign_in("operator"), revoke).status_code == 403
    assert post(sign_in("officer"), revoke).status_code == 404
    assert services.staff.devices.all() == (station,)
