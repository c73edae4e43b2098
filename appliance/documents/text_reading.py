"""Reads the words of finished jobs in the background, page by page, and puts them into the PDFs.

Every page's words are a file before the next page begins, and the PDFs with words have other names
than those without: whatever ends this process, the next one goes on, and at every moment what the
rows name is whole and can be fetched.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from peewee import Expression

from appliance.actor import SYSTEM
from appliance.documents import files, parts, read_page, rows
from appliance.documents.child import Child
from appliance.documents.finishing import NewFile, NotMade, Work, WorkPage, make_files
from appliance.documents.mark_drawing import Imprint
from appliance.documents.pdf import written_words
from appliance.documents.pdf_words import Word
from appliance.documents.rules import JobState, TextState
from appliance.documents.word_table import words_of
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.among import among
from appliance.storage.files import write_whole
from appliance.storage.models import ScanFile, ScanJob

log = get_logger("documents")
TIMEOUT_S = read_page.WALL_S + 10  # the child's own alarm comes first
REASON_CHARS = 300


class NotRead(Exception):
    """Raised when no page could be read, or the job is no longer to be."""


class TextReader:
    """Reads one page of one job at a time. `look` and `stop` belong on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        scans_dir: Path,
        imprint: Imprint,
        poke: Callable[[], object],
    ) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._scans_dir = scans_dir
        self._imprint = imprint
        self._thread = SideThread("text", poke)
        self._job_id = 0
        self._child = Child()

    def look(self) -> None:
        """Begin with the oldest job that waits, or stop reading one that was thrown away.

        Raises what its thread did not expect.
        """
        if self._thread.is_busy():
            if not _is_wanted(self._job_id):
                self._child.kill()
            return
        job = ScanJob.select().where(_wanted()).order_by(ScanJob.id).first()
        if job is not None:
            self._job_id = job.id
            self._thread.start(self._read, Work.of(job, self._scans_dir))

    def stop(self) -> None:
        """Kill the child, if any; the pages read so far stay read."""
        self._child.end()
        self._thread.stop()

    # On the thread, which reaches the rows through the writer only -----------------------------

    def _read(self, work: Work) -> None:
        try:
            self._read_pages(work)
            made = make_files(work, self._child, self._imprint, with_text=True)
        except (NotRead, NotMade, OSError) as error:
            if not self._child.is_ended:
                log.warning("words not read", reason=str(error))
                self._writer.run(lambda: self._failed(work))
            return
        old = self._writer.run(lambda: self._ready(work, made))
        if old is None:  # thrown away meanwhile, or read by nobody's wish
            old = [new.name for new in made]
        texts = [parts.text_name(page.uuid) for page in work.pages]
        files.remove(*(work.folder / name for name in (*old, *texts)))

    def _read_pages(self, work: Work) -> None:
        were_read = 0
        for done, page in enumerate(work.pages, start=1):
            target = work.folder / parts.text_name(page.uuid)
            if target.is_file():
                were_read += 1
            else:
                words = self._words(page)
                were_read += words is not None
                write_whole(target, written_words(words or []))
            self._report(work, done)
        if not were_read:
            raise NotRead("no page could be read")

    def _words(self, page: WorkPage) -> list[Word] | None:
        """None when the page cannot be read; the others still are."""
        leaf = page.leaf
        how = (leaf["path"], str(leaf["resolution_dpi"]), str(leaf["turned"]), leaf["crop"] or "")
        code, answer = self._child.run(read_page.__name__, *how, timeout_s=TIMEOUT_S)
        if self._child.is_ended:
            raise NotRead("this process is being stopped")
        if code == read_page.NO_PROGRAM_EXIT:
            raise NotRead(f"{read_page.PROGRAM} is not installed")
        if code != 0:
            log.warning("page not read", code=code, reason=answer[-REASON_CHARS:])
            return None
        return words_of(answer)

    def _report(self, work: Work, done: int) -> None:
        def report() -> bool:
            values = {"text_state": TextState.READING, "text_pages": done}
            return bool(ScanJob.update(values).where(_wanted(work.id)).execute())

        if not self._writer.run(report):
            raise NotRead("the job was thrown away")

    def _ready(self, work: Work, made: Sequence[NewFile]) -> list[str] | None:
        """The names of the files that are no longer wanted; None when the new ones are not."""
        ready = ScanJob.update(text_state=TextState.READY).where(_wanted(work.id))
        if not ready.execute():
            return None
        old = [str(row.name) for row in rows.files_on_disk(ScanJob.get_by_id(work.id))]
        for new in made:
            values = {"name": new.name, **asdict(new.made)}
            ScanFile.update(values).where(
                (ScanFile.job == work.id) & (ScanFile.part == new.part)
            ).execute()
        self._recorder.note("scan.text_made", f"scan/{work.uuid}", by=SYSTEM)
        return old

    def _failed(self, work: Work) -> None:
        failed = ScanJob.update(text_state=TextState.FAILED).where(_wanted(work.id))
        if failed.execute():
            self._recorder.note("scan.text_failed", f"scan/{work.uuid}", by=SYSTEM)


def _wanted(job_id: int | None = None) -> Expression:
    is_asked = among(ScanJob.text_state, (TextState.WAITING, TextState.READING))
    found: Expression = (ScanJob.state == JobState.READY) & is_asked
    return found if job_id is None else found & (ScanJob.id == job_id)


def _is_wanted(job_id: int) -> bool:
    return bool(ScanJob.select().where(_wanted(job_id)).exists())
