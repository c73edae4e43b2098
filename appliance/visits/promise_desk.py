"""Why promises were broken, and when service really began, as officers say it."""

import datetime as dt
from dataclasses import dataclass

from peewee import fn

from appliance.actor import Actor
from appliance.clock import ClockQuality, Stamp
from appliance.errors import N_, Invalid, Refused
from appliance.free_text import Field, checked
from appliance.offices import Office
from appliance.record import Books
from appliance.storage.models import ServedCorrection, Visit
from appliance.visits import rules
from appliance.visits.directory import registered_stamp
from appliance.visits.promise_rules import LATE_REASONS, is_kept
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

NOTE_FIELDS = {"note": Field(200)}
OTHER_FIELDS = {"note": Field(200, N_("Tulis sebabnya."))}
CORRECTION_FIELDS = {"reason": Field(200, N_("Tulis alasan mengubah waktu ini."))}


@dataclass(frozen=True, slots=True)
class Correction:
    """What stood there before an officer corrected when service began, and why."""

    at: dt.datetime
    by: str
    reason: str
    old_served_at: dt.datetime
    new_served_at: dt.datetime
    old_wait_s: float | None
    new_wait_s: float | None


class PromiseDesk:
    """Every change goes through the writer; any thread may read."""

    def __init__(self, *, books: Books, office: Office, visits: VisitService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits

    def unexplained(self) -> tuple[VisitCard, ...]:
        """Visits of today that were served late and for which nobody has said why."""
        today = self._office.business_date(self._clock.now())
        promised = fn.COALESCE(Visit.promise_minutes, self._office.policy.promise_minutes)
        rows = Visit.select(Visit.id).where(
            Visit.day() == today.isoformat(),
            Visit.wait_s > promised * 60,
            Visit.late_reason == "",
        )
        cards = self._visits.by_ids(row.id for row in rows)
        return tuple(cards[visit_id] for visit_id in sorted(cards))

    def explain(self, visit_id: int, reason: str, note: str = "", *, by: Actor) -> VisitCard:
        """Say why this visitor was served late; saying it again replaces it.

        Raises Invalid for a reason that is not on the list, or 'other' without words, Refused
        for a visit that was not late.
        """
        if reason not in LATE_REASONS:
            raise Invalid({"reason": N_("Pilih sebabnya.")})
        said = checked({"note": note}, OTHER_FIELDS if reason == "other" else NOTE_FIELDS)["note"]

        def write() -> VisitCard:
            row = self._visits.row(visit_id)
            if self._is_kept(row) is not False:
                raise Refused(N_("Kunjungan ini tidak terlambat dilayani."))
            row.late_reason, row.late_note = reason, said
            row.save(only=[Visit.late_reason, Visit.late_note])
            data = {"reason": reason}
            self._recorder.fact("visit.late_explained", f"visit/{row.uuid}", data, by=by)
            return self._visits.by_id(visit_id)

        return self._writer.run(write)

    def correct(self, visit_id: int, clock: str, reason: str, *, by: Actor) -> VisitCard:
        """Set when service began, to a time such as ``09:15`` of the visit's own day.

        What stood there is kept. Raises Invalid for what is no time, lies before the guest book,
        after the end of the visit or in the future, or without a reason; Refused when nobody has
        served this visitor, or no clock was set.
        """
        why = checked({"reason": reason}, CORRECTION_FIELDS)["reason"]
        time = _time(clock)

        def write() -> VisitCard:
            row = self._visits.row(visit_id)
            now = self._clock.stamp()
            if row.served_at is None:
                raise Refused(N_("Pengunjung ini belum dilayani."))
            if ClockQuality.UNSET in (now.quality, ClockQuality(row.registered_clock)):
                raise Refused(N_("Jam peranti belum benar; waktunya tidak dapat diubah."))
            served = self._stamp(row, time, now)
            wait_s = rules.wait_s(
                registered_stamp(row), served, self._office.zone, self._office.promise_hours
            )
            self._correct(row, served.at, wait_s, why, by)
            return self._visits.by_id(visit_id)

        return self._writer.run(write)

    def corrections(self, visit_id: int) -> tuple[Correction, ...]:
        """What was corrected of this visit, the oldest first."""
        rows = ServedCorrection.select().where(ServedCorrection.visit == visit_id)
        return tuple(
            Correction(
                at=row.corrected_at,
                by=row.corrected_by,
                reason=row.reason,
                old_served_at=row.old_served_at,
                new_served_at=row.new_served_at,
                old_wait_s=row.old_wait_s,
                new_wait_s=row.new_wait_s,
            )
            for row in rows.order_by(ServedCorrection.id)
        )

    def _is_kept(self, row: Visit) -> bool | None:
        return is_kept(row.wait_s, row.promise_minutes or self._office.policy.promise_minutes)

    def _stamp(self, row: Visit, time: dt.time, now: Stamp) -> Stamp:
        """That time of the visit's day; a minute that began before the guest book counts as it."""
        registered = (row.dated_at or row.registered_at).astimezone(self._office.zone)
        at = dt.datetime.combine(registered.date(), time, self._office.zone)
        if at == registered.replace(second=0, microsecond=0):
            at = registered
        if at < registered:
            raise Invalid({"clock": N_("Itu sebelum buku tamu diisi.")})
        if at > now.at or (row.closed_at is not None and at > row.closed_at):
            raise Invalid({"clock": N_("Itu sesudah sekarang, atau sesudah kunjungan berakhir.")})
        return Stamp(
            at.astimezone(dt.UTC),
            row.registered_boot_id,
            row.registered_boot_ms + round((at - registered).total_seconds() * 1000),
            now.quality,
        )

    def _correct(
        self, row: Visit, at: dt.datetime, wait_s: float | None, why: str, by: Actor
    ) -> None:
        ServedCorrection.create(
            visit=row,
            old_served_at=row.served_at,
            old_wait_s=row.wait_s,
            new_served_at=at,
            new_wait_s=wait_s,
            reason=why,
            corrected_at=self._clock.now(),
            corrected_by=by.name,
        )
        row.served_at, row.wait_s = at, wait_s
        kept = self._is_kept(row)
        if kept is not False:
            row.late_reason = row.late_note = ""
        row.save(only=[Visit.served_at, Visit.wait_s, Visit.late_reason, Visit.late_note])
        data = {"wait_s": wait_s, "within_promise": kept}
        self._recorder.fact("visit.served_corrected", f"visit/{row.uuid}", data, by=by, why=why)


def _time(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text.strip().replace(".", ":")[:5])
    except ValueError:
        raise Invalid({"clock": N_("Tulis jam seperti 09:15.")}) from None
