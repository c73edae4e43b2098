"""What the documents process does, wired to the core; loads nothing of the other processes."""

from collections.abc import Callable

from appliance.config import LINK_KEY, REPORT_KEY, secret
from appliance.core import Core
from appliance.devices import open_scanners
from appliance.documents.handing_out import HandingOut
from appliance.documents.worker import POLL_S, DocumentsWorker
from appliance.page_images.maker import PageImageMaker
from appliance.page_images.renderer import Renderer
from appliance.reports.periods import Period
from appliance.reports.printing import ReportPrinter
from appliance.reports.rules import Report
from appliance.visits.directory import VisitDirectory
from appliance.watermarks.answers import AnswerMarker
from appliance.watermarks.preparing import Preparer

__all__ = ["POLL_S", "Paperwork"]
MEGABYTE = 1_000_000


class Paperwork:
    """Scans and their files, what is handed out of them, marked copies, pages, signed reports.

    `step` and `stop` belong on one thread; `poke` wakes its loop when something has ended.
    """

    def __init__(self, core: Core, poke: Callable[[], object]) -> None:
        settings, books, office = core.settings, core.books, core.office
        visits = VisitDirectory(
            clock=core.clock, office=office, link_key=secret(settings.data_dir, LINK_KEY)
        )
        self._documents = DocumentsWorker(
            books=books,
            visits=visits,
            office=office,
            scanners=open_scanners(settings.scanners),
            scans_dir=settings.scans_dir,
            poke=poke,
        )
        self._handing_out = HandingOut(
            books=books,
            visits=visits,
            station=settings.station,
            scans_dir=settings.scans_dir,
            run_dir=settings.run_dir,
            poke=poke,
        )
        self._preparer = Preparer(
            books=books,
            office=office,
            data_dir=settings.data_dir,
            prepared_dir=settings.prepared_dir,
            poke=poke,
        )
        self._answers = AnswerMarker(
            books=books, office=office, folder=settings.answers_dir, poke=poke
        )
        self._reports = ReportPrinter(
            books=books,
            office=office,
            newest_seq=core.journal.newest_seq,
            count=lambda period: report_of(core, period),
            folder=settings.reports_dir,
            secret=secret(settings.data_dir, REPORT_KEY),
            poke=poke,
        )
        self._images = PageImageMaker(
            settings.data_dir, Renderer(), budget_bytes=settings.page_images_mb * MEGABYTE
        )
        self._images.start(settings.run_dir)

    def step(self) -> None:
        """Look once; returns within a second. Raises what must end this process."""
        self._documents.step()
        self._handing_out.look()
        self._images.look()
        self._preparer.look()
        self._answers.look()
        self._reports.look()

    def is_scanning(self) -> bool:
        """Whether a page is on a scanner just now."""
        return self._documents.is_scanning()

    def stop(self) -> None:
        """End what is under way within seconds; the next process takes it up again, or says so."""
        self._images.close()
        self._handing_out.stop()
        self._preparer.stop()
        self._answers.stop()
        self._reports.stop()
        self._documents.stop()


def report_of(core: Core, period: Period) -> Report:
    """The report of a period; what counts it is loaded with the first one."""
    from appliance.ratings.service import RatingService
    from appliance.ratings.skd_service import SkdService
    from appliance.reports.counting import PeriodCounter
    from appliance.visits.service import VisitService

    books, office = core.books, core.office
    visits = VisitService(
        books=books, office=office, link_key=secret(core.settings.data_dir, LINK_KEY)
    )
    counter = PeriodCounter(
        clock=core.clock,
        office=office,
        ratings=RatingService(books=books, office=office, visits=visits),
        skd=SkdService(books=books, office=office, visits=visits),
    )
    return counter.report(period)
