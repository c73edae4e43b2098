"""The covers that were fetched from the source, for screens."""

from dataclasses import dataclass
from pathlib import Path

from appliance.storage.models import MirrorFile

VERSION_CHARS = 16
TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture on the disk, of the type of its content; `version` changes with it."""

    path: Path
    mimetype: str
    version: str


def cover_of(data_dir: Path, publication_id: int) -> Cover | None:
    """The cover of this publication; None where none was fetched."""
    row = MirrorFile.get_or_none(
        MirrorFile.publication == publication_id, MirrorFile.what == "cover"
    )
    if row is None or row.path is None:
        return None
    path = data_dir / row.path
    if not path.is_file():
        return None
    return Cover(path, TYPES[path.suffix], str(row.sha256)[:VERSION_CHARS])
