"""Static tables that were fetched from the source, and their spreadsheets, for screens."""

from dataclasses import dataclass
from pathlib import Path

import msgspec

from appliance.mirror.tables import StatTable
from appliance.storage.models import MirrorFile


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """The table as a file to send."""

    path: Path
    size_bytes: int
    sha256: str


def kept_table(data_dir: Path, publication_id: int) -> StatTable | None:
    """The table of this record; None where none was fetched."""
    row = _row(publication_id, "table")
    if row is None:
        return None
    try:
        content = (data_dir / str(row.path)).read_bytes()
        return msgspec.json.decode(content, type=StatTable)
    except (OSError, msgspec.MsgspecError):  # given up this moment, or damaged
        return None


def kept_spreadsheet(data_dir: Path, publication_id: int) -> Spreadsheet | None:
    """The spreadsheet of this record; None where none was fetched."""
    row = _row(publication_id, "excel")
    path = None if row is None else data_dir / str(row.path)
    if row is None or path is None or not path.is_file():
        return None
    return Spreadsheet(path, row.size_bytes or 0, str(row.sha256))


def _row(publication_id: int, what: str) -> MirrorFile | None:
    return MirrorFile.get_or_none(
        MirrorFile.publication == publication_id,
        MirrorFile.what == what,
        MirrorFile.path.is_null(False),
    )
