"""The privacy notice: what is kept, why, how long, and whom to ask."""

import calendar
import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from appliance.clock import ClockQuality, Stamp
from appliance.offices import Office
from appliance.privacy import texts

TEXTS = {
    "id": (texts.INDONESIAN, texts.INDONESIAN_CARD),
    "en": (texts.ENGLISH, texts.ENGLISH_CARD),
}
SENT = {"id": texts.INDONESIAN_SENT, "en": texts.ENGLISH_SENT}
SEALED = {
    "id": (texts.INDONESIAN_SEALED, texts.INDONESIAN_SEALED_SHORT),
    "en": (texts.ENGLISH_SEALED, texts.ENGLISH_SEALED_SHORT),
}
GUARDIAN_TEXTS = {"id": texts.INDONESIAN_GUARDIAN, "en": texts.ENGLISH_GUARDIAN}
# A room that nobody used for longer has most likely a clock that ran ahead.
LONGEST_SILENCE = dt.timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Section:
    """One question of the notice with its answers, a paragraph each."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice as shown: the short form beside the consent box, and the full text.

    `text_hash` is the SHA-256 of everything shown, `text`; a consent is proved by it.
    """

    version: str
    language: str
    short: str
    sections: tuple[Section, ...]
    text_hash: str
    text: str


def notice(office: Office, language: str) -> Notice:
    """The notice of this office in this language; Indonesian for any other."""
    chosen = language if language in TEXTS else "id"
    pattern, card = TEXTS[chosen]
    sent, also = _leaving(office, chosen)
    text = pattern.format(
        sent=sent,
        also=also,
        office=office.name,
        address=office.address,
        contact=office.notice.contact,
        months=office.notice.identity_kept_months,
        minutes=office.policy.scan_grace_minutes,
        days=office.requests.kept_days,
        card=card.strip() if office.policy.card_for_locker else "",
    )
    short, *parts = text.split("\n# ")
    shown = f"{office.notice.version}\n{chosen}\n{text}"
    return Notice(
        version=office.notice.version,
        language=chosen,
        short=_one_line(short),
        sections=tuple(_section(part) for part in parts),
        text_hash=hashlib.sha256(shown.encode()).hexdigest(),
        text=shown,
    )


def guardian_notice(office: Office, language: str) -> Notice:
    """The same notice with what a guardian agrees to, which is its `short` form."""
    shown = notice(office, language)
    statement = _one_line(GUARDIAN_TEXTS[shown.language])
    text = f"{shown.text}\n{statement}\n"
    text_hash = hashlib.sha256(text.encode()).hexdigest()
    return replace(shown, short=statement, text=text, text_hash=text_hash)


def last_day_to_erase(today: dt.date, months: int) -> dt.date:
    """The newest business date that lies more than so many months before today."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, calendar.monthrange(year, month + 1)[1])
    return dt.date(year, month + 1, day) - dt.timedelta(days=1)


def first_day_to_erase(day: dt.date, months: int) -> dt.date:
    """The first date on which a business date lies more than so many months back."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    longest = calendar.monthrange(year, month + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    kept_until = longest if is_last else min(day.day, longest)
    return dt.date(year, month + 1, kept_until) + dt.timedelta(days=1)


def may_erase(now: Stamp, newest: dt.datetime | None) -> bool:
    """Whether the clock can be trusted with what cannot be undone.

    Not while it is unset, nor earlier than the newest line of the journal, nor after a long
    silence unless the network has set it: a flat battery can also wake up in the future.
    """
    if now.quality is ClockQuality.UNSET:
        return False
    if newest is None:
        return True
    silence = now.at - newest
    is_told = now.quality is ClockQuality.SYNCED
    return silence >= dt.timedelta() and (is_told or silence <= LONGEST_SILENCE)


def _leaving(office: Office, language: str) -> tuple[str, str]:
    """What leaves the house: the sentence of the full text, and that of the short form."""
    words = [texts.FIELDS[language][field] for field in office.notice.sealed]
    if not words:
        return SENT[language], ""
    full, short = (text.format(fields=", ".join(words)) for text in SEALED[language])
    return full.strip(), short


def _section(part: str) -> Section:
    title, _, body = part.partition("\n")
    return Section(title, tuple(_one_line(text) for text in body.strip().split("\n\n")))


def _one_line(text: str) -> str:
    return " ".join(text.split())
