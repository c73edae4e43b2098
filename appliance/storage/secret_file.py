"""Passwords and keys that an office writes into a file of their own."""

import stat
from pathlib import Path

from appliance.errors import N_, ConfigError

OTHERS = stat.S_IRWXG | stat.S_IRWXO
MOST_BYTES = 1000


def read_secret(path: Path) -> str:
    """The first line of a file that nobody but its owner may open.

    Raises ConfigError with what to do about one that is missing, open to others or empty.
    """
    try:
        with path.open("rb") as file:
            mode = path.stat().st_mode
            text = file.read(MOST_BYTES).decode("ascii")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(N_("Berkas rahasia %(file)s tidak bisa dibaca."), file=path) from None
    if mode & OTHERS:
        raise ConfigError(
            N_("Berkas rahasia %(file)s bisa dibaca orang lain: chmod 400 %(file)s"), file=path
        )
    secret = text.partition("\n")[0].strip()
    if not secret:
        raise ConfigError(N_("Berkas rahasia %(file)s kosong."), file=path)
    return secret
