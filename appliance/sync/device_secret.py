"""The secret that this device signs with, and the one that is about to take its place.

A new one is on the disk before the portal hears of it, and stays beside the old one until the
portal's answer is in the database. Where the power went between that answer and the change of the
files, the name of the key in the database tells which of the two holds.
"""

import secrets
from pathlib import Path

from appliance import ed25519
from appliance.config import DEVICE_KEY, SECRET_BYTES, secret
from appliance.storage.files import sync_to_disk, write_whole
from appliance.sync import protocol

NEXT_KEY = "device.next"
_FOLDER = "secrets"


def in_force(data_dir: Path, key_id: str) -> bytes:
    """The secret of the key that the portal knows by this name."""
    waits = data_dir / _FOLDER / NEXT_KEY
    if waits.exists() and protocol.key_id(ed25519.public_key(waits.read_bytes())) == key_id:
        put_in_force(data_dir)
    return secret(data_dir, DEVICE_KEY)


def following(data_dir: Path) -> bytes:
    """The secret that comes next: the same one until it is in force, however often it is asked."""
    path = data_dir / _FOLDER / NEXT_KEY
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()


def put_in_force(data_dir: Path) -> None:
    """Let the following secret replace the one before."""
    folder = data_dir / _FOLDER
    (folder / NEXT_KEY).replace(folder / DEVICE_KEY)
    sync_to_disk(folder)
