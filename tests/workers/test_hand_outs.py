"""Finished files printed or copied to a stick: by a fake `lp`, and onto real file systems."""

import json
import os
import stat
import subprocess
import threading
from pathlib import Path

import pytest

from appliance.config import Settings, StationSettings
from appliance.documents import copy_out, printing
from appliance.documents.child import Child
from appliance.documents.copy_out import NotCopied, copy_all
from appliance.documents.hand_out_rules import HandOutProblem, HandOutState
from appliance.documents.handing_out import HandingOut
from appliance.documents.usb_stick import UsbStick
from appliance.errors import NotFound, Refused, Unavailable
from appliance.runtime.wakeup import WakeSocket
from appliance.storage.models import Guest, Journal, Outbox, ScanHandOut, ScanJob, Visit
from tests.documents_kit import STATION, Station, put_pdf

NAME = "Siti Aminah"
PDFS = (b"%PDF-1.7 first", b"%PDF-1.7 second")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(tmp_path: Path, stick: Path) -> Settings:
    station = StationSettings(printer="kantor", usb=True, usb_folder=str(stick))
    return Settings(data=str(tmp_path / "data"), port=0, announce=False, station=station)


@pytest.fixture
def hand_outs(services):
    services.hand_outs._find = lambda program: program
    return services.hand_outs


@pytest.fixture
def ready(core, documents, job_uuid) -> str:
    """A finished job of two files, of a visitor with a name."""
    visit_id = documents.job(job_uuid).visit_id
    core.writer.run(lambda: Guest.create(visit=visit_id, name=NAME))
    put_pdf(core, job_uuid, *PDFS)
    return job_uuid


@pytest.fixture
def visit_id(documents, ready) -> int:
    return documents.job(ready).visit_id


class Hands(Station):
    """A documents process that only hands out."""

    def __init__(self, core, services, stick: UsbStick | None = None) -> None:
        self._ending, self._thread = threading.Event(), None
        self.wake = WakeSocket(core.settings.run_dir, "documents")
        self.worker = HandingOut(
            books=core.books,
            visits=services.visits,
            station=core.settings.station,
            scans_dir=core.settings.scans_dir,
            run_dir=core.settings.run_dir,
            poke=self.wake.poke,
            stick=stick,
        )
        self.worker.step = self.worker.look


@pytest.fixture
def hands(core, services):
    started = Hands(core, services)
    yield started
    started.stop()


def put_lp(tmp_path: Path, monkeypatch, script: str) -> Path:
    """An `lp` before the machine's own; the file that it writes its arguments into."""
    program, told = tmp_path / "bin" / "lp", tmp_path / "told"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$LC_ALL" "$@" > {told}\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return told


def ended(hands, hand_outs, job_uuid: str):
    hands.run_until(lambda: not hand_outs.of(job_uuid).is_pending)
    return hand_outs.of(job_uuid)


def test_a_file_is_printed_and_nobodys_name_goes_along(
    hands, hand_outs, core, ready, visit_id, tmp_path, monkeypatch
):
    told = put_lp(tmp_path, monkeypatch, "echo 'request id is kantor-7 (2 file(s))'")

    asked = hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    twice = hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    done = ended(hands, hand_outs, ready)

    assert (asked.is_pending, twice.uuid, asked.pages) == (True, asked.uuid, 6)
    assert (done.uuid, done.is_done, done.problem) == (asked.uuid, True, None)
    folder = core.settings.scans_dir / ready
    assert told.read_text().splitlines() == [
        *("C", "-d", "kantor", "-t", "Ruang Baca", "-o", "media=A4"),
        *("-o", "print-scaling=auto-fit", "--", f"{folder}/scan-1.pdf", f"{folder}/scan-2.pdf"),
    ]
    sent = Outbox.select().order_by(Outbox.seq.desc()).first()
    assert "scan.printed" in str(sent.type)
    assert json.loads(Journal.get(Journal.action == "scan.printed").detail) == {"pages": 6}


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("echo 'lp: Error - The printer or class does not exist.' >&2; exit 1", "no_queue"),
        ("exec sleep 60", "silent"),
    ],
)
def test_a_printer_that_fails_is_told_and_asked_again(
    hands, hand_outs, ready, visit_id, tmp_path, monkeypatch, script, problem
):
    patience_s = printing.TIMEOUT_S
    monkeypatch.setattr(printing, "TIMEOUT_S", 0.5 if problem == "silent" else patience_s)
    put_lp(tmp_path, monkeypatch, script)
    hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)

    failed = ended(hands, hand_outs, ready)

    assert (failed.state, failed.problem) == (HandOutState.FAILED, problem)
    assert Journal.select().where(Journal.action == "scan.hand_out_failed").count() == 1
    monkeypatch.setattr(printing, "TIMEOUT_S", patience_s)
    put_lp(tmp_path, monkeypatch, "echo 'request id is kantor-8 (2 file(s))'")
    again = hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    assert again.uuid != failed.uuid
    assert ended(hands, hand_outs, ready).is_done


def test_a_file_is_copied_once_under_a_name_without_a_name(
    hands, hand_outs, ready, visit_id, stick
):
    for _ in range(2):
        hand_outs.ask(ready, "usb", by=STATION, visit_id=visit_id)
        done = ended(hands, hand_outs, ready)

    assert (done.is_done, done.problem) == (True, None)
    copied = list((stick / "RuangBaca").iterdir())
    assert sorted(path.read_bytes() for path in copied) == list(PDFS)
    assert all(path.name.startswith("hasil-pindai-") for path in copied)
    assert Journal.select().where(Journal.action == "scan.copied").count() == 2


def test_a_late_wish_one_of_a_closed_visit_and_an_interrupted_one_are_not_carried_out(
    core, services, hand_outs, ready, visit_id, clock, stick
):
    hands = Hands(core, services)
    hand_outs.ask(ready, "usb", by=STATION, visit_id=visit_id)
    clock.advance(61)
    assert hand_outs.of(ready).problem == HandOutProblem.EXPIRED, "also when nobody looks"
    hands.worker.look()
    assert ScanHandOut.get().problem == HandOutProblem.EXPIRED

    row = hand_outs.ask(ready, "usb", by=STATION, visit_id=visit_id).uuid
    core.writer.run(lambda: Visit.update(state="finished", closed_at=clock.now()).execute())
    hands.worker.look()
    assert hand_outs.of(ready).problem == HandOutProblem.GONE
    with pytest.raises(Refused):
        hand_outs.ask(ready, "usb", by=STATION, visit_id=visit_id)

    core.writer.run(
        lambda: ScanHandOut.update(state="working").where(ScanHandOut.uuid == row).execute()
    )
    hands.stop()
    hands = Hands(core, services)
    hands.worker.look()
    hands.stop()
    assert hand_outs.of(ready).problem == HandOutProblem.INTERRUPTED
    assert list(stick.iterdir()) == []


def test_without_a_stick_people_are_told(core, services, hand_outs, ready, visit_id, tmp_path):
    stick = UsbStick(tmp_path, "", Child(), mount_wait_s=0.1)
    (tmp_path / "usb").mkdir()  # where one would be mounted
    hands = Hands(core, services, stick)
    hand_outs.ask(ready, "usb", by=STATION, visit_id=visit_id)

    failed = ended(hands, hand_outs, ready)
    hands.stop()

    assert failed.problem == HandOutProblem.NO_STICK
    assert list((tmp_path / "usb").iterdir()) == []


def test_only_the_own_visit_a_ready_file_and_a_share_may_be_asked_for(
    core, hand_outs, ready, visit_id
):
    with pytest.raises(NotFound):
        hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id + 1)
    with pytest.raises(Refused, match="tidak bisa mencetak"):
        hand_outs.ask(ready, "fax", by=STATION, visit_id=visit_id)
    with pytest.raises(Unavailable):
        hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    assert hand_outs.of(ready).problem == HandOutProblem.UNATTENDED
    hand_outs._find = lambda program: None
    with pytest.raises(Refused, match="belum terpasang"):
        hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    hand_outs._find = lambda program: program
    core.writer.run(lambda: ScanHandOut.update(state="done", pages=45).execute())
    with pytest.raises(Refused, match="paling banyak"):
        hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    core.writer.run(lambda: ScanJob.update(state="open").execute())
    with pytest.raises(Refused, match="belum siap"):
        hand_outs.ask(ready, "usb", by=STATION, visit_id=visit_id)


def test_a_file_thrown_away_ends_its_printing(
    core, hands, hand_outs, documents, station, ready, visit_id, tmp_path, monkeypatch
):
    begun = put_lp(tmp_path, monkeypatch, "exec sleep 60")
    hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    hands.run_until(begun.exists)

    documents.discard(ready, by=STATION)

    hands.run_until(lambda: not hand_outs.of(ready).is_pending)
    station.run_until(lambda: not (core.settings.scans_dir / ready).exists())
    assert hand_outs.of(ready).state is HandOutState.FAILED


def test_what_a_visit_printed_counts_on_after_the_file_was_deleted(
    core, hands, hand_outs, documents, station, ready, visit_id, tmp_path, monkeypatch
):
    put_lp(tmp_path, monkeypatch, "echo 'request id is kantor-7 (2 file(s))'")
    hand_outs.ask(ready, "print", by=STATION, visit_id=visit_id)
    ended(hands, hand_outs, ready)
    core.writer.run(lambda: ScanHandOut.update(pages=45).execute())
    documents.discard(ready, by=STATION)
    station.run_until(lambda: not (core.settings.scans_dir / ready).exists())

    another = documents.open_job(visit_id, "colour", by=STATION).uuid
    put_pdf(core, another, *PDFS)

    with pytest.raises(Refused, match="paling banyak"):
        hand_outs.ask(another, "print", by=STATION, visit_id=visit_id)


# What a stick may be ---------------------------------------------------------------------------


def test_what_is_on_the_stick_is_never_written_over(tmp_path, stick):
    source = tmp_path / "scan-1.pdf"
    source.write_bytes(b"new")
    (stick / "RuangBaca").mkdir()
    (stick / "RuangBaca" / "a.pdf").write_bytes(b"somebody's own")

    copy_all(stick, [(source, "a.pdf")])

    found = {path.name: path.read_bytes() for path in (stick / "RuangBaca").iterdir()}
    assert found == {"a.pdf": b"somebody's own", "a-2.pdf": b"new"}


def test_a_link_on_the_stick_leads_nowhere(tmp_path, stick):
    (tmp_path / "elsewhere").mkdir()
    (stick / "RuangBaca").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "scan-1.pdf").write_bytes(b"new")

    with pytest.raises(NotCopied):
        copy_all(stick, [(tmp_path / "scan-1.pdf", "a.pdf")])

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_missing_stick_and_a_missing_file_are_told_apart(tmp_path, stick):
    (tmp_path / "scan-1.pdf").write_bytes(b"new")

    with pytest.raises(NotCopied) as away:
        copy_all(tmp_path / "none", [(tmp_path / "scan-1.pdf", "a.pdf")])
    with pytest.raises(NotCopied) as gone:
        copy_all(stick, [(tmp_path / "scan-2.pdf", "a.pdf")])

    assert away.value.problem is HandOutProblem.VANISHED
    assert gone.value.problem is HandOutProblem.GONE


@pytest.fixture
def mounted(tmp_path: Path):
    """A small file system at the place of the stick, mounted as the system would."""
    place = tmp_path / "usb"
    place.mkdir()
    tried = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k,nosuid,nodev,noexec", "none", place],
        capture_output=True, check=False,
    )  # fmt: skip
    if tried.returncode:
        pytest.skip("file systems can be mounted by root alone")
    yield place
    subprocess.run(["umount", "-l", place], capture_output=True, check=False)


def unmount_when_asked(folder: Path, place: Path) -> threading.Thread:
    """What the path unit of systemd/usb does."""
    asked = threading.Event()

    def watch() -> None:
        for _ in range(600):
            if (folder / "usb-release").exists():
                subprocess.run(["umount", place], check=True)
                return
            asked.wait(0.05)

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def test_a_mounted_stick_is_let_go_of_before_it_may_be_pulled_out(tmp_path, mounted):
    (tmp_path / "scan-1.pdf").write_bytes(b"new")
    watching = unmount_when_asked(tmp_path, mounted)

    problem = UsbStick(tmp_path, "", Child()).copy([(tmp_path / "scan-1.pdf", "a.pdf")])
    watching.join()

    assert problem is None
    assert not mounted.is_mount()
    assert not (tmp_path / "usb-release").exists()


def test_a_full_and_a_locked_stick_are_told_and_nothing_half_stays(tmp_path, mounted):
    (tmp_path / "scan-1.pdf").write_bytes(bytes(100_000))
    stick = UsbStick(tmp_path, "", Child(), release_wait_s=0.1)
    order = [(tmp_path / "scan-1.pdf", "a.pdf")]

    assert stick.copy(order) is HandOutProblem.FULL
    assert list(mounted.iterdir()) == []
    (tmp_path / "scan-1.pdf").write_bytes(b"new")
    assert stick.copy(order) is HandOutProblem.NOT_RELEASED, "nobody unmounts it here"
    subprocess.run(["mount", "-o", "remount,ro", mounted], check=True)
    assert stick.copy(order) is HandOutProblem.READ_ONLY


def test_a_stick_that_keeps_silent_is_given_up(tmp_path, stick, monkeypatch):
    class Silent(Child):
        def run(self, *arguments, **how):
            return copy_out.ALARMED, ""

    assert UsbStick(tmp_path, str(stick), Silent()).copy([]) is HandOutProblem.SLOW
