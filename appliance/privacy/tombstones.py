"""Whose visits were erased, outside of the database: an older copy must not bring them back.

A line holds the receipt of an erasure, which names nobody: the visit's random uuid is all that
finds the person in a copy from before. The list lies in the data folder and beside the copies.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from appliance.privacy.wiping import let_go_elsewhere, wipe
from appliance.storage.files import write_whole
from appliance.storage.models import Erasure, Guest, Visit, utc_text

FILE_NAME = "erased.jsonl"
FIELDS = ("number", "uuid", "at", "by", "kinds")
Line = dict[str, str]


def keep(*folders: Path) -> None:
    """Write every receipt of the database into these folders, beside those that lie there.

    Any thread of any process may call it: who comes second waits for the first.
    """
    for folder in folders:
        with _alone(folder):
            known = {row.uuid: _line(row) for row in Erasure.select().order_by(Erasure.id)}
            lines = {line["uuid"]: line for line in read([folder])} | known
            texts = [json.dumps(line, ensure_ascii=True) for line in lines.values()]
            if texts:
                write_whole(folder / FILE_NAME, "\n".join([*texts, ""]).encode())


def read(folders: Iterable[Path]) -> list[Line]:
    """The receipts that lie in these folders; a line that is no receipt is passed over."""
    found: dict[str, Line] = {}
    for folder in folders:
        path = folder / FILE_NAME
        for text in path.read_text("utf-8").splitlines() if path.is_file() else ():
            line = _receipt(text)
            if line is not None:
                found[line["uuid"]] = line
    return list(found.values())


def apply(lines: Iterable[Line]) -> list[str]:
    """Erase again whom a restored database knows; their visits' uuids.

    Belongs inside a function given to the writer.
    """
    again = []
    for line in lines:
        Erasure.insert(line).on_conflict_ignore().execute()
        visit = Visit.get_or_none(Visit.uuid == line["uuid"])
        is_known = Guest.erased_at.is_null() & (Guest.visit == visit)
        if visit is not None and Guest.select().where(is_known).exists():
            let_go_elsewhere([visit.id])
            wipe([visit.id], Erasure.get(Erasure.uuid == line["uuid"]).at)
            again.append(line["uuid"])
    return again


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else writes the list of this folder meanwhile, with receipts from before ours."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _line(row: Erasure) -> Line:
    return {name: getattr(row, name) for name in FIELDS} | {"at": utc_text(row.at)}


def _receipt(text: str) -> Line | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None  # cut off by a power cut
    is_receipt = isinstance(line, dict) and set(line) == set(FIELDS)
    return {name: str(line[name]) for name in FIELDS} if is_receipt else None
