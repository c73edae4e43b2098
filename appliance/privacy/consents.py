"""The proof of each consent: when, where, to which words, and that the words are still the same."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from appliance.errors import N_, NotFound
from appliance.offices import Office
from appliance.privacy import rules
from appliance.storage.models import Consent, NoticeText

CHANNEL_WORDS = {
    "phone": N_("Di HP pengunjung"),
    "kiosk": N_("Di tablet pintu"),
    "desk": N_("Di meja petugas"),
    "paper": N_("Di slip kertas"),
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing said: `is_given` or withdrawn; `text_hash` finds the words it was about."""

    is_given: bool
    version: str
    language: str
    channel: str
    text_hash: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ShownText:
    """What somebody read: version, language, the words, and whether their hash is the one kept."""

    version: str
    language: str
    text: str
    text_hash: str
    fits: bool


class Consents:
    """Reads and never writes. Any thread may call it."""

    def __init__(self, *, office: Office) -> None:
        self._office = office

    def of_visit(self, visit_id: int) -> tuple[Proof, ...]:
        """Everything that was said about a visit's data, the oldest first."""
        rows = Consent.select().where(Consent.visit == visit_id).order_by(Consent.id)
        return tuple(
            Proof(
                row.action == "given",
                row.notice_version,
                row.language,
                row.channel,
                row.text_hash,
                row.at,
            )
            for row in rows
        )

    def text(self, text_hash: str) -> ShownText:
        """The words behind a hash, also before the daily cleaning kept them. Raises NotFound."""
        row = NoticeText.get_or_none(NoticeText.text_hash == text_hash)
        if row is not None:
            fits = hashlib.sha256(row.text.encode()).hexdigest() == text_hash
            return ShownText(row.version, row.language, row.text, text_hash, fits)
        for make in (rules.notice, rules.guardian_notice):
            for language in rules.TEXTS:
                shown = make(self._office, language)
                if shown.text_hash == text_hash:
                    return ShownText(shown.version, language, shown.text, text_hash, True)
        raise NotFound(N_("Pemberitahuan dengan sidik itu tidak disimpan di peranti ini."))
