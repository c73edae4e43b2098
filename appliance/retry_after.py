"""When somebody asks us to come again (RFC 9110, section 10.2.3)."""

import datetime as dt
from email.utils import parsedate_to_datetime


def retry_after_s(text: str, now: dt.datetime) -> float | None:
    """Seconds from now, from seconds or a date as the header may have; None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=dt.UTC)
        return max((moment - now).total_seconds(), 0.0)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
