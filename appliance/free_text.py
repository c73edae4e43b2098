"""Free text as people type it: kept as it is, unless it is not what it looks like."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from appliance.errors import N_, Invalid

# Everything that can make a text read differently from what it is (Unicode TR 36, 'Trojan
# Source'): controls, lone surrogates, and the embeddings, overrides and isolates of bidi.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u200e\u200f")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cs"})
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Cc", "Cs"})
# Also the wide signs of East Asian keyboards, which some spreadsheets read like the narrow ones.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
TOO_LONG = N_("Isian ini terlalu panjang. Ringkas isinya.")
UNREADABLE = N_("Isian ini memuat karakter tersembunyi. Ketik ulang isinya.")


@dataclass(frozen=True, slots=True)
class Field:
    """One free text of a form: its longest length, and what to say when it is missing."""

    limit: int
    missing: str = ""  # empty: it may stay empty
    lines: bool = False


def checked(
    form: Mapping[str, str],
    fields: Mapping[str, Field],
    *,
    found: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The texts of these fields in NFC and trimmed.

    Raises Invalid with every problem at once; `found` are those of the form's other fields.
    """
    texts: dict[str, str] = {}
    problems = dict(found or {})
    for name, rule in fields.items():
        text = normalised(form.get(name, ""), rule.limit)
        if not is_readable(text, lines=rule.lines):
            problems[name] = UNREADABLE
        elif len(text) > rule.limit:
            problems[name] = TOO_LONG
        elif not is_visible(text):
            text = ""
            if rule.missing:
                problems[name] = rule.missing
        texts[name] = text
    if problems:
        raise Invalid(problems)
    return texts


def one_line(value: object) -> str:
    """A text out of a file or a scanner, where nobody can be asked to type it again.

    NFC, one blank between words, hidden characters left out; None reads as no text.
    """
    if value is None:
        return ""
    text = str(value).encode("utf-8", "replace").decode()
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def normalised(text: str, limit: int) -> str:
    """The text in NFC without blanks around it; far beyond the limit it is cut.

    Cut before normalising: composing a megabyte is work an attacker may not ask for.
    """
    return unicodedata.normalize("NFC", text[: 4 * limit + 1]).strip()


def is_readable(text: str, *, lines: bool = False) -> bool:
    """Whether the text holds no character that hides or reorders others."""
    allowed = frozenset("\r\n\t") if lines else frozenset()
    return not any(
        c in _BIDI or (unicodedata.category(c) in _FORBIDDEN_CATEGORIES and c not in allowed)
        for c in text
    )


def is_visible(text: str) -> bool:
    """Whether anything of the text can be seen."""
    return any(unicodedata.category(c) not in _INVISIBLE_CATEGORIES for c in text)


def file_name(title: str, told: str, kind: str) -> str:
    """What a publication's file is called on a phone: plain ASCII, and nobody's name in it."""
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in title).split()
    return f"{'-'.join(words)[:60].strip('-') or 'publikasi'}-{told}.{kind}".lower()


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; `lively` gives it back."""
    return f"'{text}" if _FORMULA.match(text) else text


def lively(text: str) -> str:
    """The text behind a cell made by `inert`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
