"""The copies that wait for their e-mail: a folder for each message, until it has ended."""

import errno
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from appliance.storage.files import sync_to_disk

NO_LINKS = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP)


class Copies:
    """Any process may call it; names are made of our own ids and numbers only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, uuid: str, files: Sequence[Path]) -> None:
        """Keep these files. On the same disk they take no room of their own and no time.

        Raises OSError, and leaves nothing then.
        """
        own = self._folder / uuid
        try:
            own.mkdir(mode=0o700, parents=True)
            for source, target in zip(files, self.paths(uuid, len(files)), strict=True):
                _keep(source, target)
            sync_to_disk(own)
            sync_to_disk(self._folder)
        except OSError:
            self.remove(uuid)
            raise

    def paths(self, uuid: str, count: int) -> tuple[Path, ...]:
        """Where the files of a message lie, in their order."""
        return tuple(self._folder / uuid / str(number) for number in range(1, count + 1))

    def remove(self, uuid: str) -> bool:
        """Delete them; whether nothing is left."""
        own = self._folder / uuid
        with suppress(FileNotFoundError):
            shutil.rmtree(own, ignore_errors=True)
        return not own.exists()

    def kept(self) -> set[str]:
        """The messages of which anything is on disk."""
        if not self._folder.is_dir():
            return set()
        return {path.name for path in self._folder.iterdir() if path.is_dir()}


def _keep(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        shutil.copyfile(source, target)
        sync_to_disk(target)
