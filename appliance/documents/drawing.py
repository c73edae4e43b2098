"""Pictures of single pages as they shall be seen, made in a child when they differ on disk."""

import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from appliance.documents import picture_child
from appliance.documents.child import PACKAGE_PARENT
from appliance.documents.views import PictureFile
from appliance.errors import N_, Unavailable
from appliance.runtime.logs import get_logger

log = get_logger("documents")
KINDS = {"jpg": "jpeg", "png": "png"}
AT_ONCE = 2  # one is drawn and one waits; more would keep the threads that serve everybody
REASON_CHARS = 500
NOT_NOW = N_("Gambar belum bisa dibuat. Coba lagi sebentar lagi, atau unduh PDF-nya.")


class Drawer:
    """Makes one picture at a time: decoded, a page has 26 MB and at 600 dpi four times as much."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._turn = threading.Lock()

    def open(self, found: PictureFile, kind: str) -> IO[bytes]:
        """The picture as "jpg" or "png", open for reading, gone from disk once it is closed.

        A JPEG that is neither turned nor cut is the file itself. Blocks for seconds; raises
        Unavailable while too many ask, or when the picture cannot be made.
        """
        if kind == "jpg" and found.is_as_read and found.path.suffix == ".jpg":
            return found.path.open("rb")
        if not self._places.acquire(blocking=False):
            raise Unavailable(NOT_NOW)
        try:
            with self._turn:
                return self._drawn(found, KINDS[kind])
        finally:
            self._places.release()

    def _drawn(self, found: PictureFile, kind: str) -> IO[bytes]:
        target = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - the caller closes it
        how = (str(found.path), kind, str(found.resolution_dpi), str(found.turned))
        try:
            done = subprocess.run(
                [sys.executable, "-m", picture_child.__name__, *how, found.crop or ""],
                stdin=subprocess.DEVNULL,
                stdout=target,
                stderr=subprocess.PIPE,
                cwd=PACKAGE_PARENT,
                timeout=picture_child.WALL_S + 10,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            target.close()
            raise Unavailable(NOT_NOW) from error
        if done.returncode != 0:
            target.close()
            reason = done.stderr.decode("utf-8", "replace")[-REASON_CHARS:]
            log.error("picture not made", code=done.returncode, reason=reason)
            raise Unavailable(NOT_NOW)
        target.seek(0)
        return target
