"""Tablets that officers hand over for a rating; each keeps a token, and we its hash."""

from dataclasses import dataclass

from appliance import codes
from appliance.actor import Actor
from appliance.errors import N_, NotFound
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.storage.models import RatingInvitation, RatingTablet

FIELDS = {"name": Field(60, N_("Tulis nama tablet, paling banyak 60 karakter."))}


@dataclass(frozen=True, slots=True)
class Tablet:
    """One registered tablet, without its token."""

    id: int
    name: str


class RatingTablets:
    """Registers tablets and recognises them."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def register(self, name: str, *, by: Actor) -> str:
        """The token of a new tablet. Raises Invalid for a blank name."""
        said = checked({"name": name}, FIELDS)["name"]
        token = codes.new_token()

        def write() -> None:
            row = RatingTablet.create(
                name=said,
                token_hash=codes.token_hash(token),
                registered_by=by.name,
                registered_at=self._clock.now(),
            )
            detail = {"kind": "rating", "name": said}
            self._recorder.note(
                "device.registered", f"rating_tablet/{row.id}", by=by, detail=detail
            )

        self._writer.run(write)
        return token

    def of(self, token: str) -> Tablet | None:
        """The tablet that keeps this token; None for a stranger."""
        if not token:
            return None
        of_token = RatingTablet.token_hash == codes.token_hash(token)
        row = RatingTablet.get_or_none(of_token & RatingTablet.revoked_at.is_null())
        return Tablet(row.id, row.name) if row else None

    def all(self) -> tuple[Tablet, ...]:
        """Every tablet in use, the oldest first."""
        rows = RatingTablet.select().where(RatingTablet.revoked_at.is_null())
        return tuple(Tablet(row.id, row.name) for row in rows.order_by(RatingTablet.id))

    def revoke(self, tablet_id: int, *, by: Actor) -> None:
        """Let a tablet be a stranger again. Raises NotFound."""

        def write() -> None:
            here = (RatingTablet.id == tablet_id) & RatingTablet.revoked_at.is_null()
            if not RatingTablet.update(revoked_at=self._clock.now()).where(here).execute():
                raise NotFound(N_("Tablet itu tidak terdaftar."))
            shown = RatingInvitation.tablet == tablet_id
            RatingInvitation.delete().where(shown).execute()  # type: ignore[misc]
            self._recorder.note("device.revoked", f"rating_tablet/{tablet_id}", by=by)

        self._writer.run(write)
