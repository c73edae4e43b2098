"""A visitor's stick at the station: waited for, written to, and let go of.

The system mounts and unmounts it (systemd/usb); this process has no right to do either. It asks
for the unmounting by a file that a path unit watches.
"""

import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from appliance.documents import copy_out
from appliance.documents.child import Child
from appliance.documents.hand_out_rules import KILLED, HandOutProblem
from appliance.runtime.logs import get_logger

log = get_logger("documents")
FOLDER = "usb"  # of the run folder, as in systemd/usb
RELEASE = "usb-release"
TIMEOUT_S = copy_out.WALL_S + 10  # the child's own alarm comes first
MOUNT_WAIT_S = 5.0  # a stick put in just now takes so long
RELEASE_WAIT_S = 30.0  # a slow one still writes
PAUSE_S = 0.2
REASON_CHARS = 300


class UsbStick:
    """`given` is a folder of the settings that counts as a stick as it is; empty: a mounted one."""

    def __init__(
        self,
        run_dir: Path,
        given: str,
        child: Child,
        *,
        mount_wait_s: float = MOUNT_WAIT_S,
        release_wait_s: float = RELEASE_WAIT_S,
    ) -> None:
        self._folder = Path(given) if given else run_dir / FOLDER
        self._is_given = bool(given)
        self._release = run_dir / RELEASE
        self._child = child
        self._mount_wait_s = mount_wait_s
        self._release_wait_s = release_wait_s
        self._stopping = threading.Event()

    def copy(self, wanted: Sequence[tuple[Path, str]]) -> HandOutProblem | None:
        """Copy the files by their names, then let the stick go; None when it may be pulled out.

        Blocks up to minutes.
        """
        if not self._comes():
            return HandOutProblem.NO_STICK
        problem = self._copy(wanted)
        is_released = self._let_go()
        return problem if problem or is_released else HandOutProblem.NOT_RELEASED

    def stop(self) -> None:
        """Wait for no stick any more; whoever owns the child ends that."""
        self._stopping.set()

    def _copy(self, wanted: Sequence[tuple[Path, str]]) -> HandOutProblem | None:
        order = json.dumps([[str(source), name] for source, name in wanted])
        code, said = self._child.run(
            copy_out.__name__, str(self._folder), order=order, timeout_s=TIMEOUT_S
        )
        if code == 0:
            return None
        log.warning("not copied", code=code, reason=said[-REASON_CHARS:])
        if code in (KILLED, copy_out.ALARMED):
            return HandOutProblem.SLOW
        word = said.strip()
        known = word in HandOutProblem.__members__.values()
        return HandOutProblem(word) if known else HandOutProblem.NOT_COPIED

    def _comes(self) -> bool:
        return self._becomes(present=True, wait_s=self._mount_wait_s)

    def _let_go(self) -> bool:
        """Whether nothing of ours is on the stick any more."""
        if not self._folder.is_mount():
            return True
        self._release.touch()
        try:
            return self._becomes(present=False, wait_s=self._release_wait_s)
        finally:
            self._release.unlink(missing_ok=True)

    def _becomes(self, *, present: bool, wait_s: float) -> bool:
        deadline = time.monotonic() + wait_s
        while self._is_there(leaving=not present) is not present:
            if time.monotonic() >= deadline or self._stopping.wait(PAUSE_S):
                return False
        return True

    def _is_there(self, *, leaving: bool) -> bool:
        is_folder = self._is_given and not leaving
        return self._folder.is_dir() if is_folder else self._folder.is_mount()
