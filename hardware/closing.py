"""Giving lines back although one of them refuses."""

import logging
from typing import Protocol

log = logging.getLogger(__name__)


class Closable(Protocol):
    """Anything with lines to give back."""

    def close(self) -> None:
        """Give them back."""
        ...


def close_quietly(device: Closable) -> None:
    """Close a device; what goes wrong is logged, so that the rest is closed too."""
    try:
        device.close()
    except Exception as error:  # noqa: BLE001 - the pin libraries have no common base
        log.warning("%s did not close cleanly: %s", device, error)
