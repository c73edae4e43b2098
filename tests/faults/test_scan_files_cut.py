"""Power gone at any step of making the PDFs and their words: whatever is named is whole."""

import hashlib
import os
from pathlib import Path

import pymupdf
import pytest

from appliance.bootstrap import Core, build_services
from appliance.documents import assemble, parts, read_page, rows
from appliance.documents.child import Child
from appliance.documents.rules import TextState
from appliance.storage.models import ScanJob
from tests.documents_kit import (
    STATION,
    Station,
    TellableScanner,
    a_visit,
    at_rest,
    files_of,
    scan,
)
from tests.workers.test_scan_texts import TABLE

STRIDE = 9  # 1 looks at each of some eighty steps and takes 40 s


class PowerCut(BaseException):
    """No handler for errors may see it, as none sees a real one."""


class Mains:
    """Lets so many steps through to the disk and to the database, and none after them."""

    def __init__(self) -> None:
        self.left = self.never = 1 << 30

    def step(self) -> None:
        if self.left == 0:
            raise PowerCut
        self.left -= 1

    def feeding(self, function):
        def fed(*arguments, **named):
            self.step()
            result = function(*arguments, **named)
            self.step()
            return result

        return fed


@pytest.fixture
def mains(core: Core, monkeypatch: pytest.MonkeyPatch) -> Mains:
    found = Mains()
    monkeypatch.setattr(os, "fsync", found.feeding(os.fsync))
    for name in ("replace", "unlink"):
        monkeypatch.setattr(Path, name, found.feeding(getattr(Path, name)))
    monkeypatch.setattr(core.writer, "run", found.feeding(core.writer.run))
    monkeypatch.setattr(Child, "run", in_this_process)
    return found


def in_this_process(child, module, *arguments, order="", timeout_s):
    """The children's work without starting them: this test is about what their parent does."""
    if module == read_page.__name__:
        return 0, TABLE
    return 0, assemble.answer(order)


@pytest.mark.slow
def test_at_every_step_what_the_rows_name_is_whole(core, mains, monkeypatch):
    monkeypatch.setattr(parts, "PAGE_LIMIT", 1)
    steps = 0
    while made_with_a_cut(core, mains, steps):
        steps += STRIDE
    assert steps > 30, "the cut never came: this test looks in the wrong place"


def made_with_a_cut(core: Core, mains: Mains, after: int) -> bool:
    """Make the two PDFs of a job and their words; whether the power went on the way."""
    services = build_services(core)
    documents, scanner = services.documents, TellableScanner()
    job_uuid = documents.open_job(a_visit(core, services), "email", by=STATION).uuid
    station = Station(core, scanner)
    for _ in range(2):
        scan(documents, station, job_uuid)
    wish = {"text_state": TextState.WAITING}
    core.writer.run(lambda: ScanJob.update(wish).where(ScanJob.uuid == job_uuid).execute())
    documents.finish(job_uuid, by=STATION)

    mains.left = after
    was_cut = False
    try:
        station.run_until(lambda: at_rest(documents.job(job_uuid)))
    except PowerCut:
        was_cut = True
    mains.left = mains.never
    station.stop()
    check_files(core, job_uuid)

    again = Station(core, scanner)
    again.run_until(lambda: at_rest(documents.job(job_uuid)))
    again.stop()
    assert documents.job(job_uuid).text_state is TextState.READY
    assert check_files(core, job_uuid) == 2
    last = Station(core, scanner)
    last.worker.step()
    last.stop()
    row = ScanJob.get(ScanJob.uuid == job_uuid)
    assert files_of(core, job_uuid) == rows.wanted_names(row)
    return was_cut


def check_files(core: Core, job_uuid: str) -> int:
    """How many files the rows name; each must be there, whole."""
    row = ScanJob.get(ScanJob.uuid == job_uuid)
    found = rows.files_on_disk(row)
    for file in found:
        data = (core.settings.scans_dir / job_uuid / str(file.name)).read_bytes()
        assert hashlib.sha256(data).hexdigest() == file.sha256
        with pymupdf.open(stream=data) as document:
            has_words = "Penduduk" in document[0].get_text()
        assert has_words is (row.text_state == TextState.READY)
    return len(found)
