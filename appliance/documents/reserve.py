"""The part of the disk that stays free for the guest book, whatever else is stored."""

import shutil
from pathlib import Path

from appliance.documents.rules import reserve_bytes


def has_reserve(folder: Path, more_bytes: int = 0) -> bool:
    """Whether the disk of this folder keeps its reserve, with so much more on it."""
    usage = shutil.disk_usage(folder)
    return usage.free - more_bytes >= reserve_bytes(usage.total)
