"""A program that pulses locker 1 as the lockers process would, for signals in mid-pulse.

It says "on" once the coil is driven, and "over" when the pulse ended.
"""

import sys
import threading
import time

from tests.hardware.kernel.banks import open_bank

PULSE_S = 0.5


def main() -> None:
    with open_bank(guarded=True, pulse_s=PULSE_S) as bank:
        print("ready", flush=True)
        sys.stdin.readline()
        pulse = threading.Thread(target=bank.pulse, args=(1,))
        pulse.start()
        time.sleep(PULSE_S / 5)
        print("on", flush=True)
        pulse.join()
        print("over", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
