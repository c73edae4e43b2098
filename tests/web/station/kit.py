"""What the tests of the station's screens do again and again."""

from werkzeug.test import TestResponse

from appliance.services import Services
from appliance.storage.models import ScanJob, ScanPage
from tests.documents_kit import Station


def finish_page(services: Services, documents: Station) -> None:
    """Until the page is there and drawn, or has failed."""
    uuid = ScanJob.select().order_by(ScanJob.id.desc()).get().uuid

    def is_done() -> bool:
        job = services.documents.job(uuid)
        return job.active is None and not job.is_drawing

    documents.run_until(is_done)


def words(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def page_uuids() -> list[str]:
    kept = ScanPage.select().where(ScanPage.state == "kept")
    return [page.uuid for page in kept.order_by(ScanPage.position)]
