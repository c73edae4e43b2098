"""A claim code in a file on the card, for a device whose first day has no Internet and no screen.

The code is kept here until the portal can be asked; the file goes as soon as the code is kept.
"""

import contextlib
import hashlib
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

from appliance.actor import SYSTEM
from appliance.errors import N_, Invalid
from appliance.runtime.logs import get_logger
from appliance.storage import statements
from appliance.storage.files import sync_to_disk
from appliance.storage.models import Meta
from appliance.storage.writer import Writer
from appliance.sync.enrolment import Enrolment
from appliance.sync.export import Notes

NAME = "ruangbaca-enrol.json"
LIMIT_BYTES = 4096
USED_KEY = "enrol_file"  # the hash of the last file that was used, should it not go away
UNREADABLE = N_(
    "Berkas ruangbaca-enrol.json tidak dapat dibaca. Isinya seharusnya"
    ' {"code": "3F7K-9QWM-20XB-H5TA"}.'
)
ELSEWHERE = N_("Berkas ruangbaca-enrol.json dibuat untuk portal lain, jadi tidak dipakai.")
_REMEMBER = (
    "INSERT INTO meta (key, value) VALUES (?, ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
log = get_logger("sync")


class _Content(msgspec.Struct):
    """What stands in the file; whoever makes it may add more."""

    code: str
    portal: str = ""  # when it is named, it must be the one of the settings


class EnrolFile:
    """`look` belongs on the loop of the sync process."""

    def __init__(
        self,
        *,
        files: Sequence[Path],
        portal: str,
        enrolment: Enrolment,
        writer: Writer,
        notes: Notes,
    ) -> None:
        self._files = files
        self._portal = portal
        self._enrolment = enrolment
        self._writer = writer
        self._notes = notes
        self._looked_at: dict[Path, tuple[int, int]] = {}

    def look(self) -> None:
        """Use a file that was not there before; what is wrong with one is told on the page."""
        for file in self._files:
            with contextlib.suppress(OSError):
                seen = file.stat()
                version = (seen.st_mtime_ns, seen.st_size)
                if stat.S_ISREG(seen.st_mode) and self._looked_at.get(file) != version:
                    self._looked_at[file] = version
                    self._use(file)

    def _use(self, file: Path) -> None:
        with file.open("rb") as source:
            raw = source.read(LIMIT_BYTES + 1)
        digest = hashlib.sha256(raw).hexdigest()
        if not self._is_used(digest):
            problem = self._claimed(raw, digest)
            if problem:
                log.warning("the enrolment file cannot be used", file=str(file))
                self._writer.run(lambda: self._enrolment.complain(problem))
                return
        try:
            file.unlink()
            sync_to_disk(file.parent)
        except OSError as error:
            log.warning("the enrolment file cannot be deleted", file=str(file), reason=str(error))

    def _claimed(self, raw: bytes, digest: str) -> str:
        """Keep the code of this file; why not, or nothing."""
        try:
            # Editors of another system put a mark before the first character.
            found = msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=_Content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return UNREADABLE
        if found.portal and found.portal.rstrip("/") != self._portal:
            return ELSEWHERE

        def write() -> None:
            self._enrolment.ask(found.code)
            statements.run(_REMEMBER, (USED_KEY, digest))
            self._notes.note("portal.enrol_asked", "portal", by=SYSTEM, detail={"file": NAME})

        try:
            self._writer.run(write)
        except Invalid as invalid:
            return invalid.problems["code"]
        return ""

    def _is_used(self, digest: str) -> bool:
        row = Meta.get_or_none(Meta.key == USED_KEY)
        return row is not None and row.value == digest
