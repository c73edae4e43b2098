"""Who this device is at the portal: from a claim code to the key that signs for it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from appliance import __version__, base64url, codes, ed25519
from appliance.clock import Clock
from appliance.config import DEVICE_KEY, secret
from appliance.errors import N_, Invalid, Refused
from appliance.portal_settings import book as portal_settings
from appliance.storage import statements
from appliance.storage.models import Enrolment as Row
from appliance.storage.writer import Writer
from appliance.sync import answers, device_secret, outbox, protocol
from appliance.sync.answers import Judgement, Kind
from appliance.sync.identity import Identity
from appliance.sync.protocol import Claim, Enrolled, PublicKey

if TYPE_CHECKING:
    from appliance.sync.portal import Line  # speaks TLS, which takes some megabytes

COMMANDS_READ = "portal_command"
KEY_IS_OLD = "portal_key_is_old"
"""What is noted of the portal's commands: how far they were read, and that one asks for a key."""
_FORGET = "DELETE FROM meta WHERE key = ?"
BAD_CODE = N_(
    "Kode pendaftaran terdiri dari 16 huruf dan angka, misalnya 3F7K-9QWM-20XB-H5TA."
    " Periksa kembali."
)
NO_PORTAL = N_("Portal belum diatur dalam setelan, jadi tidak ada tempat mendaftar.")
REFUSED = N_(
    "Kode pendaftaran tidak berlaku: salah, sudah dipakai, atau lewat waktunya. Minta kode baru."
)
UNUSABLE = N_("Jawaban portal atas pendaftaran tidak dapat dipakai. Hubungi pengelola portal.")


@dataclass(frozen=True, slots=True)
class Papers:
    """What is known of the enrolment, for screens. `problem` is why the last claim failed."""

    is_enrolled: bool = False
    is_claiming: bool = False
    problem: str = ""
    portal: str = ""
    office: str = ""
    device_id: str = ""
    key_id: str = ""
    enrolled_at: dt.datetime | None = None


class Enrolment:
    """The one row of it, and the device's secret, which is made at its first claim."""

    def __init__(self, *, writer: Writer, clock: Clock, portal: str, data_dir: Path) -> None:
        self._writer = writer
        self._clock = clock
        self._portal = portal
        self._data_dir = data_dir

    def identity(self) -> Identity | None:
        """Who signs; None before the portal has taken a claim."""
        row, device_id = _row(), _device_id()
        if row is None or not row.key_id or not device_id or row.portal != self._portal:
            return None
        return Identity(device_id, row.key_id, device_secret.in_force(self._data_dir, row.key_id))

    def papers(self) -> Papers:
        """How far it has come."""
        row = _row()
        if row is None:
            return Papers(device_id=_device_id())
        return Papers(
            is_enrolled=bool(row.key_id) and row.portal == self._portal,
            is_claiming=row.code is not None,
            problem=row.problem,
            portal=row.portal,
            office=row.office,
            device_id=_device_id(),
            key_id=row.key_id,
            enrolled_at=row.enrolled_at,
        )

    def ask(self, code: str) -> None:
        """Have this claim code sent at the next chance. Belongs where the writer runs.

        Raises Invalid for what cannot be a code, Refused when no portal is set.
        """
        if not self._portal:
            raise Refused(NO_PORTAL)
        found = codes.parse_card_code(code)
        if found is None:
            raise Invalid({"code": BAD_CODE})
        _put(code=found, problem="")

    def complain(self, problem: str) -> None:
        """Note why no claim can be made. Belongs where the writer runs."""
        _put(problem=problem)

    def has_claim(self) -> bool:
        """Whether a claim waits to be sent."""
        row = _row()
        return row is not None and row.code is not None

    def claim(self, line: "Line") -> Judgement:
        """Send the claim that waits, over a line that signs nothing; what that came to.

        Raises LineTrouble. The code is forgotten only when the portal has answered it.
        """
        row = _row()
        if row is None or row.code is None:
            return Judgement(Kind.DONE)
        device_id = self._writer.run(outbox.device_id)
        # The portal takes no key twice: whoever has had one needs another to come back.
        needs_another = bool(row.key_id)
        secret = self.following_secret() if needs_another else self._first_secret()
        key_id = protocol.key_id(ed25519.public_key(secret))
        body = msgspec.json.encode(_claim(secret, row.code, device_id))
        headers = {"content-type": protocol.JSON_TYPE}
        path = f"{protocol.PREFIX}/enrolments"
        reply = line.ask("POST", path, body=body, headers=headers)
        judgement = answers.judge(reply, self._clock.now())
        if judgement.kind is Kind.DONE:
            found = answers.brought(reply, Enrolled)
            if found is not None and found.key_id == key_id and found.device_id == device_id:
                return self._taken(found, is_another=needs_another)
            return self._unusable()
        if judgement.kind in (Kind.UNREADABLE, Kind.REFUSED):
            self._writer.run(lambda: _put(code=None, problem=REFUSED))
        return judgement

    def portal_key(self) -> bytes | None:
        """The key that the portal signs with, as far as is known here; None before enrolment."""
        row = _row()
        return None if row is None or row.config_key is None else bytes(row.config_key)

    def trust(self, key: bytes) -> None:
        """Take this as the portal's key: the known one has vouched for it, and ends with that.

        Belongs where the writer runs.
        """
        if key != self.portal_key():
            _put(config_key=key)

    def following_secret(self) -> bytes:
        """The secret of the key that comes next, which is kept until it holds."""
        return device_secret.following(self._data_dir)

    def rotated(self, key_id: str) -> None:
        """Sign with the following key from now on. Belongs where the writer runs; then `settle`."""
        _put(key_id=key_id)
        statements.run(_FORGET, (KEY_IS_OLD,))

    def settle(self) -> None:
        """Let the files say what the database says of the key."""
        device_secret.put_in_force(self._data_dir)

    def _first_secret(self) -> bytes:
        return secret(self._data_dir, DEVICE_KEY)

    def _unusable(self) -> Judgement:
        self._writer.run(lambda: _put(problem=UNUSABLE))
        return Judgement(Kind.OFFLINE, "an answer to a claim that is not the portal's")

    def _taken(self, found: Enrolled, *, is_another: bool) -> Judgement:
        config_key = key_bytes(found.config_key)
        if config_key is None:
            return self._unusable()
        box_key = key_bytes(found.box_key) if found.box_key else None

        def write() -> None:
            if self.portal_key() != config_key:  # another portal, which counts for itself
                portal_settings.forget()
            _put(
                code=None,
                problem="",
                portal=self._portal,
                office=found.office,
                key_id=found.key_id,
                state=found.state,
                config_key=config_key,
                box_key=box_key,
                enrolled_at=self._clock.now(),
            )
            # Another hub counts its commands anew, and the key is as new as can be.
            for noted in (COMMANDS_READ, KEY_IS_OLD):
                statements.run(_FORGET, (noted,))

        self._writer.run(write)
        if is_another:
            self.settle()
        return Judgement(Kind.DONE)


def _claim(secret: bytes, code: str, device_id: str) -> Claim:
    proof = ed25519.sign(secret, protocol.claim_text(code, device_id))
    key = PublicKey(base64url.encoded(ed25519.public_key(secret)))
    return Claim(code, device_id, key, base64url.encoded(proof), __version__)


def key_bytes(key: PublicKey) -> bytes | None:
    """The 32 bytes of a key; None when it has not as many."""
    found = base64url.decoded(key.x)
    return found if found is not None and len(found) == ed25519.KEY_BYTES else None


def _row() -> Row | None:
    found: Row | None = Row.get_or_none(Row.id == 1)
    return found


def _put(**values: object) -> None:
    Row.insert(id=1, **values).on_conflict(conflict_target=[Row.id], update=values).execute()


def _device_id() -> str:
    found = statements.first("SELECT value FROM meta WHERE key = ?", (outbox.DEVICE_KEY,))
    return str(found[0]) if found else ""
