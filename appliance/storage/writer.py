"""The one writer of a process: many callers, one commit.

Every commit of WAL+FULL costs one flush of the card. Callers that arrive together share one:
each runs in a savepoint of its own, so a refusal of one undoes nothing of the others. Whoever
calls `run` returns only after the commit has reached the disk.

Somebody waits at a door for what an urgent caller asks. Its wake-up goes out before the flush and
not after it: the owner of the doors flushes the same log with its claim before it drives a coil,
so that asking and claiming are on the disk by then, and the two flushes no longer add up.

There is no thread for it: the caller who comes first commits for those who come meanwhile, and
one of those for the next. Handing a door's command to a thread and back took longer than its
flush.
"""

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import apsw
import peewee
from playhouse.apsw_ext import APSWDatabase

from appliance.errors import N_, Unavailable
from appliance.storage.ballast import Ballast
from appliance.storage.shared_connection import SharedConnection

T = TypeVar("T")

GROUP_LIMIT = 32  # callers per commit: more than waitress has threads, few enough to stay quick
STOP_TIMEOUT_S = 10
NORMAL, FULL = 1, 2  # of PRAGMA synchronous: a commit that is not flushed, and one that is
LOG_PAGES = 1000  # what SQLite takes by itself: 4 MB
MOST_LOG_PAGES = 1900  # below 8 MB: then it is emptied also while people write
QUIET_S = 0.2
CLOSED = N_("Peranti sedang dimatikan. Coba lagi sebentar lagi.")


@dataclass(slots=True, eq=False)
class _Job:
    function: Callable[[], Any]
    is_urgent: bool = False
    may_be_lost: bool = False
    is_finished: bool = False
    result: Any = None
    error: BaseException | None = None
    after_commit: list[Callable[[], object]] = field(default_factory=list)


class Writer:
    """Runs callers' functions inside transactions, those of all threads one after the other.

    On a full card it throws `ballast` overboard: the caller is told to try again, and can.
    """

    def __init__(self, database: APSWDatabase, ballast: Ballast | None = None) -> None:
        self._database = database
        self._connection = SharedConnection(database)
        self._ballast = ballast
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._leader: int | None = None
        self._current: _Job | None = None
        self._log_pages = 0
        self._log_emptier: threading.Thread | None = None
        self._closed = False
        self._closing = threading.Event()

    def run(
        self, function: Callable[[], T], *, is_urgent: bool = False, may_be_lost: bool = False
    ) -> T:
        """What `function` returns, once it is committed; its exception, once it is undone.

        An urgent one has its `after_commit` called as soon as every process sees the changes,
        while they are still on their way to the disk. One that may be lost waits for no disk: a
        power cut may undo it, so it must be something that is found out again.

        May be called from any thread and blocks for a commit; `function` may run on another
        thread. Called from inside such a function it simply runs, as part of the same
        transaction. Raises Unavailable when nothing can be written: disk full, I/O error, or the
        database locked for longer than the busy timeout.
        """
        if self._is_inside():
            return function()
        job = _Job(function, is_urgent, may_be_lost)
        if self._must_lead(job):
            self._lead(job)
        if job.error is not None:
            raise job.error
        return job.result  # type: ignore[no-any-return]

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Call `callback` when the running function's changes are kept; never if undone.

        Only from inside a function given to `run`. The callback must not block or raise.
        """
        if self._current is None or not self._is_inside():
            raise RuntimeError("after_commit belongs inside a function given to run")
        self._current.after_commit.append(callback)

    def close(self) -> None:
        """Finish what is queued. Raises TimeoutError when that does not end."""
        with self._changed:
            self._closed = True
            if not self._changed.wait_for(self._is_idle, STOP_TIMEOUT_S):
                raise TimeoutError("the last write did not end")
        self._closing.set()
        if self._log_emptier is not None:
            self._log_emptier.join(STOP_TIMEOUT_S)
        self._connection.close()

    def _is_idle(self) -> bool:
        return self._leader is None and not self._jobs

    def _is_inside(self) -> bool:
        return self._leader == threading.get_ident()

    def _must_lead(self, job: _Job) -> bool:
        """Queue up; False when another thread has committed the job meanwhile."""
        with self._changed:
            if self._closed:
                raise Unavailable(CLOSED)
            self._jobs.append(job)
            self._changed.wait_for(lambda: job.is_finished or self._leader is None)
            if not job.is_finished:
                self._leader = threading.get_ident()
            return not job.is_finished

    def _lead(self, job: _Job) -> None:
        try:
            while not job.is_finished:
                size = min(len(self._jobs), GROUP_LIMIT)
                self._commit([self._jobs.popleft() for _ in range(size)])
        finally:
            with self._changed:
                self._leader = None
                self._changed.notify_all()
        self._empty_log_soon()

    def _commit(self, group: list[_Job]) -> None:
        try:
            urgent = [job for job in group if job.is_urgent]
            with self._connection.taken():
                is_lossy = all(job.may_be_lost for job in group)
                self._commit_taken(group, is_flushed=not urgent and not is_lossy)
            self._current = None
            if urgent:
                _call_back(urgent)
                self._flush_log(group)
            _call_back(job for job in group if not job.is_urgent)
        except BaseException as error:  # noqa: BLE001 - a fault of ours: nobody may wait for ever
            for job in group:
                job.error = job.error or error
        finally:
            self._current = None
            for job in group:
                job.is_finished = True

    def _commit_taken(self, group: list[_Job], *, is_flushed: bool) -> None:
        try:
            connection = self._database.connection()
            # In the place of SQLite's own hook, which empties the log inside a caller's commit.
            connection.set_wal_hook(self._note_log)
            connection.pragma("synchronous", FULL if is_flushed else NORMAL)
            with self._database.atomic("IMMEDIATE"):
                for job in group:
                    self._run_in_savepoint(job)
        except peewee.DatabaseError as error:
            self._fail(group, error)

    def _flush_log(self, group: list[_Job]) -> None:
        """What SQLite does at the end of a commit in FULL, and leaves out in NORMAL."""
        try:
            # SQLite holds no lock on this file that closing it here could drop: those of a
            # write-ahead log are on the file beside it.
            log = os.open(f"{self._database.database}-wal", os.O_RDONLY)
            try:
                os.fdatasync(log)
            finally:
                os.close(log)
        except OSError as error:
            for job in group:
                job.error = job.error or _unavailable(error)

    def _note_log(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _empty_log_soon(self) -> None:
        """Have the log copied into the database file while nobody writes.

        Whoever flushes meanwhile waits for it: the claim of a door's command, if it began right
        after the command itself.
        """
        is_at_it = self._log_emptier is not None and self._log_emptier.is_alive()
        if self._log_pages >= LOG_PAGES and not is_at_it:
            self._log_emptier = threading.Thread(target=self._empty_log, name="log", daemon=True)
            self._log_emptier.start()

    def _empty_log(self) -> None:
        # Who reads old pages, or empties the log in another process, puts it off; so does a full
        # card, which the next commit will find out for itself.
        with contextlib.suppress(apsw.Error, peewee.DatabaseError):
            connection = self._database.connection()
            while self._is_written_to(connection) and self._log_pages < MOST_LOG_PAGES:
                pass
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self._log_pages = 0
        self._database.close()

    def _is_written_to(self, connection: apsw.Connection) -> bool:
        """Look for a while whether any process changes anything."""
        before = connection.pragma("data_version")
        if self._closing.wait(QUIET_S):
            return False
        return bool(connection.pragma("data_version") != before)

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


def _call_back(jobs: Iterable[_Job]) -> None:
    for job in jobs:
        for callback in job.after_commit if job.error is None else ():
            callback()


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
