"""Child process: copies files to a stick, each whole under its name or not at all.

    python -m appliance.documents.copy_out STICK <<< '[["/scan-1.pdf", "hasil-pindai.pdf"]]'

Everything goes through one descriptor of the stick's folder: should the stick be pulled out, not
a byte lands in the folder that it was mounted on.
"""

import errno
import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, Self

from appliance.documents.child_limits import limit_myself
from appliance.documents.hand_out_rules import HandOutProblem
from appliance.storage.files import FULL

WALL_S = 180
ALARMED = -signal.SIGALRM  # how it ends then
FOLDER = "RuangBaca"
PART = ".part"
PIECE_BYTES = 1 << 20
NOFOLLOW = os.O_NOFOLLOW | os.O_CLOEXEC
LOCKED = (errno.EROFS, errno.EACCES, errno.EPERM)
AWAY = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.ESTALE, errno.ENOMEDIUM)


class NotCopied(Exception):
    """Raised when a file did not get onto the stick."""

    def __init__(self, problem: HandOutProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def copy_all(stick: Path, wanted: Sequence[tuple[Path, str]]) -> None:
    """Put each file under its name into our folder on the stick, durably. Raises NotCopied.

    What has such a name already stays as it is: the new one is called `name-2.pdf` then.
    """
    try:
        sizes = [source.stat().st_size for source, _ in wanted]
    except OSError as error:
        raise NotCopied(HandOutProblem.GONE) from error
    try:
        with _Folder(stick, sum(sizes)) as folder:
            for source, name in wanted:
                folder.put(source, name)
    except OSError as error:
        raise NotCopied(problem_of(error)) from error


def problem_of(error: OSError) -> HandOutProblem:
    """What a refused write says about the stick."""
    if error.errno in FULL:
        return HandOutProblem.FULL
    if error.errno in LOCKED:
        return HandOutProblem.READ_ONLY
    return HandOutProblem.VANISHED if error.errno in AWAY else HandOutProblem.NOT_COPIED


class _Folder:
    """Our folder on the stick, by descriptor."""

    def __init__(self, stick: Path, size_bytes: int) -> None:
        top = os.open(stick, os.O_RDONLY | os.O_DIRECTORY | NOFOLLOW)
        try:
            room = os.fstatvfs(top)
            if room.f_flag & os.ST_RDONLY:
                raise OSError(errno.EROFS, "the stick is locked")
            if room.f_bavail * room.f_frsize < size_bytes:
                raise OSError(errno.ENOSPC, "the stick is full")
            with suppress(FileExistsError):
                os.mkdir(FOLDER, dir_fd=top)
                os.fsync(top)
            self._own = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | NOFOLLOW, dir_fd=top)
        finally:
            os.close(top)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._own)

    def put(self, source: Path, name: str) -> None:
        with source.open("rb") as read:
            target = self._free_name(read, Path(name))
            if not target:
                return
            read.seek(0)
            part = target + PART
            try:
                with closing(self._open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)) as write:
                    shutil.copyfileobj(read, write, PIECE_BYTES)
                    write.flush()
                    os.fsync(write.fileno())
                os.rename(part, target, src_dir_fd=self._own, dst_dir_fd=self._own)
                os.fsync(self._own)
            except OSError:
                with suppress(OSError):
                    os.unlink(part, dir_fd=self._own)
                raise

    def _free_name(self, read: IO[bytes], name: Path) -> str:
        """A name that nothing has yet; empty when the same file is there already."""
        target, number = name.name, 1
        while True:
            try:
                there = self._open(target, os.O_RDONLY)
            except FileNotFoundError:
                return target
            with closing(there):
                if _digest(there) == _digest(read):
                    return ""
            number += 1
            target = f"{name.stem}-{number}{name.suffix}"

    def _open(self, name: str, flags: int) -> IO[bytes]:
        mode = "rb" if flags == os.O_RDONLY else "wb"
        return os.fdopen(os.open(name, flags | NOFOLLOW, 0o600, dir_fd=self._own), mode)


def _digest(file: IO[bytes]) -> bytes:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]


def main() -> int:
    """Exit code 0, or 1 with the problem's code on standard error."""
    limit_myself(wall_s=WALL_S)
    wanted = [(Path(source), name) for source, name in json.load(sys.stdin)]
    try:
        copy_all(Path(sys.argv[1]), wanted)
    except NotCopied as error:
        print(error.problem.value, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
