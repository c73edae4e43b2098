"""One file brought to the disk: in parts if need be, checked, and there whole or not at all."""

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from appliance.errors import Invalid, Refused
from appliance.mirror.client import WebApi
from appliance.mirror.fetch import Answer
from appliance.mirror.trouble import SourceTrouble, Trouble
from appliance.requests.file_types import kind_of
from appliance.storage.files import make_private, sync_to_disk

SAFE_EVERY_BYTES = 4 << 20  # what a power cut may cost; each costs a flush and a commit
MOST_BYTES = {"pdf": 600_000_000, "cover": 5_000_000, "excel": 20_000_000}
END_LOOKED_AT = 4096
LONGEST_MAGIC = 12
_MAGIC = {
    "pdf": ((b"%PDF-", "pdf"),),
    "excel": ((b"PK\x03\x04", "xlsx"),),
    "cover": ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif")),
}
_LENGTH = re.compile(r"[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


class Unfit(Refused):
    """Raised for one file that cannot be kept; `problem` is the word of the database."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is known of a part on the disk: how to ask for the rest, and what of it is safe."""

    validator: str = ""
    safe_bytes: int = 0
    told_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A whole and checked file, still under the name of its part."""

    size_bytes: int
    sha256: str
    suffix: str


Keep = Callable[[Unfinished], None]
MakeRoom = Callable[[int], None]


class Download:
    """Brings one file to `part`.

    `keep` writes down what a later try needs; `make_room` is called with the size this file will
    have at least, and raises Unfit when there is no room for it.
    """

    def __init__(self, what: str, part: Path, keep: Keep, make_room: MakeRoom) -> None:
        self._what = what
        self._part = part
        self._keep = keep
        self._make_room = make_room

    def run(self, api: WebApi, url: str, known: Unfinished) -> Downloaded:
        """Raises SourceTrouble when it must be gone on with later, Unfit when that is no use."""
        offset = self._resumable(known)
        with api.file(url, offset=offset, validator=known.validator) as answer:
            if answer.status == 416 or (
                answer.status == 206 and not _goes_on(answer, offset, known)
            ):
                self._forget()
                raise SourceTrouble(Trouble.CUT, "the part on the disk is of another file")
            if answer.status == 200:
                offset = 0
            told = _told(answer, offset)
            if (told or 0) > MOST_BYTES[self._what]:
                raise Unfit("too_large")
            self._make_room(told or 0)
            self._receive(answer, offset, told)
            has_length = answer.has_length()
        return self._checked(told, has_length=has_length)

    def _resumable(self, known: Unfinished) -> int:
        """Where to go on; what had not reached the disk for certain is cut off."""
        if not known.validator or not known.safe_bytes or not self._part.is_file():
            return 0
        if self._part.stat().st_size < known.safe_bytes:
            return 0
        os.truncate(self._part, known.safe_bytes)
        return known.safe_bytes

    def _receive(self, answer: Answer, offset: int, told: int | None) -> None:
        validator = _validator(answer)
        if not offset:
            make_private(self._part)
            self._keep(Unfinished(validator, 0, told))
        size = safe = offset
        with self._part.open("ab") as file:
            try:
                for chunk in answer.chunks():
                    if size == 0 and len(chunk) >= LONGEST_MAGIC and not _suffix(self._what, chunk):
                        raise Unfit("not_" + self._what)
                    file.write(chunk)
                    size += len(chunk)
                    if size > MOST_BYTES[self._what]:
                        raise Unfit("too_large")
                    if size - safe >= SAFE_EVERY_BYTES:
                        safe = self._make_safe(file, validator, told)
                        self._make_room(max(size, told or 0))
            except SourceTrouble:
                self._make_safe(file, validator, told)
                raise

    def _make_safe(self, file: IO[bytes], validator: str, told: int | None) -> int:
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
        self._keep(Unfinished(validator, size if validator else 0, told))
        return size

    def _checked(self, told: int | None, *, has_length: bool) -> Downloaded:
        sync_to_disk(self._part)
        size = self._part.stat().st_size
        if told is not None and size != told:
            self._forget()
            raise SourceTrouble(Trouble.CUT, "another size than was told")
        with self._part.open("rb") as file:
            suffix = _suffix(self._what, file.read(LONGEST_MAGIC))
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256")
            file.seek(max(size - END_LOOKED_AT, 0))
            end = file.read()
        if suffix is None:
            raise Unfit("not_" + self._what)
        if self._what == "excel":
            self._check_spreadsheet()
        if self._what == "pdf" and not has_length and b"%%EOF" not in end:
            self._forget()
            raise SourceTrouble(Trouble.CUT, "no end of the PDF, and no length was told")
        return Downloaded(size, sha256.hexdigest(), suffix)

    def _check_spreadsheet(self) -> None:
        """Only what is handed out: no macros, and nothing older than XLSX."""
        with self._part.open("rb") as file:
            try:
                kind_of(file)
            except Invalid:
                raise Unfit("not_excel") from None

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        self._keep(Unfinished())


def _goes_on(answer: Answer, offset: int, known: Unfinished) -> bool:
    found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != offset:
        return False
    return known.told_bytes is None or int(found[3]) == known.told_bytes


def _told(answer: Answer, offset: int) -> int | None:
    if answer.status == 206:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        return int(found[3]) if found else None
    length = answer.headers.get("Content-Length", "")
    return offset + int(length) if _LENGTH.fullmatch(length) else None


def _validator(answer: Answer) -> str:
    """What tells later whether it is still the same file; only what If-Range may carry."""
    tag = answer.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag[:200]
    return answer.headers.get("Last-Modified", "")[:100]


def _suffix(what: str, head: bytes) -> str | None:
    if what == "cover" and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return next((suffix for magic, suffix in _MAGIC[what] if head.startswith(magic)), None)
