"""Screens that belong to the room: a station or a kiosk that an officer registered."""

import datetime as dt
from dataclasses import dataclass

from appliance import codes
from appliance.actor import Actor
from appliance.errors import N_, Invalid, NotFound
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.storage.models import Device, PinGrant, StaffSession

KINDS = ("station", "kiosk", "display", "desk")
LONGEST_NAME = 60
NO_NAME = N_("Tulis nama layar, paling banyak 60 karakter.")
NOT_REGISTERED = N_("Layar itu tidak terdaftar.")
FIELDS = {"name": Field(LONGEST_NAME, NO_NAME), "place": Field(LONGEST_NAME)}


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """One registered screen, without its token."""

    id: int
    kind: str
    name: str
    registered_by: str
    registered_at: dt.datetime
    place: str = ""


class Devices:
    """Registers screens and recognises them by their token, which only the screen keeps."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def register(self, kind: str, name: str, *, by: Actor, place: str = "") -> str:
        """The token of a new device. Raises Invalid for an unknown kind or a blank name."""
        texts = checked({"name": name, "place": place}, FIELDS)
        name, place = texts["name"], texts["place"]
        if kind not in KINDS:
            raise Invalid({"name": NO_NAME})
        token = codes.new_token()

        def write() -> None:
            row = Device.create(
                kind=kind,
                name=name,
                token_hash=codes.token_hash(token),
                registered_by=by.name,
                registered_at=self._clock.now(),
                place=place,
            )
            detail = {"kind": kind, "name": name}
            self._recorder.note("device.registered", f"device/{row.id}", by=by, detail=detail)

        self._writer.run(write)
        return token

    def is_registered(self, kind: str, token: str) -> bool:
        """Whether the token belongs to a device of this kind that was not revoked."""
        return bool(
            Device.select()
            .where(
                (Device.token_hash == codes.token_hash(token))
                & (Device.kind == kind)
                & Device.revoked_at.is_null()
            )
            .exists()
        )

    def by_token(self, kind: str, token: str) -> RegisteredDevice | None:
        """The device of this kind that keeps this token; None for a stranger or a revoked one."""
        has_token = Device.token_hash == codes.token_hash(token)
        found = Device.select(Device.id).where(has_token, Device.kind == kind).first()
        is_it = (device for device in self.all() if found is not None and device.id == found.id)
        return next(is_it, None)

    def all(self) -> tuple[RegisteredDevice, ...]:
        """Every device in use, the oldest first."""
        rows = Device.select().where(Device.revoked_at.is_null()).order_by(Device.id)
        return tuple(
            RegisteredDevice(r.id, r.kind, r.name, r.registered_by, r.registered_at, r.place)
            for r in rows
        )

    def of_kind(self, kind: str) -> tuple[RegisteredDevice, ...]:
        """Those of one kind, the oldest first."""
        return tuple(device for device in self.all() if device.kind == kind)

    def move(self, device_id: int, place: str, *, by: Actor) -> None:
        """Note where a device stands now. Raises Invalid, NotFound."""
        place = checked({"place": place}, {"place": FIELDS["place"]})["place"]

        def write() -> None:
            is_it = (Device.id == device_id) & Device.revoked_at.is_null()
            if not Device.update(place=place).where(is_it).execute():
                raise NotFound(NOT_REGISTERED)
            detail = {"place": place}
            self._recorder.note("device.moved", f"device/{device_id}", by=by, detail=detail)

        self._writer.run(write)

    def revoke(self, device_id: int, *, by: Actor) -> None:
        """Let a device be a stranger again; who signed in on it as a desk is signed out.

        Raises NotFound.
        """

        def write() -> None:
            now = self._clock.now()
            changed = (
                Device.update(revoked_at=now)
                .where((Device.id == device_id) & Device.revoked_at.is_null())
                .execute()
            )
            if not changed:
                raise NotFound(NOT_REGISTERED)
            opened_here = (StaffSession.device_id == device_id) & StaffSession.ended_at.is_null()
            ended = {"ended_at": now, "end_reason": "revoked"}
            StaffSession.update(ended).where(opened_here).execute()
            PinGrant.delete().where(PinGrant.device == device_id).execute()  # type: ignore[misc]
            self._recorder.note("device.revoked", f"device/{device_id}", by=by)

        self._writer.run(write)
