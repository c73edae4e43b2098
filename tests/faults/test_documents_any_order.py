"""Scanning in any order, with any fault, stopped at any moment: nothing kept is ever lost."""

import errno
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from appliance.bootstrap import build_services, open_core
from appliance.config import Settings
from appliance.documents.rules import UNDO_S, JobState, PageState
from appliance.errors import Refused
from appliance.storage.models import ScanJob, ScanPage
from hardware.interfaces import ScanFailed, ScannerUnavailable, ScanProblem
from tests.documents_kit import STATION, Station, TellableScanner, a_visit, files_of
from tests.fakes import FakeClock

FAULTS = st.sampled_from(
    [
        ScanFailed(ScanProblem.JAMMED, "jam"),
        ScanFailed(ScanProblem.STALLED, "hung"),
        ScannerUnavailable(ScanProblem.UNPLUGGED, "gone"),
        OSError(errno.ENOSPC, "full"),
    ]
)


class Scanning(RuleBasedStateMachine):
    """One visitor at a station whose scanner, process and mind may change at any time."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.core = open_core(
            Settings(data=str(self.folder), office="pasaman", announce=False), clock=self.clock
        )
        services = build_services(self.core)
        self.documents, self.scan_pages = services.documents, services.scan_pages
        self.scan_files = services.scan_files
        self.visit_id = a_visit(self.core, services)
        self.scanner = TellableScanner()
        self.station = Station(self.core, self.scanner)
        self.kept: list[str] = []
        self.begin()

    def begin(self) -> None:
        self.job = self.documents.open_job(self.visit_id, "email", by=STATION).uuid
        self.kept = []

    def settle(self) -> None:
        self.station.run_until(lambda: not self.documents.job(self.job).is_busy)

    def state(self) -> JobState:
        return self.documents.job(self.job).state

    @precondition(lambda self: self.state() is JobState.OPEN)
    @rule(count=st.integers(1, 3))
    def scan(self, count: int) -> None:
        for _ in range(count):
            page = self.scan_pages.ask_page(self.job, by=STATION)
            self.settle()
            self.kept.append(page.uuid)

    @precondition(lambda self: self.state() is JobState.OPEN)
    @rule(fault=FAULTS)
    def scan_with_a_fault(self, fault: Exception) -> None:
        self.scanner.plan = [fault]
        self.scan_pages.ask_page(self.job, by=STATION)
        self.settle()
        assert self.documents.job(self.job).failed.sentence

    @precondition(lambda self: self.state() is JobState.OPEN and self.kept)
    @rule(data=st.data(), fault=st.one_of(st.none(), st.none(), FAULTS))
    def redo(self, data: st.DataObject, fault: Exception | None) -> None:
        index = data.draw(st.integers(0, len(self.kept) - 1))
        self.scanner.plan = [fault]
        page = self.scan_pages.ask_page(self.job, by=STATION, replaces=self.kept[index])
        self.settle()
        if fault is None:
            self.kept[index] = page.uuid

    @precondition(lambda self: self.state() is JobState.OPEN and self.kept)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.kept) - 1))
        self.scan_pages.remove_page(self.job, self.kept.pop(index), by=STATION)
        self.clock.advance(UNDO_S)
        self.station.worker.step()

    @precondition(lambda self: self.state() is JobState.OPEN)
    @rule(taken=st.booleans())
    def cancel(self, taken: bool) -> None:
        self.scanner.plan = [threading.Event()]
        self.scan_pages.ask_page(self.job, by=STATION)
        if taken:
            before = len(self.scanner.requests)
            self.station.run_until(lambda: len(self.scanner.requests) > before)
        self.scan_pages.cancel_page(self.job, by=STATION)
        self.settle()
        self.scanner.plan = []

    @precondition(lambda self: self.state() is JobState.OPEN)
    @rule()
    def stop_in_the_middle_of_a_page(self) -> None:
        self.scanner.plan = [threading.Event()]
        self.scan_pages.ask_page(self.job, by=STATION)
        self.station.worker.step()
        self.restart()
        self.scanner.plan = []

    @rule()
    def restart(self) -> None:
        self.station.stop()
        self.station = Station(self.core, self.scanner)
        self.settle()

    @precondition(lambda self: self.state() is JobState.OPEN and len(self.kept) != 1)
    @rule(stopped=st.booleans())
    def finish(self, stopped: bool) -> None:
        try:
            self.documents.finish(self.job, by=STATION)
        except Refused:
            assert not self.kept
            return
        assert self.kept
        if stopped:
            self.station.worker.step()
            self.restart()
        self.settle()
        assert self.documents.job(self.job).page_count == len(self.kept)
        assert self.scan_files.pdf_file(self.visit_id, self.job).path.is_file()
        self.begin()

    @precondition(lambda self: len(self.kept) > 3)
    @rule()
    def discard(self) -> None:
        self.documents.discard(self.job, by=STATION)
        self.station.worker.step()
        self.begin()

    @invariant()
    def what_was_kept_is_there_in_order(self) -> None:
        assert [page.uuid for page in self.documents.job(self.job).pages] == self.kept

    @invariant()
    def nothing_else_is_on_disk(self) -> None:
        self.station.worker.step()
        wanted = {f"{uuid}.jpg" for uuid in self.kept} | {f"{uuid}.small.jpg" for uuid in self.kept}
        assert files_of(self.core, self.job) == wanted

    @invariant()
    def nobody_holds_the_scanner(self) -> None:
        active = (PageState.WAITING, PageState.SCANNING)
        assert not ScanPage.select().where(ScanPage.state.in_(active)).exists()
        assert not ScanJob.select().where(ScanJob.state == JobState.FINISHING).exists()

    def teardown(self) -> None:
        if hasattr(self, "station"):
            self.station.stop()
            self.core.close()
            shutil.rmtree(self.folder)


Scanning.TestCase.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would outlast the patience
    suppress_health_check=list(HealthCheck),
)
TestScanning = pytest.mark.slow(Scanning.TestCase)
