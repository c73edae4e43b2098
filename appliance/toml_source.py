"""TOML files read into typed structures, with errors that name file and line."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from appliance.errors import N_, ConfigError

T = TypeVar("T")

_PATH_IN_ERROR = re.compile(r" - at `\$\.?(?P<path>[^`]*)`")


def read_toml(path: Path) -> dict[str, Any]:
    """The file as plain data. Raises ConfigError when it is missing or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(N_("Berkas %(file)s tidak ditemukan."), file=path) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            N_("%(file)s bukan TOML yang benar: %(problem)s."), file=path, problem=error
        ) from None


def convert(data: Mapping[str, Any], to: type[T], *, source: Path) -> T:
    """The data as `to`, every field checked. Raises ConfigError naming the line in `source`."""
    try:
        return msgspec.convert(data, to)
    except msgspec.ValidationError as error:
        text = str(error)
        found = _PATH_IN_ERROR.search(text)
        path = found["path"] if found else ""
        missing = re.search(r"required field `(\w+)`|unknown field `(\w+)`", text)
        if missing:
            path = ".".join(part for part in (path, missing[1] or missing[2]) if part)
        raise ConfigError(
            N_("%(file)s, baris %(line)s: %(problem)s (%(setting)s)."),
            file=source,
            line=line_of(source, path) or "?",
            problem=_PATH_IN_ERROR.sub("", text),
            setting=path or "-",
        ) from None


def line_of(source: Path, setting: str) -> int | None:
    """The line where `setting` (as ``table.key`` or ``table[0].key``) is written.

    A setting that is not written at all is reported at its table's heading; None when neither
    can be found.
    """
    if not source.is_file():
        return None
    parts = [part for part in re.split(r"[.\[\]]+", setting) if part and part != "..."]
    wanted = ".".join(part for part in parts if not part.isdigit())
    index = next((int(part) for part in parts if part.isdigit()), 0)
    table, heading, seen = "", None, -1
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if header := re.fullmatch(r"(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?", text):
            repeated, table = header[1] == "[[", header[2]
            is_owner = wanted == table or wanted.startswith(table + ".")
            seen = seen + 1 if repeated and is_owner else seen
            if is_owner and (not repeated or seen == index):
                heading = number
        elif key := re.match(r"([\w.\-]+)\s*=", text):
            full = f"{table}.{key[1]}" if table else key[1]
            if full == wanted or wanted.startswith(full + "."):
                return number
    return heading
