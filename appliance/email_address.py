"""E-mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email


def email_address(text: str) -> str | None:
    """The address in its normal form; None when it cannot be one. Asks no network."""
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        return None
