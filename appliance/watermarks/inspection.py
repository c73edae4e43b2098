"""Looks through a file as it arrives: its checksum, and the number of ours that it carries.

Nothing is kept and nothing is parsed: whoever made the file decides what is in it.
"""

import hashlib
import re

from appliance.watermarks.tail import NUMBER_KEY, SIGN

LONGEST_FIND = 96  # bytes from one of our words to the end of the number behind it
_NUMBER = rb"(\d{4}-\d{4}-[0-9A-Z]{8})"
_FOUND = re.compile(
    rb"(?:" + re.escape(SIGN) + rb"|/" + NUMBER_KEY.encode() + rb"\s?\(|Salinan perpustakaan No\. )"
    + _NUMBER
)  # fmt: skip


class FileInspector:
    """Give it a file piece by piece with `feed`; then ask."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._last = b""
        self.size_bytes = 0
        self.number = ""

    def feed(self, piece: bytes) -> None:
        """The next bytes of the file, any number of them."""
        self._hash.update(piece)
        self.size_bytes += len(piece)
        window = self._last + piece
        for found in _FOUND.finditer(window):
            self.number = found[1].decode("ascii")  # the last one counts: later parts replace
        self._last = window[-LONGEST_FIND:]

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()
