"""What the parts of the figures are called: mostly the words of the Pi's own reports."""

from appliance.guestbook.choices import LISTS
from appliance.hub.counts import OTHERS
from appliance.reports.phrases import Phrase, label_of
from appliance.reports.use_sections import ALARMS, LOCKER_ENDS
from appliance.reports.visit_sections import ENDS, QUESTIONS, WAYS_IN

# In the order of the page: what an office can act on first.
TRAITS = (
    *("purpose", "agency_category", "occupation", "education", "age_band", "sex", "disability"),
    *("channel", "state"),
)
OTHER_ANSWERS = Phrase("Jawaban lain", "Other answers")
UNSAID = Phrase("Tidak disebutkan", "Not stated")
_TRAITS = {
    **dict(QUESTIONS),
    "channel": Phrase("Cara mendaftar", "How they registered"),
    "state": Phrase("Akhir kunjungan", "How visits ended"),
}
_STATES = {
    **ENDS,
    "registered": Phrase("Masih menunggu", "Still waiting"),
    "called": Phrase("Sedang dipanggil", "Being called"),
    "served": Phrase("Sedang di ruang baca", "In the reading room"),
    "leaving": Phrase("Akan pulang", "About to leave"),
}
_PARTS = {"channel": WAYS_IN, "state": _STATES, "locker": LOCKER_ENDS, "alarm": ALARMS}


def trait(name: str) -> Phrase:
    """What a trait is called."""
    return _TRAITS[name]


def part(name: str, code: str) -> Phrase:
    """A part of a trait, of the ends of a locker's use ("locker") or of its alarms ("alarm").

    A code of a newer version of the Pi stands for itself.
    """
    if code == OTHERS:
        return OTHER_ANSWERS
    words = _PARTS.get(name, {}).get(code)
    if words is None and name in LISTS:
        words = next((label_of(one) for one in LISTS[name] if one.code == code), None)
    return words or (Phrase(code, code) if code else UNSAID)
