"""What the portal asks of this device, fetched by us: it may change its key, and nothing else.

The portal can also ask for its health and for a look at its settings; both come by themselves.
No command reaches a door.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from appliance import base64url, ed25519
from appliance.actor import SYSTEM
from appliance.runtime.logs import get_logger
from appliance.storage import statements
from appliance.storage.writer import Writer
from appliance.sync import answers, protocol
from appliance.sync.answers import Reply
from appliance.sync.due import Due
from appliance.sync.enrolment import COMMANDS_READ, KEY_IS_OLD, Enrolment
from appliance.sync.export import Notes
from appliance.sync.portal import Line
from appliance.sync.protocol import Commands, NewKey, PublicKey

ROTATE = "rotate-key"
NUMBERS_END = 1 << 62  # beyond which the portal takes no number
BY_ITSELF = ("send-health", "check-config")
log = get_logger("sync")
Body = TypeVar("Body", bound=msgspec.Struct)


class _Nonce(msgspec.Struct):
    nonce: str


class _Named(msgspec.Struct):
    key_id: str


class CommandErrand:
    """Belongs on the thread of the line."""

    def __init__(
        self,
        *,
        writer: Writer,
        notes: Notes,
        enrolment: Enrolment,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = writer
        self._notes = notes
        self._enrolment = enrolment
        self._due = Due(monotonic)

    def is_due(self) -> bool:
        """Whether it is time to ask again."""
        return self._due.has_come()

    def run(self, line: Line) -> None:
        """Fetch what is new, and do what is still to be done. Raises LineTrouble."""
        self._due.put_off()
        self._read(line)
        if _noted(KEY_IS_OLD):
            self._change_key(line)

    def _read(self, line: Line) -> None:
        target = f"{protocol.PREFIX}/devices/{line.device_id}/commands"
        after = int(_noted(COMMANDS_READ) or 0)
        found = _brought(line.ask("GET", target, query=f"after={after}"), Commands)
        if found is None or not found.commands:
            return
        if not after < found.next < NUMBERS_END:  # or they would come again for ever, or never
            log.warning("the portal's commands are numbered otherwise than they can be")
            return
        for command in found.commands:
            if command.kind not in (ROTATE, *BY_ITSELF):
                log.warning("a command of the portal is not known here", kind=command.kind[:40])

        def write() -> None:
            # Kept together: a command that was read is done, or still noted.
            _note(COMMANDS_READ, str(found.next))
            if any(command.kind == ROTATE for command in found.commands):
                _note(KEY_IS_OLD, "1")

        self._writer.run(write)

    def _change_key(self, line: Line) -> None:
        """Have another key known. Whatever is lost on the way, the same key is sent again."""
        target = f"{protocol.PREFIX}/devices/{line.device_id}/keys"
        nonce = _brought(line.ask("POST", f"{target}/nonce"), _Nonce)
        if nonce is None:
            return
        secret = self._enrolment.following_secret()
        proof = ed25519.sign(secret, protocol.rotation_text(nonce.nonce, line.device_id))
        public = ed25519.public_key(secret)
        key = PublicKey(base64url.encoded(public))
        body = msgspec.json.encode(NewKey(key, base64url.encoded(proof)))
        headers = {"content-type": protocol.JSON_TYPE}
        named = _brought(line.ask("POST", target, body=body, headers=headers), _Named)
        if named is None or named.key_id != protocol.key_id(public):
            return

        def write() -> None:
            self._enrolment.rotated(named.key_id)
            self._notes.note("portal.key_changed", "portal", by=SYSTEM)

        self._writer.run(write)
        self._enrolment.settle()
        log.info("the key was changed")


def _brought(reply: Reply, kind: type[Body]) -> Body | None:
    """What a good answer brought; None for every other, after which it is tried again later."""
    if reply.status not in (200, 201):
        log.warning("the portal did not answer about commands", status=reply.status)
        return None
    return answers.brought(reply, kind)


def _noted(key: str) -> str:
    found = statements.first("SELECT value FROM meta WHERE key = ?", (key,))
    return str(found[0]) if found else ""


def _note(key: str, value: str) -> None:
    statements.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
