"""Who signs what goes to the portal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signs: the device's id, the name of its key at the portal, and the secret of it."""

    device_id: str
    key_id: str
    secret: bytes
