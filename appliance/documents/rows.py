"""Reads scan jobs and pages out of the database as views."""

import datetime as dt
from collections.abc import Iterable

from peewee import fn

from appliance.clock import Stamp
from appliance.documents import looks, parts, rules
from appliance.documents.looks import Sheet
from appliance.documents.presets import ScanPresets
from appliance.documents.rules import JobState, PageState, TextState
from appliance.documents.views import FileView, JobView, PageView, TurnView
from appliance.errors import N_, NotFound
from appliance.storage.models import ScanFile, ScanHandOut, ScanJob, ScanPage, ScanTurn

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


def asked_stamp(row: ScanPage | ScanHandOut, now: Stamp) -> Stamp:
    """When it was asked for; no row says how good the clock was then."""
    return Stamp(row.asked_at, row.boot_id, row.asked_boot_ms, now.quality)


def kept_pages(job: ScanJob) -> list[ScanPage]:
    """The pages that will be in the PDF, in order."""
    query = ScanPage.select().where((ScanPage.job == job.id) & (ScanPage.state == PageState.KEPT))
    return list(query.order_by(ScanPage.position))


def files_on_disk(job: ScanJob) -> list[ScanFile]:
    """The PDFs of a job that can be fetched, in order."""
    query = ScanFile.select().where((ScanFile.job == job.id) & ScanFile.name.is_null(False))
    return list(query.order_by(ScanFile.part))


def is_on_disk(job: ScanJob) -> bool:
    """Whether a page or a file of the job is still said to be on disk."""
    pages = ScanPage.select().where((ScanPage.job == job.id) & ScanPage.image_name.is_null(False))
    return bool(pages.exists()) or bool(files_on_disk(job))


def wanted_names(job: ScanJob) -> set[str]:
    """What belongs into the job's folder: its PDFs, its pages, the words found on them."""
    names = {str(file.name) for file in files_on_disk(job)}
    removed = restorable_page(job)
    for page in [*kept_pages(job), *([] if removed is None else [removed])]:
        names |= {str(page.image_name), rules.thumbnail_name(page.uuid)}
        if job.text_state != TextState.READY:
            names.add(parts.text_name(page.uuid))
        if page.view_name and job.state == JobState.OPEN:
            names |= {page.view_name, looks.small_view_name(page.view_name)}
    return names


def sheet(page: ScanPage) -> Sheet:
    """What the page was read as; sizes that nobody wrote down count as one inch."""
    dpi = page.resolution_dpi
    return Sheet(page.width_px or dpi, page.height_px or dpi, dpi)


def last_used(job: ScanJob) -> dt.datetime:
    """When something last happened to the job or to one of its pages."""
    newest = ScanPage.select(fn.MAX(ScanPage.finished_at)).where(ScanPage.job == job.id).scalar()
    moments: list[dt.datetime | None] = [job.opened_at, job.closed_at, newest]
    return max(moment for moment in moments if moment is not None)


def place_of(job: ScanJob) -> int:
    """Which of its visit's finished jobs this is, from 1; it is in the names of their files."""
    earlier = (ScanJob.visit == job.visit_id) & (ScanJob.id <= job.id)
    return int(ScanJob.select().where(earlier & (ScanJob.state == JobState.READY)).count())


def next_position(job: ScanJob) -> int:
    """A place behind every page that this job ever had, so that a removed one can come back."""
    highest = ScanPage.select(fn.MAX(ScanPage.position)).where(ScanPage.job == job.id)
    return int(highest.scalar() or 0) + 1


def is_restorable(page: ScanPage) -> bool:
    """Whether a page was removed, not replaced, and its picture is still there."""
    return (
        page.state == PageState.REMOVED
        and page.image_name is not None
        and not ScanPage.select()
        .where((ScanPage.job == page.job_id) & (ScanPage.replaces == page.id))
        .where(ScanPage.state.in_((PageState.KEPT, PageState.REMOVED)))
        .exists()
    )


def restorable_page(job: ScanJob) -> ScanPage | None:
    """The page removed last, while it can be brought back; None without any."""
    if job.state != JobState.OPEN:
        return None
    removed = ScanPage.select().where(
        (ScanPage.job == job.id)
        & (ScanPage.state == PageState.REMOVED)
        & ScanPage.image_name.is_null(False)
    )
    newest = removed.order_by(ScanPage.finished_at.desc()).limit(5)
    return next((page for page in newest if is_restorable(page)), None)


def turn_row(job: ScanJob) -> ScanTurn | None:
    """The turn of this job at a scanner; None when it neither has one nor waits."""
    return ScanTurn.get_or_none(ScanTurn.job == job.id)


def turn_view(job: ScanJob) -> TurnView | None:
    """As `turn_row`, for screens."""
    turn = turn_row(job)
    if turn is None or job.state != JobState.OPEN:
        return None
    if turn.granted_at is not None:
        return TurnView(place=0, is_called=not turn.is_used)
    ahead = ScanTurn.select().where(
        (ScanTurn.scanner == turn.scanner) & ScanTurn.granted_at.is_null() & (ScanTurn.id < turn.id)
    )
    return TurnView(place=ahead.count() + 1, is_called=False)


def pages_of_visit(visit_id: int) -> tuple[int, int]:
    """How many pages a visit has on disk in all its jobs, and how many bytes they take."""
    kept = (
        ScanPage.select(fn.COUNT(ScanPage.id), fn.SUM(ScanPage.size_bytes))
        .join(ScanJob)
        .where(
            (ScanJob.visit == visit_id)
            & (ScanJob.state != JobState.DISCARDED)
            & (ScanPage.state == PageState.KEPT)
        )
    )
    pages, size_bytes = kept.scalar(as_tuple=True)
    return int(pages), int(size_bytes or 0)


def active_page(job: ScanJob) -> ScanPage | None:
    """The page of this job that waits for the scanner or is on it."""
    return ScanPage.get_or_none((ScanPage.job == job.id) & ScanPage.state.in_(rules.ACTIVE))


def job_view(row: ScanJob) -> JobView:
    """The job with its pages."""
    # The newest first: a page that is kept in between is seen twice rather than not at all, and a
    # screen that sees it being scanned asks again.
    newest = ScanPage.select().where(ScanPage.job == row.id).order_by(ScanPage.id.desc()).first()
    kept = kept_pages(row)
    # Once a job is past scanning, what went wrong on the way is of no interest any more.
    is_shown = newest is not None and (
        newest.state in rules.ACTIVE
        or (row.state == JobState.OPEN and newest.state not in (PageState.KEPT, PageState.REMOVED))
    )
    removed = restorable_page(row)
    return JobView(
        uuid=row.uuid,
        visit_id=row.visit_id,
        state=JobState(row.state),
        preset=ScanPresets.stored(row.preset),
        pages=tuple(_page_view(page) for page in kept),
        attempt=_page_view(newest) if is_shown else None,
        page_count=len(kept) if row.page_count is None else row.page_count,
        turn=turn_view(row),
        removed=_page_view(removed) if removed is not None else None,
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
        turned=row.turned,
        is_cropped=row.crop is not None,
        is_blank=row.is_blank,
        view_name=row.view_name,
        source=row.source,
        batch=row.batch,
    )
