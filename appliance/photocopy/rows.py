"""Photocopy trips as they stand in their table."""

from collections.abc import Iterable

from appliance.errors import N_, NotFound
from appliance.photocopy.rules import Carrier, PhotocopyTrip, TripState
from appliance.storage.among import among
from appliance.storage.models import Photocopy, Reading


def row(trip_id: int) -> Photocopy:
    """The row of one trip. Raises NotFound."""
    found = Photocopy.get_or_none(Photocopy.id == trip_id)
    if found is None:
        raise NotFound(N_("Formulir fotokopi itu tidak ada."))
    return found


def out_with(copy_id: int) -> list[Photocopy]:
    """The trips on which this copy is out, the oldest first."""
    joined = Photocopy.select().join(
        Reading,
        on=(Reading.visit == Photocopy.visit) & (Reading.publication == Photocopy.publication),
    )
    is_out = among(Photocopy.state, (TripState.OUT,))
    return list(
        joined.where(is_out, Reading.book_copy == copy_id).distinct().order_by(Photocopy.id)
    )


def in_state(states: Iterable[TripState]) -> list[Photocopy]:
    """The trips in these states, the oldest first."""
    return list(Photocopy.select().where(among(Photocopy.state, states)).order_by(Photocopy.id))


def subject(found: Photocopy) -> str:
    """What the journal calls it."""
    return f"photocopy/{found.uuid}"


def trip(found: Photocopy) -> PhotocopyTrip:
    """The row as what leaves the service."""
    return PhotocopyTrip(
        id=found.id,
        uuid=found.uuid,
        form_id=found.form_id,
        visit_id=found.visit_id,
        publication_id=found.publication_id,
        title=found.title,
        pages=found.pages,
        page_count=found.page_count,
        state=TripState(found.state),
        created_at=found.created_at,
        out_at=found.out_at,
        due_at=found.due_at,
        carrier=None if found.carrier is None else Carrier(found.carrier),
        back_at=found.back_at,
        lost_reason=found.lost_reason,
    )
