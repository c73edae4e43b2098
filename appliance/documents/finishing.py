"""Makes the PDFs of a job that is to be finished, in a child process, and writes it down."""

import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from appliance.actor import SYSTEM
from appliance.documents import assemble, files, parts, rows, rules
from appliance.documents.assemble import Made, PartOrder
from appliance.documents.child import Child
from appliance.documents.mark_drawing import Imprint
from appliance.documents.rules import JobState, Problem
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.files import FULL
from appliance.storage.models import ScanFile, ScanJob

log = get_logger("documents")
TIMEOUT_S = assemble.WALL_S + 10  # the child's own alarm comes first
ENDS = {assemble.DAMAGED_EXIT: Problem.DAMAGED, assemble.FULL_EXIT: Problem.NO_ROOM}
REASON_CHARS = 500


class NotMade(Exception):
    """Raised when the child made no PDF; `problem` is what people are told."""

    def __init__(self, problem: str, reason: str) -> None:
        super().__init__(reason[-REASON_CHARS:])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A page of a job to finish: as `pdf.Leaf` wants it, and what it weighs."""

    uuid: str
    size_bytes: int
    leaf: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """A job to finish, with all that its thread needs to know."""

    id: int
    uuid: str
    folder: Path
    pages: tuple[WorkPage, ...]

    @classmethod
    def of(cls, job: ScanJob, scans_dir: Path) -> "Work":
        """Read from the rows; for the thread that owns the database connection."""
        folder = scans_dir / job.uuid
        return cls(
            id=job.id,
            uuid=job.uuid,
            folder=folder,
            pages=tuple(
                WorkPage(
                    uuid=page.uuid,
                    size_bytes=page.size_bytes or 0,
                    leaf={
                        "path": str(folder / str(page.image_name)),
                        "sha256": page.sha256,
                        "resolution_dpi": page.resolution_dpi,
                        "turned": page.turned,
                        "crop": page.crop,
                    },
                )
                for page in rows.kept_pages(job)
            ),
        )


@dataclass(frozen=True, slots=True)
class NewFile:
    """A PDF that stands under its name, durably, and waits for its row."""

    part: int
    name: str
    made: Made


def make_files(work: Work, child: Child, imprint: Imprint, *, with_text: bool) -> list[NewFile]:
    """The job's PDFs, made and put in place. Raises NotMade, and leaves none then.

    With text, the words of every page lie beside its picture, where `parts.text_name` says.
    """
    slices = parts.divide([page.size_bytes for page in work.pages])
    names = [parts.pdf_name(part, with_text=with_text) for part in range(1, len(slices) + 1)]
    targets = [work.folder / name for name in names]
    drafts = [work.folder / (name + files.PART) for name in names]
    leaves = [_leaf(work, page, with_text=with_text) for page in work.pages]
    orders = [
        PartOrder(str(draft), parts.pdf_title(part, len(slices)), leaves[pages])
        for part, (draft, pages) in enumerate(zip(drafts, slices, strict=True), start=1)
    ]
    with _all_or_nothing(*drafts, *targets):
        _require_room(work, with_text=with_text)
        made = _run(child, orders, imprint)
        for draft, target in zip(drafts, targets, strict=True):
            files.put_in_place(draft, target)
    return [
        NewFile(part, name, each)
        for part, (name, each) in enumerate(zip(names, made, strict=True), start=1)
    ]


def _require_room(work: Work, *, with_text: bool) -> None:
    """Refuse as the full disk itself would, while the guest book still has room."""
    usage = shutil.disk_usage(work.folder)
    reserve = rules.reserve_bytes(usage.total)
    # Pages already read may still become a PDF when no further one is taken; their words can wait.
    least = reserve if with_text else reserve // 2
    if usage.free - sum(page.size_bytes for page in work.pages) < least:
        raise OSError(errno.ENOSPC, "PDFs leave the rest of the disk free")


@contextmanager
def _all_or_nothing(*paths: Path) -> Iterator[None]:
    """Delete these when something goes wrong, and raise NotMade also for what the disk refuses.

    Anything else would end this process, and the next one would begin with the same job again.
    """
    try:
        yield
    except (NotMade, OSError) as error:
        with suppress(OSError):  # the next attempt writes over what cannot be deleted
            files.remove(*paths)
        if isinstance(error, NotMade):
            raise
        problem = Problem.NO_ROOM if error.errno in FULL else Problem.ASSEMBLY
        raise NotMade(problem, str(error)) from error


def _leaf(work: Work, page: WorkPage, *, with_text: bool) -> dict[str, Any]:
    if not with_text:
        return page.leaf
    return {**page.leaf, "text": str(work.folder / parts.text_name(page.uuid))}


def _run(child: Child, orders: Sequence[PartOrder], imprint: Imprint) -> list[Made]:
    order = json.dumps({"parts": [asdict(each) for each in orders], **asdict(imprint)})
    code, answer = child.run(assemble.__name__, order=order, timeout_s=TIMEOUT_S)
    if code != 0:
        raise NotMade(ENDS.get(code, Problem.ASSEMBLY), f"exit {code}: {answer}")
    return [Made(**each) for each in json.loads(answer)]


class Finisher:
    """Finishes one job after the other. `look` and `stop` belong on one thread."""

    def __init__(
        self,
        *,
        books: Books,
        scans_dir: Path,
        imprint: Imprint,
        poke: Callable[[], object],
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._scans_dir = scans_dir
        self._imprint = imprint
        self._thread = SideThread("pdf", poke)
        self._child = Child()

    def look(self) -> None:
        """Start on the oldest job that wants its PDF; raises what its thread did not expect."""
        if self._thread.is_busy():
            return
        job = (
            ScanJob.select().where(ScanJob.state == JobState.FINISHING).order_by(ScanJob.id).first()
        )
        if job is not None:
            self._thread.start(self._finish, Work.of(job, self._scans_dir))

    def stop(self) -> None:
        """Kill the child, if any; the job stays to be finished by the next process."""
        self._child.end()
        self._thread.stop()

    # On the thread, which reaches the rows through the writer only -----------------------------

    def _finish(self, work: Work) -> None:
        try:
            made = make_files(work, self._child, self._imprint, with_text=False)
        except NotMade as error:
            if not self._child.is_ended:
                problem = error.problem
                log.error("PDF not made", problem=problem, reason=str(error))
                self._writer.run(lambda: self._failed(work, problem))
            return
        self._writer.run(lambda: self._ready(work, made))

    def _ready(self, work: Work, made: Sequence[NewFile]) -> None:
        pages = sum(new.made.pages for new in made)
        changed = (
            ScanJob.update(
                state=JobState.READY, closed_at=self._clock.now(), page_count=pages, problem=None
            )
            .where((ScanJob.id == work.id) & (ScanJob.state == JobState.FINISHING))
            .execute()
        )
        if not changed:
            return
        ScanFile.delete().where(ScanFile.job == work.id).execute()  # type: ignore[misc]
        for new in made:
            ScanFile.create(job=work.id, part=new.part, name=new.name, **asdict(new.made))
        data = {"pages": pages, "size_bytes": sum(new.made.size_bytes for new in made)}
        self._recorder.fact("scan.made", f"scan/{work.uuid}", data, by=SYSTEM)

    def _failed(self, work: Work, problem: str) -> None:
        ScanJob.update(state=JobState.FAILED, problem=problem).where(
            (ScanJob.id == work.id) & (ScanJob.state == JobState.FINISHING)
        ).execute()
        self._recorder.fact("scan.failed", f"scan/{work.uuid}", {"problem": problem}, by=SYSTEM)
