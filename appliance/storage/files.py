"""Files that are there whole or not at all, also after a power cut."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the disk says when there is no room, and the kernel when a child has had its share."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 under its name only when it has reached the disk."""
    with whole(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[IO[bytes]]:
    """A file to write into, of mode 0600, that gets its name only when it has reached the disk.

    Whatever is raised inside leaves nothing behind, and what had the name before as it was.
    """
    draft = path.with_name(f".{path.name}.tmp")
    try:
        make_private(draft)
        with draft.open("wb") as file:
            yield file
        sync_to_disk(draft)
        draft.replace(path)
        sync_to_disk(path.parent)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def make_private(path: Path) -> None:
    """An empty file of mode 0600, in the place of whatever was there."""
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def sync_to_disk(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
