"""A word that changes with whatever the screens of the house show, for pages that poll."""

from zlib import crc32

from appliance.services import Services
from web.context import services

QUARTER_MINUTE_MS = 15_000  # how stale "sisa 3 menit" may be on a page where nothing happens


def house_version(*, clock_ms: int | None = None) -> str:
    """Changes with every line of the journal and every move of a door.

    With `clock_ms` it also changes that often by itself, for words such as "sisa 3 menit".
    """
    return version_of(services(), clock_ms=clock_ms)


def version_of(house: Services, *, clock_ms: int | None = None) -> str:
    """As `house_version`, for who stands in front of the app."""
    doors = crc32(house.lockers.version().encode())
    tick = house.clock.stamp().boot_ms // clock_ms if clock_ms else 0
    return f"{house.journal.newest_seq()}.{tick}.{doors}"


def without_clock(version: str) -> str:
    """This version as `house_version` without a clock gave it at the same moment."""
    newest, _, doors = version.split(".", 2)
    return f"{newest}.0.{doors}"
