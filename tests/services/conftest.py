"""An office whose policy a test may change, with readers at every place."""

import pytest

from appliance.core import Core
from appliance.runtime.wakeup import WakeSocket
from tests.fakes import FakeClock
from tests.readers_kit import House


@pytest.fixture
def policy() -> dict[str, bool]:
    """What the office allows; change it before `house` is built."""
    return {"locker_by_ticket": False, "badge_opens_lockers": False}


@pytest.fixture
def house(core: Core, clock: FakeClock, policy: dict[str, bool], listening: WakeSocket) -> House:
    """The services of that office, whose doors' commands somebody hears."""
    return House(core, clock, policy)
