"""What is marked and how it is said: problems, numbers, looks, what the mark reads."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from enum import StrEnum

from appliance import codes
from appliance.documents.mark_drawing import Drawing
from appliance.documents.rules import share_bytes
from appliance.errors import N_
from appliance.free_text import file_name
from appliance.guestbook.choices import labels
from appliance.offices import Office

VERSION = 1  # of how files are prepared; a change of it prepares every publication anew
MOST_PAGES = 5000
MOST_BYTES = 300 << 20  # a phone takes no larger file over the Wi-Fi of a room
MOST_COPIES = 30  # of one visit: more is no reading, and every one is a line of the ledger
BUDGET_SHARE = 0.1  # of the disk, for prepared files
BUDGET_BYTES = (64 << 20, 4 << 30)  # at least and at most
HEADLINE = "SALINAN PERPUSTAKAAN"
PARTS = {"diagonal": ("diagonal",), "footer": ("footer",), "both": ("diagonal", "footer")}
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


class CopyState(StrEnum):
    """Where a prepared file stands; the values are those of the database."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    REFUSED = "refused"
    GONE = "gone"


PENDING = (CopyState.WAITING, CopyState.WORKING)


class Problem(StrEnum):
    """Why a publication cannot be marked."""

    MISSING = "missing"
    TOO_BIG = "too_big"
    TOO_MANY_PAGES = "too_many_pages"
    NO_PAGES = "no_pages"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    SIGNED = "signed"
    XFA = "xfa"
    TOO_HEAVY = "too_heavy"
    DISK_FULL = "disk_full"
    FAILED = "failed"


# What the visitor reads: what is the matter with the file. What to do next, the request form,
# stands below it.
PROBLEMS: dict[str, str] = {
    Problem.MISSING: N_("Berkas publikasi ini tidak ada lagi di ruang baca."),
    Problem.TOO_BIG: N_("Berkas publikasi ini terlalu besar untuk diunduh lewat Wi-Fi."),
    Problem.TOO_MANY_PAGES: N_("Publikasi ini terlalu tebal untuk diberi tanda di sini."),
    Problem.NO_PAGES: N_("Berkas publikasi ini tidak berisi satu halaman pun."),
    Problem.DAMAGED: N_("Berkas publikasi ini rusak dan tidak dapat diperbaiki."),
    Problem.ENCRYPTED: N_("Berkas publikasi ini terkunci kata sandi, jadi tidak dapat disalin."),
    Problem.SIGNED: N_(
        "Publikasi ini bertanda tangan elektronik; tanda salinan akan membuatnya tidak sah."
    ),
    Problem.XFA: N_("Publikasi ini berupa formulir isian khusus yang tidak dapat diberi tanda."),
    Problem.TOO_HEAVY: N_("Publikasi ini terlalu berat untuk diolah peranti ini."),
    Problem.DISK_FULL: N_("Penyimpanan hampir penuh, jadi salinan belum dapat disiapkan."),
    Problem.FAILED: N_("Salinan publikasi ini belum berhasil disiapkan."),
}
# These may go away by themselves, so the next who asks has it tried again.
PASSING = frozenset({Problem.MISSING, Problem.DISK_FULL, Problem.FAILED})


def sentence(problem: str | None) -> str:
    """What people read about a problem; empty for None."""
    return "" if problem is None else PROBLEMS.get(problem, PROBLEMS[Problem.FAILED])


def look(office: Office) -> str:
    """A short name for everything that prepared files show: another one, another file."""
    mark = office.policy.mark
    shown = [VERSION, office.name, mark.shape, mark.strength, mark.signed]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]


def parts(office: Office) -> tuple[str, ...]:
    """Which drawings this office's mark has."""
    return PARTS[office.policy.mark.shape]


def general(office: Office) -> Drawing:
    """What a prepared file says by itself; also what is left when a tail is cut off."""
    line = f"Salinan perpustakaan · {office.name} · tanpa nomor: bukan salinan yang diserahkan"
    return Drawing(HEADLINE, office.name, line, office.policy.mark.strength)


def personal(office: Office, number: str, day: dt.date, purpose: str) -> Drawing:
    """What the copy with this number says; `purpose` is a code of the guest book."""
    said = {"office": office.name, "date": spelled(day), "purpose": purpose_text(purpose)}
    details = [said[part] for part in office.policy.mark.parts if said[part]]
    line = " · ".join([f"Salinan perpustakaan No. {number}", *details])
    return Drawing(number, " · ".join(details), line, office.policy.mark.strength)


def purpose_text(code: str) -> str:
    """The purpose in Indonesian; empty for a code that is not known."""
    return next(iter(labels("purpose", (code,), "id")), "")


def spelled(day: dt.date) -> str:
    """The date as the mark writes it: 22 November 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number(office: Office, day: dt.date, code: str) -> str:
    """The number of a copy, such as 1309-2026-7K3M9QXA: `code` is random, so nobody guesses it."""
    return f"{office.domain}-{day.year}-{code}"


def parse_number(text: str) -> str | None:
    """The number as the ledger has it, from what a person typed; None when it cannot be one.

    Blanks and hyphens do not matter; in the last part O reads as 0, I and L as 1.
    """
    typed = "".join(c for c in text[:60].upper() if c.isascii() and c.isalnum())
    digits, code = typed[:8], codes.parse_short_code(typed[8:])
    if code is None or len(digits) != 8 or not digits.isdigit():
        return None
    return f"{digits[:4]}-{digits[4:]}-{code}"


def download_name(title: str, number: str) -> str:
    """What the copy is called on the visitor's phone: plain ASCII, and nobody's name in it."""
    return file_name(title, number, "pdf")


def budget_bytes(total_bytes: int) -> int:
    """How much of a disk prepared files may take."""
    return share_bytes(total_bytes, BUDGET_SHARE, BUDGET_BYTES)


def to_delete(sizes: Sequence[tuple[int, int]], budget: int) -> list[int]:
    """Which prepared files go: pairs of id and size, the longest unused first."""
    total, chosen = sum(size for _, size in sizes), []
    for key, size in sizes[:-1]:  # the one used last stays, however large
        if total <= budget:
            break
        chosen.append(key)
        total -= size
    return chosen
