"""Whether the kernel switches GPIO outputs off when the process that drove them dies."""

from pathlib import Path

from hardware.interfaces import DeviceUnavailable

MODULES = Path("/sys/module")
PARAMETER = "pinctrl_*/parameters/persist_gpio_outputs"


def outputs_persist(modules: Path = MODULES) -> bool | None:
    """Tell whether a killed process leaves its outputs driven; None when the kernel cannot say.

    Raspberry Pi kernels keep them by default (raspberrypi/linux #6117), so that a coil that is
    on at `kill -9` stays on. Other kernels have no such parameter and release the lines.
    """
    answers = [path.read_text(encoding="ascii").strip() for path in modules.glob(PARAMETER)]
    if not answers:
        return None
    return any(answer in ("Y", "1") for answer in answers)


def require_strict_gpiod(modules: Path = MODULES) -> None:
    """Raise DeviceUnavailable, with what to do, when outputs outlive their process."""
    if outputs_persist(modules):
        raise DeviceUnavailable(
            "GPIO outputs stay on when this process is killed: add 'dtparam=strict_gpiod' to "
            "/boot/firmware/config.txt and restart the Raspberry Pi",
            permanent=True,
        )
