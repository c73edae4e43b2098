"""What a hub has to be told: where its database is, where its keys are, where it listens."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import ConfigError

DSN_WORD = "RUANGBACA_HUB_DSN"
KEYS_WORD = "RUANGBACA_HUB_KEYS"
DEFAULT_KEYS = Path("/etc/ruangbaca/hub-keys.json")
NO_DSN = (
    "Basis data pusat belum disebut: isi RUANGBACA_HUB_DSN atau --dsn-file. / Name the hub's"
    " database by RUANGBACA_HUB_DSN or --dsn-file."
)
TOO_OPEN = (
    "%(file)s dapat dibaca orang lain; jalankan `chmod 600 %(file)s`. / Others may read %(file)s."
)


@dataclass(frozen=True, slots=True)
class HubSettings:
    """A libpq connection string, and the file with the hub's own secrets."""

    dsn: str
    keys: Path = DEFAULT_KEYS


def load(dsn_file: Path | None, keys: Path | None) -> HubSettings:
    """From the command line and the environment; a password is never on the command line.

    Raises ConfigError without a database, or for a file that others may read.
    """
    dsn = private_text(dsn_file).strip() if dsn_file else os.environ.get(DSN_WORD, "").strip()
    if not dsn:
        raise ConfigError(NO_DSN)
    return HubSettings(dsn, keys or Path(os.environ.get(KEYS_WORD) or DEFAULT_KEYS))


def private_text(file: Path) -> str:
    """What is in a file that only its owner may read. Raises ConfigError, OSError."""
    with file.open(encoding="utf-8") as opened:
        if os.fstat(opened.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError(TOO_OPEN, file=file)
        return opened.read()
