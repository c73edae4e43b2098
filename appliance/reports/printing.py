"""Draws and signs the reports that were asked for, in the documents process."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance import ed25519
from appliance.actor import SYSTEM
from appliance.documents import files
from appliance.documents.child import Child
from appliance.offices import Office
from appliance.record import Books
from appliance.reports import draw
from appliance.reports.ledger import PENDING, PaperState, signed_text
from appliance.reports.periods import Period, parse
from appliance.reports.rules import Report
from appliance.reports.sheet import paper_of
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.among import among
from appliance.storage.models import SignedReport
from appliance.storage.threads import leave_database

log = get_logger("documents")
TIMEOUT_S = draw.WALL_S + 10  # the child's own alarm comes first
MOST_KEPT = 200  # files, about 100 kB each; the ledger keeps all it ever signed
FAILED, NO_ROOM = "failed", "no_room"
REASON_CHARS = 500


@dataclass(frozen=True, slots=True)
class Work:
    """One report to draw, with all that the thread needs to know."""

    id: int
    number: str
    period: Period
    verify_url: str

    @property
    def name(self) -> str:
        return f"{self.number}.pdf"


class ReportPrinter:
    """One report after the other. `look` and `stop` belong on one thread.

    `count` makes the report of a period, `newest_seq` tells the number of the journal's newest
    line; both are called on a thread of its own. `secret` signs.
    """

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        newest_seq: Callable[[], int],
        count: Callable[[Period], Report],
        folder: Path,
        secret: bytes,
        poke: Callable[[], object],
        child: Child | None = None,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._newest_seq = newest_seq
        self._count = count
        self._folder = folder
        self._secret = secret
        self._thread = SideThread("report", poke)
        self._child = child or Child()

    def look(self) -> None:
        """Start on what has waited longest; raises what its thread did not expect."""
        if self._thread.is_busy():
            return
        if not SignedReport.select().where(among(SignedReport.state, PENDING)).exists():
            return
        work = self._writer.run(self._take)
        if work is not None:
            self._thread.start(self._print, work)

    def stop(self) -> None:
        """Kill the child, if any; what waits is taken up by the next process."""
        self._child.end()
        self._thread.stop()

    def _take(self) -> Work | None:
        # What an earlier process had in its hands is begun anew: nobody else works on any.
        pending = SignedReport.select().where(among(SignedReport.state, PENDING))
        row = pending.order_by(SignedReport.id).first()
        period = parse(row.period) if row is not None else None
        if row is None or period is None:
            return None
        _set(row.id, state=PaperState.WORKING)
        return Work(row.id, row.number, period, row.verify_url)

    # On the thread, which has a connection of its own to read with ------------------------------

    def _print(self, work: Work) -> None:
        part = self._folder / f"{work.name}{files.PART}"
        try:
            files.make_folder(self._folder)
            seq, order = self._order(work)
            code, answer = self._child.run(
                draw.__name__, str(part), order=order, timeout_s=TIMEOUT_S
            )
            if self._child.is_ended:
                return
            if code != 0:
                log.warning("report not drawn", code=code, reason=answer[-REASON_CHARS:])
                self._writer.run(lambda: self._fail(work, FAILED))
                return
            self._sign(work, part, seq, json.loads(answer.splitlines()[-1])["pages"])
        except OSError as error:
            log.error("report not stored", reason=str(error))
            self._writer.run(lambda: self._fail(work, NO_ROOM))
        finally:
            files.remove(part)
            leave_database()

    def _order(self, work: Work) -> tuple[int, str]:
        """The newest line of the journal before counting began, and what the child is told."""
        seq = self._newest_seq()
        report = self._count(work.period)
        paper = paper_of(report, self._office, work.number, work.verify_url, seq)
        return seq, json.dumps(asdict(paper))

    def _sign(self, work: Work, part: Path, seq: int, pages: int) -> None:
        content = part.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        signature = ed25519.sign(self._secret, signed_text(work.number, sha256))
        values = {
            "state": PaperState.READY,
            "made_at": self._clock.now(),
            "journal_seq": seq,
            "name": work.name,
            "pages": pages,
            "size_bytes": len(content),
            "sha256": sha256,
            "signature": signature.hex(),
            "public_key": ed25519.public_key(self._secret).hex(),
        }
        files.put_in_place(part, self._folder / work.name)
        self._writer.run(lambda: self._ready(work, values))
        self._tidy()

    def _tidy(self) -> None:
        """Delete the files of all but the newest reports."""
        kept = SignedReport.select().where(SignedReport.name.is_null(False))
        old = list(kept.order_by(SignedReport.id.desc()).offset(MOST_KEPT))
        for row in old:
            files.remove(self._folder / str(row.name))
            self._writer.run(lambda key=row.id: _set(key, name=None))  # type: ignore[misc]

    # Inside a function of the writer --------------------------------------------------------

    def _ready(self, work: Work, values: dict[str, object]) -> None:
        _set(work.id, **values)
        detail = {name: values[name] for name in ("journal_seq", "sha256", "public_key")}
        detail["number"] = work.number
        subject = f"report/{work.period.text}"
        self._recorder.note("report.signed", subject, by=SYSTEM, detail=detail)

    def _fail(self, work: Work, problem: str) -> None:
        _set(work.id, state=PaperState.FAILED, problem=problem)
        detail = {"number": work.number, "problem": problem}
        subject = f"report/{work.period.text}"
        self._recorder.note("report.not_drawn", subject, by=SYSTEM, detail=detail)


def _set(row_id: int, **values: object) -> None:
    SignedReport.update(**values).where(SignedReport.id == row_id).execute()
