"""Badges of staff: a code on a card, which says who somebody is and signs nobody in."""

import datetime as dt
from dataclasses import dataclass

from appliance import codes
from appliance.actor import Actor, Role
from appliance.codes import CodeKind
from appliance.errors import N_, NotFound, Refused
from appliance.record import Books
from appliance.storage.models import Staff, StaffBadge


@dataclass(frozen=True, slots=True)
class BadgeHolder:
    """Whose badge it is; `is_valid` False once it was taken back or its owner deactivated."""

    staff_id: int
    username: str
    role: Role
    is_valid: bool


@dataclass(frozen=True, slots=True)
class BadgeState:
    """The badge that somebody carries now, without its token."""

    issued_at: dt.datetime
    issued_by: str


class Badges:
    """Issues badges and recognises them. Any thread; every change goes by the writer.

    The database keeps a hash: what a badge says is shown once, when it is issued.
    """

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def issue(self, username: str, *, by: Actor) -> str:
        """The text of a new badge; the one before it is no longer good.

        Raises NotFound for nobody's name, Refused for somebody deactivated.
        """
        token = codes.new_badge_token()

        def write() -> None:
            staff = _staff(username)
            if not staff.active:
                raise Refused(N_("Akun ini nonaktif. Aktifkan dahulu, lalu buat kartunya."))
            self._revoke(staff)
            StaffBadge.create(
                staff=staff.id,
                token_hash=codes.token_hash(token),
                issued_at=self._clock.now(),
                issued_by=by.name,
            )
            self._recorder.note("badge.issued", f"staff/{username}", by=by)

        self._writer.run(write)
        return codes.barcode(CodeKind.STAFF, token)

    def revoke(self, username: str, *, by: Actor) -> None:
        """Take the badge back. Once more changes nothing; raises NotFound for nobody's name."""

        def write() -> None:
            if self._revoke(_staff(username)):
                self._recorder.note("badge.revoked", f"staff/{username}", by=by)

        self._writer.run(write)

    def state(self, username: str) -> BadgeState | None:
        """The badge this person carries; None without one. Raises NotFound."""
        row = StaffBadge.get_or_none(
            (StaffBadge.staff == _staff(username).id) & StaffBadge.revoked_at.is_null()
        )
        return None if row is None else BadgeState(row.issued_at, row.issued_by)

    def by_token(self, token: str) -> BadgeHolder | None:
        """Whose badge says this; None for nobody's."""
        return _holder(StaffBadge.token_hash == codes.token_hash(token))

    def of_staff(self, staff_id: int) -> BadgeHolder | None:
        """The holder of the badge that this member of staff carries now; None without one."""
        return _holder((StaffBadge.staff == staff_id) & StaffBadge.revoked_at.is_null())

    def _revoke(self, staff: Staff) -> int:
        carried = (StaffBadge.staff == staff.id) & StaffBadge.revoked_at.is_null()
        return int(StaffBadge.update(revoked_at=self._clock.now()).where(carried).execute())


def _staff(username: str) -> Staff:
    row = Staff.get_or_none(Staff.username == username)
    if row is None:
        raise NotFound(N_("Petugas itu tidak ada."))
    return row


def _holder(which: object) -> BadgeHolder | None:
    row = StaffBadge.select(StaffBadge, Staff).join(Staff).where(which).first()
    if row is None:
        return None
    is_valid = bool(row.staff.active) and row.revoked_at is None
    return BadgeHolder(row.staff.id, row.staff.username, Role(row.staff.role), is_valid)
