"""The supervisor of everything between us and the portal; it never gives up.

Recording does not know of it. Whatever an exchange comes to, the next one has a time.
"""

import contextlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from appliance.clock import Clock
from appliance.errors import Unavailable
from appliance.runtime.logs import get_logger
from appliance.runtime.side_thread import SideThread
from appliance.storage.writer import Writer
from appliance.sync import pacing, protocol
from appliance.sync.answers import Judgement, Kind
from appliance.sync.backlog import Backlog
from appliance.sync.enrolment import Enrolment
from appliance.sync.identity import Identity
from appliance.sync.portal import Address, Line, LineTrouble
from appliance.sync.sender import Sender, Turn
from appliance.sync.standing import StandingBook, State

TURN_S = 20.0  # at a stretch; then the loop looks whether it is to end
CLOCK_WAIT_S = 60.0
PRUNE_EVERY_S = 3600.0
GOES_ON = (Kind.DONE, Kind.HEAD, Kind.UNKNOWN)
FOR_A_PERSON = (Kind.REFUSED, Kind.VERSION, Kind.SUSPENDED, Kind.REVOKED)
log = get_logger("sync")


class Errand(Protocol):
    """Something else that is done over the same line, when it is due."""

    def is_due(self) -> bool:
        """Whether it should be done now; quick, and asks nobody."""
        ...

    def run(self, line: Line) -> None:
        """Do it. Raises LineTrouble."""
        ...


@dataclass(frozen=True, slots=True)
class _Post:
    """Who sends, and what belongs to whom that is."""

    identity: Identity
    line: Line
    sender: Sender


class Sending:
    """`look` and `stop` belong on the thread of a process's loop.

    `reports` are done before events are sent, `errands` when none waits.
    """

    def __init__(
        self,
        *,
        address: Address,
        enrolment: Enrolment,
        backlog: Backlog,
        writer: Writer,
        clock: Clock,
        poke: Callable[[], object],
        reports: Sequence[Errand] = (),
        errands: Sequence[Errand] = (),
        monotonic: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._address = address
        self._enrolment = enrolment
        self._backlog = backlog
        self._writer = writer
        self._clock = clock
        self._reports = reports
        self._errands = errands
        self._monotonic = monotonic
        self._chance = chance
        self._thread = SideThread("portal", poke)
        self._stopping = threading.Event()
        self._post: _Post | None = None
        self._tries = 0
        self._next_s = self._prune_s = float("-inf")
        self._is_spread = self._is_at_rest = False
        self._obeyed = ""
        self.standing = StandingBook(writer, clock)

    def look(self) -> None:
        """Go on for a while when it is time; returns at once."""
        if self._thread.is_busy() or self._stopping.is_set():
            return
        if self._is_asked() or (self._monotonic() >= self._next_s and self._has_news()):
            self._is_at_rest = False
            self._thread.start(self._stretch)

    def is_busy(self) -> bool:
        """Whether an exchange is under way."""
        return self._thread.is_busy()

    def stop(self) -> None:
        """End the exchange under way; what became of it is asked at the next start."""
        self._stopping.set()
        if self._post is not None:
            self._post.line.abort()
        self._thread.stop()
        if self._post is not None:
            self._post.line.close()

    def _is_asked(self) -> bool:
        """Whether somebody has pressed 'send now' since we last looked; then nothing waits."""
        asked = str(self.standing.standing().asked_at or "")
        if asked == self._obeyed:
            return False
        is_first = not self._obeyed and self._tries == 0
        self._obeyed = asked
        self._tries = 0
        return not is_first

    def _has_news(self) -> bool:
        """Whether there is anything to do; asks nobody.

        The end of a stretch wakes the loop, which looks: without this the next one would begin at
        once, and so on for ever.
        """
        if not self._is_at_rest or self._enrolment.has_claim():
            return True
        identity = self._enrolment.identity()
        if identity is None or self._post is None or self._post.identity != identity:
            return identity is not None
        if not self._backlog.is_done() or self._monotonic() >= self._prune_s:
            return True
        return any(errand.is_due() for errand in (*self._reports, *self._errands))

    def _stretch(self) -> None:
        """On the side thread. Only what nobody foresaw ends it early, and that is tried again."""
        try:
            self._go_on(self._monotonic() + TURN_S)
        except Unavailable as error:
            log.error("sending could not write", exc_info=error)
            self._wait(pacing.wait_s(self._tries + 1, self._chance()))
        except Exception as error:  # a fault of ours must not end sending for ever
            log.error("sending stumbled", exc_info=error)
            with contextlib.suppress(Unavailable):  # on a full card nobody can write it down
                self._failed(Judgement(Kind.FAILED, f"here: {type(error).__name__}"))

    def _go_on(self, until_s: float) -> None:
        if self._enrolment.has_claim() and not self._claim():
            return
        post = self._opened()
        if post is None:
            self.standing.is_in(State.UNENROLLED)
            self._is_at_rest = True
            return
        while not self._stopping.is_set() and self._monotonic() < until_s:
            if self._must_let_others_go_first(post):
                return
            if not (self._run(self._reports, post.line) and self._once(post)):
                return

    def _claim(self) -> bool:
        """Send the claim that waits; whether that is over."""
        with contextlib.closing(Line(self._address, self._clock)) as line:
            try:
                judgement = self._enrolment.claim(line)
            except LineTrouble as trouble:
                judgement = trouble.judgement
        if judgement.kind is Kind.DONE or not self._enrolment.has_claim():
            return True
        self._failed(judgement)
        return False

    def _opened(self) -> _Post | None:
        """The post of whom we sign as; None while that is nobody."""
        identity = self._enrolment.identity()
        if identity is None or (self._post is not None and self._post.identity == identity):
            return self._post if identity is not None else None
        if self._post is not None:  # somebody else signs from now on
            self._post.line.close()
        line = Line(self._address, self._clock, identity)
        sender = Sender(
            portal=line,
            backlog=self._backlog,
            writer=self._writer,
            clock=self._clock,
            device_id=identity.device_id,
        )
        self._post = _Post(identity, line, sender)
        return self._post

    def _once(self, post: _Post) -> bool:
        """One exchange; whether another may follow now."""
        turn = post.sender.turn()
        if turn.fork is not None:
            if turn.fork.is_alarm:
                self.standing.forked(turn.fork)
            log.warning("a stream was set back", reason=turn.fork)
        judgement = turn.judgement
        if judgement is None:
            return self._run_errands(post.line)
        if judgement.kind in GOES_ON:
            self._succeeded(turn)
            return turn.wait_s <= 0
        if turn.is_searching:
            return True
        self._failed(judgement)
        return False

    def _succeeded(self, turn: Turn) -> None:
        self._tries, self._is_spread = 0, False
        if turn.sent:
            self.standing.sent()
            log.debug("events sent", count=turn.sent)
        if turn.wait_s > 0:
            self._wait(min(turn.wait_s, pacing.LONGEST_OBEYED_S))

    def _run_errands(self, line: Line) -> bool:
        """Nothing waits: do what else is due; whether another exchange may follow now."""
        self._prune()
        if not self._run(self._errands, line):
            return False
        self._tries, self._is_spread = 0, False
        self.standing.is_in(State.IDLE)
        self._is_at_rest = True
        return False

    def _run(self, errands: Sequence[Errand], line: Line) -> bool:
        """Do what is due; whether the line held."""
        for errand in errands:
            if errand.is_due() and not self._stopping.is_set():
                try:
                    errand.run(line)
                except LineTrouble as trouble:
                    self._failed(trouble.judgement)
                    return False
        return True

    def _prune(self) -> None:
        if self._monotonic() >= self._prune_s:
            self._prune_s = self._monotonic() + PRUNE_EVERY_S
            while self._writer.run(self._backlog.prune) and not self._stopping.is_set():
                pass

    def _must_let_others_go_first(self, post: _Post) -> bool:
        """After an outage five hundred offices would come back at once: each waits its own time.

        The portal's clock is asked until it answers, which costs it little.
        """
        if self._tries < pacing.OUTAGE_TRIES or self._is_spread:
            return False
        try:
            reply = post.line.ask("GET", f"{protocol.PREFIX}/time")
        except LineTrouble as trouble:
            self._failed(trouble.judgement)
            return True
        if reply.status != 200 or reply.media_type != protocol.JSON_TYPE:
            self._failed(Judgement(Kind.OFFLINE, f"HTTP {reply.status}, {reply.media_type}"))
            return True
        self._is_spread = True
        spread_s = pacing.spread_s(post.identity.device_id, self._tries)
        self._note(Judgement(Kind.LOAD, "letting others go first"), spread_s)
        return True

    def _failed(self, judgement: Judgement) -> None:
        self._tries += judgement.kind is not Kind.CLOCK
        if judgement.kind is Kind.CLOCK:
            wait_s = CLOCK_WAIT_S
        elif judgement.kind in FOR_A_PERSON:
            wait_s = pacing.HOURLY_S
        else:
            asked_s = judgement.retry_after_s
            wait_s = pacing.asked_wait_s(self._tries, self._chance(), asked_s)
        log.warning(
            "nothing can be sent", problem=judgement.kind, detail=judgement.detail, wait_s=wait_s
        )
        self._note(judgement, wait_s)

    def _note(self, judgement: Judgement, wait_s: float) -> None:
        self._wait(wait_s)
        self.standing.failed(judgement, tries=self._tries, wait_s=wait_s)

    def _wait(self, wait_s: float) -> None:
        self._next_s = self._monotonic() + wait_s
