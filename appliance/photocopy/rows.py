"""Photocopy trips as they stand in their table."""

from appliance.errors import N_, NotFound
from appliance.photocopy.rules import Carrier, PhotocopyTrip, TripState
from appliance.storage.among import among
from appliance.storage.models import Photocopy, Reading
from appliance.storage.prepared import Prepared

OPEN = (TripState.ASKED, TripState.OUT)  # each as its index has it
LOST = (TripState.LOST,)


# Asked whenever the desk is made anew; there are hardly ever any.
_OUT = Prepared(
    Photocopy,
    lambda: (
        Photocopy.select()
        .where(among(Photocopy.state, OPEN), Photocopy.state == TripState.OUT)
        .order_by(Photocopy.id)
    ),
)


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
    is_out = among(Photocopy.state, OPEN) & (Photocopy.state == TripState.OUT)
    return list(
        joined.where(is_out, Reading.book_copy == copy_id).distinct().order_by(Photocopy.id)
    )


def out_as_title(title: str) -> list[int]:
    """The one trip that is out under this title without a publication; none, if it is unclear."""
    named = [
        row.id
        for row in out()
        if row.publication is None and row.title.casefold() == title.casefold()
    ]
    return named if len(named) == 1 else []


def out() -> list[Photocopy]:
    """Every trip that is out, the oldest first."""
    return _OUT.rows()


def lost(limit: int) -> list[Photocopy]:
    """What never came back, the newest first."""
    is_lost = among(Photocopy.state, LOST)
    return list(Photocopy.select().where(is_lost).order_by(Photocopy.id.desc()).limit(limit))


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
