"""The list of staff: who is on it, in which role, and the passwords they are given."""

import datetime as dt
import secrets
from dataclasses import dataclass

from appliance.actor import Actor, Role
from appliance.codes import ALPHABET
from appliance.errors import N_, Forbidden, Invalid, NotFound, Refused
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.staff import rules
from appliance.staff.passwords import Passwords
from appliance.staff.sessions import StaffSessions, forget_grants
from appliance.storage.models import PinGrant, Staff
from appliance.storage.models import StaffSession as Session

TAKEN = N_("Nama pengguna ini sudah ada.")
REASON = Field(200, missing=N_("Tulis alasannya."))
ONE_TIME_GROUPS = 4  # of four symbols each: 80 bits, and still read out over a counter


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One member of staff as the list shows them; `sessions` counts where they are signed in."""

    username: str
    display_name: str
    role: Role
    active: bool
    sessions: int
    must_change: bool = False
    has_pin: bool = False


class StaffList:
    """Keeps the list of staff. Any thread; every change goes by the writer."""

    def __init__(self, *, books: Books, passwords: Passwords, is_demo: bool) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._passwords = passwords
        self._is_demo = is_demo
        self.sessions = StaffSessions(books=books)

    def people(self) -> tuple[StaffMember, ...]:
        """Everybody, the active ones first, by name."""
        rows = Staff.select().order_by(Staff.active.desc(), Staff.display_name)
        signed_in = [one.username for one in self.sessions.all()]
        return tuple(_member(row, signed_in.count(row.username)) for row in rows)

    def member(self, username: str) -> StaffMember:
        """One member of staff. Raises NotFound."""
        row = self._row(username)
        return _member(row, len(self.sessions.of(row.username)))

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
        weak = None if known_password else rules.password_problem(password, username.strip())
        return self._add(username, display_name, role, password, by=by, weak=weak)

    def invite(self, username: str, display_name: str, role: str, *, by: Actor) -> str:
        """The one-time word of a new member of staff. Raises Invalid with every problem at once."""
        word = one_time_word()
        self._add(username, display_name, role, word, by=by, is_one_time=True)
        return word

    def set_active(self, username: str, active: bool, *, by: Actor, why: str = "") -> None:
        """Let somebody in again, or no longer; the latter ends every session of theirs.

        Raises Refused for oneself and for the last administrator.
        """

        def write() -> None:
            row = self._row(username)
            if not active:
                self._keep_an_admin(row, by)
            Staff.update(active=active).where(Staff.id == row.id).execute()
            if not active:
                self._end_all(row, "deactivated")
            action = "staff.activated" if active else "staff.deactivated"
            self._recorder.note(action, f"staff/{row.username}", by=by, why=why)

        self._writer.run(write)

    def deactivate(self, username: str, why: str, *, by: Actor) -> None:
        """No longer let somebody in. Raises Invalid without a reason, and as set_active."""
        texts = checked({"why": why}, {"why": REASON})
        self.set_active(username, False, by=by, why=texts["why"])

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
            self._end_all(row, "role")
            self._note("staff.role_changed", row.username, by, role=role)

        self._writer.run(write)

    def set_password(self, username: str, password: str, *, by: Actor) -> None:
        """A new password; ends every session of theirs. Raises Invalid when it is too weak."""
        row = self._row(username)
        weak = rules.password_problem(password, row.username)
        if weak:
            raise Invalid({"password": weak})
        self._set_password(row, password, "staff.password_changed", by)

    def reset_password(self, username: str, *, by: Actor) -> str:
        """A one-time word, to be handed over now: nothing can show it a second time.

        It signs in for three days, and for nothing but choosing a password. Ends every session of
        theirs, and their PIN. Raises NotFound.
        """
        word = one_time_word()
        self._set_password(self._row(username), word, "staff.password_reset", by, is_one_time=True)
        return word

    def _add(
        self,
        username: str,
        display_name: str,
        role: str,
        password: str,
        *,
        by: Actor,
        weak: str | None = None,
        is_one_time: bool = False,
    ) -> StaffMember:
        username, display_name = username.strip().lower(), display_name.strip()
        problems = rules.person_problems(username, display_name, role)
        if weak:
            problems["password"] = weak
        if Staff.select().where(Staff.username == username).exists():
            problems["username"] = TAKEN
        if problems:
            raise Invalid(problems)
        password_hash = self._passwords.hash(password)

        def write() -> StaffMember:
            if Staff.select().where(Staff.username == username).exists():
                raise Invalid({"username": TAKEN})
            row = Staff.create(
                username=username,
                display_name=display_name,
                role=role,
                password_hash=password_hash,
                created_at=self._clock.now(),
                one_time_until=self._one_time_until() if is_one_time else None,
            )
            self._note("staff.added", username, by, role=role)
            return _member(row, 0)

        return self._writer.run(write)

    def _set_password(
        self, row: Staff, password: str, action: str, by: Actor, *, is_one_time: bool = False
    ) -> None:
        changed: dict[str, object] = {
            "password_hash": self._passwords.hash(password),
            "one_time_until": self._one_time_until() if is_one_time else None,
        }
        if is_one_time:  # whoever knew the password may know the PIN
            changed["pin_hash"] = None

        def write() -> None:
            Staff.update(**changed).where(Staff.id == row.id).execute()
            self._end_all(row, "password")
            self._note(action, row.username, by)

        self._writer.run(write)

    def _one_time_until(self) -> dt.datetime:
        return self._clock.now() + rules.ONE_TIME_LIFE

    def _end_all(self, row: Staff, reason: str) -> None:
        self.sessions.end_where(Session.staff == row.id, reason)
        forget_grants(PinGrant.staff == row.id)

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


def one_time_word() -> str:
    """A word nobody can guess, in groups that can be read out."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(ONE_TIME_GROUPS))
    return "-".join(groups).lower()


def _member(row: Staff, sessions: int) -> StaffMember:
    return StaffMember(
        row.username,
        row.display_name,
        Role(row.role),
        bool(row.active),
        sessions,
        row.one_time_until is not None,
        row.pin_hash is not None,
    )
