"""E-mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email


def email_address(text: str) -> str | None:
    """The address in its normal form; None when it cannot be one. Asks no network."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def sendable_address(text: str) -> str | None:
    """The address as every mail server understands it, in ASCII; None when it has no such form.

    Nothing in it can end a header or a command: no blanks, quotes or line ends.
    """
    try:
        return validate_email(text, check_deliverability=False).ascii_email
    except EmailNotValidError:
        return None
