"""Addresses of Unix sockets in folders of any depth."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def short_path(folder: Path, name: str) -> Iterator[str]:
    """An address of the file `name` in `folder`, good inside the context.

    A Unix address holds 108 bytes; going through a descriptor makes any folder reachable.
    Raises OSError when there is no such folder.
    """
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)
