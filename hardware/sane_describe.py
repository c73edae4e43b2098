"""Prints what a SANE device can do as JSON; run as a short-lived child, never imported.

Usage: python -m hardware.sane_describe DEVICE. This is the only module that loads libsane, which
may crash or hang with the driver behind it. Exit code 0 with a description, 1 with
``{"failed": "SANE's sentence"}``.
"""

import json
import sys
from typing import Any

USUAL_DPI = (75, 100, 150, 200, 300, 400, 600, 1200)
USUAL_GLASS_MM = (215.9, 297.0)
"""Taken where a backend does not say how large its glass is."""
UNIT_PIXEL = 1
MM_PER_INCH = 25.4

Description = dict[str, Any]


def describe(name: str) -> Description:
    """Open the device and return the fields of `ScannerDescription`, lists for tuples."""
    import sane

    sane.init()
    vendor, model = next(
        ((row[1], row[2]) for row in sane.get_devices(localOnly=True) if row[0] == name),
        ("", name),
    )
    device = sane.open(name)
    try:
        options = {row[1]: row for row in device.get_options()}
        current_dpi = float(getattr(device, "resolution", 0) or 0)
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
    }


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
    """Print the description of the one device named; return the exit code."""
    try:
        answer = describe(arguments[0])
    except Exception as error:  # noqa: BLE001 - _sane.error derives from nothing closer
        print(json.dumps({"failed": str(error)}))
        return 1
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
