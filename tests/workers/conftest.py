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
from tests.mail_kit import ADDRESS, VISITOR, MailServer, Post, a_parcel


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


@pytest.fixture
def mail_server():
    with MailServer() as opened:
        yield opened


@pytest.fixture
def mail_visit_id(core, services) -> int:
    return a_visit(core, services)


@pytest.fixture
def post(core, mail_server, tmp_path):
    made = Post(core, mail_server, tmp_path)
    yield made
    made.sending.stop()


@pytest.fixture
def ask(post, mail_visit_id, tmp_path):
    """Call with contents and what else `ask` takes: the message, waiting."""

    def make(*contents: bytes, address: str = ADDRESS, about: str = "job-1", **further):
        parcel = a_parcel(tmp_path / about, *contents, about=about)
        return post.service.ask(parcel, address, visit_id=mail_visit_id, by=VISITOR, **further)

    return make
