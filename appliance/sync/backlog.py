"""What waits for the portal, as the sender sees it: the next batch, and how far it has come.

Every method that changes something belongs inside a function given to the writer.
"""

import datetime as dt
import json
import uuid
from dataclasses import dataclass
from typing import NamedTuple

from appliance.clock import Clock
from appliance.storage import statements
from appliance.storage.models.row import utc_text
from appliance.sync import envelope
from appliance.sync.protocol import GENESIS, Aside, Head

KEPT = dt.timedelta(days=30)  # how long events stay here once the portal has them
MOVED_AT_ONCE = 200  # events of a closed stream per transaction: some milliseconds
_OPEN = (
    "SELECT epoch, prev_epoch, reason, opened_at, acked_seq, acked_chain, announced"
    " FROM stream WHERE open = 1"
)
_NEXT = "SELECT seq, event_id, payload FROM outbox WHERE epoch = ? AND seq > ? ORDER BY seq LIMIT ?"
_CHAIN = "SELECT chain FROM outbox WHERE epoch = ? AND seq = ?"
_LAST = "SELECT seq, chain FROM outbox WHERE epoch = ? ORDER BY seq DESC LIMIT 1"
_CLOSED = "SELECT epoch FROM stream WHERE open = 0 AND emptied = 0 ORDER BY opened_at LIMIT 1"
_LEFT = (
    "SELECT o.id, o.payload FROM outbox o JOIN stream s USING (epoch)"
    " WHERE o.epoch = ? AND o.seq > s.acked_seq AND o.state = 'pending' ORDER BY o.seq LIMIT ?"
)
_MOVE = "UPDATE outbox SET epoch = ?, seq = ?, payload = ?, chain = ? WHERE id = ?"
_HOLD = "UPDATE outbox SET state = 'held', problem = ? WHERE event_id = ? AND state = 'pending'"
_ASIDE = "UPDATE outbox SET problem = ? WHERE event_id = ?"
_MARK = (
    "INSERT INTO stream_mark (epoch, day, seq) VALUES (?, ?, ?)"
    " ON CONFLICT (epoch, day) DO UPDATE SET seq = excluded.seq"
)
_PRUNE = (
    "DELETE FROM outbox WHERE id IN (SELECT o.id FROM outbox o"
    " JOIN (SELECT epoch, max(seq) AS seq FROM stream_mark WHERE day < ? GROUP BY epoch) m"
    " ON o.epoch = m.epoch AND o.seq <= m.seq JOIN stream s ON s.epoch = o.epoch"
    " WHERE o.seq <= s.acked_seq AND o.state = 'pending' AND o.problem = '' LIMIT 1000)"
)


class Waiting(NamedTuple):
    """One event that the portal does not have: its number, id, and bytes as they are chained."""

    sequence: int
    event_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Position:
    """The open stream, where it came from, and the head that the portal has last told us."""

    epoch: str
    previous: str
    reason: str
    opened_at: str
    head: Head
    is_announced: bool


class Backlog:
    """Reads and moves the outbox; writes nothing into it that has not happened."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def position(self) -> Position | None:
        """Where sending stands; None before the first event."""
        found = statements.first(_OPEN)
        if found is None:
            return None
        epoch, previous, reason, opened_at, sequence, chain, announced = found
        head = Head(sequence, bytes(chain))
        return Position(epoch, previous or "", reason, opened_at, head, bool(announced))

    def is_done(self) -> bool:
        """Whether the portal has everything, and knows of the open stream."""
        if self.has_left():
            return False
        if (position := self.position()) is None:
            return True
        asked = (position.epoch, position.head.sequence, 1)
        return position.is_announced and statements.first(_NEXT, asked) is None

    def batch(self, position: Position, *, most: int, most_bytes: int) -> list[Waiting]:
        """The next events after the portal's head, at least one if any waits."""
        rows = statements.every(_NEXT, (position.epoch, position.head.sequence, most))
        found: list[Waiting] = []
        size = 0
        for sequence, event_id, payload in rows:
            size += len(payload)
            if found and size > most_bytes:
                break
            found.append(Waiting(sequence, event_id, bytes(payload)))
        return found

    def knows(self, position: Position, head: Head) -> bool:
        """Whether this head lies on the open stream's own chain, as far as it is still kept."""
        if head.sequence == 0:
            return head.chain == GENESIS
        if head == position.head:
            return True
        found = statements.first(_CHAIN, (position.epoch, head.sequence))
        return found is not None and bytes(found[0]) == head.chain

    def is_complete_after(self, position: Position, head: Head) -> bool:
        """Whether every event after this head is still kept here."""
        found = statements.first(_NEXT, (position.epoch, head.sequence, 1))
        last = statements.first(_LAST, (position.epoch,))
        newest = last[0] if last else position.head.sequence
        return newest == head.sequence or (found is not None and found[0] == head.sequence + 1)

    def announced(self, position: Position, *, is_announced: bool = True) -> None:
        """Note whether the portal knows of this stream."""
        sql = "UPDATE stream SET announced = ? WHERE epoch = ?"
        statements.run(sql, (int(is_announced), position.epoch))

    def reached(self, position: Position, head: Head) -> None:
        """Note that the portal has come as far as this head, which `knows` has confirmed.

        It may be an earlier one than was known: then what follows it waits again.
        """
        sql = "UPDATE stream SET acked_seq = ?, acked_chain = ? WHERE epoch = ?"
        statements.run(sql, (head.sequence, head.chain, position.epoch))
        today = self._clock.now().date().isoformat()
        statements.run(_MARK, (position.epoch, today, head.sequence))

    def put_aside(self, asides: list[Aside]) -> None:
        """Note what the portal has stored apart, with its reasons."""
        for aside in asides:
            statements.run(_ASIDE, (aside.problem[:200], aside.id))

    def hold(self, event_id: str, problem: str) -> None:
        """Take one event out, which nothing can make acceptable; the others go a new way."""
        statements.run(_HOLD, (problem, event_id))

    def reopen(self, reason: str) -> str:
        """Close the open stream and begin another; returns its epoch.

        What waits in the closed one is moved by `move`, under its own ids.
        """
        before = statements.first(_OPEN)
        epoch, now = str(uuid.uuid4()), utc_text(self._clock.now())
        statements.run("UPDATE stream SET open = 0 WHERE open = 1")
        statements.run(
            "INSERT INTO stream (epoch, opened_at, reason, prev_epoch, acked_seq, acked_chain,"
            " open) VALUES (?, ?, ?, ?, 0, ?, 1)",
            (epoch, now, reason, before[0] if before else None, GENESIS),
        )
        return epoch

    def doubt_closed(self) -> None:
        """Let everything that is kept in closed streams wait again.

        A portal that has lost something of one stream may have lost more of those before it; what
        it does have, it knows by its id.
        """
        statements.run(
            "UPDATE stream SET acked_seq = 0, acked_chain = ?, emptied = 0 WHERE open = 0",
            (GENESIS,),
        )

    def has_left(self) -> bool:
        """Whether a closed stream may still have events that wait."""
        return statements.first(_CLOSED) is not None

    def move(self, *, most: int = MOVED_AT_ONCE) -> int:
        """Bring waiting events of the oldest closed stream into the open one; how many.

        Each keeps its id and the moments it tells of, and gets the next number. 0 when every
        closed stream is empty.
        """
        while (closed := statements.first(_CLOSED)) is not None:
            rows = statements.every(_LEFT, (closed[0], most))
            if rows:
                self._append_again(rows)
                return len(rows)
            statements.run("UPDATE stream SET emptied = 1 WHERE epoch = ?", closed)
        return 0

    def prune(self) -> int:
        """Let go of up to a thousand events that the portal has had long enough; how many."""
        before = statements.changes()
        statements.run(_PRUNE, ((self._clock.now() - KEPT).date().isoformat(),))
        return statements.changes() - before

    def _append_again(self, rows: list[tuple[int, bytes]]) -> None:
        found = statements.first(_OPEN)
        if found is None:
            raise RuntimeError("there is no open stream")
        epoch, sequence, chain = found[0], found[4], bytes(found[5])
        last = statements.first(_LAST, (epoch,))
        if last is not None:
            sequence, chain = last[0], bytes(last[1])
        for row_id, payload in rows:
            sequence += 1
            again = envelope.renumbered(json.loads(bytes(payload)), epoch, sequence)
            chain = envelope.link(chain, again)
            statements.run(_MOVE, (epoch, sequence, again, chain, row_id))
