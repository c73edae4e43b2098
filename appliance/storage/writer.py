"""The one writer of a process: many callers, one commit.

Every commit of WAL+FULL costs one flush of the card. Callers that arrive together share one:
each runs in a savepoint of its own, so a refusal of one undoes nothing of the others. Whoever
calls `run` returns only after the commit has reached the disk.
"""

import contextlib
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from appliance.errors import N_, Unavailable
from appliance.storage.ballast import Ballast

T = TypeVar("T")

GROUP_LIMIT = 32  # callers per commit: more than waitress has threads, few enough to stay quick
STOP_TIMEOUT_S = 10
LOG_PAGES = 1000  # what SQLite takes by itself: 4 MB
LOG_PAGES_AT_MOST = 4000


@dataclass(slots=True, eq=False)
class _Job:
    function: Callable[[], Any]
    finished: threading.Event = field(default_factory=threading.Event)
    result: Any = None
    error: BaseException | None = None
    after_commit: list[Callable[[], object]] = field(default_factory=list)


class Writer:
    """Runs callers' functions inside transactions on a thread of its own.

    On a full card it throws `ballast` overboard: the caller is told to try again, and can.
    """

    def __init__(self, database: APSWDatabase, ballast: Ballast | None = None) -> None:
        self._database = database
        self._ballast = ballast
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._current: _Job | None = None
        self._log_pages = 0
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name="writer", daemon=True)
        self._thread.start()

    def run(self, function: Callable[[], T]) -> T:
        """What `function` returns, once it is committed; its exception, once it is undone.

        May be called from any thread and blocks for a commit. Called from inside such a function
        it simply runs, as part of the same transaction. Raises Unavailable when nothing can be
        written: disk full, I/O error, or the database locked for longer than the busy timeout.
        """
        if threading.current_thread() is self._thread:
            return function()
        if self._closed:
            raise Unavailable(N_("Peranti sedang dimatikan. Coba lagi sebentar lagi."))
        job = _Job(function)
        self._jobs.put(job)
        job.finished.wait()
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[no-any-return]

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call `callback` when the running function's changes are durable; never if undone.

        Only from inside a function given to `run`. The callback must not block or raise.
        """
        if self._current is None or threading.current_thread() is not self._thread:
            raise RuntimeError("after_commit belongs inside a function given to run")
        self._current.after_commit.append(callback)

    def close(self) -> None:
        """Finish what is queued and stop the thread. Raises TimeoutError if it does not end."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._thread.join(STOP_TIMEOUT_S)
        if self._thread.is_alive():
            raise TimeoutError("the writer thread did not end")

    def _loop(self) -> None:
        stopping = False
        while not stopping:
            jobs = [self._jobs.get()]
            while len(jobs) < GROUP_LIMIT and not self._jobs.empty():
                jobs.append(self._jobs.get())
            stopping = None in jobs
            group = [job for job in jobs if job is not None]
            if group:
                self._commit(group)
                self._empty_log()
        while not self._jobs.empty():  # a caller that slipped in behind the stop mark
            late = self._jobs.get()
            if late is not None:
                late.error = Unavailable(N_("Peranti sedang dimatikan. Coba lagi sebentar lagi."))
                late.finished.set()
        self._database.close()

    def _commit(self, group: list[_Job]) -> None:
        try:
            # In the place of SQLite's own hook, which empties the log inside a caller's commit.
            self._database.connection().set_wal_hook(self._note_log)
            with self._database.atomic("IMMEDIATE"):
                for job in group:
                    self._run_in_savepoint(job)
        except peewee.DatabaseError as error:
            self._fail(group, error)
        finally:
            self._current = None
        for job in group:
            if job.error is None:
                for callback in job.after_commit:
                    callback()
            job.finished.set()

    def _note_log(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _empty_log(self) -> None:
        """Copy the log into the database file once nobody waits: it takes a tenth of a second."""
        least = LOG_PAGES if self._jobs.empty() else LOG_PAGES_AT_MOST
        if self._log_pages < least:
            return
        # Who reads old pages, or empties the log in another process, puts it off; so does a full
        # card, which the next commit will find out for itself.
        with contextlib.suppress(apsw.Error):
            self._database.connection().wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._log_pages = 0

    def _run_in_savepoint(self, job: _Job) -> None:
        self._current = job
        try:
            with self._database.savepoint():
                job.result = job.function()
        except BaseException as error:  # handed back to the caller, whoever that is
            is_storage = isinstance(error, peewee.OperationalError)
            job.error = _unavailable(error) if is_storage else error
            if self._database.connection().getautocommit():
                # SQLite gave up the whole transaction (disk full, I/O error), not only ours.
                raise peewee.OperationalError("transaction lost") from error

    def _fail(self, group: list[_Job], error: peewee.DatabaseError) -> None:
        for job in group:
            job.error = job.error or _unavailable(error)
        if self._ballast is not None and _is_full(error):
            self._ballast.throw_overboard()
        # After an I/O error the connection's state is not to be trusted; the next use reopens it.
        self._database.close()


def _is_full(error: BaseException | None) -> bool:
    """Whether SQLite found no space, behind whatever it was wrapped in."""
    while error is not None:
        if isinstance(error, apsw.FullError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _unavailable(cause: BaseException) -> Unavailable:
    error = Unavailable(
        N_("Penyimpanan tidak dapat menulis saat ini. Coba lagi, lalu panggil petugas.")
    )
    error.__cause__ = cause
    return error
