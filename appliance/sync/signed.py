"""What the portal has signed, checked by the key that this device knows of it.

The portal may have changed its key since: each key is introduced by the one before it, so that a
device which was away meanwhile follows them one by one.
"""

import base64
from dataclasses import dataclass

from appliance import base64url, ed25519
from appliance.sync import protocol
from appliance.sync.protocol import Signed, Successor


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes that were signed, and the portal's key that signed them."""

    document: bytes
    key: bytes


def opened(signed: Signed, known: bytes) -> Opened | None:
    """What the portal has signed; None for whatever the known key does not vouch for."""
    key = _followed(signed, known)
    try:
        document = base64.b64decode(signed.document, validate=True)
        signature = base64.b64decode(signed.signature, validate=True)
    except ValueError:
        return None
    return Opened(document, key) if ed25519.is_signed(key, document, signature) else None


def _followed(signed: Signed, known: bytes) -> bytes:
    """The key that signed, or the last one on the way there that is vouched for."""
    following = {one.by: one for one in signed.successors}  # in no order: hubs' clocks go back too
    key, key_id = known, protocol.key_id(known)
    while key_id != signed.key_id and key_id in following:
        found = _introduced(following.pop(key_id), key)
        if found is None:
            break
        key, key_id = found, protocol.key_id(found)
    return key


def _introduced(successor: Successor, by: bytes) -> bytes | None:
    found = base64url.decoded(successor.public_key.x)
    signature = base64url.decoded(successor.signature)
    if found is None or signature is None or len(found) != ed25519.KEY_BYTES:
        return None
    return found if ed25519.is_signed(by, protocol.succession_text(found), signature) else None
