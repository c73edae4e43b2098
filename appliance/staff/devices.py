"""Screens that belong to the room: a station or a kiosk that an officer registered."""

import datetime as dt
from dataclasses import dataclass

from appliance import codes
from appliance.actor import Actor
from appliance.errors import N_, Invalid, NotFound
from appliance.record import Books
from appliance.storage.models import Device

KINDS = ("station", "kiosk", "display", "desk")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class RegisteredDevice:
    """One registered screen, without its token."""

    id: int
    kind: str
    name: str
    registered_by: str
    registered_at: dt.datetime


class Devices:
    """Registers screens and recognises them by their token, which only the screen keeps."""

    def __init__(self, *, books: Books) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder

    def register(self, kind: str, name: str, *, by: Actor) -> str:
        """The token of a new device. Raises Invalid for an unknown kind or a blank name."""
        name = name.strip()
        if kind not in KINDS or not name or len(name) > LONGEST_NAME:
            raise Invalid({"name": N_("Tulis nama layar, paling banyak 60 karakter.")})
        token = codes.new_token()

        def write() -> None:
            row = Device.create(
                kind=kind,
                name=name,
                token_hash=codes.token_hash(token),
                registered_by=by.name,
                registered_at=self._clock.now(),
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
            RegisteredDevice(r.id, r.kind, r.name, r.registered_by, r.registered_at) for r in rows
        )

    def of_kind(self, kind: str) -> tuple[RegisteredDevice, ...]:
        """Those of one kind, the oldest first."""
        return tuple(device for device in self.all() if device.kind == kind)

    def revoke(self, device_id: int, *, by: Actor) -> None:
        """Let a device be a stranger again. Raises NotFound."""

        def write() -> None:
            changed = (
                Device.update(revoked_at=self._clock.now())
                .where((Device.id == device_id) & Device.revoked_at.is_null())
                .execute()
            )
            if not changed:
                raise NotFound(N_("Layar itu tidak terdaftar."))
            self._recorder.note("device.revoked", f"device/{device_id}", by=by)

        self._writer.run(write)
