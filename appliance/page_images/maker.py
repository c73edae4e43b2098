"""Makes the pictures that the web process asks for; lives in the documents process."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from appliance.catalogue.softcopy import Softcopy, softcopy_at
from appliance.page_images import shelf
from appliance.page_images.cache import ImageCache
from appliance.page_images.orders import Order
from appliance.page_images.renderer import Renderer
from appliance.page_images.rules import LASTING, MAX_PAGES, WIDTH_PX, Problem
from appliance.page_images.shelf import BookNote, Wish
from appliance.page_images.words import pages_of, unread, written
from appliance.runtime.local_call import LocalServer

SOCKET = "page-images.sock"
WORDS_PATIENCE_S = 10.0  # shorter than for a picture: who turns pages meanwhile waits, too


class PageImageMaker:
    """Answers one wish after the other, on a thread of its own, from `start` to `close`."""

    def __init__(self, data_dir: Path, renderer: Renderer, *, budget_bytes: int) -> None:
        self._data_dir = data_dir
        self._images_dir = data_dir / shelf.FOLDER
        self._renderer = renderer
        self._cache = ImageCache(self._images_dir, budget_bytes)
        self._server: LocalServer | None = None

    def start(self, run_dir: Path) -> None:
        """Listen from now on."""
        self._server = LocalServer(run_dir, SOCKET, self.answer)

    def look(self) -> None:
        """Let go of what nobody needs any more; for every step of the process."""
        self._renderer.look()

    def close(self) -> None:
        """Answer nobody any more; the page under way is given up."""
        self._renderer.close()
        if self._server is not None:
            self._server.close()

    def answer(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Have it made: `problem` is None when it is on the shelf now. ValueError for nonsense."""
        wish = msgspec.convert(question, Wish)
        softcopy = softcopy_at(self._data_dir, wish.publication_id, wish.softcopy)
        if softcopy is None:
            return {"problem": Problem.MISSING}
        try:
            if not self._cache.has_room():
                return {"problem": Problem.NO_ROOM}
            folder = self._cache.folder(softcopy)
            if wish.words_part:
                return {"problem": self._read_words(wish, softcopy)}
            make = self._draw if wish.page else self._inspect
            return {"problem": make(wish, softcopy, folder)}
        except OSError:
            return {"problem": Problem.NO_ROOM}

    def _inspect(self, wish: Wish, softcopy: Softcopy, folder: Path) -> Problem | None:
        found = self._renderer.carry_out(Order(do="inspect", path=str(softcopy.path)))
        if found.problem is None or found.problem in LASTING:
            note = BookNote(problem=found.problem, inspection=found.inspection)
            self._cache.write_note(folder / shelf.BOOK_NAME, msgspec.json.encode(note))
        return found.problem

    def _read_words(self, wish: Wish, softcopy: Softcopy) -> Problem | None:
        """What cannot be read is noted as such: a search goes on with the next part then."""
        target = shelf.words_path(self._images_dir, softcopy, wish.words_part)
        if shelf.read_words(target) is not None:
            return None
        pages = pages_of(wish.words_part, MAX_PAGES)
        if wish.words_part < 1 or not pages:
            return Problem.NO_SUCH_PAGE
        order = Order(
            do="read_words",
            path=str(softcopy.path),
            page=pages[0],
            target=str(target),
        )
        problem = self._renderer.carry_out(order, patience_s=WORDS_PATIENCE_S).problem
        if problem in (Problem.TOO_HEAVY, Problem.GIVEN_UP):
            self._cache.write_note(target, written(unread(pages)))
            return None
        if problem is None:
            with suppress(FileNotFoundError):
                self._cache.added(target)
        return problem

    def _draw(self, wish: Wish, softcopy: Softcopy, folder: Path) -> Problem | None:
        target = shelf.image_path(self._images_dir, softcopy, wish.page, wish.size, wish.format)
        if shelf.read(target, wish.format) is not None:
            return None  # a whole class opens the same page at once, and each one asks for it
        drawn = self._renderer.carry_out(
            Order(
                do="draw",
                path=str(softcopy.path),
                page=wish.page,
                width_px=WIDTH_PX[wish.size],
                format=wish.format,
                target=str(target),
            )
        )
        if drawn.problem is None:
            with suppress(FileNotFoundError):
                self._cache.added(target)
        return drawn.problem
