"""Reads scan jobs and pages out of the database as views."""

from collections.abc import Iterable

from appliance.documents import parts, presets, rules
from appliance.documents.rules import JobState, PageState, TextState
from appliance.documents.views import FileView, JobView, PageView
from appliance.errors import N_, NotFound
from appliance.storage.models import ScanFile, ScanJob, ScanPage

NOT_FOUND = N_("Hasil pindai tidak ditemukan. Mungkin sudah dihapus.")


def job_row(uuid: str) -> ScanJob:
    """The job of this id. Raises NotFound."""
    row = ScanJob.get_or_none(ScanJob.uuid == uuid)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def page_row(job: ScanJob, uuid: str) -> ScanPage:
    """The page of this id, when it is one of this job. Raises NotFound."""
    row = ScanPage.get_or_none((ScanPage.uuid == uuid) & (ScanPage.job == job.id))
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def kept_pages(job: ScanJob) -> list[ScanPage]:
    """The pages that will be in the PDF, in order."""
    query = ScanPage.select().where((ScanPage.job == job.id) & (ScanPage.state == PageState.KEPT))
    return list(query.order_by(ScanPage.position))


def files_on_disk(job: ScanJob) -> list[ScanFile]:
    """The PDFs of a job that can be fetched, in order."""
    query = ScanFile.select().where((ScanFile.job == job.id) & ScanFile.name.is_null(False))
    return list(query.order_by(ScanFile.part))


def wanted_names(job: ScanJob) -> set[str]:
    """What belongs into the job's folder: its PDFs, its pages, the words found on them."""
    names = {str(file.name) for file in files_on_disk(job)}
    for page in kept_pages(job):
        names |= {str(page.image_name), rules.thumbnail_name(page.uuid), parts.text_name(page.uuid)}
    return names


def active_page(job: ScanJob) -> ScanPage | None:
    """The page of this job that waits for the scanner or is on it."""
    return ScanPage.get_or_none((ScanPage.job == job.id) & ScanPage.state.in_(rules.ACTIVE))


def job_view(row: ScanJob) -> JobView:
    """The job with its pages."""
    kept = kept_pages(row)
    newest = ScanPage.select().where(ScanPage.job == row.id).order_by(ScanPage.id.desc()).first()
    # Once a job is past scanning, what went wrong on the way is of no interest any more.
    is_shown = newest is not None and (
        newest.state in rules.ACTIVE
        or (row.state == JobState.OPEN and newest.state not in (PageState.KEPT, PageState.REMOVED))
    )
    return JobView(
        uuid=row.uuid,
        visit_id=row.visit_id,
        state=JobState(row.state),
        preset=presets.stored(row.preset),
        pages=tuple(_page_view(page) for page in kept),
        attempt=_page_view(newest) if is_shown else None,
        page_count=len(kept) if row.page_count is None else row.page_count,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        problem=row.problem,
        files=tuple(
            FileView(file.part, file.pages, file.size_bytes) for file in files_on_disk(row)
        ),
        text_state=None if row.text_state is None else TextState(row.text_state),
        text_pages=row.text_pages,
    )


def job_views(found: Iterable[ScanJob]) -> tuple[JobView, ...]:
    """The jobs in the order given, each with its pages."""
    return tuple(job_view(row) for row in found)


def page_view(row: ScanPage) -> PageView:
    """The page as stored now, read again."""
    return _page_view(ScanPage.get_by_id(row.id))


def _page_view(row: ScanPage) -> PageView:
    return PageView(
        uuid=row.uuid,
        state=PageState(row.state),
        rows_done=row.rows_done,
        rows_total=row.rows_total,
        problem=row.problem,
        replaces=row.replaces.uuid if row.replaces_id else None,
        size_bytes=row.size_bytes or 0,
        cancel_asked=row.cancel_asked,
    )
