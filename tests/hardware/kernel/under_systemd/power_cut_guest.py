"""The two programs of the power cut, run beside the lockers' unit; /var/lib is a disk.

``before``: start the unit, ask for a door, say "coil on" and wait for the end.
``after``: start it again on what the disk still has, and say what came of the command as JSON.
"""

import json
import sys
import time

from tests.hardware.kernel.chips import SimChip
from tests.hardware.kernel.flight import FlightRecorder
from tests.hardware.kernel.under_systemd.unit import LockersUnit

LONGER_THAN_ANY_COMMAND_S = 6.0


def main(what: str) -> None:
    header = SimChip.plug_in("header", label="pinctrl-bcm2711", lines=54)
    with FlightRecorder(header.base) as flight:
        unit = LockersUnit(header)
        unit.start()
        if what == "before":
            unit.begin_pulse()
            print("\ncoil on", flush=True)
            time.sleep(3600)
        time.sleep(LONGER_THAN_ANY_COMMAND_S)
        found = {
            "state": unit.says("ActiveState"),
            "restarts": unit.says("NRestarts"),
            "levels": sorted({e.value for e in flight.entries() if e.what == "set"}),
            "commands": unit.rows("SELECT claimed_at IS NOT NULL, result FROM door_command"),
            "report": unit.rows("SELECT cause FROM start_report ORDER BY id DESC LIMIT 1"),
        }
        print(f"\nfound: {json.dumps(found)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
