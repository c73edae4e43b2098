"""How far pulses of 200 ms are off on the kernel's lines, as JSON: run in a guest by the bench."""

import json
import os
import subprocess
import sys
import threading

sys.path.insert(0, os.environ["CHECKOUT"])

from tests.hardware.kernel.banks import PULSE_S, open_bank
from tests.hardware.kernel.chips import SimChip
from tests.hardware.kernel.flight import FlightRecorder

PULSES = 20


def main() -> None:
    header = SimChip.plug_in("header", label="pinctrl-bcm2711", lines=54)
    figures = {"idle": errors_ms(header)}
    over = threading.Event()

    def spin() -> None:
        while not over.is_set():
            sum(range(1000))

    threads = [threading.Thread(target=spin) for _ in range(4)]
    for thread in threads:
        thread.start()
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        figures["4 busy threads, 1 process"] = errors_ms(header)
        busy.kill()
    over.set()
    for thread in threads:
        thread.join()
    print(f"\nfigures: {json.dumps(figures)}", flush=True)


def errors_ms(header: SimChip) -> list[float]:
    """Milliseconds that each of some pulses was longer or shorter than it should be."""
    with FlightRecorder(header.base) as flight, open_bank() as bank:
        for _ in range(PULSES):
            bank.pulse(1)
        return [abs(end - start - PULSE_S) * 1000 for _, start, end in flight.pulses()]


if __name__ == "__main__":
    main()
