"""Prepares publications that are waited for, in a child process, and makes room for new ones."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peewee import Expression, ModelSelect

from appliance.actor import SYSTEM
from appliance.catalogue.softcopy import softcopy_of
from appliance.documents import files
from appliance.documents.child import Child
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import PreparedCopy
from appliance.watermarks import rules
from appliance.watermarks.marking_thread import Job, MarkingThread
from appliance.watermarks.prepare import Prepared
from appliance.watermarks.rules import CopyState, Problem

SUFFIX = ".pdf"


@dataclass(frozen=True, slots=True)
class Work:
    """A publication to prepare, with all that the thread needs to know."""

    id: int
    publication_id: int


class Preparer:
    """Prepares one publication after the other. `look` and `stop` belong on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        data_dir: Path,
        prepared_dir: Path,
        poke: Callable[[], object],
        child: Child | None = None,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._data_dir = data_dir
        self._folder = prepared_dir
        self._thread = MarkingThread(
            "mark", writer=books.writer, office=office, poke=poke, child=child
        )
        self._recovered = False

    def look(self) -> None:
        """Start on what has waited longest; raises what its thread did not expect."""
        if not self._recovered:
            self._recover()
            self._recovered = True
        self._thread.look(lambda: bool(_waiting().exists()), self._take)

    def stop(self) -> None:
        """Kill the child, if any; what waits is taken up by the next process."""
        self._thread.stop()

    # On the calling thread ----------------------------------------------------------------

    def _recover(self) -> None:
        """What an earlier process left: half made files, rows in its hands, an older look."""
        files.make_folder(self._folder)
        self._writer.run(self._put_right)
        kept = {row.name for row in PreparedCopy.select().where(_is_ready())}
        files.remove(*(path for path in self._folder.iterdir() if path.name not in kept))

    def _put_right(self) -> None:
        pending = among(PreparedCopy.state, rules.PENDING)
        PreparedCopy.update(state=CopyState.WAITING).where(pending).execute()
        is_older = PreparedCopy.look != rules.look(self._office)
        live = among(PreparedCopy.state, (CopyState.WAITING, CopyState.READY))
        PreparedCopy.update(state=CopyState.GONE, name=None).where(live & is_older).execute()
        for row in PreparedCopy.select().where(_is_ready()):
            if not (self._folder / str(row.name)).is_file():
                _set(row.id, state=CopyState.GONE, name=None)

    def _take(self) -> Job | None:
        row = _waiting().order_by(PreparedCopy.id).first()
        if row is None:
            return None
        _set(row.id, state=CopyState.WORKING)
        work = Work(row.id, row.publication_id)
        part = self._folder / f"{work.id}{SUFFIX}{files.PART}"
        return Job(
            source=lambda: softcopy_of(self._data_dir, work.publication_id).path,
            part=part,
            finish=lambda made: self._finish(work, part, made),
            refuse=lambda problem: self._refuse(work, problem),
        )

    # On the thread, which reaches the rows through the writer only ------------------------------

    def _finish(self, work: Work, part: Path, made: Prepared) -> None:
        target = part.with_suffix("")
        files.put_in_place(part, target)
        self._writer.run(lambda: self._ready(work, made, target.name))
        self._make_room()

    def _ready(self, work: Work, made: Prepared, name: str) -> None:
        now = self._clock.now()
        _set(
            work.id,
            state=CopyState.READY,
            name=name,
            pages=made.pages,
            size_bytes=made.size_bytes,
            sha256=made.sha256,
            tail=json.dumps(made.plan),
            ended_at=now,
            used_at=now,
        )
        detail = {"pages": made.pages, "size_bytes": made.size_bytes}
        subject = f"publication/{work.publication_id}"
        self._recorder.note("copy.prepared", subject, by=SYSTEM, detail=detail)

    def _refuse(self, work: Work, problem: Problem) -> None:
        _set(work.id, state=CopyState.REFUSED, problem=problem, ended_at=self._clock.now())
        subject = f"publication/{work.publication_id}"
        self._recorder.note("copy.refused", subject, by=SYSTEM, detail={"problem": str(problem)})

    def _make_room(self) -> None:
        """Delete the files that were not used for longest, and those nobody can use any more."""
        budget = rules.budget_bytes(shutil.disk_usage(self._folder).total)
        rows = PreparedCopy.select().where(_is_ready()).order_by(PreparedCopy.used_at)
        sizes = [(row.id, row.size_bytes or 0) for row in rows]
        for key in rules.to_delete(sizes, budget):
            self._writer.run(lambda key=key: _set(key, state=CopyState.GONE, name=None))  # type: ignore[misc]
        gone = (PreparedCopy.state == CopyState.GONE) & PreparedCopy.id.in_(_ids(self._folder))
        for row in PreparedCopy.select().where(gone):
            files.remove(self._folder / f"{row.id}{SUFFIX}")


def _ids(folder: Path) -> list[int]:
    return [int(path.stem) for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit()]


def _waiting() -> "ModelSelect[PreparedCopy]":
    # The states of the index first, in its own words, or SQLite would not use it.
    pending = among(PreparedCopy.state, rules.PENDING)
    return PreparedCopy.select().where(pending & (PreparedCopy.state == CopyState.WAITING))


def _is_ready() -> Expression:
    condition: Expression = PreparedCopy.state == CopyState.READY
    return condition


def _set(row_id: int, **values: object) -> None:
    PreparedCopy.update(**values).where(PreparedCopy.id == row_id).execute()
