"""Visits: registered, called, served, closed."""

import uuid as uuids
from collections.abc import Callable

from peewee import Expression, fn

from appliance import codes
from appliance.actor import SYSTEM, Actor, Role
from appliance.clock import Stamp
from appliance.errors import N_, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.models import QueueCall, Visit
from appliance.visits import rules
from appliance.visits.desk_room import RECENT_VISITS
from appliance.visits.directory import (
    STATISTIC_LISTS,
    STATISTIC_TEXTS,
    VisitDirectory,
    registered_stamp,
)
from appliance.visits.rules import Statistics, VisitCard, VisitState


class VisitService(VisitDirectory):
    """Every change goes through the writer and may also be called inside it."""

    def __init__(self, *, books: Books, office: Office, link_key: bytes) -> None:
        super().__init__(clock=books.clock, office=office, link_key=link_key)
        self._writer = books.writer
        self._recorder = books.recorder

    def open(self, statistics: Statistics, *, channel: str) -> int:
        """The id of a new visit with the next number of the day.

        Belongs inside a function given to the writer, which lets one registration after the
        other draw its number; the caller records the fact.
        """
        self.close_day()
        uuid = str(uuids.uuid4())
        now = self._clock.stamp()
        series = self._office.queue.series_for(statistics.services).prefix
        row = Visit.create(
            uuid=uuid,
            token_hash=codes.token_hash(self._token(uuid)),
            code=codes.new_short_code(),
            business_date=self._office.business_date(now.at).isoformat(),
            number=self._next_number(now),
            series=series,
            ticket=self._next_number(now, series),
            lane=series,
            promise_minutes=self._office.policy.promise_minutes,
            state=VisitState.REGISTERED,
            channel=channel,
            registered_at=now.at,
            registered_boot_id=now.boot_id,
            registered_boot_ms=now.boot_ms,
            registered_clock=int(now.quality),
            **_columns(statistics),
        )
        return int(row.id)

    def close_day(self) -> int:
        """Mark what is still open from an earlier business day as not returned; how many.

        Called by maintenance and before every registration. How long those visits lasted stays
        unknown, and their lockers and cards stay theirs until a person has looked.
        """

        def close() -> int:
            now = self._clock.stamp()
            doubtful = self._doubtful_open_rows(now)
            stale = [row for row in doubtful if self._is_earlier(row, now)]
            for row in stale:
                self._end(row, VisitState.NOT_RETURNED, SYSTEM, reason="")
            return len(stale)

        return self._writer.run(close)

    def keep_promises(self) -> int:
        """Write down what was promised to visits from before it was kept with them; how many.

        Called by maintenance, so that a promise changed later changes nothing that was.
        """
        promised = Visit.update(promise_minutes=self._office.policy.promise_minutes)
        unknown = promised.where(Visit.promise_minutes.is_null())
        return self._writer.run(lambda: int(unknown.execute()))

    def call(self, visit_id: int, *, by: Actor, desk: str = "") -> VisitCard:
        """Call a waiting visitor to the desk. Once more at the same desk changes nothing.

        Raises Refused naming the other one when two desks call the same visitor, also two where
        the same person is signed in.
        """

        def change() -> None:
            row = self.row(visit_id)
            is_own = row.state == VisitState.CALLED and row.called_by == by.name
            if is_own and desk in ("", row.desk):
                return
            self.announce(visit_id, by=by, desk=desk)

        return self._changed(visit_id, change)

    def announce(self, visit_id: int, *, by: Actor, desk: str = "") -> VisitCard:
        """Call a waiting visitor, or call them once more: the room sees and hears it again.

        Raises Refused naming the other one when another desk has called this visitor.
        """

        def change() -> None:
            row = self.row(visit_id)
            if row.state != VisitState.CALLED:
                rules.check_transition(VisitState(row.state), VisitState.CALLED)
            elif row.called_by != by.name:
                raise Refused(N_("Sudah dipanggil oleh %(who)s."), who=row.called_by)
            elif row.desk and desk and row.desk != desk:
                raise Refused(N_("Sudah dipanggil di meja %(desk)s."), desk=row.desk)
            now = self._clock.stamp()
            _set(
                row,
                state=VisitState.CALLED,
                called_at=now.at,
                called_by=by.name,
                desk=desk,
                aside_at=None,
                after_call=None,
            )
            QueueCall.create(
                visit=row,
                series=row.series,
                ticket=row.ticket or row.number,
                desk=desk,
                called_at=now.at,
                called_by=by.name,
                boot_id=now.boot_id,
                boot_ms=now.boot_ms,
            )
            self._recorder.fact("visit.called", _subject(row), {"desk": desk}, by=by)

        return self._changed(visit_id, change)

    def serve(self, visit_id: int, *, by: Actor) -> VisitCard:
        """Begin to serve a visitor, called or not: the promise clock stops.

        Raises Refused naming the other one when somebody serves this visitor already.
        """

        def change() -> None:
            row = self.row(visit_id)
            if row.state == VisitState.SERVED:
                if row.served_by == by.name:
                    return
                raise Refused(N_("Sudah dilayani oleh %(who)s."), who=row.served_by)
            rules.check_transition(VisitState(row.state), VisitState.SERVED)
            self._serve(row, by)

        return self._changed(visit_id, change)

    def begin_service(self, visit_id: int, *, by: Actor, cause: str = "") -> VisitCard:
        """The first real action stops the promise clock, whoever forgot to press the button.

        `cause` says which action it was, in a word for the journal such as ``locker``. Changes
        nothing once the visit is served, nor when visitors help themselves on their own screen:
        that is not being served. The room's readers and its scanner station are part of the
        service. Raises Refused when it is closed.
        """

        def change() -> None:
            row = self.row(visit_id)
            state = VisitState(row.state)
            rules.check_open(state)
            if state.is_waiting and by.role is not Role.VISITOR:
                self._serve(row, by, cause=cause or "action")

        return self._changed(visit_id, change)

    def leave(self, visit_id: int, *, by: Actor) -> VisitCard:
        """Start check-out. Once more changes nothing; raises Refused when the visit is closed."""

        def change() -> None:
            row = self.row(visit_id)
            if row.state == VisitState.LEAVING:
                return
            rules.check_transition(VisitState(row.state), VisitState.LEAVING)
            _set(row, state=VisitState.LEAVING, leaving_at=self._clock.now())
            self._recorder.fact("visit.leaving", _subject(row), by=by)

        return self._changed(visit_id, change)

    def stay(self, visit_id: int, *, by: Actor) -> VisitCard:
        """Take back a check-out that was started: the visitor stays after all.

        A visitor who waited waits on; only an officer who calls them back serves them by it.
        Raises Refused unless they were leaving.
        """

        def change() -> None:
            row = self.row(visit_id)
            rules.check_open(VisitState(row.state))
            if row.state != VisitState.LEAVING:
                raise Refused(N_("Pengunjung ini tidak sedang pamit."))
            if by.role is Role.VISITOR and _waited(row):
                _set(row, state=VisitState.REGISTERED, leaving_at=None)
                self._recorder.note("visit.stays", _subject(row), by=by)
                return
            self._serve(row, by)

        return self._changed(visit_id, change)

    def close(
        self,
        visit_id: int,
        *,
        by: Actor,
        state: VisitState | str = VisitState.FINISHED,
        reason: str = "",
    ) -> VisitCard:
        """End a visit for good.

        Whether anything is still outstanding is check-out's question. Raises Refused when the
        visit is closed already, Invalid when staff closes one without a reason.
        """
        target = VisitState(state)
        is_by_staff = target is VisitState.CLOSED_BY_STAFF
        fields = rules.CLOSING_FIELDS if is_by_staff else rules.REASON_FIELDS
        why = checked({"reason": reason}, fields)["reason"]

        def change() -> None:
            row = self.row(visit_id)
            if target is VisitState.CANCELLED and row.served_at is not None:  # passed on, and waits
                rules.check_transition(VisitState.SERVED, target)
            rules.check_transition(VisitState(row.state), target)
            self._end(row, target, by, reason=why)

        return self._changed(visit_id, change)

    def mark_rated(self, visit_id: int) -> None:
        """Remember that this visit has been rated or has declined, not how."""

        def change() -> None:
            _set(self.row(visit_id), rated_at=self._clock.now())

        self._writer.run(change)

    def _changed(self, visit_id: int, change: Callable[[], None]) -> VisitCard:
        def write() -> VisitCard:
            change()
            return self.by_id(visit_id)

        return self._writer.run(write)

    def _serve(self, row: Visit, by: Actor, *, cause: str = "") -> None:
        # The promise was settled long ago, or stood on a paper slip.
        if row.served_at is not None or row.entered_at is not None:
            self._serve_again(row, by)
            return
        now = self._clock.stamp()
        wait_s = rules.wait_s(registered_stamp(row), now, self._office.zone, self._hours)
        promised = row.promise_minutes or self._office.policy.promise_minutes
        kept = rules.within_promise(wait_s, promised)
        late_reason = "not_there" if kept is False and row.skips else ""
        _set(
            row,
            state=VisitState.SERVED,
            served_at=now.at,
            served_by=by.name,
            served_cause=cause,
            wait_s=wait_s,
            late_reason=late_reason,
            for_desk="",
            aside_at=None,
            after_call=None,
        )
        data = {"wait_s": wait_s, "within_promise": kept}
        self._recorder.fact("visit.served", _subject(row), data, by=by, why=cause)

    def _serve_again(self, row: Visit, by: Actor) -> None:
        """Back from check-out, or passed on to another desk: the promise was settled long ago."""
        came_back = row.state == VisitState.LEAVING
        who = {} if came_back else {"served_by": by.name}
        _set(
            row,
            state=VisitState.SERVED,
            leaving_at=None,
            for_desk="",
            aside_at=None,
            after_call=None,
            waits_at=None,
            waits_boot_id=None,
            waits_boot_ms=None,
            waits_clock=None,
            **who,
        )
        action = "visit.stays" if came_back else "visit.served_again"
        self._recorder.note(action, _subject(row), by=by)

    def _end(self, row: Visit, state: VisitState, by: Actor, *, reason: str) -> None:
        now = self._clock.stamp()
        stay_s = rules.duration_s(registered_stamp(row), now, self._office.zone)
        if state is VisitState.NOT_RETURNED:
            stay_s = None  # nobody saw them go
        _set(
            row,
            state=state,
            closed_at=now.at,
            closed_by=by.name,
            close_reason=reason,
            stay_s=stay_s,
        )
        data = {"state": str(state), "stay_s": stay_s}
        self._recorder.fact("visit.closed", _subject(row), data, by=by, why=reason)

    def _next_number(self, now: Stamp, series: str | None = None) -> int:
        """The next number of the day over all series, or the next ticket of one of them."""
        today = self._office.business_date(now.at).isoformat()
        counted = Visit.number if series is None else fn.COALESCE(Visit.ticket, Visit.number)
        counts: Expression = Visit.id.is_null(False)
        if series is not None:
            counts = Visit.series == series
        highest = Visit.select(fn.MAX(counted)).where(counts)
        of_date = highest.where(Visit.business_date == today).scalar()
        # A clock set right in mid-day starts a new date; the numbers already in people's hands
        # go on all the same.
        newest = Visit.select(fn.MAX(Visit.id)).scalar() or 0
        recent = (Visit.id > newest - RECENT_VISITS) & self._since_midnight(now)
        of_boot = highest.where(recent).scalar()
        of_others = [
            row.number if series is None else (row.ticket or row.number)
            for row in self._doubtful_open_rows(now)
            if series in (None, row.series) and not self._is_earlier(row, now)
        ]
        return max([of_date or 0, of_boot or 0, *of_others]) + 1


def _subject(row: Visit) -> str:
    return f"visit/{row.uuid}"


def _waited(row: Visit) -> bool:
    """Whether nobody served them before they began to leave, or not since they were passed on."""
    never_served = row.served_at is None and row.entered_at is None
    return never_served or row.waits_at is not None


def _set(row: Visit, **values: object) -> None:
    Visit.update(**values).where(Visit.id == row.id).execute()


def _columns(statistics: Statistics) -> dict[str, str]:
    texts = {name: getattr(statistics, name) for name in STATISTIC_TEXTS}
    return texts | {name: " ".join(getattr(statistics, name)) for name in STATISTIC_LISTS}
