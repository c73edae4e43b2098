"""Changes to the rows of scan jobs that several services make, inside a function of the writer."""

import datetime as dt
from collections.abc import Sequence

from appliance.documents import rows, rules
from appliance.documents.rules import JobState, PageState
from appliance.errors import N_, Refused
from appliance.storage.models import ScanJob, ScanPage
from appliance.visits.service import VisitService

STILL_SCANNING = N_("Halaman masih dipindai. Tunggu sampai selesai, atau batalkan.")


def subject(job: ScanJob) -> str:
    """What the journal calls this job."""
    return f"scan/{job.uuid}"


def open_job(uuid: str) -> ScanJob:
    """The job of this id. Raises NotFound, Refused once it is past scanning."""
    job = rows.job_row(uuid)
    if job.state != JobState.OPEN:
        rules.check_job_move(JobState(job.state), JobState.OPEN)
    return job


def editable_job(uuid: str) -> ScanJob:
    """As `open_job`; raises Refused also while a page of it is on the scanner."""
    job = open_job(uuid)
    if rows.active_page(job) is not None:
        raise Refused(STILL_SCANNING)
    return job


def require_open_visit(visits: VisitService, visit_id: int) -> None:
    """Return when this visit may scan; raises NotFound, Refused when it has ended."""
    if not visits.by_id(visit_id).is_open:
        raise Refused(N_("Kunjungan ini sudah ditutup. Isi buku tamu lagi untuk memindai."))


def set_job(job: ScanJob, **values: object) -> None:
    """Write these columns of the job."""
    ScanJob.update(**values).where(ScanJob.id == job.id).execute()


def set_page(page: ScanPage, **values: object) -> None:
    """Write these columns of the page."""
    ScanPage.update(**values).where(ScanPage.id == page.id).execute()


def end_page(page: ScanPage, now: dt.datetime) -> None:
    """Cancel a page that waits; one that is being read ends within seconds, by its owner's hand."""
    if page.state == PageState.WAITING:
        set_page(page, state=PageState.CANCELLED, finished_at=now)
    else:
        set_page(page, cancel_asked=True)


def put_in_order(pages: Sequence[ScanPage], positions: Sequence[int]) -> None:
    """Share out the positions anew, by way of some that nobody has: they are unique."""
    beyond = rows.next_position(pages[0].job)
    for offset, page in enumerate(pages):
        set_page(page, position=beyond + offset)
    for position, page in zip(positions, pages, strict=True):
        set_page(page, position=position)
