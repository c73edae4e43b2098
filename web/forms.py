"""What a form shows: the values typed, the problems found, and a key against double sending."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from appliance.codes import new_token

KEY_FIELD = "idempotency_key"
MAX_KEY_CHARS = 64
LARGEST_ROW = 2**63 - 1  # what SQLite can hold; a larger number is nobody's


def new_idempotency_key() -> str:
    """A fresh key: the same form sent twice with it creates one thing."""
    return new_token()


@dataclass(frozen=True, slots=True)
class Form:
    """One form on the screen. Templates ask it for values, choices and problems by field name."""

    values: MultiDict[str, str] = field(default_factory=MultiDict)
    problems: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = field(default_factory=new_idempotency_key)

    @classmethod
    def blank(cls, **initial: Any) -> Form:
        """A form not yet sent, with these values filled in (lists for checkboxes)."""
        return cls(MultiDict(initial))

    @classmethod
    def submitted(cls, values: MultiDict[str, str], problems: Mapping[str, str]) -> Form:
        """A form that came back: what was typed, what is wrong, and its first key kept."""
        key = values.get(KEY_FIELD, "")
        kept = key if 0 < len(key) <= MAX_KEY_CHARS else new_idempotency_key()
        return cls(values, problems, kept)

    def value(self, name: str) -> str:
        """What stands in the field."""
        return str(self.values.get(name, ""))

    def has(self, name: str, value: object) -> bool:
        """Whether this choice is taken."""
        return str(value) in (str(chosen) for chosen in self.values.getlist(name))

    def problem(self, name: str) -> str:
        """What is wrong with the field, in the language of the page; empty when nothing."""
        message = self.problems.get(name)
        return gettext(message) if message else ""


def whole(name: str) -> int | None:
    """A submitted number, or on a GET one of the address; None unless a row could have it."""
    sent = request.form if request.method == "POST" else request.args
    number = sent.get(name, type=int)
    return number if number is not None and 0 < number <= LARGEST_ROW else None


def text(name: str) -> str:
    """A submitted text in NFC without blanks around it; empty when it was not sent."""
    return unicodedata.normalize("NFC", request.form.get(name, "")).strip()


def texts(name: str) -> list[str]:
    """Every submitted value of a field that may be sent more than once."""
    return [unicodedata.normalize("NFC", value).strip() for value in request.form.getlist(name)]


def changed(names: Iterable[str]) -> dict[str, str]:
    """The texts of these fields that a person wrote anew: not as `as_shown` of forms.html has them.

    What somebody else changed after the form was shown stays so. A field that was not sent is
    left out, and one that does not say how it was shown counts.
    """
    sent = {name: text(name) for name in names if name in request.form}
    shown = {name: text(f"was_{name}") for name in sent if f"was_{name}" in request.form}
    return {name: said for name, said in sent.items() if said != shown.get(name)}


def idempotency_key() -> str:
    """The key of the submitted form; a fresh one when it is missing or absurd."""
    key = request.form.get(KEY_FIELD, "")
    return key if 0 < len(key) <= MAX_KEY_CHARS else new_idempotency_key()
