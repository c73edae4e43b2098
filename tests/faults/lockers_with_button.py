"""The lockers process as `ruangbaca lockers` runs it, with a button that SIGUSR2 presses.

``python -m tests.faults.lockers_with_button DATA`` tells on stdout when a door was really opened.
"""

import signal
import sys
import threading
import time

from appliance import devices
from appliance.config import Settings
from appliance.device_settings import EmergencySettings, LockerSettings
from appliance.processes import run_lockers
from hardware.simulated import SimulatedLockerBank, simulated_wiring
from tests.lockers_kit import PULSE_S, QUICK

DOORS = 4


class TellableButton:
    """An emergency button that is pressed by a signal."""

    def __init__(self) -> None:
        self.on_press = None
        self.is_pressed = False

    def press(self, *_: object) -> None:
        # On a thread of its own, as the real button calls it.
        threading.Thread(target=self.on_press).start()

    def close(self) -> None:
        pass


def tell(bank: SimulatedLockerBank) -> None:
    told: set[int] = set()
    while len(told) < DOORS:
        for number in bank.numbers:
            if bank.world.locker(number).pulses() and number not in told:
                told.add(number)
                print(f"opened {number}", flush=True)
        time.sleep(0.02)


def main() -> None:
    bank = SimulatedLockerBank(simulated_wiring(DOORS, pulse_s=PULSE_S), QUICK)
    button = TellableButton()
    devices.open_lockers = lambda *_, **__: bank
    devices.open_emergency_button = lambda _: button
    signal.signal(signal.SIGUSR2, button.press)
    threading.Thread(target=tell, args=[bank], daemon=True).start()
    lockers = LockerSettings(emergency=EmergencySettings(simulated=True))
    print("ready", flush=True)
    run_lockers(Settings(data=sys.argv[1], port=0, announce=False, lockers=lockers))


if __name__ == "__main__":
    main()
