"""The portal's catalogue on its way down: what changed since, or first the whole as a pack.

An errand of the line to the portal: it is done when nothing waits to be sent, for some seconds at
a time, and goes on where a power cut or a lost answer ended it.
"""

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from appliance.actor import SYSTEM
from appliance.mirror import portal_rows
from appliance.mirror.portal_pack import PIECE_BYTES, BadPack, PackFile
from appliance.mirror.portal_rows import Pack, PortalRows, Taken
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.storage.models import Enrolment
from appliance.sync import answers, protocol
from appliance.sync.answers import Kind, Reply
from appliance.sync.due import Due
from appliance.sync.portal import Line, LineTrouble
from appliance.sync.protocol import CatalogueChanges, Signed
from appliance.sync.signed import opened

FOLDER = "portal"
CHECK_EVERY_S = 6 * 3600.0
AT_A_STRETCH_S = 10.0
PAGE_ITEMS = 100
PACK_LIMIT_BYTES = 512 << 20
SPARED_BYTES = 200 << 20  # for the guest book, whatever else comes
ROOM_FACTOR = 6  # the pack, what is in it once it is unpacked, and its search index
OF_THE_LINE = (Kind.OFFLINE, Kind.CLOCK, Kind.LOAD, Kind.REFUSED, Kind.REVOKED, Kind.VERSION)
"""Answers that mean the same to everything which is asked; others are the catalogue's alone."""
_CURSORS = range(1 << 62)  # what the portal takes again, and our database keeps
_SHA256 = re.compile(r"[0-9a-f]{64}")
log = get_logger("sync")


class _Manifest(msgspec.Struct):
    version: int
    items: int
    sha256: str
    size_bytes: int


class _TroubleError(Exception):
    """Raised for what only the catalogue suffers from; its text is for who mends it."""


class PortalCatalogue:
    """Belongs on the thread of the line."""

    def __init__(
        self,
        *,
        books: Books,
        data_dir: Path,
        monotonic: Callable[[], float] = time.monotonic,
        piece_bytes: int = PIECE_BYTES,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._folder = data_dir / FOLDER
        self._monotonic = monotonic
        self._piece_bytes = piece_bytes
        self._rows = PortalRows(books.clock)
        self._taken = Taken()
        self._due = Due(monotonic)

    def is_due(self) -> bool:
        """Whether it is time to ask, or something is under way."""
        return self._due.has_come()

    def run(self, line: Line) -> None:
        """Follow for some seconds. Raises LineTrouble."""
        until_s = self._monotonic() + AT_A_STRETCH_S
        self._due.put_off()  # whatever it comes to, not at once
        try:
            is_over = False
            while not is_over and self._monotonic() < until_s:
                is_over = self._step(line, until_s)
        except _TroubleError as trouble:
            problem = str(trouble)[:200]
            log.warning("the portal's catalogue cannot be followed", problem=problem)
            self._writer.run(lambda: portal_rows.note(problem=problem))
            return
        self._due.put_off(CHECK_EVERY_S if is_over else 0)

    def _step(self, line: Line, until_s: float) -> bool:
        """One question, or what is in a file; whether everything is here then."""
        state = portal_rows.followed()
        if state.after is not None:
            return self._changes(line, state.after)
        if state.pack is None:
            self._begin_pack(line)
            return False
        file = PackFile(self._folder, state.pack)
        try:
            if not file.is_whole:
                self._fetch(line, file, state.pack)
            else:
                self._read(file, state.pack, until_s)
        except BadPack as bad:
            file.forget()
            self._writer.run(self._forget_pack)
            raise _TroubleError(f"the pack: {bad}") from None
        return False

    def _changes(self, line: Line, after: int) -> bool:
        reply = self._ask(line, "catalogue/changes", f"after={after}&limit={PAGE_ITEMS}")
        if reply.status == protocol.CURSOR_GONE.status:
            self._writer.run(lambda: portal_rows.note(after=None))
            return False
        found = answers.brought(reply, CatalogueChanges) if reply.status == 200 else None
        if found is None or found.next not in _CURSORS or (found.more and found.next <= after):
            raise _TroubleError(f"changes: HTTP {reply.status}")

        def take() -> Taken:
            taken = self._rows.take(found.items, found.next)
            portal_rows.note(after=found.next)
            self._note_skipped(taken)
            return taken

        self._taken += self._writer.run(take)
        if not found.more:
            self._writer.run(self._is_followed)
        return not found.more

    def _begin_pack(self, line: Line) -> None:
        reply = self._ask(line, "catalogue/snapshot")
        if reply.status == 404:  # no pack yet: then there is little, and changes tell all of it
            self._writer.run(lambda: portal_rows.note(after=0))
            return
        signed = answers.brought(reply, Signed) if reply.status == 200 else None
        manifest = _manifest(signed) if signed else None
        if manifest is None:
            raise _TroubleError(f"snapshot: HTTP {reply.status}, or a signature that does not fit")
        free = shutil.disk_usage(self._folder.parent).free
        if free < SPARED_BYTES + ROOM_FACTOR * manifest.size_bytes:
            raise _TroubleError("there is no room for the pack")
        self._writer.run(
            lambda: portal_rows.note(
                pack_version=manifest.version,
                pack_sha256=manifest.sha256,
                pack_bytes=manifest.size_bytes,
                pack_lines=0,
                skipped=0,
            )
        )

    def _fetch(self, line: Line, file: PackFile, pack: Pack) -> None:
        """One more piece of the file; checks it after the last one."""
        offset = file.offset
        if offset < pack.size_bytes:
            end = min(offset + self._piece_bytes, pack.size_bytes) - 1
            reply = line.ask(
                "GET",
                f"{protocol.PREFIX}/blobs/{pack.sha256}",
                headers={"range": f"bytes={offset}-{end}", "if-range": f'"{pack.sha256}"'},
            )
            if reply.status == 404:
                raise BadPack("the portal has another one by now")
            told = reply.headers.get("content-range", "")
            if reply.status in (200, 206) and not reply.body:
                raise _TroubleError("blob: an answer without bytes")
            if reply.status == 200:
                offset = 0  # somebody on the way knows no ranges
            elif reply.status != 206 or not told.startswith(f"bytes {offset}-"):
                self._raise_of_line(reply)
                raise _TroubleError(f"blob: HTTP {reply.status}")
            file.add(reply.body, offset=offset)
        if file.offset == pack.size_bytes:
            file.finish()

    def _read(self, file: PackFile, pack: Pack, until_s: float) -> None:
        """Take records out of the whole file until it is over or time is up."""
        lines = pack.lines
        for items in file.items(after_lines=lines):
            lines += len(items)

            def take(items: list[protocol.CatalogueItem] = items, lines: int = lines) -> Taken:
                taken = self._rows.take(items, pack.version)
                portal_rows.note(pack_lines=lines)
                self._note_skipped(taken)
                return taken

            self._taken += self._writer.run(take)
            if self._monotonic() >= until_s:
                return
        while buried := self._writer.run(lambda: self._rows.bury_unseen(pack.version)):
            self._taken += Taken(gone=buried)
        self._writer.run(lambda: self._pack_is_read(pack))
        file.forget()

    def _pack_is_read(self, pack: Pack) -> None:
        self._forget_pack()
        portal_rows.note(after=pack.version)

    def _forget_pack(self) -> None:
        portal_rows.note(pack_version=None, pack_sha256=None, pack_bytes=None, pack_lines=0)

    def _note_skipped(self, taken: Taken) -> None:
        if taken.skipped:
            portal_rows.note(skipped=portal_rows.followed().skipped + taken.skipped)

    def _is_followed(self) -> None:
        """Everything is here: note when, and in the journal what that brought."""
        portal_rows.note(checked_at=self._clock.now(), problem="")
        taken, self._taken = self._taken, Taken()
        if taken != Taken():
            detail = {"added": taken.added, "changed": taken.changed, "gone": taken.gone}
            self._recorder.note("catalogue.from_portal", "catalogue", by=SYSTEM, detail=detail)

    def _ask(self, line: Line, what: str, query: str = "") -> Reply:
        reply = line.ask("GET", f"{protocol.PREFIX}/{what}", query=query)
        self._raise_of_line(reply)
        return reply

    def _raise_of_line(self, reply: Reply) -> None:
        """Raise LineTrouble for what is not about the catalogue."""
        judgement = answers.judge(reply, self._clock.now())
        if judgement.kind in OF_THE_LINE:
            raise LineTrouble(judgement)


def _manifest(signed: Signed) -> _Manifest | None:
    """What the portal's key has signed; None for anything else."""
    row = Enrolment.get_or_none(Enrolment.id == 1)
    if row is None or row.config_key is None:
        return None
    content = opened(signed, bytes(row.config_key))
    if content is None:
        return None
    try:
        found = msgspec.json.decode(content.document, type=_Manifest)
    except (ValueError, msgspec.DecodeError):
        return None
    is_sane = 0 < found.size_bytes <= PACK_LIMIT_BYTES and found.version >= 0
    return found if is_sane and _SHA256.fullmatch(found.sha256) else None
