"""Marks the PDFs that officers answer requests with, in the documents process."""

import hashlib
import os
import uuid as uuids
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance import codes
from appliance.actor import SYSTEM
from appliance.documents import files
from appliance.documents.child import Child
from appliance.offices import Office
from appliance.record import Books
from appliance.requests import rules as requests
from appliance.requests.book import RequestBook, row_of, subject
from appliance.requests.rules import RequestState
from appliance.requests.views import PENDING, FileState
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.among import among
from appliance.storage.files import FULL
from appliance.storage.models import MarkedCopy, RequestFile
from appliance.watermarks import rules
from appliance.watermarks.prepare import Prepared
from appliance.watermarks.prepared_file import prepared
from appliance.watermarks.rules import Problem
from appliance.watermarks.tail import Plan, append

log = get_logger("documents")
DESCRIBED = "Data yang diminta"  # in the ledger, where a visitor's own words have no place


@dataclass(frozen=True, slots=True)
class Work:
    """A file to mark, with all that the thread needs to know."""

    id: int
    name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A file that was marked: where it lies, and what the ledger says of it."""

    name: str
    number: str
    size_bytes: int
    sha256: str


class AnswerMarker:
    """Marks one file after the other. `look` and `stop` belong on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        folder: Path,
        poke: Callable[[], object],
        child: Child | None = None,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._folder = folder
        self._book = RequestBook(books=books, office=office)
        self._thread = SideThread("mark-answer", poke)
        self._child = child or Child()

    def look(self) -> None:
        """Start on what has waited longest; raises what its thread did not expect."""
        if self._thread.is_busy():
            return
        pending = among(RequestFile.state, PENDING)
        if not RequestFile.select().where(pending).exists():
            return
        work = self._writer.run(self._take)
        if work is not None:
            self._thread.start(self._mark, work)

    def stop(self) -> None:
        """Kill the child, if any; what waits is taken up by the next process."""
        self._child.end()
        self._thread.stop()

    def _take(self) -> Work | None:
        # What an earlier process had in its hands is begun anew: nobody else works on any.
        pending = among(RequestFile.state, PENDING)
        row = RequestFile.select().where(pending).order_by(RequestFile.id).first()
        if row is None:
            return None
        _set(row.id, state=FileState.WORKING)
        return Work(row.id, str(row.name), row.request.visit.purpose)

    # On the thread, which reaches the rows through the writer only ------------------------------

    def _mark(self, work: Work) -> None:
        part = self._folder / f"{uuids.uuid4()}.pdf{files.PART}"
        try:
            made = prepared(self._child, self._office, self._folder / work.name, part)
            if self._child.is_ended:
                return
            if isinstance(made, Problem):
                self._writer.run(lambda: self._refuse(work, made))
                return
            marked = self._finished(work, part, made)
            if not self._writer.run(lambda: self._ready(work, marked)):
                files.remove(self._folder / marked.name)
                return
            files.remove(self._folder / work.name)
        except OSError as error:
            # Not the end of this process: it would begin with the same file again, for ever.
            log.error("answer not marked", reason=str(error))
            problem = Problem.DISK_FULL if error.errno in FULL else Problem.FAILED
            self._writer.run(lambda: self._refuse(work, problem))
        finally:
            files.remove(part)

    def _finished(self, work: Work, part: Path, made: Prepared) -> Marked:
        """The prepared file with its own number, in its place."""
        day = self._office.business_date(self._clock.now())
        number = rules.number(self._office, day, codes.new_short_code())
        drawing = rules.personal(self._office, number, day, work.purpose)
        with part.open("ab") as file:
            file.write(append(Plan(**made.plan), drawing, number))  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        with part.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        target = part.with_suffix("")
        size = part.stat().st_size
        files.put_in_place(part, target)
        return Marked(target.name, number, size, checksum)

    # Inside a function of the writer --------------------------------------------------------

    def _ready(self, work: Work, marked: Marked) -> bool:
        """Whether it is wanted still: an officer may have taken it back meanwhile."""
        file = RequestFile.get_by_id(work.id)
        row = row_of(file.request_id)
        may_be_ready = RequestState.READY in requests.STEPS[RequestState(row.state)]
        if file.state != FileState.WORKING or not may_be_ready:
            return False
        _set(work.id, state=FileState.READY, **asdict(marked))
        MarkedCopy.create(
            number=marked.number,
            publication=row.publication_id,
            title=row.wanted if row.publication_id else DESCRIBED,
            purpose=work.purpose,
            made_at=self._clock.now(),
            size_bytes=marked.size_bytes,
            sha256=marked.sha256,
        )
        self._recorder.note("request.file_marked", subject(row), by=SYSTEM)
        self._book.step(row, RequestState.READY, by=SYSTEM)
        return True

    def _refuse(self, work: Work, problem: Problem) -> None:
        file = RequestFile.get_by_id(work.id)
        if file.state != FileState.WORKING:
            return
        _set(work.id, state=FileState.REFUSED, problem=problem)
        detail = {"problem": str(problem)}
        row = row_of(file.request_id)
        self._recorder.note("request.file_refused", subject(row), by=SYSTEM, detail=detail)


def _set(file_id: int, **values: object) -> None:
    RequestFile.update(**values).where(RequestFile.id == file_id).execute()
