"""What provisioning says when it cannot go on, tried on a copy with stand-ins for apt and dpkg."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, name

SCRIPTS = [*(ROOT / "provisioning").glob("*"), ROOT / ".ci" / "run"]
NOBODY = 65534

Provision = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def stand_ins(tmp_path: Path) -> Callable[[str, str], None]:
    """stand_ins("dpkg-query", "exit 1") puts a command of this body first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def add(command: str, body: str) -> None:
        path = folder / command
        path.write_text(f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    return add


@pytest.fixture
def provision(tmp_path: Path) -> Provision:
    """Runs provisioning/run on a copy of its own; gives what it said and its exit code."""
    shutil.copytree(ROOT / "provisioning", tmp_path / "checkout" / "provisioning")

    def run(*prefix: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*prefix, str(tmp_path / "checkout" / "provisioning" / "run")],
            env=os.environ | {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_scripts_are_clean() -> None:
    scripts = [path for path in SCRIPTS if path.is_file()]

    done = subprocess.run(
        ["shellcheck", "--external-sources", *scripts],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_scripts_can_be_started() -> None:
    meant_to_run = [path for path in SCRIPTS if path.is_file() and path.suffix != ".sh"]

    assert meant_to_run
    assert [name(path) for path in meant_to_run if not os.access(path, os.X_OK)] == []


def test_missing_packages_are_named_when_nobody_is_root(
    provision: Provision, stand_ins: Callable[[str, str], None]
) -> None:
    stand_ins("dpkg-query", '[ "${@: -1}" != gcc ] && echo installed')
    stand_ins("id", "echo 1000")
    if shutil.which("sudo", path="/usr/bin:/bin"):
        pytest.skip("sudo is installed, so asking for root would be right")

    done = provision()

    assert done.returncode == 1
    assert "Paket berikut perlu dipasang oleh root: gcc (" in done.stderr


def test_sudo_is_used_when_it_is_there(
    provision: Provision, stand_ins: Callable[[str, str], None], tmp_path: Path
) -> None:
    stand_ins("dpkg-query", '[ "${@: -1}" != gcc ] && echo installed')
    stand_ins("id", "echo 1000")
    stand_ins("sudo", f'echo "$@" >> {tmp_path}/asked; exit 1')

    provision()

    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0].endswith(" update")
    assert asked[1].endswith(" install --yes --no-install-recommends gcc")


@pytest.mark.parametrize(
    ("apt_says", "we_say"),
    [
        ("E: Failed to fetch gcc.deb: Temporary failure resolving host", "tidak dapat dihubungi"),
        ("E: You don't have enough free space in /var/cache/apt/archives/.", "disk penuh"),
        ("E: dpkg was interrupted", "dpkg was interrupted"),
    ],
)
def test_a_failure_of_apt_becomes_a_sentence(
    provision: Provision, stand_ins: Callable[[str, str], None], apt_says: str, we_say: str
) -> None:
    stand_ins("dpkg-query", "exit 1")
    stand_ins("id", "echo 0")
    stand_ins("apt-get", f'echo "{apt_says}"; exit 100')

    done = provision()

    assert done.returncode == 1
    assert done.stderr.startswith("Gagal memasang paket Debian: ")
    assert we_say in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_old_python_is_refused_by_version(
    provision: Provision, stand_ins: Callable[[str, str], None], tmp_path: Path
) -> None:
    stand_ins("dpkg-query", "echo installed")
    lib = tmp_path / "checkout" / "provisioning" / "lib.sh"
    lib.write_text(lib.read_text().replace("python3 /usr/bin/python3 python3.13", "python3"))
    for command in ("python3", "python3.12", "python3.11"):
        stand_ins(command, '[ "$1" = --version ] && echo Python 3.9.2; exit 1')

    done = provision()

    assert done.returncode == 1
    assert "pada sistem ini: Python 3.9.2" in done.stderr


def test_a_full_disk_is_seen_before_anything_is_fetched(
    provision: Provision, stand_ins: Callable[[str, str], None]
) -> None:
    stand_ins("dpkg-query", "echo installed")
    stand_ins("df", 'printf "Filesystem\\nx 1 1 20480 1%% /\\n"')

    done = provision()

    assert done.returncode == 1
    assert "Ruang disk hampir habis: tersedia 20 MB" in done.stderr


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_checkout_of_somebody_else_is_named(provision: Provision, tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:-2]):  # up to the system's own folder
        folder.chmod(folder.stat().st_mode | 0o055)

    done = provision("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")

    assert done.returncode == 1
    assert f"Folder {tmp_path / 'checkout'} tidak dapat ditulisi oleh nobody" in done.stderr
