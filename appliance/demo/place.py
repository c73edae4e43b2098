"""Where a demonstration keeps its data, and the settings it runs with."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from appliance.config import ScannerSettings, Settings
from appliance.device_settings import (
    EmergencySettings,
    LockerSettings,
    Place,
    SimulatedBank,
    SimulatedReader,
    Size,
)
from appliance.errors import N_, Refused
from appliance.offices import load_office
from appliance.storage.files import write_whole
from appliance.toml_source import read_toml
from hardware.sane_config import TEST_DEVICE

MARK = "demo.toml"
SEEDED = "demo-seeded"
DEFAULT_OFFICE = "pasaman"
READERS: dict[str, Place] = {"loker": "lockers", "meja": "desk", "stasiun": "station"}
SIZES: tuple[Size, ...] = ("M",) * 8 + ("L",) * 2 + ("S",) * 2
# The test device sends a 300 dpi page in about 4.5 s this way, so that progress can be watched.
SCAN_OPTIONS = (
    "--test-picture=Color pattern",
    "--read-delay=yes",
    "--read-delay-duration=40000",
)


def default_data_dir(office: str, env: Mapping[str, str] | None = None) -> Path:
    """The folder of this office's demonstration below the person's own data folder."""
    env = os.environ if env is None else env
    base = Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "ruangbaca-demo" / office


def prepare(data: Path | None, host: str, port: int, office: str | None) -> Settings:
    """The settings of the demonstration, also written into its folder for the children.

    Raises Refused for a folder that holds real data or another office's demonstration, and
    ConfigError for an unknown office.
    """
    folder = (data or default_data_dir(office or DEFAULT_OFFICE)).absolute()
    before = _office_of(folder)
    chosen = office or before or DEFAULT_OFFICE
    load_office(chosen)
    if before is None and (folder / "ruangbaca.db").exists():
        raise Refused(
            N_("Folder %(folder)s berisi data sungguhan. Pilih folder lain dengan --data."),
            folder=folder,
        )
    if before not in (None, chosen):
        raise Refused(
            N_(
                "Folder %(folder)s berisi peragaan kantor %(office)s. Pilih folder lain dengan "
                "--data, atau jalankan tanpa --office."
            ),
            folder=folder,
            office=before,
        )
    settings = _settings(folder, host, port, chosen)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / MARK, _toml(settings).encode())
    return settings


def needs_seed(folder: Path) -> bool:
    """Whether the folder still lacks its data: a seeding that was cut short is done again."""
    return not (folder / SEEDED).exists()


def mark_seeded(folder: Path) -> None:
    """Remember that the data is whole."""
    write_whole(folder / SEEDED, b"")


def _settings(folder: Path, host: str, port: int, office: str) -> Settings:
    return Settings(
        office=office,
        data=str(folder),
        host=host,
        port=port,
        demo=True,
        lockers=LockerSettings(
            bank=(SimulatedBank(doors="1-12", sizes=SIZES),),
            emergency=EmergencySettings(simulated=True),
        ),
        reader=tuple(SimulatedReader(name=name, place=place) for name, place in READERS.items()),
        scanner=ScannerSettings(
            driver="sane",
            device=TEST_DEVICE,
            config_dir=str(folder / "sane"),
            options=SCAN_OPTIONS,
        ),
    )


def _office_of(folder: Path) -> str | None:
    mark = folder / MARK
    return str(read_toml(mark).get("office", "")) if mark.is_file() else None


def _toml(settings: Settings) -> str:
    """The settings as a file: what is not written has its default."""
    lines = ["# Written by `ruangbaca demo` at every start."]
    lines += _table(msgspec.to_builtins(settings), ())
    return "\n".join(lines) + "\n"


def _table(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Values first, then the tables below them: TOML has no way back up."""
    for key, value in table.items():
        if not _is_table(value):
            # Strings, numbers, truth values and lists of them are written alike in JSON and TOML.
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in table.items():
        name = ".".join((*path, key))
        if isinstance(value, dict):
            yield from ("", f"[{name}]", *_table(value, (*path, key)))
        elif _is_table(value):
            for item in value:
                yield from ("", f"[[{name}]]", *_table(item, (*path, key)))


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list | tuple) and bool(value) and isinstance(value[0], dict)
    )
