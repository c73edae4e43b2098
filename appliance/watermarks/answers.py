"""Marks the PDFs that officers answer requests with, in the documents process."""

import hashlib
import os
import uuid as uuids
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from peewee import ModelSelect

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
from appliance.storage.among import among
from appliance.storage.models import MarkedCopy, RequestFile
from appliance.watermarks import rules
from appliance.watermarks.marking_thread import Job, MarkingThread
from appliance.watermarks.prepare import Prepared
from appliance.watermarks.rules import Problem
from appliance.watermarks.tail import Plan, append

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
        self._thread = MarkingThread(
            "mark-answer", writer=books.writer, office=office, poke=poke, child=child
        )

    def look(self) -> None:
        """Start on what has waited longest; raises what its thread did not expect."""
        self._thread.look(lambda: bool(_pending().exists()), self._take)

    def stop(self) -> None:
        """Kill the child, if any; what waits is taken up by the next process."""
        self._thread.stop()

    def _take(self) -> Job | None:
        # What an earlier process had in its hands is begun anew: nobody else works on any.
        row = _pending().order_by(RequestFile.id).first()
        if row is None:
            return None
        _set(row.id, state=FileState.WORKING)
        work = Work(row.id, str(row.name), row.request.visit.purpose)
        part = self._folder / f"{uuids.uuid4()}.pdf{files.PART}"
        return Job(
            source=lambda: self._folder / work.name,
            part=part,
            finish=lambda made: self._finish(work, part, made),
            refuse=lambda problem: self._refuse(work, problem),
        )

    # On the thread, which reaches the rows through the writer only ------------------------------

    def _finish(self, work: Work, part: Path, made: Prepared) -> None:
        marked = self._finished(work, part, made)
        is_wanted = self._writer.run(lambda: self._ready(work, marked))
        files.remove(self._folder / (work.name if is_wanted else marked.name))

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
        if file.state == FileState.WORKING and not may_be_ready:
            _set(work.id, state=FileState.GONE)  # or it would be begun anew for ever
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


def _pending() -> "ModelSelect[RequestFile]":
    return RequestFile.select().where(among(RequestFile.state, PENDING))


def _set(file_id: int, **values: object) -> None:
    RequestFile.update(**values).where(RequestFile.id == file_id).execute()
