"""Members of staff: who they are, and who of them is signed in."""

import datetime as dt
import secrets
from dataclasses import dataclass

from appliance import codes
from appliance.actor import SYSTEM, Actor, Role
from appliance.clock import Stamp
from appliance.errors import N_, Forbidden, Invalid, NotFound, Refused
from appliance.record import Books
from appliance.staff import rules
from appliance.staff.badges import Badges
from appliance.staff.devices import Devices
from appliance.staff.passwords import Passwords
from appliance.staff.throttle import LoginThrottle
from appliance.storage.models import Staff
from appliance.storage.models import StaffSession as Session
from appliance.storage.prepared import Prepared

SESSION_TOKEN_BYTES = 32
WRONG = N_("Nama pengguna atau kata sandi salah.")


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Who is signed in, since when."""

    username: str
    display_name: str
    role: Role
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff as the list shows them; `sessions` counts where they are signed in."""

    username: str
    display_name: str
    role: Role
    active: bool
    sessions: int


class StaffService:
    """Signs staff in and out and keeps their list. Any thread; every change goes by the writer."""

    def __init__(
        self,
        *,
        books: Books,
        passwords: Passwords,
        is_demo: bool = False,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._passwords = passwords
        self._is_demo = is_demo
        self._throttle = LoginThrottle(books.clock)
        self.devices = Devices(books=books)
        self.badges = Badges(books=books)

    # Signing in and out -------------------------------------------------------------------

    def login(self, username: str, password: str, *, client: str) -> str:
        """The token of a new session; `client` is where the attempt comes from.

        Blocks for the password check. Raises Invalid with one and the same message for an unknown
        name, a deactivated one and a wrong password, TooManyTries while this client must wait,
        Unavailable when too many are signing in at once.
        """
        username = username.strip().lower()
        self._throttle.check(username, client)
        row = Staff.get_or_none(Staff.username == username)
        known_hash = row.password_hash if row is not None and row.active else None
        fits = self._passwords.matches(password[: rules.LONGEST_PASSWORD + 1], known_hash)
        if row is None or not fits:
            self._writer.run(lambda: self._failed(username, client, is_known=row is not None))
            raise Invalid({"password": WRONG})
        return self._writer.run(lambda: self._begin(row, client))

    def session(self, token: str, *, active: bool = True) -> StaffSession | None:
        """Who the token stands for; None when it does not, or no longer.

        `active` False (a page that refreshes itself) does not count as use.
        """
        row = _OPEN_SESSION.first(codes.token_hash(token))
        staff = None if row is None else _PERSON.first(_staff_id(row))
        if row is None or staff is None or not staff.active:
            return None
        now = self._clock.stamp()
        seen = rules.Moment(row.seen_at, row.seen_boot_id, row.seen_boot_ms)
        reason = rules.end_reason(_created(row), seen, now)
        if reason is not None:
            self._writer.run(lambda: self._end(Session.token_hash == row.token_hash, reason))
            return None
        if active and (rules.age_s(seen, now) or 0) >= rules.TOUCH_EVERY_S:
            self._writer.run(lambda: self._touch(row.token_hash, now))
        return StaffSession(staff.username, staff.display_name, Role(staff.role), row.created_at)

    def logout(self, token: str) -> None:
        """End this session; nothing happens when it has ended already."""
        session = self.session(token, active=False)
        if session is None:
            return
        by = Actor.staff(session.username, session.role)

        def write() -> None:
            self._end(Session.token_hash == codes.token_hash(token), "logout")
            self._recorder.note("staff.signed_out", f"staff/{session.username}", by=by)

        self._writer.run(write)

    # The list -----------------------------------------------------------------------------

    def people(self) -> tuple[StaffMember, ...]:
        """Everybody, the active ones first, by name."""
        rows = Staff.select().order_by(Staff.active.desc(), Staff.display_name)
        return tuple(_member(row) for row in rows)

    def member(self, username: str) -> StaffMember:
        """One member of staff. Raises NotFound."""
        return _member(self._row(username))

    def add(
        self,
        username: str,
        display_name: str,
        role: str,
        password: str,
        *,
        by: Actor,
        known_password: bool = False,
    ) -> StaffMember:
        """A new member of staff.

        Raises Invalid with every problem at once. `known_password` takes any password, for the
        published accounts of the demo; Forbidden anywhere else.
        """
        if known_password and not self._is_demo:
            raise Forbidden(N_("Kata sandi contoh hanya untuk peragaan."))
        username, display_name = username.strip().lower(), display_name.strip()
        problems = rules.person_problems(username, display_name, role)
        weak = None if known_password else rules.password_problem(password, username)
        if weak:
            problems["password"] = weak
        if Staff.select().where(Staff.username == username).exists():
            problems["username"] = N_("Nama pengguna ini sudah ada.")
        if problems:
            raise Invalid(problems)
        password_hash = self._passwords.hash(password)

        def write() -> StaffMember:
            if Staff.select().where(Staff.username == username).exists():
                raise Invalid({"username": N_("Nama pengguna ini sudah ada.")})
            row = Staff.create(
                username=username,
                display_name=display_name,
                role=role,
                password_hash=password_hash,
                created_at=self._clock.now(),
            )
            self._note("staff.added", username, by, role=role)
            return _member(row)

        return self._writer.run(write)

    def set_active(self, username: str, active: bool, *, by: Actor) -> None:
        """Let somebody in again, or no longer; the latter ends every session of theirs.

        Raises Refused for oneself and for the last administrator.
        """

        def write() -> None:
            row = self._row(username)
            if not active:
                self._keep_an_admin(row, by)
            Staff.update(active=active).where(Staff.id == row.id).execute()
            if not active:
                self._end(Session.staff == row.id, "deactivated")
            self._note("staff.activated" if active else "staff.deactivated", row.username, by)

        self._writer.run(write)

    def change_role(self, username: str, role: str, *, by: Actor) -> None:
        """Another role; ends every session of theirs. Raises Refused, Invalid for no such role."""

        def write() -> None:
            row = self._row(username)
            if role not in rules.STAFF_ROLES:
                raise Invalid({"role": N_("Pilih satu peran.")})
            if row.role == role:
                return
            self._keep_an_admin(row, by)
            Staff.update(role=role).where(Staff.id == row.id).execute()
            self._end(Session.staff == row.id, "role")
            self._note("staff.role_changed", row.username, by, role=role)

        self._writer.run(write)

    def set_password(self, username: str, password: str, *, by: Actor) -> None:
        """A new password; ends every session of theirs. Raises Invalid when it is too weak."""
        row = self._row(username)
        weak = rules.password_problem(password, row.username)
        if weak:
            raise Invalid({"password": weak})
        password_hash = self._passwords.hash(password)

        def write() -> None:
            Staff.update(password_hash=password_hash).where(Staff.id == row.id).execute()
            self._end(Session.staff == row.id, "password")
            self._note("staff.password_changed", row.username, by)

        self._writer.run(write)

    def change_own_password(self, username: str, old: str, new: str, *, client: str) -> str:
        """The token of a fresh session under the new password. Raises as login and set_password."""
        self._throttle.check(username, client)
        row = self._row(username)
        if not self._passwords.matches(old[: rules.LONGEST_PASSWORD + 1], row.password_hash):
            self._writer.run(lambda: self._failed(row.username, client, is_known=True))
            raise Invalid({"old": N_("Kata sandi lama salah.")})
        self.set_password(username, new, by=Actor.staff(row.username, row.role))
        return self._writer.run(lambda: self._begin(row, client))

    # Registered screens -------------------------------------------------------------------

    def register_device(self, kind: str, name: str, *, by: Actor) -> str:
        """The token of a newly registered screen."""
        return self.devices.register(kind, name, by=by)

    def is_station(self, token: str) -> bool:
        """Whether the token belongs to a registered scanner station."""
        return self.devices.is_registered("station", token)

    def is_display(self, token: str) -> bool:
        """Whether the token belongs to a registered display at the lockers."""
        return self.devices.is_registered("display", token)

    # Inside -------------------------------------------------------------------------------

    def _begin(self, row: Staff, client: str) -> str:
        if not self._row(row.username).active:
            raise Invalid({"password": WRONG})
        self._throttle.forget(row.username, client)
        token = secrets.token_urlsafe(SESSION_TOKEN_BYTES)
        now = self._clock.stamp()
        Session.create(
            token_hash=codes.token_hash(token),
            staff=row.id,
            created_at=now.at,
            created_boot_id=now.boot_id,
            created_boot_ms=now.boot_ms,
            seen_at=now.at,
            seen_boot_id=now.boot_id,
            seen_boot_ms=now.boot_ms,
            uuid=secrets.token_hex(16),
        )
        by = Actor.staff(row.username, row.role)
        self._note("staff.signed_in", row.username, by, client=client)
        return token

    def _failed(self, username: str, client: str, *, is_known: bool) -> None:
        self._throttle.count(username, client)
        # An unknown name may be somebody's password in the wrong field.
        subject = f"staff/{username}" if is_known else "staff/-"
        detail = {"client": client}
        self._recorder.note("staff.sign_in_failed", subject, by=SYSTEM, detail=detail)

    def _touch(self, token_hash: str, now: Stamp) -> None:
        Session.update(seen_at=now.at, seen_boot_id=now.boot_id, seen_boot_ms=now.boot_ms).where(
            Session.token_hash == token_hash
        ).execute()

    def _end(self, which: object, reason: str) -> None:
        Session.update(ended_at=self._clock.now(), end_reason=reason).where(
            which & Session.ended_at.is_null()
        ).execute()

    def _keep_an_admin(self, row: Staff, by: Actor) -> None:
        if row.username == by.name:
            raise Refused(N_("Akun sendiri tidak dapat diubah begini. Minta admin lain."))
        others = (Staff.role == Role.ADMIN) & Staff.active & (Staff.id != row.id)
        if row.role == Role.ADMIN and not Staff.select().where(others).exists():
            raise Refused(N_("Ini admin terakhir. Tambahkan admin lain lebih dahulu."))

    def _row(self, username: str) -> Staff:
        row = Staff.get_or_none(Staff.username == username)
        if row is None:
            raise NotFound(N_("Petugas itu tidak ada."))
        return row

    def _note(self, action: str, username: str, by: Actor, **detail: str) -> None:
        self._recorder.note(action, f"staff/{username}", by=by, detail=detail)


# Who asks is looked up with every request.
_OPEN_SESSION = Prepared(
    Session,
    lambda token_hash: Session.select().where(
        (Session.token_hash == token_hash) & Session.ended_at.is_null()
    ),
)
_PERSON = Prepared(Staff, lambda staff_id: Staff.select().where(Staff.id == staff_id))


def _staff_id(row: Session) -> int:
    return int(row.staff_id)  # type: ignore[attr-defined] # Peewee makes it from the column


def _created(row: Session) -> rules.Moment:
    return rules.Moment(row.created_at, row.created_boot_id, row.created_boot_ms)


def _member(row: Staff) -> StaffMember:
    open_sessions = (Session.staff == row.id) & Session.ended_at.is_null()
    return StaffMember(
        row.username,
        row.display_name,
        Role(row.role),
        bool(row.active),
        Session.select().where(open_sessions).count(),
    )
