"""Space that is kept for the day the card is full, and thrown overboard then.

A door command is a row: on a card without a free byte no locker could be opened any more. Giving
up the ballast makes room for some thousand rows, which is a day's work and time for a person to
tidy up.
"""

import logging
import os
import shutil
from pathlib import Path

FILE_NAME = "ballast"
SIZE_BYTES = 8 * 1024 * 1024
AMPLE_BYTES = 64 * 1024 * 1024  # never taken when that would itself make the card full
log = logging.getLogger(__name__)


class Ballast:
    """One file beside the database, shared by all processes. Any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def take(self) -> bool:
        """Take ballast on board where it is missing and there is ample space; False if not."""
        try:
            if self._path.exists() or shutil.disk_usage(self._path.parent).free < AMPLE_BYTES:
                return False
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            return False  # another process was faster, or the card is read-only
        try:
            # Real blocks: a sparse file would be no ballast.
            os.posix_fallocate(descriptor, 0, SIZE_BYTES)
        except OSError:
            self._path.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)
        return True

    def throw_overboard(self) -> bool:
        """Give the space up; False when it was given up before."""
        try:
            self._path.unlink()
        except OSError:
            return False
        log.warning("the card is full: %s bytes of ballast were given up", SIZE_BYTES)
        return True
