"""Keeps the pictures of pages within a budget of bytes; those that nobody looked at go first."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from appliance.catalogue.softcopy import Softcopy
from appliance.documents.reserve import has_reserve
from appliance.page_images import shelf
from appliance.runtime.logs import get_logger
from appliance.storage.files import write_whole

log = get_logger("documents")
LEFT_PERCENT = 90  # of the budget, so that not every new page looks at all the others
BLOCK_BYTES = 4096  # what the smallest file takes


class ImageCache:
    """The folder of pictures. Belongs on one thread; the web process reads beside it.

    The tree is read once, and again only when the budget is used up.
    """

    def __init__(self, images_dir: Path, budget_bytes: int) -> None:
        self._dir = images_dir
        self._budget_bytes = budget_bytes
        self._used_bytes: int | None = None

    def folder(self, softcopy: Softcopy) -> Path:
        """The softcopy's own folder, made if need be; those of its former versions go."""
        folder = shelf.folder(self._dir, softcopy)
        if not folder.is_dir():
            for old in self._dir.glob(f"{softcopy.publication_id}-*"):
                shutil.rmtree(old, ignore_errors=True)
                self._used_bytes = None
            folder.mkdir(mode=0o750, parents=True)
        return folder

    def write_note(self, path: Path, content: bytes) -> None:
        """Keep a small file there, whole or not at all."""
        write_whole(path, content)
        self.added(path)

    def added(self, path: Path) -> None:
        """Count a new file, and make room when the budget is used up."""
        if self._used_bytes is None:
            self._used_bytes = sum(size for _, size, _ in self._files())
        else:
            self._used_bytes += _taken(path.stat().st_size)
        if self._used_bytes > self._budget_bytes:
            self._shrink(self._budget_bytes * LEFT_PERCENT // 100)

    def has_room(self) -> bool:
        """Tell whether the disk has more than its reserve, once everything of ours is gone."""
        if self._is_ample():
            return True
        self._shrink(0)
        return self._is_ample()

    def _is_ample(self) -> bool:
        return has_reserve(self._dir if self._dir.is_dir() else self._dir.parent)

    def _shrink(self, goal_bytes: int) -> None:
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        gone = 0
        for _, size, path in files:
            if left <= goal_bytes:
                break
            path.unlink(missing_ok=True)
            left -= size
            gone += 1
        self._used_bytes = left
        self._remove_empty()
        log.info("pictures of pages deleted", files=gone, left_bytes=left)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """Last use, bytes on the disk and path of every file."""
        for folder in _folders(self._dir):
            for entry in os.scandir(folder):
                found = entry.stat(follow_symlinks=False)
                yield found.st_mtime, _taken(found.st_size), Path(entry.path)

    def _remove_empty(self) -> None:
        for folder in _folders(self._dir):
            if not any(folder.iterdir()):
                folder.rmdir()


def _folders(images_dir: Path) -> list[Path]:
    if not images_dir.is_dir():
        return []
    return [entry for entry in images_dir.iterdir() if entry.is_dir()]


def _taken(size_bytes: int) -> int:
    return -(-size_bytes // BLOCK_BYTES) * BLOCK_BYTES
