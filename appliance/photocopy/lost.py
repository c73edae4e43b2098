"""Copies that did not come back from the photocopier."""

from appliance.actor import Actor
from appliance.catalogue.copy_rules import CopyState
from appliance.catalogue.holdings import HoldingsService
from appliance.reading.rules import ReadingNote
from appliance.reading.service import ReadingService


class LostCopies:
    """What becomes of a copy on the shelf list; belongs inside functions given to the writer."""

    def __init__(self, *, holdings: HoldingsService, reading: ReadingService) -> None:
        self._holdings = holdings
        self._reading = reading

    def lost(self, visit_id: int, publication_id: int, reason: str, *, by: Actor) -> None:
        """The copy that this visit took out is missing, and nobody reads it any more."""
        for note, copy_id in self._copies(visit_id, publication_id, CopyState.OUT):
            self._reading.not_returned(note.id, reason=reason, by=by)
            self._holdings.set_state(copy_id, CopyState.MISSING, by=by)

    def found(self, visit_id: int, publication_id: int, *, by: Actor) -> None:
        """What was given up has been found: it stands on its shelf again."""
        for _note, copy_id in self._copies(visit_id, publication_id, CopyState.MISSING):
            self._holdings.seen_on_shelf(copy_id, by=by)

    def _copies(
        self, visit_id: int, publication_id: int, state: CopyState
    ) -> list[tuple[ReadingNote, int]]:
        return [
            (note, note.copy_id)
            for note in self._reading.of_visit(visit_id)
            if note.publication_id == publication_id
            and note.copy_id is not None
            and self._holdings.get(note.copy_id).kept_state is state
        ]
