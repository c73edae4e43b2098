"""Facts, written down twice in one transaction: in the journal and in the outbox."""

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.actor import Actor
from appliance.clock import Clock
from appliance.journal import Journal
from appliance.storage.writer import Writer
from appliance.sync.outbox import Outbox
from appliance.sync.privacy import is_personal


class Recorder:
    """What every service calls when something has happened."""

    def __init__(self, journal: Journal, outbox: Outbox) -> None:
        self._journal = journal
        self._outbox = outbox

    def fact(
        self,
        event: str,
        subject: str,
        data: Mapping[str, object] | None = None,
        *,
        by: Actor,
        why: str = "",
    ) -> None:
        """Journal a change and queue it for the portal.

        `event` and the fields of `data` are those of appliance/sync/events.py; `subject` names
        the thing, such as ``visit/<uuid>``. Belongs inside a function given to the writer.
        """
        told = self._outbox.append(event, subject, data or {})
        # As it leaves, and without what is sealed: the journal outlives an erasure.
        kept = {field: value for field, value in told.items() if not is_personal(field)}
        withheld = sorted(f for f in set(data or ()) - set(told) if not is_personal(f))
        if withheld:
            kept["withheld"] = withheld
        self._journal.append(event, subject, by=by, why=why, detail=kept)

    def note(
        self,
        action: str,
        subject: str,
        *,
        by: Actor,
        why: str = "",
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Journal what concerns this house alone: sign-ins, reads and exports, settings.

        `detail` must hold no personal data: the journal outlives an erasure.
        """
        self._journal.append(action, subject, by=by, why=why, detail=detail or {})


@dataclass(frozen=True, slots=True)
class Books:
    """What every change is written with: the one writer, the clock that dates it, the recorder."""

    writer: Writer
    clock: Clock
    recorder: Recorder
