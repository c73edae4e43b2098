"""The password of the office's e-mail account, which stands in a file of its own only."""

import stat
from pathlib import Path

from appliance.errors import N_, ConfigError

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def read_password(path: Path) -> str:
    """The first line of the file. Raises ConfigError with what to do about it."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            N_("Berkas kata sandi email %(file)s tidak bisa dibaca."), file=path
        ) from None
    if mode & OTHERS:
        raise ConfigError(
            N_("Berkas kata sandi email %(file)s bisa dibaca orang lain: chmod 400 %(file)s"),
            file=path,
        )
    password = text.partition("\n")[0].strip()
    if not password:
        raise ConfigError(N_("Berkas kata sandi email %(file)s kosong."), file=path)
    return password
