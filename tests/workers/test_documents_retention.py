"""How long scans are kept: until check-out or closing, and never by a clock that is wrong."""

import datetime as dt
import json
import shutil

from appliance.bootstrap import Core
from appliance.clock import ClockQuality
from appliance.storage.models import Journal, ScanJob, Visit
from tests.documents_kit import STATION, Station, TellableScanner, files_of, made_pdf, scan


def close_visit(core: Core, at: dt.datetime) -> None:
    core.writer.run(lambda: Visit.update(state="finished", closed_at=at).execute())


def deletions() -> list[dict[str, object]]:
    """What the journal says was deleted."""
    notes = Journal.select().where(Journal.action == "scan.deleted").order_by(Journal.seq)
    return [json.loads(note.detail) for note in notes]


def aged(core: Core, scanner: TellableScanner) -> None:
    """A fresh worker looks at the clock in its first step."""
    station = Station(core, scanner)
    station.worker.step()
    station.stop()


def test_scans_of_a_closed_visit_go_after_the_offices_grace(
    core, documents, station, scanner, clock, job_uuid
):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    station.stop()
    close_visit(core, clock.now())

    clock.advance(3600 - 60)
    aged(core, scanner)
    assert "scan-1.pdf" in files_of(core, job_uuid)
    clock.advance(120)
    aged(core, scanner)
    assert not (core.settings.scans_dir / job_uuid).exists()
    assert deletions() == [{"pages": 1, "files": 1, "cause": "checkout"}]


def test_nothing_is_deleted_by_a_clock_that_is_not_set(
    core, documents, station, scanner, clock, job_uuid
):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    station.stop()
    close_visit(core, clock.now())
    clock.advance(400 * 24 * 3600)
    clock.set_quality(ClockQuality.UNSET)

    aged(core, scanner)

    assert "scan-1.pdf" in files_of(core, job_uuid)


def test_without_a_clock_the_grace_counts_as_it_passes(core, documents, station, clock, job_uuid):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    station.stop()
    close_visit(core, clock.now())
    clock.set_quality(ClockQuality.UNSET)
    tidier = station.worker._tidier

    assert tidier.expire() == 0
    clock.advance(3600 - 60)
    assert tidier.expire() == 0
    clock.advance(120)
    assert tidier.expire() == 1


def test_a_visit_closed_in_1970_keeps_its_scans_for_the_full_time(
    core, documents, station, scanner, clock, job_uuid
):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    station.stop()
    past = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    close_visit(core, past)
    core.writer.run(lambda: ScanJob.update(closed_at=past).execute())

    aged(core, scanner)
    clock.advance(3600 - 60)
    aged(core, scanner)
    assert "scan-1.pdf" in files_of(core, job_uuid)
    clock.advance(120)
    aged(core, scanner)
    assert files_of(core, job_uuid) == set()


def test_a_visit_closed_by_a_clock_that_ran_ahead_keeps_its_scans_for_the_full_time(
    core, documents, station, scanner, clock, job_uuid
):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    station.stop()
    made_at = ScanJob.get(ScanJob.uuid == job_uuid).closed_at
    clock.advance(2 * 3600)
    close_visit(core, clock.now() + dt.timedelta(days=2))

    aged(core, scanner)
    clock.advance(3600 - 60)
    aged(core, scanner)
    assert "scan-1.pdf" in files_of(core, job_uuid)
    clock.advance(120)
    aged(core, scanner)
    assert files_of(core, job_uuid) == set()
    assert ScanJob.get(ScanJob.uuid == job_uuid).closed_at == made_at


def test_pages_left_on_the_glass_become_a_pdf_when_the_visit_closes(
    core, documents, station, scanner, clock, job_uuid
):
    scan(documents, station, job_uuid)
    station.stop()
    close_visit(core, clock.now())

    again = Station(core, scanner)
    again.run_until(lambda: documents.job(job_uuid).is_ready)
    again.stop()


def test_scans_of_a_visitor_who_never_checked_out_go_after_closing(
    core, documents, station, scanner, clock, job_uuid
):
    scan(documents, station, job_uuid)
    made_pdf(documents, station, job_uuid)
    station.stop()

    clock.advance(7.5 * 3600 - 60)  # 9.00 to 16.30: the room closes at 15.30
    aged(core, scanner)
    assert "scan-1.pdf" in files_of(core, job_uuid)
    clock.advance(120)
    aged(core, scanner)

    assert files_of(core, job_uuid) == set()
    assert deletions() == [{"pages": 1, "files": 1, "cause": "closing"}]


def test_who_still_scans_after_closing_keeps_the_pages(
    core, documents, station, scanner, clock, job_uuid
):
    clock.advance(8 * 3600)
    scan(documents, station, job_uuid)
    station.stop()

    clock.advance(1800)
    aged(core, scanner)

    assert len(documents.job(job_uuid).pages) == 1


def test_what_was_asked_for_is_deleted_at_once_and_written_down(core, documents, station, job_uuid):
    for _ in range(2):
        scan(documents, station, job_uuid)

    documents.discard(job_uuid, by=STATION)
    station.run_until(lambda: files_of(core, job_uuid) == set())

    assert deletions() == [{"pages": 2, "files": 0, "cause": "asked"}]
    assert not (core.settings.scans_dir / job_uuid).exists()


def test_nothing_counts_as_deleted_while_a_file_of_it_is_left(
    core, documents, station, monkeypatch, job_uuid
):
    scan(documents, station, job_uuid)
    folder, delete = core.settings.scans_dir / job_uuid, shutil.rmtree

    def delete_while_somebody_writes(path, **how):
        delete(path, **how)
        path.mkdir(exist_ok=True)  # what reads the words may have been quicker
        (path / "late.text.json").write_bytes(b"words")

    documents.discard(job_uuid, by=STATION)
    monkeypatch.setattr(shutil, "rmtree", delete_while_somebody_writes)
    station.worker.step()
    assert deletions() == []

    monkeypatch.setattr(shutil, "rmtree", delete)
    station.run_until(lambda: len(deletions()) == 1)
    assert not folder.exists()
