"""Every solenoid off, whatever else is broken: each bank is tried, none needs the others."""

from typing import NamedTuple

from appliance.device_settings import Bank, BoardBank, GpioBank, LockerSettings, ShiftRegisterBank
from appliance.errors import RuangBacaError


class SafeOutputs(NamedTuple):
    """How many solenoids are off, and what the banks that refused have said."""

    solenoids: int
    refusals: tuple[str, ...]


def switch_off(settings: LockerSettings) -> SafeOutputs:
    """Switch every solenoid of every bank off; never raises for a device."""
    count, refusals = 0, []
    for place, bank in enumerate(settings.bank, start=1):
        try:
            _switch_bank_off(bank)
            count += len(bank.numbers)
        except (OSError, ValueError, RuangBacaError) as error:
            refusals.append(f"bank {place}: {error}")
    return SafeOutputs(count, tuple(refusals))


def _switch_bank_off(bank: Bank) -> None:
    """Straight through the kernel for lines: a driver also wants its sensors, and takes longer."""
    if isinstance(bank, GpioBank):
        from hardware.safe_outputs import clear_coils

        clear_coils(bank.chip, bank.coils)
    elif isinstance(bank, ShiftRegisterBank):
        from hardware.safe_outputs import clear_registers

        last = max(bank.outputs or range(len(bank.numbers)))
        chain = (bank.data_pin, bank.clock_pin, bank.latch_pin)
        clear_registers(chain, bank.enable_pin, outputs=8 * (last // 8 + 1))
    elif isinstance(bank, BoardBank):
        from appliance.devices import open_lockers

        opened = open_lockers(LockerSettings(bank=(bank,)))
        try:
            opened.all_off()
        finally:
            opened.close()
