"""The drivers that the settings name, opened; nothing else opens one."""

from pathlib import Path
from typing import TYPE_CHECKING

from appliance.config import LockerBankSettings, ScannerSettings
from appliance.errors import N_, ConfigError

if TYPE_CHECKING:
    from hardware.interfaces import DocumentScanner, LockerBank

SIMULATED_LOCKERS = 12


def open_lockers(settings: LockerBankSettings) -> "LockerBank":
    """The locker bank. Raises ConfigError for an unsafe wiring, DeviceUnavailable."""
    from hardware.factory import open_locker_bank
    from hardware.options import GpioLockerOptions, SimulatedLockerOptions

    if settings.driver == "simulated":
        count = len(settings.solenoid_pins) or SIMULATED_LOCKERS
        return open_locker_bank("simulated", SimulatedLockerOptions(count=count))
    if settings.driver == "none":
        return open_locker_bank("none")
    from hardware.wiring import GpioWiring, WiringError

    try:
        wiring = GpioWiring(
            solenoid_pins=dict(enumerate(settings.solenoid_pins, start=1)),
            door_pins=dict(enumerate(settings.door_pins, start=1)),
            pulse_s=settings.pulse_s,
            rest_s=settings.rest_s,
        )
    except WiringError as error:
        raise ConfigError(N_("Sambungan loker tidak aman: %(problem)s."), problem=error) from error
    return open_locker_bank("gpio", GpioLockerOptions(wiring=wiring))


def open_scanner(settings: ScannerSettings) -> "DocumentScanner":
    """The scanner; no device is touched before its first use."""
    from hardware import factory
    from hardware.options import SaneScannerOptions

    if settings.driver == "none":
        return factory.open_scanner("none")
    return factory.open_scanner(
        "sane",
        SaneScannerOptions(
            device=settings.device,
            config_dir=Path(settings.config_dir) if settings.config_dir else None,
            extra_options=settings.options,
            first_byte_s=settings.first_byte_s,
            next_byte_s=settings.stall_s,
        ),
    )
