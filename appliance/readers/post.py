"""Takes what the readers deliver and has it answered, on the thread that also opens doors."""

import queue
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from appliance.errors import RuangBacaError
from appliance.readers.answers import Place
from appliance.readers.service import ReaderService
from appliance.readers.views import ReadView
from appliance.runtime.logs import get_logger
from hardware.reader_interfaces import BadRead, CodeRead, PlacedReader, ReaderState, Signal

log = get_logger("readers")

WAITING_AT_MOST = 8  # reads; more are nobody's, and the answer to the ninth would come too late
STALE_S = 3.0  # nobody waits longer before a reader; an old read must not open a door


@dataclass(frozen=True, slots=True)
class _Delivery:
    placed: PlacedReader
    what: CodeRead | BadRead
    at_s: float


class ReaderPost:
    """One `step` answers one read, so that doors get their turn between any two.

    Readers call on threads of their own, which only enqueue; every step runs on the thread of
    the lockers worker, just before it. What cannot be answered is dropped, never kept for later.
    """

    def __init__(
        self,
        *,
        service: ReaderService,
        readers: Sequence[PlacedReader],
        poke: Callable[[], object] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._readers = tuple(readers)
        self._poke = poke
        self._monotonic = monotonic
        self._deliveries: queue.Queue[_Delivery] = queue.Queue(WAITING_AT_MOST)
        self._states: queue.SimpleQueue[tuple[PlacedReader, ReaderState]] = queue.SimpleQueue()
        self._opening: dict[str, tuple[PlacedReader, str]] = {}

    @property
    def readers(self) -> Sequence[PlacedReader]:
        """Every reader, in the order of the settings."""
        return self._readers

    def start(self) -> None:
        """Listen to every reader. Once only."""
        self._service.keep_only({placed.name for placed in self._readers})
        for placed in self._readers:
            placed.reader.on_code = partial(self._delivered, placed)
            placed.reader.on_bad_read = partial(self._delivered, placed)
            placed.reader.on_state = partial(self._state_changed, placed)
            placed.reader.start()

    def step(self) -> None:
        """Answer the oldest read that waits, and tell whose door then did not open."""
        self._keep_states()
        delivery = self._next()
        if delivery is not None:
            self._answer(delivery)
        if not self._deliveries.empty():
            self._poke()
        self._follow_doors()

    def close(self) -> None:
        """Stop every reader and switch its lights off, whatever another one says."""
        with ExitStack() as undo:
            for placed in self._readers:
                placed.reader.on_code = placed.reader.on_bad_read = placed.reader.on_state = None
                undo.callback(placed.lights.close)
                undo.callback(placed.reader.close)

    # On the readers' threads --------------------------------------------------------------

    def _delivered(self, placed: PlacedReader, what: CodeRead | BadRead) -> None:
        try:
            self._deliveries.put_nowait(_Delivery(placed, what, self._monotonic()))
        except queue.Full:
            return
        self._poke()

    def _state_changed(self, placed: PlacedReader, state: ReaderState) -> None:
        self._states.put((placed, state))
        self._poke()

    # On the worker's thread ---------------------------------------------------------------

    def _next(self) -> _Delivery | None:
        while True:
            try:
                delivery = self._deliveries.get_nowait()
            except queue.Empty:
                return None
            if self._monotonic() - delivery.at_s <= STALE_S:
                return delivery

    def _answer(self, delivery: _Delivery) -> None:
        placed, what = delivery.placed, delivery.what
        try:
            if isinstance(what, CodeRead):
                read = self._service.read(placed.name, placed.place, what.text)
            else:
                read = self._service.bad(placed.name, placed.place, what)
        except RuangBacaError as error:
            log.warning("a read was not answered", reader=placed.name, reason=str(error))
            placed.lights.show(Signal.BAD)
            return
        if read is None:  # a bounce, which was answered just now
            return
        placed.lights.show(Signal(read.tone))
        self._remember(placed, read)

    def _remember(self, placed: PlacedReader, read: ReadView) -> None:
        self._opening.pop(placed.name, None)
        if read.is_moving:
            self._opening[placed.name] = (placed, read.uuid)

    def _follow_doors(self) -> None:
        for placed, uuid in list(self._opening.values()):
            now = self._service.latest(Place(placed.place))
            if now is not None and now.uuid == uuid and now.is_moving:
                continue
            del self._opening[placed.name]
            if now is not None and now.uuid == uuid and Signal(now.tone) is Signal.BAD:
                placed.lights.show(Signal.BAD)

    def _keep_states(self) -> None:
        while True:
            try:
                placed, state = self._states.get_nowait()
            except queue.Empty:
                return
            log.info("reader", reader=placed.name, state=str(state))
            self._service.state(placed.name, placed.place, state)
