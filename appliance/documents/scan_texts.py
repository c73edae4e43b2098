"""Words that can be searched, where an office offers them: asked for here, made in `documents`."""

import shutil
from collections.abc import Callable

from appliance.actor import Actor
from appliance.documents import read_page, rows
from appliance.documents.rules import OWNER, JobState, TextState
from appliance.errors import N_, NotFound, Refused
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import ScanJob

NOT_OFFERED = N_("Kantor ini tidak membuat teks yang bisa dicari.")
NO_PROGRAM = N_("Teks yang bisa dicari belum tersedia: program pembacanya belum terpasang.")


class ScanTexts:
    """Any thread may call it."""

    def __init__(
        self,
        *,
        books: Books,
        waker: Waker,
        office: Office,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._waker = waker
        self._office = office
        self._find = find

    @property
    def is_offered(self) -> bool:
        """Whether this office makes words searchable; a switch is shown only then."""
        return self._office.policy.scan_text

    @property
    def obstacle(self) -> str:
        """Why it cannot be done now: an Indonesian msgid, empty when it can."""
        if not self.is_offered:
            return NOT_OFFERED
        return "" if self._find(read_page.PROGRAM) else NO_PROGRAM

    def ask(self, job_uuid: str, *, by: Actor, visit_id: int | None = None) -> None:
        """Have the job's words read once its PDF is there; a second wish changes nothing.

        Raises NotFound, also for a job of another visit than `visit_id`; Refused when it is not
        offered or the job has been thrown away.
        """
        obstacle = self.obstacle
        if obstacle:
            raise Refused(obstacle)

        def ask() -> None:
            job = rows.job_row(job_uuid)
            if visit_id is not None and job.visit_id != visit_id:
                raise NotFound(rows.NOT_FOUND)
            if job.state == JobState.DISCARDED:
                raise Refused(N_("Hasil pindai ini sudah dihapus."))
            if job.text_state in (None, TextState.FAILED):
                wish = {"text_state": TextState.WAITING, "text_pages": 0}
                ScanJob.update(wish).where(ScanJob.id == job.id).execute()
                self._recorder.note("scan.text_asked", f"scan/{job_uuid}", by=by)

        self._writer.run(ask)
        self._waker.wake(OWNER)
