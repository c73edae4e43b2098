"""A shelf list brought to the screen: tried first, taken when a person has seen what it does.

One file at a time, on a thread of its own. What is under way ends with the process; the same file
once more goes on where that one stopped, because what is there already changes nothing.
"""

import contextlib
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO
from zlib import crc32

from appliance.actor import Actor
from appliance.catalogue.import_file import BadLine, read_file
from appliance.catalogue.importing import CatalogueImport, ImportResult
from appliance.errors import N_, Invalid, Refused, RuangBacaError
from appliance.free_text import one_line
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.threads import leave_database

log = get_logger("catalogue")

MOST_BYTES = 8_000_000  # of a file; larger ones are for the command line
NAME_LIMIT = 80
BUSY = N_("Berkas lain sedang diperiksa atau dimasukkan. Tunggu sampai selesai.")
NOT_CHECKED = N_("Periksa berkasnya dahulu.")
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
    """The file that was brought last: how far it is, and what it does or has done."""

    step: Step = Step.NONE
    name: str = ""
    lines: int = 0
    result: ImportResult | None = None
    problem: str = ""
    bad_line: int = 0  # where the file breaks off; 0 where no line is to blame

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
        """Keep the file and begin to try it. Raises Refused while another one is under way."""
        shown = one_line(name)[:NAME_LIMIT]
        with self._begun(Step.CHECKING, shown):
            self._delete()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            suffix = ".json" if shown.lower().endswith(".json") else ".dat"
            self._path = self._folder / f"catalogue{suffix}"
            with self._path.open("wb") as file:
                self._path.chmod(0o600)
                shutil.copyfileobj(content, file)
        self._run(Step.CHECKED, is_trial=True, by=by)

    def take(self, *, by: Actor) -> None:
        """Take what was tried. Raises Refused when nothing was, or while one is under way."""
        if self._now.step is not Step.CHECKED or self._path is None:
            raise Refused(NOT_CHECKED)
        with self._begun(Step.TAKING, self._now.name):
            pass
        self._run(Step.TAKEN, is_trial=False, by=by)

    def forget(self) -> None:
        """Delete the file. Raises Refused while it is under way."""
        with self._begun(Step.NONE, ""):
            self._delete()

    @contextlib.contextmanager
    def _begun(self, step: Step, name: str) -> Iterator[None]:
        """The next step, which nobody else may take; one that fails at once has not begun."""
        with self._lock:
            before = self._now
            if before.step.is_running:
                raise Refused(BUSY)
            self._now = ImportNow(step, name)
        try:
            yield
        except BaseException:
            self._now = before
            raise

    def _run(self, end: Step, *, is_trial: bool, by: Actor) -> None:
        threading.Thread(
            target=self._work, args=(end, is_trial, by), name="catalogue import", daemon=True
        ).start()

    def _work(self, end: Step, is_trial: bool, by: Actor) -> None:
        bad_line = 0
        problem = STOPPED  # also where a reader of files falls over in a way of its own
        try:
            run = CatalogueImport(books=self._books, is_trial=is_trial)
            lines = read_file(self._path) if self._path is not None else iter(())
            result = run.run(lines, by=by, tell=self._tell)
            self._now = replace(self._now, step=end, result=result)
            problem = ""
        except Invalid as invalid:
            problem = next(iter(invalid.problems.values()))
            bad_line = invalid.line if isinstance(invalid, BadLine) else 0
        except RuangBacaError as error:
            problem = error.message
        except OSError as error:
            log.error("a shelf list could not be read", reason=type(error).__name__)
        finally:
            if problem:
                failed = replace(self._now, step=Step.FAILED, problem=problem)
                self._now = replace(failed, bad_line=bad_line)
            if self._now.step is not Step.CHECKED:
                self._delete()
            leave_database()

    def _tell(self, lines: int) -> None:
        self._now = replace(self._now, lines=lines)

    def _delete(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._path = None
