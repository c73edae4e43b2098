"""The units as systemd itself judges them, in a root of the test's own; nothing is started."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from appliance.storage.turns import BUSY_TIMEOUT_S
from appliance.sync.enrol_file import NAME
from tests.architecture.source import ROOT

UNITS = ROOT / "systemd"
PROCESSES = ("web", "lockers", "documents", "sync")
SERVICES = (*PROCESSES, "maintain")
# Exposure in tenths as systemd counts it: a bare unit has 92; 20 is the most we allow.
MAX_EXPOSURE = 20
TARGETS = ("basic", "multi-user", "network", "paths", "shutdown", "slices", "sockets", "sysinit")

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A file system with our units, the standard targets and a command that can be executed."""
    own = tmp_path / "etc" / "systemd" / "system"
    shutil.copytree(UNITS, own, ignore=shutil.ignore_patterns("sysusers.d", "tmpfiles.d"))
    standard = tmp_path / "usr" / "lib" / "systemd" / "system"
    standard.mkdir(parents=True)
    for target in (*TARGETS, "local-fs", "timers"):
        (standard / f"{target}.target").write_text(f"[Unit]\nDescription={target}\n")
    command = tmp_path / "opt" / "ruangbaca" / "bin" / "ruangbaca"
    command.parent.mkdir(parents=True)
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    shell = tmp_path / "usr" / "bin" / "sh"
    shell.parent.mkdir(parents=True)
    shutil.copy(command, shell)
    return tmp_path


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def unit(process: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / f"ruangbaca-{process}.service")
    return parser["Service"]


@needs_systemd
def test_systemd_understands_every_line(root: Path) -> None:
    own = root / "etc/systemd/system"
    units = [*own.glob("*.service"), *own.glob("*.timer")]

    done = run("systemd-analyze", "verify", "--man=no", f"--root={root}", *units)

    assert len(units) == len(SERVICES) + 1
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
def test_systemd_understands_the_units_of_a_stick(root: Path) -> None:
    own = root / "etc/systemd/system"
    for file in (own / "usb").glob("*.*"):
        shutil.copy(file, own)
    for name in ("install", "sh", "mountpoint", "mount", "umount", "rm", "systemctl"):
        program = root / "usr" / "bin" / name
        program.parent.mkdir(exist_ok=True)
        shutil.copy(root / "opt/ruangbaca/bin/ruangbaca", program)
    shutil.copy(own / "usb-ruangbaca@.service", own / "usb-ruangbaca@sda1.service")
    units = [own / f"usb-ruangbaca{unit}" for unit in ("@sda1.service", "-release.path")]

    done = run("systemd-analyze", "verify", "--man=no", f"--root={root}", *units)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_units_of_a_stick_stay_outside_the_sandbox() -> None:
    services = [file.name for file in (UNITS / "usb").glob("*.service")]

    # ruangbaca-.service.d holds for every name with that beginning, and there nobody may mount.
    assert services
    assert [name for name in services if name.startswith("ruangbaca-")] == []


@needs_systemd
def test_a_misspelt_line_would_be_seen(root: Path) -> None:
    faulty = root / "etc/systemd/system/ruangbaca-web.service"
    faulty.write_text(faulty.read_text().replace("WatchdogSec=", "WatchdogSecs="))

    done = run("systemd-analyze", "verify", "--man=no", f"--root={root}", faulty)

    assert "WatchdogSecs" in done.stderr


@needs_systemd
@pytest.mark.parametrize("process", SERVICES)
def test_a_process_exposes_little(root: Path, process: str) -> None:
    done = run(
        *("systemd-analyze", "security", "--offline=true", f"--root={root}"),
        *(f"--threshold={MAX_EXPOSURE}", "--no-pager", f"ruangbaca-{process}.service"),
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr


def test_the_claim_on_the_card_is_moved_to_where_the_sync_process_looks(tmp_path: Path) -> None:
    command = unit("sync")["ExecStartPre"]
    script = command.removeprefix("+-/usr/bin/sh -c '").removesuffix("'").replace("$$", "$")
    script = script.replace(" -o ruangbaca -g ruangbaca", "")
    card, data = tmp_path / "boot/firmware", tmp_path / "var/lib/ruangbaca"
    for folder in (card, data):
        script = script.replace(f"/{folder.relative_to(tmp_path)}", str(folder))
        folder.mkdir(parents=True)
    assert run("sh", "-c", script).returncode == 0, "most cards have no claim"
    (card / NAME).write_text("{}")

    assert run("sh", "-c", script).returncode == 0

    assert [*card.iterdir()] == []
    assert (data / NAME).read_text() == "{}"
    assert (data / NAME).stat().st_mode & 0o777 == 0o600


def test_the_sync_process_alone_speaks_to_the_internet() -> None:
    outward = {p for p in PROCESSES if "IPAddressDeny" not in unit(p)}

    assert outward == {"sync"}
    assert {"AF_INET", "AF_INET6"} <= set(unit("sync")["RestrictAddressFamilies"].split())


@pytest.mark.skipif(shutil.which("systemd-sysusers") is None, reason="no systemd-sysusers")
def test_the_user_and_every_group_of_a_unit_are_made(tmp_path: Path) -> None:
    groups = {group for p in PROCESSES for group in unit(p).get("SupplementaryGroups", "").split()}
    made = (UNITS / "sysusers.d" / "ruangbaca.conf").read_text()
    (tmp_path / "etc").mkdir()

    done = run("systemd-sysusers", f"--root={tmp_path}", UNITS / "sysusers.d" / "ruangbaca.conf")

    assert done.returncode == 0, done.stderr
    assert "ruangbaca:" in (tmp_path / "etc" / "passwd").read_text()
    assert {group for group in groups if f"g {group} " not in made} == set()


@pytest.mark.parametrize("process", PROCESSES)
def test_each_process_has_its_unit_and_a_watchdog(process: str) -> None:
    service = unit(process)

    assert service["ExecStart"] == f"/opt/ruangbaca/bin/ruangbaca {process}"
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    # A locked database is waited for; it must not look like a hang.
    assert int(service["WatchdogSec"]) > BUSY_TIMEOUT_S + 2


def test_the_daily_cleaning_comes_by_itself() -> None:
    timer = configparser.ConfigParser(interpolation=None)
    timer.read(UNITS / "ruangbaca-maintain.timer")

    assert unit("maintain")["ExecStart"] == "/opt/ruangbaca/bin/ruangbaca maintain"
    assert unit("maintain")["Type"] == "oneshot"
    assert timer["Timer"]["OnCalendar"].startswith("*-*-* ")
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_solenoids_are_switched_off_before_and_after() -> None:
    lockers = unit("lockers")

    assert lockers["ExecStartPre"].endswith("ruangbaca lockers safe")
    assert lockers["ExecStopPost"].endswith("ruangbaca lockers safe")
    assert lockers["WatchdogSignal"] == "SIGKILL"


def test_no_process_may_touch_what_the_design_forbids() -> None:
    lockers, documents, sync, web = map(unit, ("lockers", "documents", "sync", "web"))

    assert (lockers["PrivateNetwork"], lockers["RestrictAddressFamilies"]) == ("yes", "AF_UNIX")
    assert "AF_INET" not in documents["RestrictAddressFamilies"]
    assert (web["PrivateDevices"], sync["PrivateDevices"]) == ("yes", "yes")
    assert web["IPAddressDeny"] == "any"
    assert sync["SocketBindDeny"] == "any"
