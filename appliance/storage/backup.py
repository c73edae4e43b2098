"""Whole copies of the database: made, verified, put back.

A copy appears under its name only when it has been checked and has reached the disk, and what is
replaced is set aside, never deleted.
"""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import apsw
from playhouse.apsw_ext import APSWDatabase

from appliance import __version__
from appliance.errors import N_, NotFound, Refused, Unavailable
from appliance.storage import database as storage
from appliance.storage.files import make_private, sync_to_disk, write_whole
from appliance.storage.models import utc_text

COPY_NAME = "ruangbaca-{stamp}.db"
_COMPANIONS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands beside a copy in ``<copy>.json``."""

    file: str
    sha256: str
    size_bytes: int
    made_at: str
    version: str
    schema: int


def make_copy(database: APSWDatabase, folder: Path, made_at: dt.datetime) -> tuple[Path, Manifest]:
    """A verified copy of the open database in `folder`, with its manifest.

    Others may go on writing meanwhile. Raises Unavailable when the copy is not sound or cannot
    be written; nothing is left behind then.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = _free_name(folder, made_at)
    draft = target.with_name(f".{target.name}.tmp")
    try:
        make_private(draft)
        database.connection().execute("VACUUM INTO ?", (str(draft),))
        schema = check(draft)
        manifest = Manifest(
            target.name, sha256(draft), draft.stat().st_size, utc_text(made_at), __version__, schema
        )
        sync_to_disk(draft)
        draft.rename(target)
        write_whole(manifest_path(target), json.dumps(asdict(manifest), indent=1).encode() + b"\n")
    except (OSError, apsw.Error) as error:
        raise Unavailable(
            N_("Cadangan tidak dapat dibuat di %(folder)s. Periksa ruang dan izinnya."),
            folder=folder,
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return target, manifest


def verify(copy: Path) -> int:
    """The schema number of a copy that may be put back.

    Raises NotFound, Refused when it is not what its manifest says or comes from a newer version,
    and Unavailable when SQLite finds damage. A copy without manifest is judged by SQLite alone.
    """
    if not copy.is_file():
        raise NotFound(N_("Berkas %(file)s tidak ditemukan."), file=copy)
    beside = manifest_path(copy)
    if beside.is_file():
        try:
            said = Manifest(**json.loads(beside.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise Refused(N_("Keterangan %(file)s rusak."), file=beside) from error
        if said.sha256 != sha256(copy):
            raise Refused(
                N_("Isi %(file)s tidak sama dengan saat dibuat. Pakai cadangan lain."), file=copy
            )
    return check(copy)


def check(copy: Path) -> int:
    """The schema number, once SQLite has read every page of the file. Raises Unavailable."""
    try:
        # immutable: a copy is never written to, so reading it must leave no file beside it.
        connection = apsw.Connection(
            f"{copy.resolve().as_uri()}?immutable=1",
            flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
        )
        try:
            sound = connection.pragma("integrity_check") == "ok"
            sound = sound and not list(connection.execute("PRAGMA foreign_key_check"))
            schema = int(connection.pragma("user_version"))
        finally:
            connection.close()
    except apsw.Error as error:
        raise Unavailable(N_("Cadangan %(file)s rusak."), file=copy) from error
    if not sound:
        raise Unavailable(N_("Cadangan %(file)s rusak."), file=copy)
    if not 0 < schema <= storage.newest_schema():
        raise Refused(
            N_("%(file)s bukan basis data Ruang Baca versi ini atau lebih lama."), file=copy
        )
    return schema


def put_back(copy: Path, data_dir: Path, now: dt.datetime, prepare: Callable[[Path], None]) -> Path:
    """Replace the database by a verified copy; returns where the present one was set aside.

    `prepare` gets the path of the new file before it takes its place, to migrate it and to write
    down what happened; what it raises leaves everything as it was. No process may have the
    database open. Raises what `verify` raises, and Unavailable when the disk does not take it.
    """
    verify(copy)
    present, draft = data_dir / storage.FILE_NAME, data_dir / f".{storage.FILE_NAME}.restoring"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        _drop(draft)
        make_private(draft)
        shutil.copyfile(copy, draft)
        prepare(draft)
        _fold_in(draft)
        check(draft)
        sync_to_disk(draft)
        _fold_in(present)
        aside = _set_aside(present, data_dir / "set-aside", now)
        # From here on the old database stands whole in `aside`. Its log goes before the new file
        # comes: SQLite would replay a foreign log into it.
        for suffix in _COMPANIONS:
            Path(f"{present}{suffix}").unlink(missing_ok=True)
        draft.replace(present)
        sync_to_disk(data_dir)
    except (OSError, apsw.Error) as error:
        raise Unavailable(
            N_("Pemulihan tidak selesai. Basis data yang sekarang tidak diganti.")
        ) from error
    finally:
        _drop(draft)
    return aside


def keep_newest(folder: Path, keep: int) -> list[Path]:
    """Delete all but the `keep` newest copies that are still sound; returns what was deleted.

    A copy that is damaged never pushes out a sound one.
    """
    sound, dropped = 0, []
    for copy in sorted(folder.glob("ruangbaca-*.db"), reverse=True):
        if sound < keep:
            sound += _is_sound(copy)
        else:
            copy.unlink()
            manifest_path(copy).unlink(missing_ok=True)
            dropped.append(copy)
    return dropped


def manifest_path(copy: Path) -> Path:
    """Where the manifest of a copy stands."""
    return copy.with_name(copy.name + ".json")


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_sound(copy: Path) -> bool:
    try:
        verify(copy)
    except (Refused, Unavailable):
        return False
    return True


def _free_name(folder: Path, made_at: dt.datetime) -> Path:
    stamp = made_at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    target, number = folder / COPY_NAME.format(stamp=stamp), 1
    while target.exists():
        number += 1
        target = folder / COPY_NAME.format(stamp=f"{stamp}-{number}")
    return target


def _fold_in(path: Path) -> None:
    """Bring the log into the file, so that the file alone is the database."""
    if not path.is_file():
        return
    try:
        connection = apsw.Connection(str(path))
        try:
            connection.pragma("wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
    except apsw.Error:
        return  # damaged: it is set aside together with its log


def _set_aside(present: Path, folder: Path, now: dt.datetime) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = _free_name(folder, now)
    for suffix in ("", *_COMPANIONS[:1]):
        source, target = Path(f"{present}{suffix}"), Path(f"{aside}{suffix}")
        if source.is_file():
            make_private(target)
            shutil.copyfile(source, target)
            sync_to_disk(target)
    sync_to_disk(folder)
    return aside


def _drop(path: Path) -> None:
    for suffix in ("", *_COMPANIONS):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
