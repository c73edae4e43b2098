"""READY, WATCHDOG and STATUS messages to systemd (sd_notify(3)); silent without systemd."""

import os
import socket


def notify(*lines: str) -> bool:
    """Send the lines, such as ``READY=1``; False when no service manager listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(address)
        sender.sendall("\n".join(lines).encode())
    return True


def watchdog_interval_s() -> float | None:
    """How often to say WATCHDOG=1: half of what the unit allows; None when it does not ask."""
    usec = os.environ.get("WATCHDOG_USEC")
    return int(usec) / 2_000_000 if usec else None
