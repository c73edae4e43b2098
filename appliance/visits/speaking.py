"""Says the calls of the queue aloud; part of the process that owns the devices."""

import datetime as dt
from collections.abc import Callable

from appliance.clock import Clock
from appliance.record import Books
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.models import QueueCall, SpeakerState
from appliance.visits.spoken import call_sentence
from hardware.interfaces import DeviceError, DeviceUnavailable
from hardware.speaker import Speaker

log = get_logger("speaker")
STALE_MS = 20_000  # a call that nobody could hear in time would send people to an old desk


class CallSpeaker:
    """One `step` begins to say the oldest call that is waiting; belongs on the loop's thread.

    A sentence is said on a thread beside it, so that no door waits for a word.
    """

    def __init__(self, *, books: Books, speaker: Speaker, poke: Callable[[], object]) -> None:
        self._writer = books.writer
        self._clock: Clock = books.clock
        self._speaker = speaker
        self._side = SideThread("speaker", poke)
        self._told: tuple[str, str] | None = None

    def step(self) -> None:
        """Look for a call to say. Never blocks for longer than a write."""
        if self._side.is_busy():
            return
        waiting = QueueCall.select(QueueCall.id).where(QueueCall.result.is_null())
        if not waiting.exists():
            return
        call = self._writer.run(self._claim)
        if call is not None:
            self._side.start(self._say, call.id, call.series, call.ticket, call.desk)

    def close(self) -> None:
        """Cut off what is being said, and wait for its end."""
        self._speaker.close()
        self._side.stop()

    def _claim(self) -> QueueCall | None:
        """The oldest call that is not stale; those that are will never be said."""
        now = self._clock.stamp()
        for call in QueueCall.select().where(QueueCall.result.is_null()).order_by(QueueCall.id):
            is_fresh = call.boot_id == now.boot_id and now.boot_ms - call.boot_ms < STALE_MS
            # Claimed and without a result: its predecessor was killed while it spoke.
            if is_fresh and call.claimed_at is None:
                _set(call.id, claimed_at=now.at)
                return call
            _set(call.id, result="expired")
        return None

    def _say(self, call_id: int, series: str, ticket: int, desk: str) -> None:
        state, problem, result = "ready", "", "spoken"
        try:
            self._speaker.say(call_sentence(series, ticket, desk))
        except DeviceUnavailable as error:
            state, problem, result = "missing", str(error), "no_device"
        except DeviceError as error:
            state, problem, result = "failing", str(error), "failed"
        if problem:
            log.warning("a call was not said", reason=problem)
        at = self._clock.now()
        self._writer.run(lambda: self._note(call_id, result, state, problem, at))

    def _note(self, call_id: int, result: str, state: str, problem: str, at: dt.datetime) -> None:
        _set(call_id, result=result)
        if (state, problem) == self._told:
            return
        row = {"state": state, "problem": problem, "at": at}
        SpeakerState.insert(id=1, **row).on_conflict(
            conflict_target=[SpeakerState.id], update=row
        ).execute()
        self._told = (state, problem)


def _set(call_id: int, **values: object) -> None:
    QueueCall.update(**values).where(QueueCall.id == call_id).execute()
