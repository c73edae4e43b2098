"""Publications page by page, as the screens ask for them: from the shelf, or made on demand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance.catalogue.softcopy import NO_SOFTCOPY, Softcopy, softcopy_at
from appliance.errors import N_, NotFound, Unavailable
from appliance.page_images import shelf
from appliance.page_images.book import Book, book_of
from appliance.page_images.kept import Edition, KeptImage, KeptImages, note_use
from appliance.page_images.maker import SOCKET
from appliance.page_images.rules import SENTENCES, Format, Problem, Size
from appliance.page_images.shelf import BookNote, Wish
from appliance.page_images.words import PageWords
from appliance.runtime.local_call import call
from appliance.storage.statements import first

PATIENCE_S = 8.0  # a person waits that long for a page
MOST_WAITING = 4  # of the eight threads that serve all screens
MOST_IN_LINE = 2  # behind those; whoever comes then is told at once, by the threads that are left
TURN_S = 1.0
ABSENT = N_("Pembaca publikasi sedang tidak berjalan. Coba lagi sebentar lagi.")
LATE = N_("Halaman ini masih disiapkan. Coba lagi sebentar lagi.")
_SOFTCOPY = "SELECT softcopy_path, withdrawn_at FROM publication WHERE id = ?"
WITHDRAWN = N_("Publikasi ini sudah ditarik dari koleksi.")


class PageProblem(NotFound):
    """Raised when a page, or the whole book, cannot be shown: with the sentence why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(SENTENCES[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class PageImage:
    """The picture of a page, and the version of the file that it is a page of."""

    data: bytes
    version: str


class PageImageService:
    """Reads from any thread; asks the documents process for what is not on the shelf yet."""

    def __init__(self, *, data_dir: Path, run_dir: Path) -> None:
        self._data_dir = data_dir
        self._images_dir = data_dir / shelf.FOLDER
        self._run_dir = run_dir
        self._kept = KeptImages(data_dir)
        self._places = threading.BoundedSemaphore(MOST_WAITING + MOST_IN_LINE)
        self._turns = threading.BoundedSemaphore(MOST_WAITING)
        self._lock = threading.Lock()
        self._being_made: dict[Wish, threading.Event] = {}

    def book(self, publication_id: int) -> Book:
        """What there is to read. Raises NotFound, PageProblem, or Unavailable for now."""
        wish, softcopy = self._wanted(publication_id)
        note = self._note(softcopy)
        if note is None:
            self._have_made(wish)
            note = self._note(softcopy)
        if note is None:  # deleted again, or the file changed meanwhile
            raise Unavailable(LATE)
        if note.problem is not None or note.inspection is None:
            raise PageProblem(note.problem or Problem.DAMAGED)
        return book_of(softcopy, note.inspection)

    def image(self, publication_id: int, page: int, size: Size, format: Format) -> PageImage:
        """The picture of a page. Raises NotFound, PageProblem, or Unavailable for now."""
        wish, softcopy = self._wanted(publication_id)
        path = shelf.image_path(self._images_dir, softcopy, page, size, format)
        found = _read(path, format)
        if found is None:
            if page < 1:
                raise PageProblem(Problem.NO_SUCH_PAGE)
            self._have_made(msgspec.structs.replace(wish, page=page, size=size, format=format))
            found = _read(path, format)
        if found is None:
            raise Unavailable(LATE)
        return PageImage(found, softcopy.version)

    def version(self, publication_id: int) -> str:
        """What names the file as it is now. Raises NotFound without one."""
        return self._wanted(publication_id)[1].version

    def kept_image(self, publication_id: int, name: str, version: str) -> KeptImage | None:
        """The picture of this name as it lies on the shelf; None wherever `image` must be asked."""
        return self._kept.read(publication_id, name, version)

    def kept_edition(self, publication_id: int) -> Edition | None:
        """What a page of it that was made before must be of; None wherever it must be made."""
        return self._kept.edition(publication_id)

    def has_words(self, book: Book, part: int) -> bool:
        """Whether the words of a part are on the shelf, whole or not."""
        return shelf.words_path(self._images_dir, book, part).is_file()

    def kept_words(self, book: Book, part: int) -> tuple[PageWords, ...] | None:
        """The words of a part of the pages, if they were read before."""
        path = shelf.words_path(self._images_dir, book, part)
        found = shelf.read_words(path)
        if found is not None:
            _note_use(path)
        return found

    def words(self, book: Book, part: int) -> tuple[PageWords, ...]:
        """The same, read now if need be. Raises NotFound, PageProblem, or Unavailable for now."""
        found = self.kept_words(book, part)
        if found is None:
            wish, _ = self._wanted(book.publication_id)
            self._have_made(msgspec.structs.replace(wish, words_part=part))
            found = self.kept_words(book, part)
        if found is None:  # deleted again, or the file changed meanwhile
            raise Unavailable(LATE)
        return found

    def _wanted(self, publication_id: int) -> tuple[Wish, Softcopy]:
        path, withdrawn_at = first(_SOFTCOPY, (publication_id,)) or (None, None)
        found = softcopy_at(self._data_dir, publication_id, path) if path else None
        if found is None:
            raise NotFound(NO_SOFTCOPY)
        if withdrawn_at is not None:
            raise NotFound(WITHDRAWN)
        relative = str(found.path.relative_to(self._data_dir.resolve()))
        return Wish(publication_id=publication_id, softcopy=relative), found

    def _note(self, softcopy: Softcopy) -> BookNote | None:
        path = shelf.book_path(self._images_dir, softcopy)
        try:
            note = msgspec.json.decode(path.read_bytes(), type=BookNote)
        except (OSError, msgspec.DecodeError):
            return None
        _note_use(path)
        return note

    def _have_made(self, wish: Wish) -> None:
        """Have it made, or wait a moment while it is for somebody else: then look again."""
        with self._lock:
            others = self._being_made.get(wish)
            mine = self._being_made.setdefault(wish, threading.Event())
        if others is not None:
            others.wait(TURN_S)
            return
        try:
            with self._turn():
                self._ask_for(wish)
        finally:
            with self._lock:
                del self._being_made[wish]
            mine.set()

    def _ask_for(self, wish: Wish) -> None:
        answer = call(
            self._run_dir,
            SOCKET,
            msgspec.to_builtins(wish),
            absent=ABSENT,
            late=LATE,
            patience_s=PATIENCE_S,
        )
        if answer.get("problem") is not None:
            raise PageProblem(Problem(answer["problem"]))

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let only some threads wait for pages: a door that is asked for needs one, too."""
        if not self._places.acquire(blocking=False):
            raise Unavailable(LATE)
        try:
            if not self._turns.acquire(timeout=TURN_S):
                raise Unavailable(LATE)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()


def _read(path: Path, format: Format) -> bytes | None:
    data = shelf.read(path, format)
    if data is not None:
        _note_use(path)
    return data


def _note_use(path: Path) -> None:
    with suppress(OSError):  # just deleted
        note_use(path, path.stat().st_mtime)
