"""A shelf list brought to the screen: tried first, taken when a person has seen what it does.

One file at a time, on a thread of its own. What is under way ends with the process; the same file
once more goes on where that one stopped, because what is there already changes nothing.
"""

import shutil
import threading
import uuid as uuids
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO
from zlib import crc32

from appliance.actor import Actor
from appliance.catalogue.import_file import BadLine, read_file
from appliance.catalogue.importing import CatalogueImport, ImportResult
from appliance.errors import N_, Invalid, Refused, RuangBacaError, Unavailable
from appliance.free_text import one_line
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.threads import leave_database

log = get_logger("catalogue")

MOST_BYTES = 8_000_000  # of a file; larger ones are for the command line
NAME_LIMIT = 80
BUSY = N_("Berkas lain sedang diperiksa atau dimasukkan. Tunggu sampai selesai.")
NOT_CHECKED = N_("Periksa berkasnya dahulu.")
ANOTHER = N_("Berkas lain sudah dipilih sesudah itu. Lihat dahulu yang sekarang tampil.")
NOT_KEPT = N_("Berkas tidak bisa disimpan. Coba lagi, atau lihat Peranti.")
STOPPED = N_("Berkas ini tidak dapat dibaca sampai akhir. Periksa isinya, lalu coba lagi.")


class Step(StrEnum):
    """How far a file is."""

    NONE = "none"
    CHECKING = "checking"
    CHECKED = "checked"
    TAKING = "taking"
    TAKEN = "taken"
    FAILED = "failed"

    @property
    def is_running(self) -> bool:
        return self in (Step.CHECKING, Step.TAKING)


@dataclass(frozen=True, slots=True)
class ImportNow:
    """The file that was brought last: how far it is, and what it does or has done.

    `mark` tells it from every other, which may have the same name.
    """

    step: Step = Step.NONE
    name: str = ""
    lines: int = 0
    result: ImportResult | None = None
    problem: str = ""
    bad_line: int = 0  # where the file breaks off; 0 where no line is to blame
    mark: str = ""

    @property
    def version(self) -> str:
        """A word that changes with whatever is shown."""
        return f"{crc32(repr((self.step, self.name, self.lines, self.problem)).encode()):x}"


class ImportDesk:
    """Any thread may ask and look."""

    def __init__(self, *, books: Books, folder: Path) -> None:
        self._books = books
        self._folder = folder
        self._lock = threading.Lock()
        self._now = ImportNow()
        self._path: Path | None = None

    def now(self) -> ImportNow:
        """How it stands."""
        return self._now

    def check(self, content: IO[bytes], name: str, *, by: Actor) -> None:
        """Keep the file and begin to try it, in the place of one that was not taken.

        Raises Refused while another one is under way, Unavailable when it cannot be kept.
        """
        shown = one_line(name)[:NAME_LIMIT]
        self._begin(ImportNow(Step.CHECKING, shown, mark=str(uuids.uuid4())))
        try:
            self._keep(content, ".json" if shown.lower().endswith(".json") else ".dat")
        except BaseException as error:
            self._now = ImportNow()  # nor is the file before there any more
            self._delete()
            if isinstance(error, OSError):
                raise Unavailable(NOT_KEPT) from error
            raise
        self._run(Step.CHECKED, is_trial=True, by=by)

    def take(self, *, seen: str, by: Actor) -> None:
        """Take what was tried; `seen` is the mark of the file that the screen showed.

        The same once more changes nothing. Raises Refused when nothing was tried, or another
        officer has brought another file since.
        """
        with self._lock:
            now = self._now
            if now.step is Step.NONE:
                raise Refused(NOT_CHECKED)
            _check_seen(now, seen)
            if now.step in (Step.TAKING, Step.TAKEN):
                return
            if now.step is not Step.CHECKED:
                raise Refused(NOT_CHECKED)
            self._now = ImportNow(Step.TAKING, now.name, mark=now.mark)
        self._run(Step.TAKEN, is_trial=False, by=by)

    def forget(self, *, seen: str) -> None:
        """Delete the file with this mark; once more changes nothing.

        Raises Refused while it is under way, or for another file than was seen.
        """
        with self._lock:
            now = self._now
            if now.step is Step.NONE:
                return
            _check_seen(now, seen)
            if now.step.is_running:
                raise Refused(BUSY)
            self._now = ImportNow()
            self._delete()

    def _begin(self, now: ImportNow) -> None:
        """The next step, which nobody else may take meanwhile."""
        with self._lock:
            if self._now.step.is_running:
                raise Refused(BUSY)
            self._now = now

    def _keep(self, content: IO[bytes], suffix: str) -> None:
        self._delete()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = self._folder / f"catalogue{suffix}"
        with self._path.open("wb") as file:
            self._path.chmod(0o600)
            shutil.copyfileobj(content, file)

    def _run(self, end: Step, *, is_trial: bool, by: Actor) -> None:
        threading.Thread(
            target=self._work, args=(end, is_trial, by), name="catalogue import", daemon=True
        ).start()

    def _work(self, end: Step, is_trial: bool, by: Actor) -> None:
        ended = ImportNow(Step.FAILED, problem=STOPPED)  # also where a reader falls over
        try:
            run = CatalogueImport(books=self._books, is_trial=is_trial)
            lines = read_file(self._path) if self._path is not None else iter(())
            ended = ImportNow(end, result=run.run(lines, by=by, tell=self._tell))
        except Invalid as invalid:
            bad_line = invalid.line if isinstance(invalid, BadLine) else 0
            problem = next(iter(invalid.problems.values()))
            ended = ImportNow(Step.FAILED, problem=problem, bad_line=bad_line)
        except RuangBacaError as error:
            ended = ImportNow(Step.FAILED, problem=error.message)
        except OSError as error:
            log.error("a shelf list could not be read", reason=type(error).__name__)
        finally:
            self._end(ended)
            leave_database()

    def _end(self, ended: ImportNow) -> None:
        """Show how it ended: last, as the next file may be brought from then on."""
        try:
            if ended.step is not Step.CHECKED:
                self._delete()
        finally:
            now = self._now
            self._now = replace(ended, name=now.name, mark=now.mark, lines=now.lines)

    def _tell(self, lines: int) -> None:
        self._now = replace(self._now, lines=lines)

    def _delete(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._path = None


def _check_seen(now: ImportNow, seen: str) -> None:
    """Raises Refused when the file that was seen is not the one that is there."""
    if now.mark != seen:
        raise Refused(ANOTHER)
