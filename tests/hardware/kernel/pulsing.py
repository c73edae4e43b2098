"""A program that pulses locker 1 as the lockers process would, for signals in mid-pulse.

It says "ready", pulses when it is given a line, and says "over" after the pulse.
"""

import sys

from tests.hardware.kernel.banks import open_bank

PULSE_S = 1.0
"""The longest there is: what ending it takes on a busy machine is no part of it."""


def main() -> None:
    with open_bank(guarded=True, pulse_s=PULSE_S) as bank:
        print("ready", flush=True)
        sys.stdin.readline()
        bank.pulse(1)
        print("over", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
