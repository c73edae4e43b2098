"""The two programs of the power cut, run as the only job of a guest with a data disk.

``before``: start the lockers process, ask for a door, say "coil on" and wait for the end.
``after``: start it again on what the disk still has, and say what came of the command as JSON.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.hardware.kernel.chips import SimChip
from tests.hardware.kernel.doors_process import COILS, DoorsProcess
from tests.hardware.kernel.flight import FlightRecorder

DISK = Path("/run/disk")
DATA = DISK / "data"
LONGER_THAN_ANY_COMMAND_S = 6.0


def main(what: str) -> None:
    DISK.mkdir()
    subprocess.run(["mount", "-t", "ext4", "/dev/ubda", DISK], check=True)
    header = SimChip.plug_in("header", label="pinctrl-bcm2711", lines=54)
    with FlightRecorder(header.base) as flight, DoorsProcess(DATA) as process:
        if what == "before":
            _before(header, process)
        else:
            _after(flight, process)


def _before(header: SimChip, process: DoorsProcess) -> None:
    print("\nasking", flush=True)
    process.ask(3)
    while not header.line(COILS[2]).level:
        time.sleep(0.005)
    print("\ncoil on", flush=True)
    time.sleep(3600)


def _after(flight: FlightRecorder, process: DoorsProcess) -> None:
    time.sleep(LONGER_THAN_ANY_COMMAND_S)
    found = {
        "levels": sorted({e.value for e in flight.entries() if e.what == "set"}),
        "integrity": process.rows("PRAGMA integrity_check"),
        "commands": process.rows("SELECT claimed_at IS NOT NULL, result FROM door_command"),
        "report": process.rows("SELECT cause FROM start_report ORDER BY id DESC LIMIT 1"),
        "lines": process.rows(
            "SELECT finding FROM start_line WHERE report_id = (SELECT MAX(id) FROM start_report)"
        ),
    }
    print(f"\nfound: {json.dumps(found)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
