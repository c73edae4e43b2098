"""A word that changes with whatever the screens of the house show, for pages that poll."""

from zlib import crc32

from web.context import services


def house_version(*, clock_ms: int | None = None) -> str:
    """Changes with every line of the journal and every move of a door.

    With `clock_ms` it also changes that often by itself, for words such as "sisa 3 menit".
    """
    doors = crc32(services().lockers.version().encode())
    tick = services().clock.stamp().boot_ms // clock_ms if clock_ms else 0
    return f"{services().journal.newest_seq()}.{tick}.{doors}"
