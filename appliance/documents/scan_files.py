"""The files of scans: pictures of pages for screens, and what a visitor takes home."""

import os
from collections.abc import Callable
from pathlib import Path

from appliance.actor import Actor
from appliance.documents import looks, parts, rows, rules
from appliance.documents.archive import Archive
from appliance.documents.drawing import KINDS, Drawer
from appliance.documents.rules import JobState, PageState
from appliance.documents.views import OpenPicture, PdfFile, PictureFile
from appliance.errors import NotFound
from appliance.record import Books
from appliance.storage.models import ScanFile, ScanJob
from appliance.visits.service import VisitService


class ScanFiles:
    """Finds pictures of pages, and the files of finished jobs; any thread may ask.

    That files were fetched is written down. Everything raises NotFound, in the same words, for what
    cannot be shown, is of another visit or cannot be fetched yet: a guess learns nothing.
    """

    def __init__(self, *, books: Books, visits: VisitService, scans_dir: Path) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._visits = visits
        self._scans_dir = scans_dir
        self._drawer = Drawer(scans_dir)

    def thumbnail(self, job_uuid: str, page_uuid: str) -> Path:
        """The small picture of a kept page as it was read."""
        page = rows.page_row(rows.job_row(job_uuid), page_uuid)
        path = self._scans_dir / job_uuid / rules.thumbnail_name(page_uuid)
        if page.state != PageState.KEPT or not path.is_file():
            raise NotFound(rows.NOT_FOUND)
        return path

    def large_view(self, job_uuid: str, page_uuid: str) -> Path:
        """The picture of a kept page as the PDF will show it, for a screen.

        While it is being drawn, and when it cannot be, the small picture as it was read.
        """
        return self._view(job_uuid, page_uuid, lambda view_name: view_name)

    def small_view(self, job_uuid: str, page_uuid: str) -> Path:
        """As `large_view`, small."""
        return self._view(job_uuid, page_uuid, looks.small_view_name)

    def pdf(self, visit_id: int, job_uuid: str, part: int = 1, *, by: Actor) -> PdfFile:
        """One PDF of the job, its fetching on record."""
        found = self.pdf_file(visit_id, job_uuid, part)
        self._fetched(job_uuid, found.page_count, found.size_bytes, by)
        return found

    def pdf_file(self, visit_id: int, job_uuid: str, part: int = 1) -> PdfFile:
        """The same for the further pieces of a download, which are no second fetching."""
        job = self._ready_job(visit_id, job_uuid)
        row = ScanFile.get_or_none((ScanFile.job == job.id) & (ScanFile.part == part))
        if row is None or row.name is None:
            raise NotFound(rows.NOT_FOUND)
        return self._file(job, row)

    def archive(self, visit_id: int, *, by: Actor) -> Archive:
        """Every PDF of the visit in one ZIP, oldest first, their fetching on record."""
        ready = (ScanJob.visit == visit_id) & (ScanJob.state == JobState.READY)
        jobs = list(ScanJob.select().where(ready).order_by(ScanJob.id))
        found = {
            job.uuid: [self._file(job, row) for row in rows.files_on_disk(job)] for job in jobs
        }
        entries = [(file.path, file.download_name) for files in found.values() for file in files]
        if not entries:
            raise NotFound(rows.NOT_FOUND)
        archive = Archive(entries)
        for job_uuid, files in found.items():
            pages = sum(file.page_count for file in files)
            self._fetched(job_uuid, pages, sum(file.size_bytes for file in files), by)
        return archive

    def archive_name(self, visit_id: int) -> str:
        """What that ZIP is called on the visitor's phone."""
        visit = self._visits.by_id(visit_id)
        return parts.download_name(visit.label, visit.business_date, "zip")

    def picture(
        self, visit_id: int, job_uuid: str, number: int, kind: str, *, by: Actor
    ) -> OpenPicture:
        """One page, from 1, as "jpg" or "png", turned and cut as in the PDF; on record.

        Blocks for seconds; raises Unavailable when the picture cannot be made now.
        """
        job = self._ready_job(visit_id, job_uuid)
        pages = rows.kept_pages(job)
        if kind not in KINDS or not 1 <= number <= len(pages):
            raise NotFound(rows.NOT_FOUND)
        page = pages[number - 1]
        path = self._scans_dir / job.uuid / str(page.image_name)
        if not path.is_file():
            raise NotFound(rows.NOT_FOUND)
        read = PictureFile(path, page.resolution_dpi, page.turned, page.crop)
        drawn = self._drawer.open(read, kind)
        size = os.fstat(drawn.fileno()).st_size
        self._fetched(job_uuid, 1, size, by)
        return OpenPicture(drawn, self._download_name(job, kind, page=number), size)

    def _view(self, job_uuid: str, page_uuid: str, named: Callable[[str], str]) -> Path:
        page = rows.page_row(rows.job_row(job_uuid), page_uuid)
        if page.view_name:
            path = self._scans_dir / job_uuid / named(page.view_name)
            if page.state == PageState.KEPT and path.is_file():
                return path
        return self.thumbnail(job_uuid, page_uuid)

    def _ready_job(self, visit_id: int, job_uuid: str) -> ScanJob:
        job = rows.job_row(job_uuid)
        if job.visit_id != visit_id or job.state != JobState.READY:
            raise NotFound(rows.NOT_FOUND)
        return job

    def _file(self, job: ScanJob, row: ScanFile) -> PdfFile:
        path = self._scans_dir / job.uuid / str(row.name)
        if not path.is_file():
            raise NotFound(rows.NOT_FOUND)
        name = self._download_name(job, "pdf", part=row.part)
        return PdfFile(path, name, row.size_bytes, row.pages, row.sha256)

    def _download_name(self, job: ScanJob, kind: str, *, part: int = 1, page: int = 0) -> str:
        visit = self._visits.by_id(job.visit_id)
        place = rows.place_of(job)
        return parts.download_name(
            visit.label, visit.business_date, kind, job=place, part=part, page=page
        )

    def _fetched(self, job_uuid: str, pages: int, size_bytes: int, by: Actor) -> None:
        data = {"pages": pages, "size_bytes": size_bytes}
        self._writer.run(
            lambda: self._recorder.fact("scan.fetched", f"scan/{job_uuid}", data, by=by)
        )
