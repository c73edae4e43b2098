"""One exchange with the portal after the other, until it has everything that happened here.

The portal keeps the head of each stream, and an append names the head that it follows. Whatever
gets lost on the way, the next answer tells how far the portal has come: a head on our own chain
means delivered so far, any other that this data was put back from a copy or has a twin, and a new
stream begins.
"""

import datetime as dt
import gzip
from dataclasses import dataclass
from typing import Protocol

import msgspec

from appliance.clock import Clock
from appliance.storage.writer import Writer
from appliance.sync import answers, protocol
from appliance.sync.answers import Judgement, Kind, Reply
from appliance.sync.backlog import Backlog, Position, Waiting
from appliance.sync.fault_search import FaultSearch
from appliance.sync.fork import Fork
from appliance.sync.pacing import BATCH_BYTES, BatchSize
from appliance.sync.portal import LineTrouble
from appliance.sync.protocol import Head

GZIP_LEVEL = 1  # half of level 6's time for a sixth more bytes
FORK_REST = dt.timedelta(minutes=10)  # a portal that forgets at every answer must not renumber us


class Portal(Protocol):
    """The part of the line that sending needs."""

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> Reply: ...


@dataclass(frozen=True, slots=True)
class Turn:
    """What one exchange has come to. `judgement` None: nothing waits."""

    judgement: Judgement | None
    sent: int = 0
    wait_s: float = 0.0  # what the portal asks for
    is_searching: bool = False  # for an event at fault: the next exchange need not wait
    fork: Fork | None = None


class Sender:
    """Belongs on one thread; remembers between turns only what a restart may forget."""

    def __init__(
        self, *, portal: Portal, backlog: Backlog, writer: Writer, clock: Clock, device_id: str
    ) -> None:
        self._portal = portal
        self._backlog = backlog
        self._writer = writer
        self._clock = clock
        self._device_id = device_id
        self._size = BatchSize()
        self._search = FaultSearch()
        self._may_hold = True  # two in a row that cannot be stored are the portal's fault
        self._last_fork: dt.datetime | None = None

    def turn(self) -> Turn:
        """One exchange, and its consequence in the database. Raises Unavailable on a full card."""
        if self._backlog.has_left():
            self._writer.run(self._backlog.move)
        position = self._backlog.position()
        if position is None:
            return Turn(None)
        try:
            if not position.is_announced:
                return self._announce(position)
            return self._append(position)
        except LineTrouble as trouble:
            return Turn(trouble.judgement)

    def _announce(self, position: Position) -> Turn:
        body = {"previous": position.previous, "reason": position.reason}
        reply = self._portal.ask(
            "PUT",
            self._path(position),
            body=msgspec.json.encode({**body, "opened_at": position.opened_at}),
            headers={"content-type": protocol.JSON_TYPE},
        )
        judgement = self._judged(reply)
        if judgement.kind is not Kind.DONE:
            return Turn(judgement)
        if judgement.head is None:
            return Turn(Judgement(Kind.OFFLINE, "no entity tag"))
        self._writer.run(lambda: self._backlog.announced(position))
        if judgement.head == position.head:
            return Turn(judgement)
        return self._reconcile(position, judgement.head)

    def _append(self, position: Position) -> Turn:
        most = self._search.most(position.epoch, position.head.sequence, self._size.events)
        batch = self._backlog.batch(position, most=most, most_bytes=BATCH_BYTES)
        if not batch:
            return Turn(None)
        reply = self._portal.ask(
            "POST",
            f"{self._path(position)}/events",
            body=gzip.compress(
                b"[" + b",".join(event.payload for event in batch) + b"]", GZIP_LEVEL, mtime=0
            ),
            headers=_headers(position.head, pleads=self._search.pleads and len(batch) == 1),
        )
        judgement = self._judged(reply)
        if judgement.kind is Kind.DONE:
            return self._stored(position, batch, reply)
        return self._refused(position, batch, judgement)

    def _stored(self, position: Position, batch: list[Waiting], reply: Reply) -> Turn:
        found = answers.appended(reply)
        if found is None:
            return Turn(Judgement(Kind.OFFLINE, "an answer to an append that is not the portal's"))
        head, told = found
        if head.sequence != batch[-1].sequence or not self._backlog.knows(position, head):
            return Turn(Judgement(Kind.FAILED, "the head after an append is not ours"))

        def keep() -> None:
            self._backlog.reached(position, head)
            self._backlog.put_aside(told.quarantined)

        # How far the portal has come it tells again, should a power cut make us forget it.
        self._writer.run(keep, may_be_lost=not told.quarantined)
        self._search.stored()
        self._may_hold = True
        self._size = self._size.hinted(told.hint.batch).after(reply.took_s)
        return Turn(Judgement(Kind.DONE, head=head), sent=len(batch), wait_s=told.hint.wait_s)

    def _refused(self, position: Position, batch: list[Waiting], judgement: Judgement) -> Turn:
        kind, head = judgement.kind, judgement.head
        if kind is Kind.HEAD and head is not None:
            if head == position.head:
                return Turn(Judgement(Kind.FAILED, "refused with the very head it wants"))
            return self._reconcile(position, head)
        if kind is Kind.UNKNOWN:
            self._writer.run(lambda: self._backlog.announced(position, is_announced=False))
            return Turn(judgement)
        if kind is Kind.LOAD:
            self._size = self._size.halved()
        if kind is Kind.LARGE and len(batch) > 1:
            self._size = self._size.limited(len(batch) // 2)
            return Turn(judgement, is_searching=True)
        if kind in (Kind.LARGE, Kind.UNREADABLE, Kind.FAILED):
            return self._look_for_fault(position, batch, judgement)
        return Turn(judgement)

    def _look_for_fault(
        self, position: Position, batch: list[Waiting], judgement: Judgement
    ) -> Turn:
        first, last = batch[0].sequence, batch[-1].sequence
        is_hiccup = judgement.kind is Kind.FAILED
        if self._search.failed(position.epoch, first, last, is_hiccup=is_hiccup):
            return Turn(judgement, is_searching=True)
        if is_hiccup or not self._may_hold:
            return Turn(judgement)
        return self._hold(batch[0], judgement)

    def _hold(self, event: Waiting, judgement: Judgement) -> Turn:
        def take_out() -> None:
            self._backlog.hold(event.event_id, judgement.detail)
            self._backlog.reopen(Fork.HELD)

        self._writer.run(take_out)
        self._may_hold = False
        return Turn(judgement, is_searching=True, fork=Fork.HELD)

    def _reconcile(self, position: Position, head: Head) -> Turn:
        """Take the portal's head over where it lies on our chain; begin a new stream elsewhere."""
        backlog = self._backlog
        if backlog.knows(position, head):
            if head.sequence >= position.head.sequence:
                self._writer.run(lambda: backlog.reached(position, head))
                sent = head.sequence - position.head.sequence
                return Turn(Judgement(Kind.DONE, head=head), sent=sent)
            is_complete = backlog.is_complete_after(position, head)
            return self._fork(position, Fork.REWOUND if is_complete else Fork.PORTAL_LOST, head)
        # Heads only go on, so that a lower one than it has told is a loss, whoever else sends.
        is_lower = head.sequence < position.head.sequence
        return self._fork(position, Fork.PORTAL_LOST if is_lower else Fork.UNKNOWN_HEAD, head)

    def _fork(self, position: Position, why: Fork, head: Head) -> Turn:
        now = self._clock.now()
        if self._last_fork is not None and abs(now - self._last_fork) < FORK_REST:
            return Turn(Judgement(Kind.FAILED, "another unknown head so soon", head))
        self._last_fork = now

        def begin() -> None:
            if why is Fork.REWOUND:
                self._backlog.reached(position, head)
            else:
                self._backlog.reopen(why)
            self._backlog.doubt_closed()

        self._writer.run(begin)
        return Turn(Judgement(Kind.HEAD, str(why), head), fork=why)

    def _judged(self, reply: Reply) -> Judgement:
        return answers.judge(reply, self._clock.now())

    def _path(self, position: Position) -> str:
        return f"{protocol.PREFIX}/devices/{self._device_id}/streams/{position.epoch}"


def _headers(head: Head, *, pleads: bool) -> dict[str, str]:
    headers = {
        "content-type": protocol.BATCH_TYPE,
        "content-encoding": "gzip",
        "if-match": head.etag,
    }
    if pleads:
        headers["prefer"] = protocol.PREFER_QUARANTINE
    return headers
