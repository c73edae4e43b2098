"""The softcopy of a publication: where it lies on disk, and whether it is still the same file."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from appliance.errors import N_, NotFound
from appliance.storage.models import Publication

NO_SOFTCOPY = N_("Softcopy publikasi ini belum ada di ruang baca.")
VERSION_CHARS = 32


@dataclass(frozen=True, slots=True)
class Softcopy:
    """The PDF of a publication as it is now; `version` changes when another file replaces it."""

    publication_id: int
    path: Path
    version: str
    size_bytes: int


def softcopy_of(data_dir: Path, publication_id: int) -> Softcopy:
    """The softcopy of this publication, there at the moment.

    Raises NotFound for an unknown publication, and when it has no softcopy, or one that is
    missing or lies outside the data folder.
    """
    row = Publication.get_or_none(Publication.id == publication_id)
    found = softcopy_at(data_dir, publication_id, str(row.softcopy_path or "")) if row else None
    if found is None:
        raise NotFound(NO_SOFTCOPY)
    return found


def softcopy_at(data_dir: Path, publication_id: int, relative: str) -> Softcopy | None:
    """The same for a path inside the data folder; None where there is no such file."""
    root = os.path.realpath(data_dir)  # as text: every page that is turned asks for it
    path = os.path.realpath(f"{root}/{relative}")
    if not path.startswith(f"{root}/"):
        return None
    try:
        found = os.stat(path)  # noqa: PTH116
    except OSError:
        return None
    if not S_ISREG(found.st_mode):
        return None
    known_as = f"{path}:{found.st_size}:{found.st_mtime_ns}"
    version = hashlib.sha256(known_as.encode()).hexdigest()[:VERSION_CHARS]
    return Softcopy(publication_id, Path(path), version, found.st_size)
