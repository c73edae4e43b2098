"""PINs: how the officers of one desk take turns without typing a password each time.

A PIN is short, so it is worth little by itself: it opens only a desk that was registered, only for
who gave their password there in the same shift, and only until it was wrong five times.
"""

from dataclasses import dataclass

from appliance.actor import SYSTEM, Actor
from appliance.clock import Stamp
from appliance.errors import N_, Invalid
from appliance.record import Books
from appliance.staff import rules
from appliance.staff.passwords import Passwords
from appliance.staff.sessions import Screen, StaffSessions, forget_grants
from appliance.staff.throttle import LoginThrottle
from appliance.storage.models import PinGrant, Staff

WRONG = N_(
    "PIN salah, atau belum berlaku di layar ini."
    " Masuk dengan kata sandi, sekali setiap giliran jaga."
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whose PIN opens a desk now."""

    username: str
    display_name: str


class Pins:
    """Sets PINs and opens desks by them. Any thread; every change goes by the writer."""

    def __init__(
        self,
        *,
        books: Books,
        passwords: Passwords,
        throttle: LoginThrottle,
        sessions: StaffSessions,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._passwords = passwords
        self._throttle = throttle
        self._sessions = sessions

    def is_set(self, username: str) -> bool:
        """Whether this person has a PIN."""
        row = Staff.get_or_none(Staff.username == username)
        return row is not None and row.pin_hash is not None

    def set(self, username: str, pin: str) -> None:
        """A new PIN; the caller has asked for the password. Raises Invalid for one too easy."""
        weak = rules.pin_problem(pin)
        if weak:
            raise Invalid({"pin": weak})
        pin_hash = self._passwords.hash(pin)
        self._writer.run(lambda: self._keep(username, pin_hash, "staff.pin_set"))

    def remove(self, username: str) -> None:
        """No PIN any more; nothing happens without one."""
        if self.is_set(username):
            self._writer.run(lambda: self._keep(username, None, "staff.pin_removed"))

    def opens_for(self, device_id: int) -> tuple[Colleague, ...]:
        """Whose PIN opens this desk now, by name; for who is signed in there."""
        now = self._clock.stamp()
        rows = (
            PinGrant.select(PinGrant, Staff)
            .join(Staff)
            .where(PinGrant.device == device_id, Staff.active, Staff.pin_hash.is_null(False))
            .order_by(Staff.display_name)
        )
        return tuple(
            Colleague(row.staff.username, row.staff.display_name)
            for row in rows
            if _stands(row, now)
        )

    def grant(self, staff: Staff, device_id: int) -> None:
        """Let the PIN open this desk from now on. Belongs inside a function given to the writer."""
        now = self._clock.stamp()
        PinGrant.replace(  # type: ignore[no-untyped-call] # Peewee is typed in part only
            staff=staff.id,
            device=device_id,
            at=now.at,
            boot_id=now.boot_id,
            boot_ms=now.boot_ms,
            misses=0,
        ).execute()

    def check(self, username: str, pin: str, screen: Screen) -> Staff:
        """The person whose PIN opens this desk.

        Blocks for the check. Raises Invalid with one message for whatever is wrong, TooManyTries
        while this desk must wait, Unavailable when too many are signing in at once.
        """
        username = username.strip().lower()
        self._throttle.check(username, screen.client)
        # Counted before it is checked, so that tries sent all at once are not free.
        staff = self._writer.run(lambda: self._claim_try(username, screen))
        pin_hash = None if staff is None else staff.pin_hash
        fits = self._passwords.matches(pin[: rules.LONGEST_PIN + 1], pin_hash)
        if staff is None or not fits:
            self._writer.run(lambda: self._missed(username, screen, staff))
            raise Invalid({"pin": WRONG})
        return staff

    def begin(self, staff: Staff, screen: Screen) -> str:
        """The token of a session for whom `check` found. Belongs inside a writer's function.

        Raises Invalid when it stopped being good meanwhile.
        """
        grant = _grant(staff, screen)
        fresh = Staff.get_by_id(staff.id)
        is_same = fresh.active and fresh.pin_hash == staff.pin_hash
        if grant is None or not is_same or not _is_of_this_shift(grant, self._clock.stamp()):
            raise Invalid({"pin": WRONG})
        PinGrant.update(misses=0).where(_of(staff, screen)).execute()
        self._throttle.forget(staff.username, screen.client)
        shift = rules.Moment(grant.at, grant.boot_id, grant.boot_ms)
        by, detail = Actor.staff(staff.username, fresh.role), {"device": screen.device_id}
        subject = f"staff/{staff.username}"
        self._recorder.note("staff.signed_in_by_pin", subject, by=by, detail=detail)
        return self._sessions.begin(fresh, screen, shift=shift)

    def _claim_try(self, username: str, screen: Screen) -> Staff | None:
        staff = Staff.get_or_none(Staff.username == username)
        if staff is None or not staff.active or staff.pin_hash is None:
            return None
        grant = _grant(staff, screen)
        if grant is None or not _stands(grant, self._clock.stamp()):
            return None
        PinGrant.update(misses=PinGrant.misses + 1).where(_of(staff, screen)).execute()
        return staff

    def _missed(self, username: str, screen: Screen, staff: Staff | None) -> None:
        self._throttle.count(username, screen.client)
        subject = "staff/-" if staff is None else f"staff/{staff.username}"
        detail = {"client": screen.client}
        self._recorder.note("staff.pin_failed", subject, by=SYSTEM, detail=detail)

    def _keep(self, username: str, pin_hash: str | None, action: str) -> None:
        staff = Staff.get(Staff.username == username)
        Staff.update(pin_hash=pin_hash).where(Staff.id == staff.id).execute()
        if pin_hash is None:
            forget_grants(PinGrant.staff == staff.id)
        by = Actor.staff(staff.username, staff.role)
        self._recorder.note(action, f"staff/{staff.username}", by=by)


def _of(staff: Staff, screen: Screen) -> object:
    return (PinGrant.staff == staff.id) & (PinGrant.device == screen.device_id)


def _grant(staff: Staff, screen: Screen) -> PinGrant | None:
    row: PinGrant | None = PinGrant.get_or_none(_of(staff, screen))
    return row


def _stands(grant: PinGrant, now: Stamp) -> bool:
    return grant.misses < rules.PIN_MISSES and _is_of_this_shift(grant, now)


def _is_of_this_shift(grant: PinGrant, now: Stamp) -> bool:
    return rules.is_same_shift(rules.Moment(grant.at, grant.boot_id, grant.boot_ms), now)
