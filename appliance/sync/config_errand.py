"""The portal's settings for this office on their way down: fetched by us, and never by force.

What is signed by the portal's key, for this office and newer than what is in force, is kept in
one transaction with its line in the journal. Settings that are not understood are left out, and
told of with our health.
"""

import time
from collections.abc import Callable

from appliance.actor import SYSTEM
from appliance.clock import Clock
from appliance.portal_settings import book
from appliance.portal_settings.book import Refusal, Taken
from appliance.runtime.logs import get_logger
from appliance.storage.writer import Writer
from appliance.sync import answers, protocol
from appliance.sync.answers import Reply
from appliance.sync.due import Due
from appliance.sync.enrolment import Enrolment
from appliance.sync.export import Notes
from appliance.sync.portal import Line
from appliance.sync.protocol import Signed
from appliance.sync.signed import Opened, opened

log = get_logger("sync")


class ConfigErrand:
    """Belongs on the thread of the line."""

    def __init__(
        self,
        *,
        writer: Writer,
        clock: Clock,
        notes: Notes,
        enrolment: Enrolment,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer = writer
        self._clock = clock
        self._notes = notes
        self._enrolment = enrolment
        self._due = Due(monotonic)

    def is_due(self) -> bool:
        """Whether it is time to ask again."""
        return self._due.has_come()

    def run(self, line: Line) -> None:
        """Take what is new. Raises LineTrouble."""
        self._due.put_off()
        taken = book.taken()
        target = f"{protocol.PREFIX}/devices/{line.device_id}/config"
        headers = {"if-none-match": f'"{taken.version}"'} if taken.version else {}
        reply = line.ask("GET", target, headers=headers)
        if reply.status not in (200, 304):
            if reply.status != 404:
                log.warning("the portal did not answer about settings", status=reply.status)
            return
        refusal = self._refusal(reply, taken) if reply.status == 200 else None
        if refusal != taken.problem:
            self._writer.run(lambda: book.complain(refusal))
        if refusal is not None:
            log.warning("the portal's settings were not taken", problem=refusal)

    def _refusal(self, reply: Reply, taken: Taken) -> Refusal | None:
        offered, known = answers.brought(reply, Signed), self._enrolment.portal_key()
        found = opened(offered, known) if offered and known is not None else None
        return self._take(found, taken) if found else Refusal.FORGED

    def _take(self, found: Opened, taken: Taken) -> Refusal | None:
        try:
            document = book.document_of(found.document)
        except ValueError:
            return Refusal.UNREADABLE
        if document.office != self._enrolment.papers().office:
            return Refusal.FOREIGN
        if document.version < taken.version:
            return Refusal.OLDER
        if document.version == taken.version:
            return None if found.document == taken.document else Refusal.OLDER

        def write() -> None:
            self._enrolment.trust(found.key)
            book.keep(found.document, document.version, self._clock.now())
            detail = {"version": document.version, "refused": list(book.taken().refused)}
            self._notes.note("portal.settings_taken", "portal", by=SYSTEM, detail=detail)

        self._writer.run(write)
        log.info("settings taken from the portal", version=document.version)
        return None
