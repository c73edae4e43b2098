"""Draws each page of the open jobs for screens, turned and cropped as the PDF will show it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from appliance.documents import files, looks
from appliance.documents.looks import Box
from appliance.documents.rules import JobState, PageState
from appliance.documents.shrinking import shrunk
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.models import ScanJob, ScanPage

log = get_logger("documents")
VIEW_PX = 1400  # the longer side: print of a book can be read on a 1280 px screen
STRIP_PX = 424
QUALITY = 72
TURNS = {  # Pillow counts against the clock
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class PageToDraw:
    """A page to draw, with all that its thread needs to know."""

    id: int
    uuid: str
    folder: Path
    image: Path
    turned: int
    crop: str | None

    @property
    def name(self) -> str:
        return looks.view_name(self.uuid, self.turned, self.crop)


class Previewer:
    """Draws one page after the other. `look` and `stop` belong on one thread."""

    def __init__(self, *, books: Books, scans_dir: Path, poke: Callable[[], object]) -> None:
        self._writer = books.writer
        self._scans_dir = scans_dir
        self._thread = SideThread("preview", poke)

    def look(self) -> None:
        """Start on the newest page without a picture; raises what its thread did not expect."""
        if self._thread.is_busy():
            return
        page = (
            ScanPage.select(ScanPage, ScanJob)
            .join(ScanJob)
            .where(
                (ScanJob.state == JobState.OPEN)
                & (ScanPage.state == PageState.KEPT)
                & ScanPage.image_name.is_null(False)
                & ScanPage.view_name.is_null()
            )
            .order_by(ScanPage.id.desc())
            .first()
        )
        if page is not None:
            self._thread.start(self._draw, self._to_draw(page))

    def stop(self) -> None:
        """Finish the picture under way, which takes a second at most."""
        self._thread.stop()

    def _to_draw(self, page: ScanPage) -> PageToDraw:
        folder = self._scans_dir / page.job.uuid
        return PageToDraw(
            id=page.id,
            uuid=page.uuid,
            folder=folder,
            image=folder / str(page.image_name),
            turned=page.turned,
            crop=page.crop,
        )

    # On the thread, which reaches the rows through the writer only -----------------------------

    def _draw(self, wanted: PageToDraw) -> None:
        view = wanted.folder / wanted.name
        try:
            draw(wanted, view)
        except (OSError, ValueError) as error:
            # Deleted meanwhile, no whole picture, a full disk: the screen shows the small one.
            log.warning("page not drawn", reason=str(error))
            self._writer.run(lambda: self._drawn(wanted, ""))
            _forget(wanted)
            return
        if not self._writer.run(lambda: self._drawn(wanted, wanted.name)):
            _forget(wanted)
            return
        drawn = {view.name, looks.small_view_name(view.name)}
        files.remove(*(path for path in _drawings(wanted) if path.name not in drawn))

    @staticmethod
    def _drawn(wanted: PageToDraw, name: str) -> int:
        is_same = (ScanPage.turned == wanted.turned) & (
            ScanPage.crop.is_null() if wanted.crop is None else ScanPage.crop == wanted.crop
        )
        open_jobs = ScanJob.select(ScanJob.id).where(ScanJob.state == JobState.OPEN)
        is_kept = (
            (ScanPage.id == wanted.id)
            & (ScanPage.state == PageState.KEPT)
            & ScanPage.job.in_(open_jobs)
        )
        return int(ScanPage.update(view_name=name).where(is_kept & is_same).execute())


def draw(wanted: PageToDraw, view: Path) -> None:
    """Write the picture for screens and, beside it, the one for the strip of pages.

    Raises OSError or ValueError when the page is no whole picture or cannot be written.
    """
    with Image.open(wanted.image) as page:
        seen = _cut(page, looks.box_of(wanted.crop, page.size))
    if wanted.turned in TURNS:
        seen = seen.transpose(TURNS[wanted.turned])
    files.write_jpeg(seen, view, QUALITY)
    seen.thumbnail((STRIP_PX, STRIP_PX))
    files.write_jpeg(seen, view.with_name(looks.small_view_name(view.name)), QUALITY)


def _cut(page: Image.Image, box: Box) -> Image.Image:
    """The part of a page, no larger than screens need."""
    left, top, right, bottom = box
    share = min(VIEW_PX / max(right - left, bottom - top), 1.0)
    mode = "L" if page.mode in ("1", "L") else "RGB"
    return shrunk(page, box, share, mode, Image.Resampling.BILINEAR)


def _forget(wanted: PageToDraw) -> None:
    """Nobody wants the drawing any more; with its job the folder may be gone, or be empty now."""
    files.remove(wanted.folder / wanted.name)
    files.remove(wanted.folder / looks.small_view_name(wanted.name))
    with suppress(OSError):
        wanted.folder.rmdir()


def _drawings(wanted: PageToDraw) -> list[Path]:
    views = wanted.folder.glob(f"{wanted.uuid}.*.view.jpg")
    return [*views, *wanted.folder.glob(f"{wanted.uuid}.*.strip.jpg")]
