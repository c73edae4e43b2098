"""Boots the User-Mode Linux kernel on this machine's own root and runs one program in it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
INIT = Path(__file__).with_name("guest-init")
SYSTEMD = Path(__file__).with_name("under_systemd") / "start"
MEMORY_MB = 384
GONE_WAIT_S = 10.0


class GuestFailed(Exception):
    """Raised when the guest did not end by itself; `lines` is what it said until then."""

    def __init__(self, message: str, lines: list[str] | None = None) -> None:
        super().__init__(message)
        self.lines = lines or []


def run_in_guest(
    kernel: Path,
    program: Path,
    *,
    timeout_s: float,
    disk: Path | None = None,
    systemd: bool = False,
) -> list[str]:
    """Boot, run the Python program as root of the guest, power off; return the console's lines.

    The guest sees every file of this machine and can change none; it may have a disk of its own,
    /dev/ubda. With `systemd` that is process 1. Needs no privilege. Raises GuestFailed when the
    time is over or the kernel gave up; nothing of the guest is left then.
    """
    with booted(kernel, program, disk=disk, systemd=systemd) as guest:
        try:
            output, _ = guest.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as late:
            said = _lines(late.stdout or b"")
            raise GuestFailed(f"the guest was not done after {timeout_s} s", said) from None
    lines = _lines(output)
    if not any(line.startswith("guest: ended") for line in lines):
        raise GuestFailed("the guest died", lines)
    return lines


@contextlib.contextmanager
def booted(
    kernel: Path, program: Path, *, disk: Path | None = None, systemd: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A guest that runs the program; its console is `stdout`.

    Afterwards it is gone, as after a power cut if it still ran.
    """
    name = f"guest-{uuid.uuid4().hex}"
    words = [f"CHECKOUT={CHECKOUT}", f"PROGRAM={program}", f"init={INIT}", "quiet"]
    words += ["root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro"]
    words += ["con=null", "con0=fd:0,fd:1", f"mem={MEMORY_MB}M", f"umid={name}"]
    words += [f"ubd0={disk}"] if disk else []
    words += [f"MANAGER={SYSTEMD}", f"PYTHON_HOME={sys.base_prefix}"] if systemd else []
    with tempfile.TemporaryDirectory(prefix="guest-") as folder:
        guest = subprocess.Popen(
            [kernel, *words, f"uml_dir={folder}/"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"TMPDIR": str(_memory_folder()), "PATH": os.environ["PATH"]},
            start_new_session=True,
        )
        try:
            yield guest
        finally:
            cut_power(guest, name)


def cut_power(guest: subprocess.Popen[bytes], name: str) -> None:
    """Kill the guest between two instructions and wait until its disk is let go.

    Helper processes of the kernel outlive it for a moment and hold the disk's lock.
    """
    with contextlib.suppress(ProcessLookupError):
        os.killpg(guest.pid, signal.SIGKILL)
    guest.wait()
    if guest.stdout is not None:
        guest.stdout.close()
    deadline_s = time.monotonic() + GONE_WAIT_S
    while left := _processes_of(name):
        if time.monotonic() > deadline_s:
            raise GuestFailed(f"processes {left} of {name} do not end")
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _processes_of(name: str) -> list[int]:
    word = f"umid={name}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if word in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


def _memory_folder() -> Path:
    """Where the guest's memory fits: it is a file, and must be executable."""
    folders = [Path("/dev/shm"), Path(tempfile.gettempdir())]
    for folder in folders:
        with contextlib.suppress(OSError):
            may_execute = not os.statvfs(folder).f_flag & os.ST_NOEXEC
            if may_execute and shutil.disk_usage(folder).free > MEMORY_MB * 1024 * 1024:
                return folder
    raise GuestFailed(f"no room for {MEMORY_MB} MB in {' or '.join(map(str, folders))}")


def _lines(output: bytes) -> list[str]:
    return output.decode(errors="replace").replace("\r", "").splitlines()
