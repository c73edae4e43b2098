"""One officer takes over from another at the same desk, and is told what is still open."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from appliance.actor import Actor
from appliance.errors import N_, Refused
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.staff import rules
from appliance.staff.sessions import Screen, StaffSession, StaffSessions
from appliance.storage.models import HandOver as Row
from appliance.storage.models import Staff
from appliance.storage.models import StaffSession as Session

NOTE = Field(300, lines=True)
NOTES_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenThings:
    """What one officer leaves to the next, counted."""

    visits: int = 0
    cards: int = 0
    walks: int = 0


@dataclass(frozen=True, slots=True)
class Left:
    """What is left, and a word about it for the next officer."""

    things: OpenThings = OpenThings()
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """One hand-over at a desk; its note is empty once it is forgotten."""

    at: dt.datetime
    from_name: str
    to_name: str
    left: Left


class HandOvers:
    """Changes who is signed in at a desk. Any thread; every change goes by the writer."""

    def __init__(self, *, books: Books, sessions: StaffSessions) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._sessions = sessions

    def change(
        self,
        leaving: StaffSession,
        coming: Staff,
        screen: Screen,
        begin: Callable[[], str],
        left: Left,
    ) -> str:
        """The token of who takes over; the session of who leaves has ended.

        `begin` makes it inside the same transaction. The PIN of who leaves stays good here, so
        that they can come back. Raises Invalid for a note, Refused for oneself and anywhere but
        at a registered desk, and whatever `begin` does.
        """
        note = checked({"note": left.note}, {"note": NOTE})["note"]
        if screen.device_id is None:
            raise Refused(N_("Layar ini belum terdaftar sebagai meja."))
        if coming.username == leaving.username:
            raise Refused(N_("Anda sendiri yang sedang bertugas di layar ini."))

        def write() -> str:
            self._sessions.end_where(Session.uuid == leaving.uuid, "handed_over")
            self._keep(leaving, coming, screen, Left(left.things, note))
            return begin()

        return self._writer.run(write)

    def last(self, device_id: int) -> HandOver | None:
        """The newest hand-over at this desk; None before the first."""
        row = Row.select().where(Row.device == device_id).order_by(Row.id.desc()).first()
        if row is None:
            return None
        things = OpenThings(row.visits, row.cards, row.walks)
        return HandOver(row.at, row.from_name, row.to_name, Left(things, row.note))

    def forget_old(self) -> int:
        """Empty the notes of yesterday and drop what is a month old; how many rows that were."""
        now = self._clock.now()
        noted = Row.update(note="").where((Row.note != "") & (Row.at < now - NOTES_KEPT))
        which = Row.at < now - rules.SESSIONS_KEPT
        old = Row.delete().where(which)  # type: ignore[misc] # Peewee is typed in part only
        return self._writer.run(lambda: int(noted.execute()) + int(old.execute()))

    def _keep(self, leaving: StaffSession, coming: Staff, screen: Screen, left: Left) -> None:
        things = left.things
        Row.create(
            at=self._clock.now(),
            device=screen.device_id,
            from_name=leaving.display_name,
            to_name=coming.display_name,
            note=left.note,
            visits=things.visits,
            cards=things.cards,
            walks=things.walks,
        )
        self._recorder.note(
            "desk.handed_over",
            f"device/{screen.device_id}",
            by=Actor.staff(leaving.username, leaving.role),
            detail={
                "to": coming.username,
                "visits": things.visits,
                "cards": things.cards,
                "walks": things.walks,
            },
        )
