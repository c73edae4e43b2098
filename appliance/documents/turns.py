"""The turns at the scanners, kept in rows: taken, seen, given back, handed on."""

from appliance.clock import Clock, Stamp
from appliance.documents import rows, rules, turn_rules
from appliance.documents.rules import JobState, PageState
from appliance.documents.turn_rules import Turn
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import ScanJob, ScanPage, ScanTurn

SEEN_EVERY_S = 15.0  # a screen that asks every second must not write every second
NEVER_MS = -1  # of any boot: not seen at all


class ScanTurns:
    """All but `is_stale` belongs inside a function given to the writer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take(self, job: ScanJob, scanner: str) -> int:
        """0 when the job has the scanner now; else its place among those who wait, from 1."""
        now = self._clock.stamp()
        elsewhere = (ScanTurn.job == job.id) & (ScanTurn.scanner != scanner)
        ScanTurn.delete().where(elsewhere).execute()  # type: ignore[misc]
        turn = ScanTurn.get_or_none(ScanTurn.job == job.id)
        if turn is None:
            seen = {"asked_at": now.at, "boot_id": now.boot_id, "seen_boot_ms": now.boot_ms}
            turn = ScanTurn.create(scanner=scanner, job=job.id, **seen)
        else:
            _saw(turn, now)
        self.settle(scanner)
        turn = ScanTurn.get_by_id(turn.id)
        if turn.granted_at is None:
            return self._place(turn)
        if not turn.is_used:
            ScanTurn.update(is_used=True).where(ScanTurn.id == turn.id).execute()
        return 0

    def is_stale(self, turn: ScanTurn) -> bool:
        """Whether it is worth a write that its station has been heard of; any thread may ask."""
        return _unseen_s(turn, self._clock.stamp()) > SEEN_EVERY_S

    def seen(self, job: ScanJob) -> None:
        """The station of this job has been heard of."""
        turn = ScanTurn.get_or_none(ScanTurn.job == job.id)
        if turn is not None:
            _saw(turn, self._clock.stamp())

    def give_back(self, job: ScanJob) -> None:
        """The job needs its scanner no more; a page on it is read to its end first."""
        turn = ScanTurn.get_or_none(ScanTurn.job == job.id)
        if turn is None:
            return
        if _has_paper(job, self._clock.stamp()):
            ScanTurn.update(seen_boot_ms=NEVER_MS).where(ScanTurn.id == turn.id).execute()
            return
        turn.delete_instance()
        self.settle(turn.scanner)

    def settle(self, scanner: str) -> None:
        """Hand the scanner on when whoever has it is gone or does not use it."""
        now = self._clock.stamp()
        rows = list(
            ScanTurn.select(ScanTurn, ScanJob).join(ScanJob).where(ScanTurn.scanner == scanner)
        )
        found = turn_rules.settle([_turn(row, now) for row in rows])
        if found.over:
            ScanTurn.delete().where(ScanTurn.id.in_(found.over)).execute()  # type: ignore[misc]
        if found.granted is not None:
            ScanTurn.update(granted_at=now.at, granted_boot_ms=now.boot_ms).where(
                ScanTurn.id == found.granted
            ).execute()

    @staticmethod
    def _place(turn: ScanTurn) -> int:
        found = rows.turn_view(turn.job)
        return 0 if found is None else found.place


class TurnKeeper:
    """Hands the scanners on while nobody presses anything; `look` belongs on one thread."""

    def __init__(self, books: Books) -> None:
        self._writer = books.writer
        self._turns = ScanTurns(books.clock)

    def look(self) -> None:
        """Settle the turns at every scanner that somebody waits for."""
        waiting = ScanTurn.select(ScanTurn.scanner).where(ScanTurn.granted_at.is_null())
        for scanner in sorted({turn.scanner for turn in waiting}):
            self._writer.run(lambda scanner=scanner: self._turns.settle(scanner))  # type: ignore[misc]


def _turn(row: ScanTurn, now: Stamp) -> Turn:
    is_same_boot = row.boot_id == now.boot_id
    granted_ms = row.granted_boot_ms or 0
    return Turn(
        id=row.id,
        is_granted=row.granted_at is not None,
        is_used=row.is_used,
        is_busy=_has_paper(row.job, now),
        unseen_s=_unseen_s(row, now) if row.job.state == JobState.OPEN else float("inf"),
        granted_s=(now.boot_ms - granted_ms) / 1000 if is_same_boot else float("inf"),
    )


def _unseen_s(row: ScanTurn, now: Stamp) -> float:
    if row.boot_id != now.boot_id or row.seen_boot_ms == NEVER_MS:
        return float("inf")
    return (now.boot_ms - row.seen_boot_ms) / 1000


def _saw(turn: ScanTurn, now: Stamp) -> None:
    ScanTurn.update(boot_id=now.boot_id, seen_boot_ms=now.boot_ms).where(
        ScanTurn.id == turn.id
    ).execute()


def _has_paper(job: ScanJob, now: Stamp) -> bool:
    """Whether a page of the job is on its scanner, or about to be."""
    page = ScanPage.get_or_none((ScanPage.job == job.id) & among(ScanPage.state, rules.ACTIVE))
    if page is None:
        return False
    is_overdue = rules.is_overdue(rows.asked_stamp(page, now), now)
    return page.state == PageState.SCANNING or not is_overdue
