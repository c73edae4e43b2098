"""The program of the pulse guard: kills the process that started it when a pulse takes too long.

Run as ``python -I -S -E pulse_guard_child.py PARENT [/dev/gpiochipN:line,line ...]``, in a session
of its own, its standard input and output being pipes to the parent. Words it is told, one a line:

    on SECONDS     a pulse begins: it has to be over in so many seconds; answered by "on"
    off            it is over
    bye            the parent ends as it should: so does this

When the time is up, or the pipe closes in mid-pulse, the parent is killed (SIGKILL also ends a
stopped process; the kernel then takes its lines back). Whenever the parent is gone without "bye",
every line is claimed low, since an expander's outputs outlive their process. It loads next to
nothing: 9 MB, 4 of them its own.
"""

import os
import select
import signal
import sys
import time

PARENT_END_S = 2.0
"""How long the kernel may take to clear a killed process away."""
BUSY_S = 0.5
RAISED_BY = -10

BYE = "bye"
CLOSED = "the lockers process ended without a word"
CLOSED_IN_PULSE = "the lockers process ended in the middle of a pulse"
LATE = "a pulse took too long, so the lockers process was killed"


def main(arguments: list[str]) -> None:
    """Guard until the parent says goodbye or is gone."""
    parent = int(arguments[0])
    try:
        handle = os.pidfd_open(parent)
    except ProcessLookupError:
        return
    if os.getppid() != parent:
        return
    # It ends with its parent, not before: systemd tells the whole group to stop at once.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:  # noqa: SIM105 - contextlib loads much, here and below
        os.nice(RAISED_BY)
    except PermissionError:
        pass
    if arguments[1:]:
        _load()
    _say(b"ready\n")
    end = _watch()
    if end in (LATE, CLOSED_IN_PULSE):
        _kill(handle, end)
    # Only a process that is gone has given its lines back.
    if end != BYE and select.select([handle], [], [], PARENT_END_S)[0]:
        _clear(arguments[1:])


def _watch() -> str:
    """Wait for the end; returns which one it was."""
    until_s: float | None = None
    unread = b""
    while True:
        wait_s = None if until_s is None else max(0.0, until_s - time.monotonic())
        if not select.select([0], [], [], wait_s)[0]:
            return LATE
        chunk = os.read(0, 512)
        if not chunk:
            return CLOSED if until_s is None else CLOSED_IN_PULSE
        *words, unread = (unread + chunk).split(b"\n")
        for word in words:
            if word == b"bye":
                return BYE
            if word == b"off":
                until_s = None
            elif word.startswith(b"on "):
                until_s = time.monotonic() + float(word[3:])
                _say(b"on\n")


def _kill(handle: int, reason: str) -> None:
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return
    _log(reason)


def _load() -> None:
    """Load what claims lines while there is time: in the need, a slow card may take its own."""
    sys.path.insert(0, __file__.rpartition("/hardware/")[0])
    import hardware.gpiochip  # noqa: F401


def _clear(chips: list[str]) -> None:
    if not chips:
        return
    from hardware.gpiochip import clear

    for chip in chips:
        path, _, lines = chip.rpartition(":")
        try:
            clear(path, tuple(int(line) for line in lines.split(",")), busy_s=BUSY_S)
        except OSError as error:
            _log(f"not every coil could be switched off: {error}")


def _say(word: bytes) -> None:
    try:  # noqa: SIM105
        os.write(1, word)
    except BrokenPipeError:
        pass  # the closed pipe is noticed where it is read


def _log(message: str) -> None:
    try:  # noqa: SIM105
        os.write(2, f"pulse guard: {message}\n".encode())
    except OSError:
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
