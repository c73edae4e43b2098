"""Pulses of the real driver over the real lgpio on the kernel's own gpiochip interface."""

def test_look(header, flight):
    from hardware.lockers_gpio import GpioLockerBank
    from hardware.pins_lgpio import ApplianceFactory
    from hardware.wiring import GpioWiring
    bank = GpioLockerBank(GpioWiring(solenoid_pins={1: 12, 2: 13}, door_pins={1: 4}, pulse_s=.2), ApplianceFactory())
    bank.pulse(1)
    bank.close()
    from pathlib import Path
    print(header, Path('/sys/kernel/tracing/trace').read_text())
    print(flight.entries(), flight.widths_s())
    assert 0
