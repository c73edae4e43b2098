"""Visits of any day as staff looks them up; every look at people's names is journalled."""

import datetime as dt

from appliance.actor import Actor
from appliance.errors import N_, Invalid
from appliance.record import Books
from appliance.visits import rules
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

MOST_SHOWN = 200


class VisitArchive:
    """Reads from any thread; what was read is written down by the writer."""

    def __init__(self, *, books: Books, visits: VisitService) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._visits = visits

    def of_day(self, day: str, text: str = "", *, by: Actor) -> tuple[VisitCard, ...]:
        """The visits of a business date such as ``2026-11-23``, newest first, at most 200.

        `text` keeps those whose number, code or name fits. Raises Invalid for what is no date.
        """
        try:
            date = dt.date.fromisoformat(day)
        except ValueError:
            raise Invalid({"date": N_("Tulis tanggal seperti 2026-11-23.")}) from None
        cards = self._visits.of_date(date)
        found = tuple(card for card in cards if rules.fits(card, text))[:MOST_SHOWN]
        # What was typed may be somebody's name, so only the size of the answer is kept.
        detail = {"date": date.isoformat(), "searched": bool(text.strip()), "shown": len(found)}
        self._note("visits.looked_up", "visits", detail, by)
        return found

    def read(self, visit_id: int, *, by: Actor) -> VisitCard:
        """One visit with its person, for a member of staff. Raises NotFound."""
        card = self._visits.by_id(visit_id)
        self._note("visit.read", f"visit/{card.uuid}", {}, by)
        return card

    def _note(self, action: str, subject: str, detail: dict[str, object], by: Actor) -> None:
        self._writer.run(lambda: self._recorder.note(action, subject, by=by, detail=detail))
