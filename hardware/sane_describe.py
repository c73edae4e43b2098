"""Prints what a SANE device can do as JSON; run as a short-lived child, never imported.

Usage: python -m hardware.sane_describe DEVICE, or --find WORDS for ``{"device": name}`` of the
first one whose vendor and model hold these words. This is the only module that loads libsane,
which may crash or hang with the driver behind it. Exit code 0 with an answer, 1 with
``{"failed": "SANE's sentence"}``.
"""

import json
import sys
from typing import Any, Protocol

from hardware.interfaces import FED
from hardware.scan_fitting import source_kind

USUAL_DPI = (75, 100, 150, 200, 300, 400, 600, 1200)
USUAL_GLASS_MM = (215.9, 297.0)
"""Taken where a backend does not say how large its glass is."""
UNIT_PIXEL = 1
MM_PER_INCH = 25.4

TYPE_BOOL = 0
INACTIVE = 32
NETWORKED = ("net:", "airscan:", "escl:")

Description = dict[str, Any]


class _Device(Protocol):
    """As much of python-sane's device as is asked here."""

    source: str

    def get_options(self) -> list[tuple[Any, ...]]: ...


def describe(name: str) -> Description:
    """Open the device and return the fields of `ScannerDescription`, lists for tuples."""
    import sane

    sane.init()
    is_local = not name.startswith(NETWORKED)
    vendor, model = next(
        ((row[1], row[2]) for row in sane.get_devices(localOnly=is_local) if row[0] == name),
        ("", name),
    )
    device = sane.open(name)
    try:
        options = {row[1]: row for row in device.get_options()}
        current_dpi = float(getattr(device, "resolution", 0) or 0)
        feeder = _feeder_mm(device, _words(options.get("source")))
    finally:
        device.close()
    return {
        "device": name,
        "vendor": vendor,
        "model": model,
        "sources": _words(options.get("source")),
        "modes": _words(options.get("mode")),
        "resolutions_dpi": _resolutions(options.get("resolution") or options.get("x-resolution")),
        "max_width_mm": _millimetres(options.get("br-x"), current_dpi) or USUAL_GLASS_MM[0],
        "max_height_mm": _millimetres(options.get("br-y"), current_dpi) or USUAL_GLASS_MM[1],
        "depths": _depths(options.get("depth")),
        "duplex_option": _duplex(options),
        "feeder_width_mm": feeder[0],
        "feeder_height_mm": feeder[1],
    }


def find(words: str) -> Description:
    """The name of the first device, here or on the network, that these words of a model fit."""
    import sane

    sane.init()
    wanted = words.lower().split()
    for name, vendor, model, _ in sane.get_devices(localOnly=False):
        if all(word in f"{vendor} {model} {name}".lower() for word in wanted):
            return {"device": name}
    return {"failed": "Invalid argument"}  # what SANE says of a device that is not there


def _feeder_mm(device: _Device, sources: list[str]) -> tuple[float, float]:
    """What the feeder takes, which may be longer than the glass; 0 where there is none."""
    word = next((word for word in sources if source_kind(word) in FED), None)
    if word is None:
        return 0.0, 0.0
    try:
        device.source = word
        options = {row[1]: row for row in device.get_options()}
        dpi = float(getattr(device, "resolution", 0) or 0)
    except Exception:  # noqa: BLE001 - an empty feeder refuses to be chosen on some devices
        return 0.0, 0.0
    return _millimetres(options.get("br-x"), dpi), _millimetres(options.get("br-y"), dpi)


def _depths(option: tuple[Any, ...] | None) -> list[int]:
    if not option or option[7] & INACTIVE:
        return []
    constraint = option[8]
    return [int(bits) for bits in constraint] if isinstance(constraint, list) else []


def _duplex(options: dict[str, tuple[Any, ...]]) -> list[str] | None:
    """The option that asks for both sides: epsonds has adf-mode, others a plain duplex."""
    for name in ("adf-mode", "duplex", "sides"):
        option = options.get(name)
        if option is None:
            continue
        if option[4] == TYPE_BOOL:
            return [name, "no", "yes"]
        words = _words(option)
        double = next((word for word in words if "duplex" in word.lower()), None)
        single = next((word for word in words if "simplex" in word.lower()), None)
        if single and double:
            return [name, single, double]
    return None


def _words(option: tuple[Any, ...] | None) -> list[str]:
    constraint = option[8] if option else None
    return [str(word) for word in constraint] if isinstance(constraint, list) else []


def _resolutions(option: tuple[Any, ...] | None) -> list[int]:
    constraint = option[8] if option else None
    if isinstance(constraint, list):
        return sorted({round(value) for value in constraint})
    if isinstance(constraint, tuple):
        lowest, highest, step = constraint
        return [
            dpi
            for dpi in USUAL_DPI
            if lowest <= dpi <= highest and (not step or (dpi - lowest) % step == 0)
        ]
    return []


def _millimetres(option: tuple[Any, ...] | None, dpi: float) -> float:
    constraint = option[8] if option else None
    if not constraint:
        return 0.0
    largest = float(max(constraint) if isinstance(constraint, list) else constraint[1])
    if option and option[5] == UNIT_PIXEL:
        return largest / dpi * MM_PER_INCH if dpi else 0.0
    return largest


def main(arguments: list[str]) -> int:
    """Print the description of the one device named, or which one fits; return the exit code."""
    try:
        answer = find(arguments[1]) if arguments[0] == "--find" else describe(arguments[0])
    except Exception as error:  # noqa: BLE001 - _sane.error derives from nothing closer
        print(json.dumps({"failed": str(error)}))
        return 1
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
