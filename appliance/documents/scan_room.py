"""Whether there is room for another page: in its file, for its visitor, and on the disk."""

import shutil
from collections.abc import Callable
from pathlib import Path

from appliance.documents import life, rows, rules
from appliance.errors import N_, Refused
from appliance.offices import Office
from appliance.storage.models import ScanJob

DiskSpace = Callable[[Path], tuple[int, int]]
"""Total and free bytes of the disk that holds a folder."""


def disk_space(folder: Path) -> tuple[int, int]:
    """Total and free bytes, as far as this process may use them."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


class ScanRoom:
    """Both checks return when there is room and raise Refused when there is none."""

    def __init__(self, *, office: Office, scans_dir: Path, space: DiskSpace = disk_space) -> None:
        self._office = office
        self._scans_dir = scans_dir
        self._space = space

    def check_job(self, job: ScanJob) -> None:
        """For a further page of this job; not for one that is only read again."""
        kept = rows.kept_pages(job)
        rules.check_room(len(kept), sum(page.size_bytes or 0 for page in kept))
        life.check_quota(*rows.pages_of_visit(job.visit_id), self._office.policy)

    def check_disk(self) -> None:
        """So that the guest book, which must never be refused, can still be written."""
        total, free = self._space(self._scans_dir.parent)
        if free < rules.reserve_bytes(total):
            raise Refused(
                N_("Ruang penyimpanan hampir penuh, jadi belum bisa memindai. Panggil petugas.")
            )
