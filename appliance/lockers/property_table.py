"""The found-property table as lockers write it; everything belongs inside the writer."""

import uuid as uuids

from peewee import Expression, fn

from appliance.actor import Actor
from appliance.errors import N_, Refused
from appliance.lockers.property_rules import PropertyState, label
from appliance.record import Books
from appliance.storage.models import FoundProperty as Row
from appliance.storage.models import Locker


class PropertyTable:
    """Gives every found thing its number, and knows which lockers still hold one."""

    def __init__(self, *, books: Books) -> None:
        self._clock = books.clock
        self._recorder = books.recorder

    def add(
        self,
        description: str,
        *,
        by: Actor,
        locker: Locker | None = None,
        visit_id: int | None = None,
        kept_at: str = "",
    ) -> int:
        """Write a thing down and return its number; it stays in its locker unless kept elsewhere.

        Texts must be checked before.
        """
        row = Row.create(
            uuid=str(uuids.uuid4()),
            number=(Row.select(fn.MAX(Row.number)).scalar() or 0) + 1,
            locker=locker,
            visit=visit_id,
            found_at=self._clock.now(),
            found_by=by.name,
            description=description,
            kept_at=kept_at,
            state=PropertyState.KEPT,
        )
        data = {"number": row.number, "locker": None if locker is None else locker.number}
        self._recorder.fact("property.found", subject(row), data, by=by)
        return int(row.number)

    def refuse_kept(self, locker: Locker) -> None:
        """Return when nothing registered lies in this locker any more; raises Refused."""
        row = Row.select(Row.number).where(in_locker() & (Row.locker == locker.id)).first()
        if row is not None:
            raise Refused(
                N_(
                    "Di loker %(number)s masih ada %(label)s. Serahkan atau pindahkan barang itu"
                    " dahulu."
                ),
                number=locker.number,
                label=label(row.number),
            )


def in_locker() -> Expression:
    """Which things are kept in the locker they were found in."""
    found: Expression = (
        (Row.state == PropertyState.KEPT) & (Row.kept_at == "") & Row.locker.is_null(False)
    )
    return found


def subject(row: Row) -> str:
    """How journal and outbox name a found thing."""
    return f"property/{row.uuid}"
