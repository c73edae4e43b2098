"""Where the softcopy of a publication lies on disk."""

from pathlib import Path

from appliance.errors import N_, NotFound
from appliance.storage.models import Publication

NO_SOFTCOPY = N_("Softcopy publikasi ini belum ada di ruang baca.")


def softcopy_file(data_dir: Path, publication_id: int) -> Path:
    """The PDF of this publication, there at the moment.

    Raises NotFound for an unknown publication, and when it has no softcopy, or one that is
    missing or lies outside the data folder.
    """
    row = Publication.get_or_none(Publication.id == publication_id)
    if row is None or not row.softcopy_path:
        raise NotFound(NO_SOFTCOPY)
    root = data_dir.resolve()
    path = (root / row.softcopy_path).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise NotFound(NO_SOFTCOPY)
    return path
