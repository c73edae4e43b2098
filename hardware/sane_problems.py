"""Says which problem a SANE program's exit code, standard error or status text means."""

from hardware.interfaces import (
    ScanError,
    ScanFailed,
    ScannerBusy,
    ScannerUnavailable,
    ScanProblem,
)

STATUS_TEXTS = {
    "Operation not supported": ScanProblem.UNSUPPORTED,
    "Operation was canceled": ScanProblem.CANCELLED,
    "Device busy": ScanProblem.BUSY,
    "Invalid argument": ScanProblem.IO,
    "Document feeder jammed": ScanProblem.JAMMED,
    "Document feeder out of documents": ScanProblem.NO_DOCUMENT,
    "Scanner cover is open": ScanProblem.COVER_OPEN,
    "Error during device I/O": ScanProblem.IO,
    "Out of memory": ScanProblem.NO_MEMORY,
    "Access to resource has been denied": ScanProblem.DENIED,
}
"""What sane_strstatus() says, in the C locale."""

EXIT_CODES = {
    2: ScanProblem.CANCELLED,
    3: ScanProblem.BUSY,
    6: ScanProblem.JAMMED,
    7: ScanProblem.NO_DOCUMENT,
    8: ScanProblem.COVER_OPEN,
    10: ScanProblem.NO_MEMORY,
    11: ScanProblem.DENIED,
}
"""scanimage ends with the SANE status of the failed read; 1 can mean many things."""

OPTION_REFUSED = ("setting of option", "unrecognized option", "bad option value", "attempted to")


LAST_WORDS = ("sane_start: ", "sane_read: ", "open of device")
"""After one of these scanimage only cleans up and ends."""


def problem_of_exit(returncode: int, stderr: str) -> ScanProblem:
    """Return the problem behind an unsuccessful end of scanimage (a negative code is a signal).

    What it said before a backend crashed while cleaning up is the reason, not the crash.
    """
    is_crash = returncode < 0 or returncode >= 128
    if is_crash and not any(words in stderr for words in LAST_WORDS):
        return ScanProblem.DRIVER_CRASH
    if "no SANE devices found" in stderr:
        return ScanProblem.UNPLUGGED
    if "open of device" in stderr:
        return problem_of_open(stderr)
    if any(words in stderr for words in OPTION_REFUSED):
        return ScanProblem.UNSUPPORTED
    return EXIT_CODES.get(returncode) or _problem_of_status(stderr)


def problem_of_open(text: str) -> ScanProblem:
    """Return the problem behind a failed sane_open.

    "Invalid argument" is the usual face of an unplugged or sleeping scanner, an I/O error that of
    one that has just been pulled out.
    """
    problem = _problem_of_status(text)
    return ScanProblem.UNPLUGGED if problem is ScanProblem.IO else problem


def scan_error(problem: ScanProblem, message: str) -> ScanError:
    """Return the error of the right family."""
    if problem is ScanProblem.BUSY:
        return ScannerBusy(message)
    if problem in (ScanProblem.UNPLUGGED, ScanProblem.DENIED, ScanProblem.ABSENT):
        return ScannerUnavailable(problem, message, permanent=problem is not ScanProblem.UNPLUGGED)
    return ScanFailed(problem, message)


def _problem_of_status(text: str) -> ScanProblem:
    for status, problem in STATUS_TEXTS.items():
        if status in text:
            return problem
    return ScanProblem.IO
