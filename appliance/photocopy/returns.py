"""A publication at the photocopier whose copy was scanned in the room: its forms are over."""

from appliance.actor import Actor
from appliance.photocopy import rows
from appliance.photocopy.rules import TripState
from appliance.record import Books
from appliance.storage.models import Photocopy


class PhotocopyReturns:
    """What readings tell of copies; belongs inside functions given to the writer."""

    def __init__(self, *, books: Books) -> None:
        self._clock = books.clock
        self._recorder = books.recorder

    def came_back(self, copy_id: int, by: Actor) -> frozenset[int]:
        """The trips of this copy have ended; the visits that had taken it out."""
        trips = rows.out_with(copy_id)
        for row in trips:
            row.state, row.back_at, row.back_by = TripState.BACK, self._clock.now(), by.name
            row.save(only=[Photocopy.state, Photocopy.back_at, Photocopy.back_by])
            self._recorder.fact("photocopy.back", rows.subject(row), by=by)
        return frozenset(row.visit_id for row in trips)
