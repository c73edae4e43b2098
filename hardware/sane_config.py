"""The environment of SANE's programs, and the private configuration of its test device."""

import os
from pathlib import Path

TEST_DEVICE = "test:0"


def write_test_config(folder: Path) -> Path:
    """Write a configuration that knows only SANE's own `test` backend; returns the folder.

    The device is `test:0`, its glass 300 mm so that A4 fits. One backend also means that nothing
    else is probed: listing takes 0.02 s instead of 3.6 s.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dll.conf").write_text("test\n", encoding="ascii")
    (folder / "test.conf").write_text("number_of_devices 1\ngeometry_max 300.0\n", encoding="ascii")
    return folder


def sane_environment(config_dir: Path | None) -> dict[str, str]:
    """Return this process's environment with English messages and, if given, that configuration."""
    environment = {**os.environ, "LC_ALL": "C"}
    if config_dir is not None:
        environment["SANE_CONFIG_DIR"] = str(config_dir)
    return environment
