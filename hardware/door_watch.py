"""Turns the edges of door sensors into settled door changes, on a thread of its own."""

import logging
import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread

from hardware.interfaces import DoorState

log = logging.getLogger(__name__)

CHATTER_S = 1.0
"""A contact that has not come to rest by now is reported as it stands."""
STOP_TIMEOUT_S = 5.0

Edge = tuple[int, float]


class DoorWatch(Thread):
    """Reads each door after its contact came to rest, and every `poll_s` in any case.

    gpiozero calls `edge` on a thread that one exception would kill for the whole process, so
    that does nothing but enqueue. The level read afterwards is the truth, the edge only says
    when: an edge lost in the kernel or the library costs at most one poll. With `polls_only` there
    are no edges: a poll that finds a door changed only starts its bounce.
    """

    def __init__(
        self,
        numbers: tuple[int, ...],
        read: Callable[[int], DoorState],
        report: Callable[[int, DoorState, float], None],
        *,
        bounce_s: float,
        poll_s: float,
        polls_only: bool = False,
    ) -> None:
        super().__init__(name="door-watch", daemon=True)
        self._read = read
        self._report = report
        self._bounce_s = bounce_s
        self._poll_s = poll_s
        self._polls_only = polls_only
        self._edges: SimpleQueue[Edge | None] = SimpleQueue()
        self._known: dict[int, DoorState] = {number: read(number) for number in numbers}
        self._moving: dict[int, tuple[float, float]] = {}

    def edge(self, number: int) -> None:
        """Note that a sensor moved; never blocks, never raises."""
        self._edges.put((number, time.monotonic()))

    def stop(self) -> None:
        """End the thread; raises RuntimeError when it does not end in time."""
        self._edges.put(None)
        self.join(STOP_TIMEOUT_S)
        if self.is_alive():
            raise RuntimeError("the door watch did not stop: a callback of it hangs")

    def run(self) -> None:
        """Wait for edges, the end of their bounce, or the next poll."""
        next_poll_s = time.monotonic() + self._poll_s
        while True:
            due_s = min([next_poll_s, *self._settle_times()])
            try:
                edge = self._edges.get(timeout=max(0.0, due_s - time.monotonic()))
            except Empty:
                pass
            else:
                if edge is None:
                    return
                self._note(edge)
            now_s = time.monotonic()
            self._look(self._settled(now_s))
            if now_s >= next_poll_s:
                self._poll(now_s)
                next_poll_s = now_s + self._poll_s

    def _poll(self, now_s: float) -> None:
        at_rest = [number for number in self._known if number not in self._moving]
        if not self._polls_only:
            self._look(dict.fromkeys(at_rest, now_s))
            return
        for number in at_rest:
            if self._read(number) is not self._known[number]:
                self._note((number, now_s))

    def _note(self, edge: Edge) -> None:
        number, at_s = edge
        first_s, _ = self._moving.get(number, (at_s, at_s))
        self._moving[number] = (first_s, at_s)

    def _settle_times(self) -> list[float]:
        return [
            min(last_s + self._bounce_s, first_s + CHATTER_S)
            for first_s, last_s in self._moving.values()
        ]

    def _settled(self, now_s: float) -> dict[int, float]:
        """Take the doors that came to rest, with the time of their first edge."""
        at_rest = [n for n, due in zip(self._moving, self._settle_times(), strict=True)
                   if due <= now_s]  # fmt: skip
        return {number: self._moving.pop(number)[0] for number in at_rest}

    def _look(self, doors: Mapping[int, float]) -> None:
        for number, at_s in doors.items():
            state = self._read(number)
            if state is self._known[number]:
                continue
            self._known[number] = state
            try:
                self._report(number, state, at_s)
            except Exception:  # input must outlive a careless listener
                log.exception("the listener of door %s failed", number)
