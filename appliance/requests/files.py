"""The files that answer requests: brought by an officer, handed out to who has the code."""

import datetime as dt
import hashlib
import uuid as uuids
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from appliance import codes
from appliance.actor import Actor
from appliance.catalogue.softcopy import softcopy_of
from appliance.documents.reserve import has_reserve
from appliance.documents.rules import OWNER
from appliance.errors import N_, NotFound, Refused, Unavailable
from appliance.free_text import file_name
from appliance.mail.service import MailService
from appliance.offices import Office
from appliance.record import Books
from appliance.requests.book import (
    NOT_FOUND,
    RequestBook,
    file_row,
    file_view,
    row_by_code,
    row_of,
    subject,
    view,
)
from appliance.requests.file_types import MIME, FileKind, kind_of
from appliance.requests.rules import DONE, UNANSWERED, WITH_FILE, RequestState
from appliance.requests.views import AnswerFile, FileState, SoftcopyRequest
from appliance.runtime.wakeup import Waker
from appliance.storage.files import sync_to_disk, whole
from appliance.storage.models import RequestFile
from appliance.storage.models import SoftcopyRequest as Row

PIECE_BYTES = 1 << 20
ABANDONED = dt.timedelta(days=1)
NO_FILE = N_("Berkasnya sudah tidak ada.")
MAY_HAVE_FILE = (*UNANSWERED, RequestState.READY)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to send; `download_name` is plain ASCII and says nothing of its visitor."""

    path: Path
    mimetype: str
    download_name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Brought:
    """A file that lies in the folder, and answers nothing yet."""

    name: str
    kind: FileKind
    size_bytes: int
    sha256: str


class AnswerFiles:
    """Any thread may call it. PDFs are marked by the documents process where the office marks."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        waker: Waker,
        mail: MailService,
        data_dir: Path,
        folder: Path,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._waker = waker
        self._mail = mail
        self._data_dir = data_dir
        self._folder = folder
        self._book = RequestBook(books=books, office=office)

    def of(self, request_id: int) -> AnswerFile | None:
        """The file that is there for a request, whatever became of it; None without one."""
        row = file_row(request_id)
        return None if row is None else file_view(row)

    def add(self, request_id: int, file: IO[bytes], *, by: Actor) -> SoftcopyRequest:
        """Answer with this file, in the place of one that was there before.

        Raises NotFound, Refused when the request is done with or there is no room, Invalid
        (`file`) for anything but a PDF or a spreadsheet without macros.
        """
        _open_row(request_id)
        kind = kind_of(file)
        self._check_room(file.seek(0, 2))
        file.seek(0)
        name = f"{uuids.uuid4()}.{kind}"
        self._make_folder()
        size, checksum = _copy(file, self._folder / name)
        return self._keep(request_id, _Brought(name, kind, size, checksum), by=by)

    def add_softcopy(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """Answer with the softcopy of the publication that was asked for.

        Raises NotFound when it names none or that has no softcopy here; else as `add`.
        """
        row = _open_row(request_id)
        if row.publication_id is None:
            raise NotFound(NO_FILE)
        with softcopy_of(self._data_dir, row.publication_id).path.open("rb") as file:
            return self.add(request_id, file, by=by)

    def release(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """Hand out without a mark what cannot be marked; once more changes nothing.

        Raises NotFound, Refused.
        """

        def change() -> SoftcopyRequest:
            row, file = _open_row(request_id), file_row(request_id)
            if file is not None and file.state == FileState.READY:
                return view(row)
            if file is None or file.state != FileState.REFUSED:
                raise Refused(N_("Hanya berkas yang tidak dapat diberi tanda yang perlu ini."))
            RequestFile.update(state=FileState.READY).where(RequestFile.id == file.id).execute()
            detail = {"problem": file.problem}
            self._recorder.note("request.file_unmarked", subject(row), by=by, detail=detail)
            self._book.step(row, RequestState.READY, by=by)
            return view(row)

        return self._writer.run(change)

    def take_back(self, request_id: int, *, by: Actor) -> SoftcopyRequest:
        """Throw the file away, also one that was fetched: the request waits for the right one.

        Raises NotFound, Refused when there is nothing to take back any more.
        """

        def change() -> SoftcopyRequest:
            row = row_of(request_id)
            was_fetched = row.state == RequestState.DELIVERED and file_row(row.id) is not None
            if not was_fetched:
                _check_open(row)
            self.drop(row, by=by)
            if was_fetched:
                self._book.reopen(row, by=by)
            elif row.state == RequestState.READY:
                self._book.step(row, RequestState.WAITING, by=by)
            return view(row)

        made = self._writer.run(change)
        self.delete_dropped()
        return made

    def fetch(self, code: str, *, by: Actor) -> SoftcopyRequest:
        """Somebody with the code takes the file: from now on it counts as received.

        Raises NotFound, Refused while there is no file.
        """
        request_id = _by_code(code).id

        def change() -> SoftcopyRequest:
            row = row_of(request_id)
            if row.state not in WITH_FILE:
                raise Refused(N_("Berkasnya belum siap. Lihat lagi nanti."))
            self._book.step(row, RequestState.DELIVERED, by=by)
            return view(row)

        return self._writer.run(change)

    def file(self, code: str) -> FoundFile:
        """The file of a request that was fetched. Raises NotFound."""
        row = _by_code(code)
        if row.state != RequestState.DELIVERED:
            raise NotFound(NO_FILE)
        return self.file_of(row.id)

    def file_of(self, request_id: int) -> FoundFile:
        """The file as it is handed out, for who answers. Raises NotFound."""
        row, file = row_of(request_id), file_row(request_id)
        if file is None or file.state != FileState.READY or file.name is None:
            raise NotFound(NO_FILE)
        kind = FileKind(file.kind)
        path, called = self._folder / file.name, self._download_name(row, file)
        return FoundFile(path, MIME[kind], called, file.size_bytes, file.sha256)

    def delete_dropped(self) -> int:
        """Delete from disk what is not needed any more; how many files."""
        gone = RequestFile.name.is_null(False) & (RequestFile.state == FileState.GONE)
        rows = list(RequestFile.select().where(gone))
        for row in rows:
            (self._folder / str(row.name)).unlink(missing_ok=True)
        if rows:
            sync_to_disk(self._folder)
            ids = [row.id for row in rows]
            self._writer.run(
                lambda: RequestFile.update(name=None).where(RequestFile.id.in_(ids)).execute()
            )
        return len(rows)

    def sweep(self, now: dt.datetime) -> int:
        """Delete what a killed process left a day ago or longer; how many files."""
        if not self._folder.is_dir():
            return 0
        names = RequestFile.select(RequestFile.name).where(RequestFile.name.is_null(False))
        known, last = {row.name for row in names}, (now - ABANDONED).timestamp()
        left = [
            path
            for path in self._folder.iterdir()
            if path.name not in known and path.stat().st_mtime < last
        ]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _keep(self, request_id: int, brought: _Brought, *, by: Actor) -> SoftcopyRequest:
        is_marked = self._office.policy.watermark and brought.kind is FileKind.PDF

        def keep() -> SoftcopyRequest:
            row = _open_row(request_id)
            self.drop(row, by=by)
            self._attach(row, brought, is_marked=is_marked, by=by)
            return view(row)

        try:
            made = self._writer.run(keep)
        except BaseException:
            (self._folder / brought.name).unlink(missing_ok=True)
            raise
        self.delete_dropped()
        if is_marked:
            self._waker.wake(OWNER)  # nobody there: it is marked at the next start
        return made

    # Inside a function of the writer --------------------------------------------------------

    def drop(self, row: Row, *, by: Actor) -> None:
        """The file of this request is not handed out or sent; `delete_dropped` deletes it."""
        file = file_row(row.id)
        if file is None:
            return
        RequestFile.update(state=FileState.GONE).where(RequestFile.id == file.id).execute()
        self._mail.withdraw_about(row.uuid, by)
        self._recorder.note("request.file_dropped", subject(row), by=by)

    def _attach(self, row: Row, brought: _Brought, *, is_marked: bool, by: Actor) -> None:
        RequestFile.create(
            request=row.id,
            name=brought.name,
            kind=brought.kind,
            state=FileState.WAITING if is_marked else FileState.READY,
            size_bytes=brought.size_bytes,
            sha256=brought.sha256,
            added_at=self._clock.now(),
            added_by=by.name,
        )
        detail = {"kind": str(brought.kind), "size_bytes": brought.size_bytes}
        self._recorder.note("request.file_added", subject(row), by=by, detail=detail)
        if not is_marked:
            self._book.step(row, RequestState.READY, by=by)
        elif row.state == RequestState.READY:  # the new file is not there yet
            self._book.step(row, RequestState.WAITING, by=by)

    def _download_name(self, row: Row, file: RequestFile) -> str:
        """By what everybody may know: neither the code nor what the visitor wrote is in it."""
        known = "softcopy-bps" if row.publication is None else row.publication.title
        day = self._office.business_date(file.added_at)
        return file_name(known, f"{self._office.domain}-{day}", file.kind)

    def _check_room(self, size: int) -> None:
        if not has_reserve(self._data_dir, 2 * size):
            raise Refused(N_("Penyimpanan hampir penuh, jadi berkasnya tidak dapat disimpan."))

    def _make_folder(self) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_to_disk(self._folder.parent)


def _open_row(request_id: int) -> Row:
    row = row_of(request_id)
    _check_open(row)
    return row


def _check_open(row: Row) -> None:
    """Return when it may still be answered by a file; raises Refused."""
    if row.state not in MAY_HAVE_FILE:
        raise Refused(DONE)


def _by_code(text: str) -> Row:
    code = codes.parse_short_code(text)
    if code is None:
        raise NotFound(NOT_FOUND)
    return row_by_code(code)


def _copy(file: IO[bytes], target: Path) -> tuple[int, str]:
    checksum, size = hashlib.sha256(), 0
    try:
        with whole(target) as copy:
            while piece := file.read(PIECE_BYTES):
                copy.write(piece)
                checksum.update(piece)
                size += len(piece)
    except OSError as error:
        raise Unavailable(
            N_("Berkas tidak bisa disimpan. Coba lagi, atau lihat Peranti.")
        ) from error
    return size, checksum.hexdigest()
