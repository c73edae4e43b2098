"""What the daily cleaning would take away: every kind of data, counted and nothing touched.

The rules are those of whoever owns the data; a test runs the cleaning beside this and compares.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from peewee import Expression, Field, Model, fn

from appliance.clock import Clock
from appliance.complaints.keeping import CONTACT_DAYS
from appliance.complaints.rows import DONE
from appliance.documents import life
from appliance.documents.rules import JobState
from appliance.errors import N_
from appliance.health.upkeep import COPIES_KEPT, SET_ASIDE_KEPT
from appliance.journal import written
from appliance.offices import Office
from appliance.privacy.rules import first_day_to_erase
from appliance.privacy.service import PrivacyService, holders_due, receivers_due, visits_due
from appliance.staff.hand_overs import NOTES_KEPT
from appliance.staff.rules import SESSIONS_KEPT
from appliance.storage.among import among
from appliance.storage.models import (
    Complaint,
    FoundProperty,
    Guest,
    HandOver,
    Journal,
    JournalWords,
    KeyEvent,
    MailMessage,
    Rating,
    RatingInvitation,
    RequestFile,
    ScanJob,
    SoftcopyRequest,
    StaffSession,
    Visit,
)
from appliance.visits.directory import VisitDirectory


@dataclass(frozen=True, slots=True)
class Holding:
    """One kind of data: how much is kept, how much of it would go now, and why.

    `held` is old enough but still needed. `oldest` is when the oldest of what is kept was
    written, `next_at` when the next of it is due; None where there is none or it never goes.
    `title` and `why` are messages, `values` what stands in `why`.
    """

    kind: str
    title: str
    why: str
    stored: int
    due: int
    oldest: dt.datetime | None = None
    next_at: dt.datetime | None = None
    held: int = 0
    values: Mapping[str, object] = field(default_factory=dict)

    def age_days(self, now: dt.datetime) -> int | None:
        """How old the oldest is, in whole days."""
        return None if self.oldest is None else max((now - self.oldest).days, 0)


class Retention:
    """Reads and never writes. Any thread may call it."""

    def __init__(
        self,
        *,
        clock: Clock,
        office: Office,
        privacy: PrivacyService,
        visits: VisitDirectory,
        data_dir: Path,
    ) -> None:
        self._clock = clock
        self._office = office
        self._privacy = privacy
        self._visits = visits
        self._data_dir = data_dir

    def dry_run(self) -> tuple[Holding, ...] | None:
        """Every kind of data; None while no clock can tell what is old."""
        last_day = self._privacy.last_day()
        if last_day is None:
            return None
        midnight = dt.datetime.combine(last_day, dt.time(), self._office.zone)
        end, now = midnight + dt.timedelta(days=1), self._clock.now()
        return (
            self._identities(last_day),
            self._scans(),
            *self._requests(now, last_day),
            *self._complaints(now, end),
            *self._receivers(end),
            *_ratings(now),
            *_of_staff(now),
            *self._copies(now),
            _words(end),
            _journal(),
        )

    def _identities(self, last_day: dt.date) -> Holding:
        months = self._office.notice.identity_kept_months
        known = Guest.erased_at.is_null()
        rows = Visit.select(fn.COUNT(Visit.id), fn.MIN(Visit.day()))
        found = rows.join(Guest, on=(Guest.visit == Visit.id)).where(known).scalar(as_tuple=True)
        stored, oldest = found or (0, None)
        due = visits_due(last_day.isoformat()).count()
        of_then = Visit.day() <= last_day.isoformat()
        old = Visit.select().join(Guest, on=(Guest.visit == Visit.id)).where(known, of_then).count()
        day = dt.date.fromisoformat(oldest) if oldest else None
        return Holding(
            "identity",
            N_("Nama, kontak, dan isian bebas"),
            N_(
                "%(months)s bulan setelah kunjungan; ditahan selama loker, kartu, atau kunjungan "
                "belum selesai"
            ),
            stored=stored,
            due=due,
            held=max(old - due, 0),
            oldest=None if day is None else self._midnight(day),
            next_at=None if day is None else self._midnight(first_day_to_erase(day, months)),
            values={"months": months},
        )

    def _scans(self) -> Holding:
        jobs = list(ScanJob.select().where(ScanJob.state != JobState.DISCARDED))
        visits, now = self._visits.by_ids(job.visit_id for job in jobs), self._clock.stamp()
        ends = [life.due(visits[job.visit_id], self._office, now) for job in jobs]
        times = sorted(end.at for end in ends if end is not None)
        return Holding(
            "scan",
            N_("Hasil pindai"),
            N_("%(minutes)s menit setelah kunjungan selesai atau ruang baca tutup"),
            stored=len(jobs),
            due=sum(life.is_over(end, now) for end in ends),
            oldest=min((job.opened_at for job in jobs), default=None),
            next_at=times[0] if times else None,
            values={"minutes": self._office.policy.scan_grace_minutes},
        )

    def _requests(self, now: dt.datetime, last_day: dt.date) -> Iterator[Holding]:
        days = {"days": self._office.requests.kept_days}
        request = SoftcopyRequest
        kept = request.forgotten_at.is_null()
        # What somebody asked for goes with who it was, answered or not.
        nobodys = request.visit.in_(visits_due(last_day.isoformat()).select(Visit.id))
        is_over = kept & ((request.keeps_until <= now) | nobodys)
        yield _holding(
            ("request", N_("Permintaan softcopy"), N_("%(days)s hari setelah dijawab")),
            (request, kept, is_over),
            (request.created_at, request.keeps_until),
            values=days,
        )
        files = RequestFile.name.is_null(False)
        over = request.select(request.id).where(is_over)
        yield _holding(
            (
                "answer",
                N_("Berkas jawaban permintaan"),
                N_("bersama permintaannya, %(days)s hari setelah dijawab"),
            ),
            (RequestFile, files, files & RequestFile.request.in_(over)),
            (RequestFile.added_at, None),
            values=days,
        )
        mail = MailMessage
        addressed = mail.address.is_null(False)
        yield _holding(
            (
                "mail",
                N_("Alamat dan salinan kiriman email"),
                N_("setelah terkirim, paling lama sepekan"),
            ),
            (mail, addressed, addressed & (mail.expires_at <= now)),
            (mail.asked_at, mail.expires_at),
        )

    def _complaints(self, now: dt.datetime, end: dt.datetime) -> Iterator[Holding]:
        row, term = Complaint, dt.timedelta(days=CONTACT_DAYS)
        contact = row.contact.is_null(False)
        yield _holding(
            ("contact", N_("Kontak pengadu"), N_("%(days)s hari setelah dijawab")),
            (row, contact, contact & (row.answered_at < now - term)),
            (row.created_at, row.answered_at),
            term=lambda at: at + term,
            values={"days": CONTACT_DAYS},
        )
        told = row.forgotten_at.is_null()
        over = told & (row.answered_at < end) & among(row.state, DONE)
        yield _holding(
            ("complaint", N_("Isi pengaduan"), N_("%(months)s bulan setelah dijawab")),
            (row, told, over),
            (row.created_at, row.answered_at),
            term=self._months_later,
            values={"months": self._office.notice.identity_kept_months},
        )

    def _receivers(self, end: dt.datetime) -> Iterator[Holding]:
        months = {"months": self._office.notice.identity_kept_months}
        given = FoundProperty.handed_to != ""
        yield _holding(
            ("receiver", N_("Penerima barang temuan"), N_("%(months)s bulan setelah diserahkan")),
            (FoundProperty, given, receivers_due(end)),
            (FoundProperty.ended_at, FoundProperty.ended_at),
            term=self._months_later,
            values=months,
        )
        named = KeyEvent.holder != ""
        yield _holding(
            (
                "holder",
                N_("Pemegang kunci"),
                N_("%(months)s bulan setelah dicatat; ditahan selama kuncinya belum kembali"),
            ),
            (KeyEvent, named, holders_due(end)),
            (KeyEvent.at, KeyEvent.at),
            held=KeyEvent.select().where(named, KeyEvent.at < end).count(),
            term=self._months_later,
            values=months,
        )

    def _copies(self, now: dt.datetime) -> Iterator[Holding]:
        copies = _written(self._data_dir / "backups", "ruangbaca-*.db")
        yield Holding(
            "backup",
            N_("Cadangan harian"),
            N_("%(count)s yang terbaru; yang dihapus orang hilang dari cadangan bersama yang lama"),
            stored=len(copies),
            due=max(len(copies) - COPIES_KEPT, 0),
            oldest=copies[0] if copies else None,
            values={"count": COPIES_KEPT},
        )
        aside = _written(self._data_dir / "set-aside", "ruangbaca-*")
        yield Holding(
            "set_aside",
            N_("Basis data yang disisihkan saat pemulihan"),
            N_("%(days)s hari"),
            stored=len(aside),
            due=sum(now - at > SET_ASIDE_KEPT for at in aside),
            oldest=aside[0] if aside else None,
            next_at=aside[0] + SET_ASIDE_KEPT if aside else None,
            values={"days": SET_ASIDE_KEPT.days},
        )

    def _months_later(self, at: dt.datetime) -> dt.datetime:
        months = self._office.notice.identity_kept_months
        return self._midnight(first_day_to_erase(self._office.business_date(at), months))

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), self._office.zone)


def _ratings(now: dt.datetime) -> Iterator[Holding]:
    invited = RatingInvitation.expires_at.is_null(False)
    yield _holding(
        ("invitation", N_("Undangan menilai"), N_("sampai dipakai atau habis masanya")),
        (RatingInvitation, invited, RatingInvitation.expires_at <= now),
        (None, RatingInvitation.expires_at),
    )
    yield Holding(
        "rating",
        N_("Penilaian layanan"),
        N_("tanpa nama dan tidak terhubung dengan kunjungan; disimpan untuk statistik"),
        stored=Rating.select().count(),
        due=0,
    )


def _of_staff(now: dt.datetime) -> Iterator[Holding]:
    ended = StaffSession.ended_at.is_null(False)
    yield _holding(
        ("session", N_("Sesi petugas yang berakhir"), N_("%(days)s hari")),
        (StaffSession, ended, ended & (StaffSession.ended_at < now - SESSIONS_KEPT)),
        (StaffSession.ended_at, StaffSession.ended_at),
        term=lambda at: at + SESSIONS_KEPT,
        values={"days": SESSIONS_KEPT.days},
    )
    noted = HandOver.note != ""
    yield _holding(
        ("hand_over", N_("Catatan serah terima meja"), N_("%(days)s hari")),
        (HandOver, noted, noted & (HandOver.at < now - NOTES_KEPT)),
        (HandOver.at, HandOver.at),
        term=lambda at: at + NOTES_KEPT,
        values={"days": NOTES_KEPT.days},
    )


def _words(end: dt.datetime) -> Holding:
    return Holding(
        "words",
        N_("Alasan yang ditulis petugas"),
        N_("bersama nama pengunjungnya, atau setelah masa simpan nama"),
        stored=JournalWords.select().count(),
        due=written.count_before(end),
    )


def _journal() -> Holding:
    stored, oldest = Journal.select(fn.COUNT(Journal.seq), fn.MIN(Journal.at)).scalar(as_tuple=True)
    return Holding(
        "journal",
        N_("Jurnal"),
        N_("tidak dihapus: bukti yang berantai; berisi kode kunjungan, bukan nama pengunjung"),
        stored=stored,
        due=0,
        oldest=_moment(oldest),
    )


def _holding(
    named: tuple[str, str, str],
    table: tuple[type[Model], Expression, Expression],
    times: tuple[Field | None, Field | None],
    *,
    term: Callable[[dt.datetime], dt.datetime] = lambda at: at,
    held: int | None = None,
    values: Mapping[str, object] | None = None,
) -> Holding:
    """`table`: rows, which are kept, which are due. `times`: of writing, and what a term runs from.

    `held`: how many are old enough, due or not.
    """
    kind, title, why = named
    model, kept, over = table
    written, ends = ((_least(model, kept, one) if one is not None else None) for one in times)
    due = model.select().where(over).count()
    return Holding(
        kind,
        title,
        why,
        stored=model.select().where(kept).count(),
        due=due,
        held=0 if held is None else max(held - due, 0),
        oldest=written,
        next_at=None if ends is None else term(ends),
        values=values or {},
    )


def _least(model: type[Model], kept: Expression, moment: Field) -> dt.datetime | None:
    return _moment(model.select(fn.MIN(moment)).where(kept).scalar())


def _moment(text: object) -> dt.datetime | None:
    """What MIN gives of a column of moments: the text of it, or the moment already read."""
    if text is None or isinstance(text, dt.datetime):
        return text
    return dt.datetime.fromisoformat(str(text))


def _written(folder: Path, pattern: str) -> list[dt.datetime]:
    """When the files of a folder were written, the oldest first."""
    return sorted(
        dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) for path in folder.glob(pattern)
    )
