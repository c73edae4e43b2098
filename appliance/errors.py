"""Errors that a person at the office can act on.

Each message is the Indonesian sentence itself and says what to do next. It is also the gettext
msgid, so the web layer translates it; `values` fill its ``%(name)s`` places.
"""

from collections.abc import Mapping


def N_(message: str) -> str:  # noqa: N802 - the name translation tools look for
    """Mark a message for translation without translating it here."""
    return message


class RuangBacaError(Exception):
    """Base of every error this product raises on purpose."""

    permanent = True

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Refused(RuangBacaError):
    """Raised when a rule or the state of things says no (409)."""


class NotFound(RuangBacaError, LookupError):
    """Raised when a thing is unknown or belongs to somebody else: the same answer (404)."""


class Forbidden(RuangBacaError, PermissionError):
    """Raised when this person may not do it (403)."""


class Invalid(RuangBacaError, ValueError):
    """Raised with every problem of a form at once: field name -> message (422)."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(N_("Ada isian yang perlu diperbaiki."))
        self.problems = dict(problems)


class Unavailable(RuangBacaError, ConnectionError):
    """Raised when a device, a process or the storage does not answer now (503)."""

    permanent = False


class ConfigError(RuangBacaError, ValueError):
    """Raised when a settings or office file cannot be used; names file and line."""
