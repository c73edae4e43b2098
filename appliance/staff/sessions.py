"""Where members of staff are signed in: each session begun, listed, and ended."""

import contextlib
import datetime as dt
import secrets
from dataclasses import dataclass

from peewee import ModelSelect

from appliance import codes
from appliance.actor import Actor, Role
from appliance.clock import Stamp
from appliance.errors import N_, NotFound, Unavailable
from appliance.record import Books
from appliance.staff import rules
from appliance.storage.models import Device, PinGrant, Staff
from appliance.storage.models import StaffSession as Session
from appliance.storage.prepared import Prepared

TOKEN_BYTES = 32
LONGEST_BROWSER = 60


@dataclass(frozen=True, slots=True)
class Screen:
    """Where somebody signs in: its address, what its browser is, which registered desk it is."""

    client: str
    browser: str = ""
    device_id: int | None = None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Who is signed in, since when.

    `by_pin`: a PIN opened it, so it may do what officers do and nothing that asks for a password.
    `must_change`: the password was handed over by an admin and is good for choosing a new one.
    """

    username: str
    display_name: str
    role: Role
    since: dt.datetime
    uuid: str = ""
    by_pin: bool = False
    must_change: bool = False


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session as the lists show it; `device` is the name of a registered desk, '' elsewhere.

    `ends_at` is the end of the shift by the wall clock as it stands now.
    """

    uuid: str
    username: str
    display_name: str
    client: str
    browser: str
    device: str
    since: dt.datetime
    seen_at: dt.datetime
    ends_at: dt.datetime
    by_pin: bool


class StaffSessions:
    """The sessions of staff. Any thread; every change goes by the writer."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def who(self, token: str, *, active: bool = True) -> StaffSession | None:
        """Who the token stands for; None when it does not, or no longer.

        `active` False (a page that refreshes itself) does not count as use.
        """
        row = _OPEN_SESSION.first(codes.token_hash(token))
        staff = None if row is None else _PERSON.first(staff_id(row))
        if row is None or staff is None or not staff.active:
            return None
        now = self._clock.stamp()
        reason = _end_reason(row, now)
        if reason is not None:
            with contextlib.suppress(Unavailable):  # over it is, written down or not
                self._writer.run(
                    lambda: self.end_where(Session.token_hash == row.token_hash, reason)
                )
            return None
        if active and (rules.age_s(_seen(row), now) or 0) >= rules.TOUCH_EVERY_S:
            # On a full card staff must still see what is wrong; the use is written down later.
            with contextlib.suppress(Unavailable):
                self._writer.run(lambda: self._touch(row.token_hash, now))
        return StaffSession(
            staff.username,
            staff.display_name,
            Role(staff.role),
            row.created_at,
            row.uuid,
            bool(row.by_pin),
            staff.one_time_until is not None,
        )

    def begin(self, staff: Staff, screen: Screen, *, shift: rules.Moment | None = None) -> str:
        """The token of a new session. Belongs inside a function given to the writer.

        `shift` is when the password was given that a PIN goes back to: the shift ends by that.
        """
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.stamp()
        begun = shift or rules.Moment(now.at, now.boot_id, now.boot_ms)
        Session.create(
            token_hash=codes.token_hash(token),
            staff=staff.id,
            created_at=begun.at,
            created_boot_id=begun.boot_id,
            created_boot_ms=begun.boot_ms,
            seen_at=now.at,
            seen_boot_id=now.boot_id,
            seen_boot_ms=now.boot_ms,
            uuid=secrets.token_hex(16),
            client=screen.client,
            browser=screen.browser[:LONGEST_BROWSER],
            device_id=screen.device_id,
            by_pin=shift is not None,
        )
        return token

    def row(self, token: str) -> Session | None:
        """The open row behind a token, whether or not its time is over."""
        return _OPEN_SESSION.first(codes.token_hash(token))

    def of(self, username: str) -> tuple[OpenSession, ...]:
        """Where this person is signed in, the last used first."""
        return self._open(Staff.username == username)

    def all(self) -> tuple[OpenSession, ...]:
        """Where anybody is signed in, the last used first."""
        return self._open(Staff.active)

    def end_one(self, uuid: str, *, by: Actor, of: str | None = None) -> str:
        """End one session and say whose it was; only of this person's own with `of`.

        A desk where it was opened asks for the password again. Raises NotFound for no such open
        session, which is also somebody else's.
        """

        def write() -> str:
            row = _listed().where((Session.uuid == uuid) & Session.ended_at.is_null()).first()
            if row is None or of not in (None, row.staff.username):
                raise NotFound(N_("Sesi itu sudah berakhir."))
            self.end_where(Session.uuid == uuid, "revoked")
            if row.device_id is not None:
                forget_grants((PinGrant.staff == row.staff.id) & (PinGrant.device == row.device_id))
            username = str(row.staff.username)
            self._recorder.note("staff.session_revoked", f"staff/{username}", by=by)
            return username

        return self._writer.run(write)

    def end_all(self, username: str, *, by: Actor, but: str = "") -> int:
        """End every session of a person but the one named `but`; how many that were.

        No desk takes the PIN of that person until the password was given again.
        """

        def write() -> int:
            staff = Staff.get_or_none(Staff.username == username)
            if staff is None:
                raise NotFound(N_("Petugas itu tidak ada."))
            ended = self.end_where((Session.staff == staff.id) & (Session.uuid != but), "revoked")
            forget_grants(PinGrant.staff == staff.id)
            if ended:
                detail = {"sessions": ended}
                subject = f"staff/{username}"
                self._recorder.note("staff.sessions_revoked", subject, by=by, detail=detail)
            return ended

        return self._writer.run(write)

    def end_where(self, which: object, reason: str) -> int:
        """End these, and say how many that were. Belongs inside a function given to the writer."""
        ended = Session.update(ended_at=self._clock.now(), end_reason=reason).where(
            which & Session.ended_at.is_null()
        )
        return int(ended.execute())

    def forget_old(self) -> int:
        """Drop what ended longer ago than anybody asks about; how many rows that were."""
        oldest = self._clock.now() - rules.SESSIONS_KEPT
        which = Session.ended_at.is_null(False) & (Session.ended_at < oldest)
        drop = Session.delete().where(which)  # type: ignore[misc] # Peewee is typed in part only
        return self._writer.run(lambda: int(drop.execute()))

    def _touch(self, token_hash: str, now: Stamp) -> None:
        Session.update(seen_at=now.at, seen_boot_id=now.boot_id, seen_boot_ms=now.boot_ms).where(
            Session.token_hash == token_hash
        ).execute()

    def _open(self, which: object) -> tuple[OpenSession, ...]:
        now = self._clock.stamp()
        rows = _listed().where(which & Session.ended_at.is_null())
        names = {row.id: row.name for row in Device.select(Device.id, Device.name)}
        standing = [row for row in rows if _end_reason(row, now) is None]
        return tuple(_listed_session(row, names, now) for row in standing)


def forget_grants(which: object) -> None:
    """Let the PIN open nothing there any more. Belongs inside a function given to the writer."""
    PinGrant.delete().where(which).execute()  # type: ignore[misc]


def staff_id(row: Session) -> int:
    """Whose session it is."""
    return int(row.staff_id)  # type: ignore[attr-defined] # Peewee makes it from the column


# Who asks is looked up with every request.
_OPEN_SESSION = Prepared(
    Session,
    lambda token_hash: Session.select().where(
        (Session.token_hash == token_hash) & Session.ended_at.is_null()
    ),
)
_PERSON = Prepared(Staff, lambda staff_id: Staff.select().where(Staff.id == staff_id))


def _listed() -> "ModelSelect[Session]":
    return Session.select(Session, Staff).join(Staff).order_by(Session.seen_at.desc())


def _listed_session(row: Session, names: dict[int, str], now: Stamp) -> OpenSession:
    left_s = rules.ABSOLUTE_LIMIT_S - (rules.age_s(_created(row), now) or 0)
    return OpenSession(
        uuid=row.uuid,
        username=row.staff.username,
        display_name=row.staff.display_name,
        client=row.client,
        browser=row.browser,
        device=names.get(row.device_id, "") if row.device_id is not None else "",
        since=row.created_at,
        seen_at=row.seen_at,
        ends_at=now.at + dt.timedelta(seconds=left_s),
        by_pin=bool(row.by_pin),
    )


def _end_reason(row: Session, now: Stamp) -> str | None:
    return rules.end_reason(_created(row), _seen(row), now)


def _created(row: Session) -> rules.Moment:
    return rules.Moment(row.created_at, row.created_boot_id, row.created_boot_ms)


def _seen(row: Session) -> rules.Moment:
    return rules.Moment(row.seen_at, row.seen_boot_id, row.seen_boot_ms)
