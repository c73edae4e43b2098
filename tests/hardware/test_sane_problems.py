"""What an end of the scan program means."""

import pytest

from hardware.interfaces import ScanProblem
from hardware.sane_problems import problem_of_exit

JAM = "scanimage: sane_read: Document feeder jammed\n"


@pytest.mark.parametrize(
    ("returncode", "said", "problem"),
    [
        (6, JAM, ScanProblem.JAMMED),
        (-11, f"{JAM}scanimage: received signal 13\n", ScanProblem.JAMMED),
        (139, JAM, ScanProblem.JAMMED),
        (-11, "scanimage: open of device net:x failed: Invalid argument", ScanProblem.UNPLUGGED),
        (-11, "scanimage: rounded value of resolution\n", ScanProblem.DRIVER_CRASH),
        (-11, "", ScanProblem.DRIVER_CRASH),
    ],
)
def test_what_was_said_before_a_crash_is_the_reason(
    returncode: int, said: str, problem: ScanProblem
) -> None:
    assert problem_of_exit(returncode, said) is problem
