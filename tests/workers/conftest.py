"""What the workers of these tests drive: a scanner that can be told, and simulated lockers."""

from collections.abc import Iterator

import pytest

from appliance.bootstrap import Core
from appliance.documents.service import DocumentsService
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.documents_kit import STATION, Station, TellableScanner, a_visit
from tests.lockers_kit import PULSE_S, QUICK, Seconds, make_worker


@pytest.fixture
def scanner() -> TellableScanner:
    return TellableScanner()


@pytest.fixture
def station(core: Core, scanner: TellableScanner) -> Iterator[Station]:
    started = Station(core, scanner)
    yield started
    started.stop()


@pytest.fixture
def documents(services: Services) -> DocumentsService:
    return services.documents


@pytest.fixture
def job_uuid(core: Core, services: Services) -> str:
    return services.documents.open_job(a_visit(core, services), "colour", by=STATION).uuid


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def bank(seconds):
    opened = SimulatedLockerBank(simulated_wiring(3, pulse_s=PULSE_S), QUICK, clock=seconds)
    yield opened
    opened.world.come_back()
    opened.close()


@pytest.fixture
def wake(core):
    socket = WakeSocket(core.settings.run_dir, "lockers")
    yield socket
    socket.close()


@pytest.fixture
def worker(core, bank, wake, seconds):
    return make_worker(core, bank, wake, seconds)
