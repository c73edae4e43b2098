"""A scanner station whose scanner does what it is told, for the tests of the documents worker."""

from collections.abc import Iterator

import pytest

from appliance.bootstrap import Core
from appliance.documents.service import DocumentsService
from appliance.services import Services
from tests.documents_kit import STATION, Station, TellableScanner, a_visit


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
