"""What the `documents` process does at every step: scan, make PDFs, tidy up."""

from collections.abc import Callable, Mapping
from pathlib import Path

from appliance.documents import rules
from appliance.documents.finishing import Finisher
from appliance.documents.previews import Previewer
from appliance.documents.scanning import PageScanner
from appliance.documents.text_reading import TextReader
from appliance.documents.tidying import Tidier
from appliance.documents.turns import TurnKeeper
from appliance.offices import Office
from appliance.record import Books
from appliance.visits.directory import VisitDirectory
from hardware.interfaces import DocumentScanner

POLL_S = 1.0  # a lost wake-up costs a person at the station this much


class DocumentsWorker:
    """Owns the scanners, by name, and every PDF. `step` is for runtime.worker.WorkerLoop.

    `poke` wakes that loop when a thread has finished something.
    """

    def __init__(
        self,
        *,
        books: Books,
        visits: VisitDirectory,
        office: Office,
        scanners: Mapping[str, DocumentScanner],
        scans_dir: Path,
        poke: Callable[[], object],
    ) -> None:
        self._tidier = Tidier(
            books=books,
            visits=visits,
            office=office,
            scans_dir=scans_dir,
        )
        self._scanners = [
            PageScanner(books=books, name=name, scanner=scanner, scans_dir=scans_dir, poke=poke)
            for name, scanner in scanners.items()
        ]
        self._finisher = Finisher(
            books=books,
            scans_dir=scans_dir,
            imprint=rules.imprint(office),
            poke=poke,
        )
        self._previews = Previewer(books=books, scans_dir=scans_dir, poke=poke)
        self._turns = TurnKeeper(books)
        self._texts = TextReader(
            books=books,
            scans_dir=scans_dir,
            imprint=rules.imprint(office),
            poke=poke,
        )
        self._recovered = False

    def step(self) -> None:
        """Look once; returns within a second. Raises what must end this process."""
        if not self._recovered:
            self._tidier.recover()
            self._recovered = True
        for scanner in self._scanners:
            scanner.look()
        self._previews.look()
        self._turns.look()
        self._finisher.look()
        self._texts.look()
        self._tidier.look()

    def is_scanning(self) -> bool:
        """Whether a page is on a scanner just now."""
        return any(scanner.is_busy() for scanner in self._scanners)

    def stop(self) -> None:
        """End the page and the PDF under way within seconds; both can be taken up again."""
        for scanner in self._scanners:
            scanner.stop()
        self._finisher.stop()
        self._texts.stop()
        self._previews.stop()
