"""Reports on paper: drawn and signed by the documents process, genuine or not by their bytes."""

import datetime as dt
import subprocess
import threading

import pymupdf
import pytest

from appliance import ed25519
from appliance.actor import Actor
from appliance.documents.child import Child
from appliance.errors import NotFound, Refused, Unavailable
from appliance.paperwork import report_of
from appliance.reports import periods
from appliance.reports.ledger import PaperState, Verdict
from appliance.reports.printing import ReportPrinter
from appliance.storage.models import Journal, SignedReport
from appliance.watermarks.inspection import FileInspector
from tests import report_kit as kit

OFFICER = Actor.staff("rina", "officer")
NOVEMBER = periods.parse("2026-11")
SECRET = bytes(range(32))


class Press:
    """The documents process as far as reports go."""

    def __init__(self, core, child=None):
        self._ended = threading.Event()
        self._printer = ReportPrinter(
            books=core.books,
            office=core.office,
            newest_seq=core.journal.newest_seq,
            count=lambda period: report_of(core, period),
            folder=core.settings.reports_dir,
            secret=SECRET,
            poke=self._ended.set,
            child=child,
        )

    def print_one(self):
        """Let it draw what waits, and wait for the end of that."""
        self._ended.clear()
        self._printer.look()
        assert self._ended.wait(60), "the report was not drawn"
        self._printer.look()

    def stop(self):
        self._printer.stop()


@pytest.fixture
def press(core, attended):
    made = Press(core)
    yield made
    made.stop()


@pytest.fixture
def ledger(services):
    return services.report_ledger


@pytest.fixture
def paper(core, ledger, press):
    """The report of a busy November, its note and its bytes."""
    kit.write_past(core, dt.date(2026, 10, 1), dt.date(2026, 12, 1), 100)
    asked = ledger.ask(NOVEMBER, by=OFFICER, verify_url=lambda n: f"http://10.0.0.1/verify?{n}")
    press.print_one()
    note, file = ledger.open(asked.number, by=OFFICER)
    with file:
        return note, file.read()


def seen(data: bytes) -> FileInspector:
    inspector = FileInspector()
    for start in range(0, len(data), 1000):
        inspector.feed(data[start : start + 1000])
    return inspector


def test_the_paper_says_what_the_screen_says(paper, services, tmp_path):
    note, data = paper
    (tmp_path / "report.pdf").write_bytes(data)
    report = services.reports.report(NOVEMBER)

    checked = subprocess.run(["qpdf", "--check", tmp_path / "report.pdf"], check=False)
    with pymupdf.open(stream=data) as document:
        text = "\n".join(page.get_text() for page in document)
        assert document.page_count == note.pages
        assert document.metadata["title"] == "Laporan Ruang Baca November 2026"

    assert checked.returncode == 0
    lines = text.split("\n")
    for table in report.tables.values():
        if not table.is_empty and len(table.rows) < 30:
            assert table.name.id in text, table.key
    for figure in ("visits", "persons", "readings", "scanned_pages"):
        told = f"{report.figure(figure).value:,}".replace(",", ".")
        place = lines.index(report.figure(figure).name.id)
        assert told in lines[place + 1 : place + 3], figure
    assert text.count(note.number) >= note.pages
    assert "NIP:" in text
    assert "=HYPERLINK(1)" in text, "titles are texts"


def test_nobody_is_named_on_the_paper(paper):
    _, data = paper
    with pymupdf.open(stream=data) as document:
        text = "".join(page.get_text() for page in document)

    assert "rina" not in text.lower()


def test_a_signed_file_is_genuine_and_any_other_byte_is_not(paper, ledger):
    note, data = paper

    assert ledger.verify_file(seen(data)).verdict is Verdict.GENUINE
    for place in (len(data) // 2, 20):
        other = bytearray(data)
        other[place] ^= 1
        found = ledger.verify_file(seen(bytes(other)))
        assert (found.verdict, found.note.number) == (Verdict.CHANGED, note.number)
    assert ledger.verify_file(seen(b"%PDF-1.7 something else")) is None
    typed = note.number.lower().replace("-", " ")
    assert ledger.verify_number(typed).verdict is Verdict.KNOWN_NUMBER
    with pytest.raises(NotFound):
        ledger.verify_number("1309-2026-00000000")


def test_the_signature_is_one_that_anybody_can_check(paper):
    note, _ = paper

    text = f"Ruang Baca report {note.number} sha256 {note.sha256}\n".encode()

    assert note.public_key == ed25519.public_key(SECRET).hex()
    assert ed25519.is_signed(bytes.fromhex(note.public_key), text, bytes.fromhex(note.signature))


def test_a_list_that_somebody_changed_is_no_proof(core, paper, ledger):
    _note, data = paper
    core.database.execute_sql("DROP TRIGGER signed_report_stays")
    SignedReport.update(signature="00" * 64).execute()

    assert ledger.verify_file(seen(data)).verdict is Verdict.BROKEN_LEDGER


def test_the_signature_of_another_month_proves_nothing(core, paper, ledger, press):
    note, data = paper
    asked = ledger.ask(NOVEMBER.neighbour(-1), by=OFFICER)
    press.print_one()
    october = ledger.note(asked.number)
    core.database.execute_sql("DROP TRIGGER signed_report_stays")
    stolen = SignedReport.update(signature=october.signature)
    stolen.where(SignedReport.number == note.number).execute()

    assert october.signature != note.signature
    assert ledger.verify_file(seen(data)).verdict is Verdict.BROKEN_LEDGER


def test_signed_rows_are_never_changed_or_deleted(paper):
    for change in (SignedReport.update(sha256="0"), SignedReport.delete()):
        with pytest.raises(Exception, match="signed report"):
            change.execute()


def test_asking_drawing_and_fetching_are_written_down_without_a_name(paper):
    note, _ = paper

    lines = {row.action: row for row in Journal.select()}
    assert lines["report.exported"].subject == "report/2026-11"
    assert "month-pdf" in lines["report.exported"].detail
    assert note.sha256 in lines["report.signed"].detail
    assert lines["report.fetched"].actor == "officer:rina"


def test_asking_again_while_it_waits_asks_once(core, ledger, attended):
    first = ledger.ask(NOVEMBER, by=OFFICER)

    assert ledger.ask(NOVEMBER, by=OFFICER).number == first.number
    for step in range(1, 5):
        ledger.ask(NOVEMBER.neighbour(-step), by=OFFICER)
    with pytest.raises(Refused):
        ledger.ask(NOVEMBER.neighbour(-9), by=OFFICER)
    assert Journal.select().where(Journal.action == "report.exported").count() == 5


def test_nobody_there_to_draw_is_said_at_once(ledger):
    with pytest.raises(Unavailable):
        ledger.ask(NOVEMBER, by=OFFICER)

    assert ledger.latest() == ()


def test_what_was_interrupted_is_drawn_by_the_next_process(core, ledger, press):
    asked = ledger.ask(NOVEMBER, by=OFFICER)
    SignedReport.update(state=PaperState.WORKING).execute()

    press.print_one()

    assert ledger.note(asked.number).state is PaperState.READY


class NoChild(Child):
    """A child that always fails, as when memory has run out."""

    def run(self, *arguments, **options):
        return -9, "killed"


def test_a_report_that_cannot_be_drawn_says_so_and_leaves_nothing(core, ledger, attended):
    press = Press(core, NoChild())
    asked = ledger.ask(NOVEMBER, by=OFFICER)

    press.print_one()
    press.stop()

    assert ledger.note(asked.number).state is PaperState.FAILED
    assert list(core.settings.reports_dir.iterdir()) == []
    with pytest.raises(NotFound):
        ledger.open(asked.number, by=OFFICER)
