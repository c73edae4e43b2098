"""The drivers that the settings name, opened; nothing else opens one."""

from pathlib import Path
from typing import TYPE_CHECKING

from appliance.config import ScannerSettings
from appliance.device_settings import GpioBank, LockerSettings, SimulatedBank
from appliance.errors import N_, ConfigError

if TYPE_CHECKING:
    from hardware.interfaces import DocumentScanner, LockerBank


def open_lockers(settings: LockerSettings) -> "LockerBank":
    """The locker bank. Raises ConfigError for an unsafe wiring, DeviceUnavailable."""
    from hardware.factory import open_locker_bank
    from hardware.options import GpioLockerOptions, SimulatedLockerOptions

    if not settings.bank:
        return open_locker_bank("none")
    bank = settings.bank[0]
    if isinstance(bank, SimulatedBank):
        return open_locker_bank("simulated", SimulatedLockerOptions(count=len(bank.numbers)))
    if not isinstance(bank, GpioBank):
        raise ConfigError(N_("Sambungan loker tidak aman: %(problem)s."), problem="driver")
    from hardware.wiring import GpioWiring, WiringError

    try:
        wiring = GpioWiring(
            solenoid_pins=dict(zip(bank.numbers, bank.coils, strict=True)),
            door_pins=dict(zip(bank.numbers, bank.sensors, strict=False)),
            pulse_s=bank.pulse_s,
            rest_s=bank.rest_s,
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
