"""Files that are there whole or not at all, also after a power cut."""

import os
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file of mode 0600 under its name only when it has reached the disk."""
    draft = path.with_name(f".{path.name}.tmp")
    make_private(draft)
    draft.write_bytes(content)
    sync_to_disk(draft)
    draft.replace(path)
    sync_to_disk(path.parent)


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
