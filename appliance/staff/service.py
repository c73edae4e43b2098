"""Members of staff: who they are, and how they sign in."""

from appliance.actor import SYSTEM, Actor
from appliance.clock import has_come
from appliance.errors import N_, Invalid, NotFound
from appliance.record import Books
from appliance.staff import rules
from appliance.staff.badges import Badges
from appliance.staff.devices import Devices
from appliance.staff.hand_overs import HandOvers, Left
from appliance.staff.passwords import Passwords
from appliance.staff.people import StaffList
from appliance.staff.pins import Pins
from appliance.staff.sessions import Screen, StaffSession, forget_grants, staff_id
from appliance.staff.throttle import LoginThrottle
from appliance.storage.models import PinGrant, Staff
from appliance.storage.models import StaffSession as Session

WRONG = N_("Nama pengguna atau kata sandi salah.")


class StaffService(StaffList):
    """Signs staff in and out and keeps their list. Any thread; every change goes by the writer."""

    def __init__(
        self,
        *,
        books: Books,
        passwords: Passwords,
        is_demo: bool = False,
    ) -> None:
        super().__init__(books=books, passwords=passwords, is_demo=is_demo)
        self._throttle = LoginThrottle(books.clock)
        self.devices = Devices(books=books)
        self.badges = Badges(books=books)
        self.pins = Pins(
            books=books, passwords=passwords, throttle=self._throttle, sessions=self.sessions
        )
        self.hand_overs = HandOvers(books=books, sessions=self.sessions)

    # Signing in and out -------------------------------------------------------------------

    def login(
        self,
        username: str,
        password: str,
        *,
        client: str,
        browser: str = "",
        device_id: int | None = None,
    ) -> str:
        """The token of a new session; `client` is where the attempt comes from.

        At a registered desk, `device_id`, the person's PIN opens it from then on. Blocks for the
        password check. Raises Invalid with one and the same message for an unknown name, a
        deactivated one and a wrong password, TooManyTries while this client must wait,
        Unavailable when too many are signing in at once.
        """
        screen = Screen(client, browser, device_id)
        row = self.check_password(username, password, client=client)
        return self._writer.run(lambda: self._begin(row, screen))

    def login_by_pin(self, username: str, pin: str, screen: Screen) -> str:
        """The token of a session at a registered desk. Raises as Pins.check and Pins.begin."""
        row = self.pins.check(username, pin, screen)
        return self._writer.run(lambda: self.pins.begin(row, screen))

    def take_over_by_pin(
        self, leaving: StaffSession, username: str, pin: str, screen: Screen, left: Left
    ) -> str:
        """The token of a colleague at the same desk. Raises as login_by_pin, HandOvers.change."""
        row = self.pins.check(username, pin, screen)
        return self.hand_overs.change(
            leaving, row, screen, lambda: self.pins.begin(row, screen), left
        )

    def take_over(
        self, leaving: StaffSession, username: str, password: str, screen: Screen, left: Left
    ) -> str:
        """The same by password, for who was not here in this shift. Raises as login."""
        row = self.check_password(username, password, client=screen.client)
        return self.hand_overs.change(leaving, row, screen, lambda: self._begin(row, screen), left)

    def check_password(self, username: str, password: str, *, client: str) -> Staff:
        """Whose password this is, for a session begun elsewhere. Raises as `login`."""
        username = username.strip().lower()
        self._throttle.check(username, client)
        row: Staff | None = Staff.get_or_none(Staff.username == username)
        known_hash = row.password_hash if row is not None and self._may_enter(row) else None
        fits = self._passwords.matches(password[: rules.LONGEST_PASSWORD + 1], known_hash)
        if row is None or not fits:
            self._writer.run(lambda: self._failed(username, client, is_known=row is not None))
            raise Invalid({"password": WRONG})
        return row

    def confirm(self, token: str, password: str, *, client: str) -> str:
        """A session opened by a PIN, made one of the password: the token of the new one.

        Raises Invalid for a wrong password, TooManyTries, NotFound when the session has ended.
        """
        session = self.session(token)
        present = self.sessions.row(token)
        if session is None or present is None:
            raise NotFound(N_("Sesi itu sudah berakhir."))
        row = self.check_password(session.username, password, client=client)
        screen = Screen(client, present.browser, present.device_id)

        def write() -> str:
            self.sessions.end_where(Session.token_hash == present.token_hash, "confirmed")
            return self._begin(row, screen)

        return self._writer.run(write)

    def session(self, token: str, *, active: bool = True) -> StaffSession | None:
        """Who the token stands for, see StaffSessions.who."""
        return self.sessions.who(token, active=active)

    def logout(self, token: str) -> None:
        """End this session; nothing happens when it has ended already.

        A desk asks who leaves it for the password again.
        """
        session, row = self.session(token, active=False), self.sessions.row(token)
        if session is None or row is None:
            return
        by = Actor.staff(session.username, session.role)

        def write() -> None:
            self.sessions.end_where(Session.token_hash == row.token_hash, "logout")
            at_desk = (PinGrant.staff == staff_id(row)) & (PinGrant.device == row.device_id)
            forget_grants(at_desk)
            self._note("staff.signed_out", session.username, by)

        self._writer.run(write)

    def change_own_password(
        self,
        username: str,
        old: str,
        new: str,
        *,
        client: str,
        browser: str = "",
        device_id: int | None = None,
    ) -> str:
        """The token of a fresh session under the new password. Raises as login and set_password."""
        row = self._with_password(username, old, client)
        if new == old:
            raise Invalid({"password": N_("Pilih kata sandi yang lain dari yang lama.")})
        self.set_password(username, new, by=Actor.staff(row.username, row.role))
        screen = Screen(client, browser, device_id)
        return self._writer.run(lambda: self._begin(row, screen))

    def set_own_pin(self, username: str, password: str, pin: str, *, client: str) -> None:
        """A new PIN, for who knows the password. Raises as change_own_password, Invalid too."""
        weak = rules.pin_problem(pin)
        if weak:
            raise Invalid({"pin": weak})
        self.pins.set(self._with_password(username, password, client).username, pin)

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

    def _begin(self, row: Staff, screen: Screen) -> str:
        fresh = self._row(row.username)
        if not self._may_enter(fresh):
            raise Invalid({"password": WRONG})
        self._throttle.forget(row.username, screen.client)
        token = self.sessions.begin(fresh, screen)
        if screen.device_id is not None and fresh.one_time_until is None:
            self.pins.grant(fresh, screen.device_id)
        by = Actor.staff(fresh.username, fresh.role)
        self._note("staff.signed_in", fresh.username, by, client=screen.client)
        return token

    def _may_enter(self, row: Staff) -> bool:
        return bool(row.active) and not has_come(row.one_time_until, self._clock.stamp())

    def _with_password(self, username: str, password: str, client: str) -> Staff:
        self._throttle.check(username, client)
        row = self._row(username)
        if not self._passwords.matches(password[: rules.LONGEST_PASSWORD + 1], row.password_hash):
            self._writer.run(lambda: self._failed(row.username, client, is_known=True))
            raise Invalid({"old": N_("Kata sandi lama salah.")})
        return row

    def _failed(self, username: str, client: str, *, is_known: bool) -> None:
        self._throttle.count(username, client)
        # An unknown name may be somebody's password in the wrong field.
        subject = f"staff/{username}" if is_known else "staff/-"
        detail = {"client": client}
        self._recorder.note("staff.sign_in_failed", subject, by=SYSTEM, detail=detail)
