"""The queue as a desk works it: next, once more, skip, put aside, come back, pass on."""

from collections.abc import Callable, Collection

from peewee import Expression

from appliance.actor import Actor
from appliance.errors import N_, Invalid, Refused
from appliance.offices import Office
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.models import QueueCall, Visit, VisitTransfer
from appliance.visits import queue_rules, rules
from appliance.visits.directory import newest_call
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService

DOUBLE_TAP_MS = 1500
SPEAKER = "lockers"  # the process that owns the sound device
NOT_CALLED = N_("Nomor ini sedang tidak dipanggil.")


class QueueDesk:
    """Every change goes through the writer; of two desks the first wins, the second is told."""

    def __init__(self, *, books: Books, office: Office, visits: VisitService, waker: Waker) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._queue = office.queue
        self._visits = visits
        self._waker = waker

    def call_next(
        self, *, by: Actor, desk: str = "", lanes: Collection[str] = ()
    ) -> VisitCard | None:
        """Call whoever is to come next for this desk; None when nobody waits for it.

        `lanes` are the series this desk serves now; none: all of them. Two desks that ask at
        once get two visitors, and a double tap gets one.
        """

        def write() -> VisitCard | None:
            newest = self._newest_call(QueueCall.desk == desk, by)
            if newest is not None and self._is_double_tap(newest):
                return self._visits.by_id(newest.visit.id)
            room = self._visits.room()
            waiting = [e.visit for e in room.queue if e.visit.state is VisitState.REGISTERED]
            found = queue_rules.next_for(waiting, desk, lanes)
            return found and self._visits.announce(found.id, by=by, desk=desk)

        called = self._writer.run(write)
        if called is not None:
            self._waker.wake(SPEAKER)
        return called

    def call(self, visit_id: int, *, by: Actor, desk: str = "") -> VisitCard:
        """Call this visitor, or once more, but not twice by a double tap.

        Raises Refused naming who was first when another desk called them.
        """

        def write() -> VisitCard:
            newest = self._newest_call((QueueCall.visit == visit_id) & (QueueCall.desk == desk), by)
            if newest is not None and self._is_double_tap(newest):
                return self._visits.by_id(visit_id)
            return self._visits.announce(visit_id, by=by, desk=desk)

        called = self._writer.run(write)
        self._waker.wake(SPEAKER)
        return called

    def skip(self, visit_id: int, *, by: Actor) -> VisitCard:
        """Who was called is not there: others go first, and after so many times they stay aside.

        Raises Refused when they are not called, or another desk called them.
        """

        def change(row: Visit) -> None:
            if row.state != VisitState.CALLED:
                raise Refused(NOT_CALLED)
            if row.called_by != by.name:
                raise Refused(N_("Sudah dipanggil oleh %(who)s."), who=row.called_by)
            if row.skips >= self._queue.skips:
                self._put_aside(row, by)
                return
            row.skips += 1
            row.state, row.after_call = VisitState.REGISTERED, self._after_others()
            row.save(only=[Visit.skips, Visit.state, Visit.after_call])
            self._note("visit.skipped", row, by, {"skips": row.skips})

        return self._changed(visit_id, change)

    def put_aside(self, visit_id: int, *, by: Actor) -> VisitCard:
        """Take a waiting number off the queue until its visitor comes back.

        Once more changes nothing. Raises Refused when they do not wait.
        """

        def change(row: Visit) -> None:
            self._check_waits(row)
            if row.aside_at is None:
                self._put_aside(row, by)

        return self._changed(visit_id, change)

    def come_back(self, visit_id: int, *, by: Actor) -> VisitCard:
        """A visitor who was skipped is there after all: their promise puts them in their place.

        Once more changes nothing. Raises Refused when they do not wait.
        """

        def change(row: Visit) -> None:
            self._check_waits(row)
            if row.aside_at is None and row.after_call is None:
                return
            row.aside_at = row.after_call = None
            row.save(only=[Visit.aside_at, Visit.after_call])
            self._note("visit.came_back", row, by, {})

        return self._changed(visit_id, change)

    def pass_on(self, visit_id: int, *, by: Actor, lane: str = "", desk: str = "") -> VisitCard:
        """Let another service or desk go on; the visitor keeps the number and what was measured.

        Who waits goes on waiting by the same clock. Who was served waits once more, by a clock of
        its own that no statistics count. Raises Invalid for an unknown service or desk, Refused
        when the visit is closed or leaving, or nothing would change.
        """
        self._check_target(lane, desk)

        def change(row: Visit) -> None:
            rules.check_open(VisitState(row.state))
            if row.state == VisitState.LEAVING:
                raise Refused(N_("Pengunjung ini sedang pamit; batalkan itu dahulu."))
            if lane in ("", row.lane) and desk in ("", row.desk):
                raise Refused(N_("Pilih layanan atau meja yang lain."))
            self._pass_on(row, lane or row.lane, desk, by)

        return self._changed(visit_id, change)

    # Inside -------------------------------------------------------------------------------

    def _pass_on(self, row: Visit, lane: str, desk: str, by: Actor) -> None:
        now = self._clock.stamp()
        was_served = row.served_at is not None
        VisitTransfer.create(
            visit=row,
            from_lane=row.lane,
            to_lane=lane,
            to_desk=desk,
            was_served=was_served,
            moved_at=now.at,
            moved_by=by.name,
        )
        if row.state == VisitState.SERVED:
            row.waits_at, row.waits_boot_id = now.at, now.boot_id
            row.waits_boot_ms, row.waits_clock = now.boot_ms, int(now.quality)
        row.state, row.lane, row.for_desk, row.desk = VisitState.REGISTERED, lane, desk, ""
        row.aside_at = row.after_call = row.called_at = row.called_by = None
        row.save()
        self._note("visit.passed_on", row, by, {"lane": lane, "desk": desk})

    def _put_aside(self, row: Visit, by: Actor) -> None:
        row.state, row.aside_at = VisitState.REGISTERED, self._clock.now()
        row.skips += 1
        row.save(only=[Visit.state, Visit.aside_at, Visit.skips])
        self._note("visit.put_aside", row, by, {"skips": row.skips})

    @staticmethod
    def _newest_call(which: Expression, by: Actor) -> QueueCall | None:
        calls = QueueCall.select().where(which, QueueCall.called_by == by.name)
        newest: QueueCall | None = calls.order_by(QueueCall.id.desc()).first()
        return newest

    def _is_double_tap(self, call: QueueCall) -> bool:
        now = self._clock.stamp()
        return call.boot_id == now.boot_id and now.boot_ms - call.boot_ms < DOUBLE_TAP_MS

    def _after_others(self) -> int:
        return newest_call() + self._queue.skip_places

    def _check_target(self, lane: str, desk: str) -> None:
        if lane and lane not in self._queue.prefixes:
            raise Invalid({"lane": N_("Pilih layanan dari daftar.")})
        if desk and desk not in self._queue.desks:
            raise Invalid({"desk": N_("Pilih meja dari daftar.")})

    @staticmethod
    def _check_waits(row: Visit) -> None:
        rules.check_open(VisitState(row.state))
        if not VisitState(row.state).is_waiting:
            raise Refused(N_("Kunjungan ini sudah dilayani."))

    def _note(self, action: str, row: Visit, by: Actor, detail: dict[str, object]) -> None:
        self._recorder.note(action, f"visit/{row.uuid}", by=by, detail=detail)

    def _changed(self, visit_id: int, change: Callable[[Visit], None]) -> VisitCard:
        def write() -> VisitCard:
            change(self._visits.row(visit_id))
            return self._visits.by_id(visit_id)

        return self._writer.run(write)
