"""What a paper slip says of its times, and what a clock lets be believed."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from appliance.choice import Choice
from appliance.clock import ClockQuality, Stamp
from appliance.errors import N_, Invalid, Refused

LONGEST_AGO = dt.timedelta(days=31)  # after a month nobody knows any more whose slip it was
GONE, HERE = "gone", "here"
WHY_LATE = (
    Choice("power", "Listrik padam", "Power cut"),
    Choice("device", "Peranti atau jaringan rusak", "Device or network out of order"),
    Choice("crowd", "Ruangan terlalu ramai", "Too many people at once"),
    Choice("elsewhere", "Dilayani di luar ruang baca", "Served outside the reading room"),
)
NO_CLOCK = N_(
    "Jam peranti belum disetel, jadi waktu di slip belum dapat diperiksa. Isi setelah jamnya benar."
)
NO_DATE = N_("Tulis tanggal pada slip, paling lama 31 hari yang lalu.")
NO_TIME = N_("Tulis jam datang pada slip, misalnya 09.30.")
IN_FUTURE = N_("Jam ini belum tiba. Periksa lagi slipnya.")
BAD_SERVED = N_("Jam dilayani tidak boleh sebelum jam datang atau setelah sekarang.")
BAD_LEFT = N_("Jam pulang tidak boleh sebelum jam dilayani atau setelah sekarang.")
NO_REASON = N_("Pilih mengapa kunjungan ini dicatat di kertas.")
NOT_HERE = N_("Slip dari hari lain: pengunjungnya sudah pulang.")
_TIME = re.compile(r"([01]?\d|2[0-3])[.:]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class PaperTimes:
    """What the slip says: when they came, were served, left. None: it does not say.

    `is_here` is whether the visitor is still in the room; `reason` a code of WHY_LATE.
    """

    arrived: dt.datetime
    served: dt.datetime | None
    left: dt.datetime | None
    is_here: bool
    reason: str


def check_paper(form: Mapping[str, str | Sequence[str]], now: Stamp, zone: dt.tzinfo) -> PaperTimes:
    """The times of a slip. Raises Invalid with every problem, Refused while no clock can tell."""
    if now.quality is ClockQuality.UNSET:
        raise Refused(NO_CLOCK)
    reader = _Reader(form, now.at, zone)
    date = reader.date()
    arrived = reader.moment("paper_time", date, NO_TIME, IN_FUTURE)
    if not reader.has("paper_time"):
        reader.problems["paper_time"] = NO_TIME
    served = reader.moment("served_time", date, BAD_SERVED, BAD_SERVED, not_before=arrived)
    left = reader.moment("left_time", date, BAD_LEFT, BAD_LEFT, not_before=served or arrived)
    is_here = reader.is_here(date)
    reason = reader.reason()
    if reader.problems or arrived is None:
        raise Invalid(reader.problems)
    return PaperTimes(arrived, served, None if is_here else left, is_here, reason)


class _Reader:
    """Takes the times out of a form and collects what is wrong with them."""

    def __init__(
        self, form: Mapping[str, str | Sequence[str]], now: dt.datetime, zone: dt.tzinfo
    ) -> None:
        self._form = form
        self._now = now
        self._zone = zone
        self.problems: dict[str, str] = {}

    def date(self) -> dt.date | None:
        today = self._now.astimezone(self._zone).date()
        try:
            date = dt.date.fromisoformat(self._text("paper_date"))
        except ValueError:
            date = None
        if date is None or not today - LONGEST_AGO <= date <= today:
            self.problems["paper_date"] = NO_DATE
            return None
        return date

    def moment(
        self,
        name: str,
        date: dt.date | None,
        unreadable: str,
        out_of_order: str,
        *,
        not_before: dt.datetime | None = None,
    ) -> dt.datetime | None:
        text = self._text(name)
        if not text:
            return None
        found = _TIME.fullmatch(text)
        if found is None:
            self.problems[name] = unreadable
        if found is None or date is None:
            return None
        local = dt.datetime.combine(date, dt.time(int(found[1]), int(found[2])), self._zone)
        at = local.astimezone(dt.UTC)
        if at > self._now or (not_before is not None and at < not_before):
            self.problems[name] = out_of_order
            return None
        return at

    def has(self, name: str) -> bool:
        return bool(self._text(name))

    def is_here(self, date: dt.date | None) -> bool:
        is_here = self._text("whereabouts") == HERE
        if is_here and date is not None and date != self._now.astimezone(self._zone).date():
            self.problems["whereabouts"] = NOT_HERE
        return is_here

    def reason(self) -> str:
        code = self._text("paper_reason")
        if code not in {choice.code for choice in WHY_LATE}:
            self.problems["paper_reason"] = NO_REASON
        return code

    def _text(self, name: str) -> str:
        sent = self._form.get(name, "")
        return (sent if isinstance(sent, str) else next(iter(sent), "")).strip()
