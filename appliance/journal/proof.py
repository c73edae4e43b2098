"""The proof that nobody rewrote the journal: each line's link is a hash over it and the one before.

Whoever can write the file can make a new chain. So the newest link is printed now and then, on the
report of a day or on a slip of paper: a chain made later does not lead through it.
"""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from appliance.errors import N_, Invalid
from appliance.journal import written
from appliance.storage import statements

GENESIS = bytes(32)
LINES_AT_ONCE = 2000  # about 1 MB; between two slices writers get on
NOTED_DIGITS = 16  # of a link, as it is written down: 64 bits
COLUMNS = (
    *("seq", "at", "boot_id", "boot_ms", "clock"),
    *("actor", "action", "subject", "reason", "detail"),
)
_SLICE = (
    "SELECT seq, at, boot_id, boot_ms, clock, actor, action, subject, reason, detail, chain"
    " FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
)
_NOTED = re.compile(r"([0-9]{1,18}):([0-9a-f-]{16,})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line of a chain: its number, 0 before the first, and its link in hex."""

    seq: int
    link: str

    @property
    def noted(self) -> str:
        """As people write it down: `1234:3f2a-9c0b-1d2e-4f56`."""
        digits = self.link[:NOTED_DIGITS]
        return f"{self.seq}:" + "-".join(digits[i : i + 4] for i in range(0, NOTED_DIGITS, 4))


@dataclass(frozen=True, slots=True)
class Noted:
    """A head as it was written down: the number of its line, and the beginning of its link."""

    seq: int
    digits: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What reading every line found; `head` is the last line that fits, `took_s` the time of it.

    `broken_at` is the number of the first line that does not fit, or whose words were changed;
    `is_as_noted` is None without a head that was noted.
    """

    head: Head
    broken_at: int | None
    is_as_noted: bool | None
    took_s: float

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None and self.is_as_noted is not False


def noted(text: str) -> Noted:
    """A head that somebody wrote down. Raises Invalid when it cannot be one."""
    found = _NOTED.fullmatch(text.strip())
    digits = found[2].replace("-", "").lower() if found else ""
    if found is None or len(digits) < NOTED_DIGITS:
        raise Invalid(
            {"noted": N_("Tulis seperti di catatan: nomor, titik dua, enam belas angka.")}
        )
    return Noted(int(found[1]), digits)


def link(before: bytes, row: Mapping[str, object]) -> bytes:
    """The link of a line after the one whose link is `before`."""
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(bytes(before) + text.encode()).digest()


def lines(after: int = 0) -> Iterator[tuple[dict[str, str | int], bytes]]:
    """Every line after this number with its link, in order, a slice at a time."""
    while rows := statements.every(_SLICE, (after, LINES_AT_ONCE)):
        for *values, chain in rows:
            yield dict(zip(COLUMNS, values, strict=True)), bytes(chain)
        after = int(rows[-1][0])


def prove(noted: Noted | None = None) -> Proof:
    """What Journal.prove promises."""
    begun, chain, seq, is_as_noted = time.monotonic(), GENESIS, 0, None
    if noted is not None:
        is_as_noted = False
    for row, kept in lines():
        made = link(chain, row)
        if row["seq"] != seq + 1 or kept != made:
            return Proof(Head(seq, chain.hex()), seq + 1, is_as_noted, time.monotonic() - begun)
        chain, seq = made, seq + 1
        if noted is not None and seq == noted.seq:
            is_as_noted = chain.hex().startswith(noted.digits)
    changed = written.first_changed(LINES_AT_ONCE)
    return Proof(Head(seq, chain.hex()), changed, is_as_noted, time.monotonic() - begun)
