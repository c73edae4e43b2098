"""Two scanners of different ability: what they are offered for, and where the paper goes."""

import json

import pytest

from appliance.bootstrap import Core
from appliance.config import ScannerSettings, Settings
from appliance.documents.service import DocumentsService
from appliance.errors import Refused
from appliance.runtime.wakeup import WakeSocket
from appliance.services import Services
from appliance.storage.models import ScannerRow, ScanPage
from tests.documents_kit import STATION, a_visit

STACK = {"label_id": "Tumpuk", "label_en": "Stack", "resolution_dpi": "300", "mode": "Gray"}
STACK |= {"paper": "a4", "is_shown": "1"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """One that has only a glass, and one with a feeder that reads one side."""
    glass, feeder = (
        ScannerSettings(driver="sane", device=f"test:{number}", name=name)
        for number, name in enumerate(("kaca", "tumpuk"))
    )
    return Settings(data=settings.data, port=0, announce=False, scanner=(glass, feeder))


@pytest.fixture
def documents(core: Core, services: Services, attended: WakeSocket) -> DocumentsService:
    can_do(core, "kaca", "flatbed")
    can_do(core, "tumpuk", "flatbed", "feeder")
    services.scan_presets.change("document", STACK | {"source": "duplex"}, by=STATION)
    return services.documents


@pytest.fixture
def stack_job(core: Core, services: Services, documents: DocumentsService) -> str:
    return documents.open_job(a_visit(core, services), "document", by=STATION).uuid


def can_do(core: Core, name: str, *sources: str) -> None:
    abilities = json.dumps({"sources": sources})
    core.writer.run(lambda: ScannerRow.replace(name=name, abilities=abilities).execute())


def test_a_feeder_that_reads_one_side_is_fed_twice_for_both(core, scan_pages, stack_job):
    scan_pages.choose_scanner(stack_job, "tumpuk", by=STATION)

    scan_pages.ask_page(stack_job, by=STATION)
    scan_pages.cancel_page(stack_job, by=STATION)
    can_do(core, "tumpuk", "flatbed", "feeder", "duplex")
    scan_pages.ask_page(stack_job, by=STATION)

    assert [page.source for page in ScanPage.select().order_by(ScanPage.id)] == ["feeder", "duplex"]


def test_a_job_may_change_to_another_scanner_that_takes_its_paper(core, scan_pages, stack_job):
    assert [one.name for one in scan_pages.other_scanners(stack_job)] == ["tumpuk"]

    scan_pages.choose_scanner(stack_job, "tumpuk", by=STATION)
    assert scan_pages.other_scanners(stack_job) == (), "the glass takes no stacks"
    can_do(core, "kaca")
    assert [one.name for one in scan_pages.other_scanners(stack_job)] == ["kaca"]
    with pytest.raises(Refused, match="tidak ada"):
        scan_pages.choose_scanner(stack_job, "the third", by=STATION)


def test_what_no_scanner_here_can_do_has_no_button_unless_nothing_else_has(
    core, services, documents
):
    def offered() -> list[str]:
        return [one.code for one in services.scan_presets.usable(services.scanners.all())]

    every = offered()
    can_do(core, "tumpuk", "flatbed")

    assert offered() == [code for code in every if code != "document"]
    for code in every:
        services.scan_presets.change(code, STACK | {"source": "feeder"}, by=STATION)
    assert offered() == every
