"""Prepares one file after the other in a child process, for whoever says which and what then."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.documents import files
from appliance.documents.child import Child
from appliance.errors import NotFound
from appliance.offices import Office
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.files import FULL
from appliance.storage.writer import Writer
from appliance.watermarks.prepare import Prepared
from appliance.watermarks.prepared_file import prepared
from appliance.watermarks.rules import Problem

log = get_logger("documents")


@dataclass(frozen=True, slots=True)
class Job:
    """A file to prepare. What it calls is called on the thread, `refuse` within the writer."""

    source: Callable[[], Path]  # raises NotFound
    part: Path  # where to; gone at the end of the job, whatever becomes of it
    finish: Callable[[Prepared], None]
    refuse: Callable[[Problem], None]


class MarkingThread:
    """Does one job at a time. `look` and `stop` belong on the thread of the caller."""

    def __init__(
        self,
        name: str,
        *,
        writer: Writer,
        office: Office,
        poke: Callable[[], object],
        child: Child | None,
    ) -> None:
        self._writer = writer
        self._office = office
        self._thread = SideThread(name, poke)
        self._child = child or Child()

    def look(self, is_waiting: Callable[[], bool], take: Callable[[], Job | None]) -> None:
        """Start on the job that `take` gives within the writer, where one waits and none is done.

        Raises what the thread did not expect.
        """
        if self._thread.is_busy() or not is_waiting():
            return
        job = self._writer.run(take)
        if job is not None:
            self._thread.start(self._carry_out, job)

    def stop(self) -> None:
        """Kill the child, if any; what waits is taken up by the next process."""
        self._child.end()
        self._thread.stop()

    def _carry_out(self, job: Job) -> None:
        try:
            made = self._made(job)
            if self._child.is_ended:
                return
            if isinstance(made, Problem):
                self._writer.run(lambda: job.refuse(made))
                return
            job.finish(made)
        except OSError as error:
            # Not the end of this process: it would begin with the same file again, for ever.
            log.error("marked file not stored", reason=str(error))
            problem = Problem.DISK_FULL if error.errno in FULL else Problem.FAILED
            self._writer.run(lambda: job.refuse(problem))
        finally:
            files.remove(job.part)

    def _made(self, job: Job) -> Prepared | Problem:
        try:
            source = job.source()
        except NotFound:
            return Problem.MISSING
        return prepared(self._child, self._office, source, job.part)
