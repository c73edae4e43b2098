"""How we stand with the portal: kept in one row, so that a page and a restart know it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.clock import Clock
from appliance.errors import N_
from appliance.storage.models import PortalState
from appliance.storage.writer import Writer
from appliance.sync.answers import Judgement, Kind

NOTED_EVERY_S = 60.0  # how exactly the last good answer is known: each note is a commit


class State(StrEnum):
    """The states of the sender; the values are those of the database."""

    UNENROLLED = "unenrolled"
    PENDING = "pending"
    """Enrolled, and the portal's people have not let it in yet."""
    IDLE = "idle"
    SENDING = "sending"
    OFFLINE = "offline"
    CLOCK = "clock"
    WAITING = "waiting"
    BLOCKED = "blocked"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


OF_KIND: dict[Kind, State] = {
    Kind.DONE: State.SENDING,
    Kind.HEAD: State.SENDING,
    Kind.UNKNOWN: State.SENDING,
    Kind.OFFLINE: State.OFFLINE,
    Kind.CLOCK: State.CLOCK,
    Kind.CERTIFICATE: State.BLOCKED,
    Kind.LOAD: State.WAITING,
    Kind.LARGE: State.WAITING,
    Kind.FAILED: State.WAITING,
    Kind.UNREADABLE: State.WAITING,
    Kind.REFUSED: State.BLOCKED,
    Kind.VERSION: State.BLOCKED,
    Kind.SUSPENDED: State.SUSPENDED,
    Kind.REVOKED: State.REVOKED,
}
SENTENCES: dict[State, str] = {
    State.UNENROLLED: N_("Peranti belum didaftarkan ke portal. Catatan tetap disimpan di sini."),
    State.PENDING: N_("Pendaftaran peranti menunggu persetujuan portal."),
    State.IDLE: N_("Semua catatan sudah ada di portal."),
    State.SENDING: N_("Catatan sedang dikirim."),
    State.OFFLINE: N_("Portal tidak terjangkau. Peranti mencoba lagi sendiri."),
    State.CLOCK: N_("Jam peranti belum benar, jadi sertifikat portal tidak dapat diperiksa."),
    State.WAITING: N_("Portal sedang tidak dapat menerima. Peranti mencoba lagi sendiri."),
    State.BLOCKED: N_("Pengiriman terhenti sampai penyebabnya dibenahi."),
    State.SUSPENDED: N_("Portal meminta peranti ini menunggu. Hubungi pengelola portal."),
    State.REVOKED: N_("Portal telah mencabut izin peranti ini. Daftarkan ulang peranti."),
}
ADVICE: dict[Kind, str] = {
    Kind.OFFLINE: N_(
        "Periksa Internet kantor. Bila jaringan kantor meminta masuk, masuklah dahulu."
    ),
    Kind.CLOCK: N_("Sambungkan peranti ke Internet, supaya jamnya benar dengan sendirinya."),
    Kind.CERTIFICATE: N_(
        "Sertifikat portal tidak sah. Periksa jaringan kantor dan setelan portal."
    ),
    Kind.LOAD: N_("Portal sedang sibuk. Tidak ada yang perlu dilakukan."),
    Kind.LARGE: N_("Sesuatu di jalan menolak kiriman besar. Peranti mengirim sedikit-sedikit."),
    Kind.FAILED: N_("Portal sedang bermasalah. Tidak ada yang perlu dilakukan di sini."),
    Kind.UNREADABLE: N_("Portal tidak dapat membaca kiriman. Laporkan rinciannya kepada admin."),
    Kind.REFUSED: N_("Portal tidak mengenali kunci peranti ini. Hubungi pengelola portal."),
    Kind.VERSION: N_("Portal meminta versi yang lebih baru. Perbarui peranti."),
    Kind.SUSPENDED: N_("Catatan tetap disimpan, dan dapat dibawa sebagai berkas."),
    Kind.REVOKED: N_("Catatan tetap disimpan, dan dapat dibawa sebagai berkas."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The sender's state and its cause; moments are None before the first of their kind."""

    state: State = State.UNENROLLED
    since: dt.datetime | None = None
    problem: Kind | None = None
    detail: str = ""  # in English, for who mends it
    tries: int = 0
    next_at: dt.datetime | None = None
    asked_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    clock_offset_s: float | None = None
    forks: int = 0
    fork_at: dt.datetime | None = None
    fork_reason: str = ""
    forks_seen: int = 0
    dropped: int = 0  # events that made room on a disk that was filling up
    dropped_at: dt.datetime | None = None

    @property
    def sentence(self) -> str:
        return SENTENCES[self.state]

    @property
    def new_forks(self) -> int:
        """How many new streams nobody has looked into yet."""
        return max(self.forks - self.forks_seen, 0)

    @property
    def advice(self) -> str:
        """What to do about it; empty when nothing is wrong."""
        return ADVICE.get(self.problem, "") if self.problem else ""


class StandingBook:
    """Reads from any thread; writes through the writer, and only what has changed."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def standing(self) -> Standing:
        """How it is just now; all defaults before the first note."""
        row = PortalState.get_or_none(PortalState.id == 1)
        if row is None:
            return Standing()
        return Standing(
            state=State(row.state),
            since=row.since,
            problem=Kind(row.problem) if row.problem else None,
            detail=row.detail,
            tries=row.tries,
            next_at=row.next_at,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            sent_at=row.sent_at,
            clock_offset_s=row.clock_offset_s,
            forks=row.forks,
            fork_at=row.fork_at,
            fork_reason=row.fork_reason,
            forks_seen=row.forks_seen,
            dropped=row.dropped,
            dropped_at=row.dropped_at,
        )

    def is_in(self, state: State) -> None:
        """Note a state in which nothing is wrong."""
        now, before = self._clock.now(), self.standing()
        is_news = before.state is not state or before.problem is not None
        if is_news or _is_old(before.answered_at, now):
            self._put(state, before, problem="", detail="", tries=0, next_at=None, answered_at=now)

    def sent(self) -> None:
        """Note that events have arrived."""
        now, before = self._clock.now(), self.standing()
        if before.state is not State.SENDING or _is_old(before.sent_at, now):
            clean: dict[str, object] = {"problem": "", "detail": "", "tries": 0, "next_at": None}
            self._put(State.SENDING, before, **clean, sent_at=now, answered_at=now)

    def heard_clock(self, offset_s: float) -> None:
        """Note how far the portal's clock is ahead of ours."""
        before = self.standing()
        self._put(before.state, before, clock_offset_s=offset_s)

    def failed(self, judgement: Judgement, *, tries: int, wait_s: float) -> None:
        """Note what keeps us from sending, and when it is tried again."""
        next_at = self._clock.now() + dt.timedelta(seconds=wait_s)
        self._put(
            OF_KIND[judgement.kind],
            self.standing(),
            problem=judgement.kind,
            detail=judgement.detail,
            tries=tries,
            next_at=next_at,
        )

    def forked(self, reason: str) -> None:
        """Count a new stream, which somebody should know of."""
        before = self.standing()
        more = {"forks": before.forks + 1, "fork_at": self._clock.now(), "fork_reason": reason}
        self._put(before.state, before, **more)

    def forks_seen(self) -> None:
        """Somebody has looked into every new stream so far."""
        before = self.standing()
        self._put(before.state, before, forks_seen=before.forks)

    def dropped(self, count: int) -> None:
        """Count events that will never be sent."""
        before = self.standing()
        self._put(
            before.state, before, dropped=before.dropped + count, dropped_at=self._clock.now()
        )

    def ask(self) -> None:
        """Somebody wants it sent now, whatever keeps us waiting."""
        before = self.standing()
        self._put(before.state, before, asked_at=self._clock.now())

    def _put(self, state: State, before: Standing, **changed: object) -> None:
        since = before.since if before.state is state and before.since else self._clock.now()

        def write() -> None:
            values = {"state": state, "since": since, **changed}
            PortalState.insert(id=1, **values).on_conflict(
                conflict_target=[PortalState.id], update=values
            ).execute()

        self._writer.run(write)


def _is_old(moment: dt.datetime | None, now: dt.datetime) -> bool:
    return moment is None or abs((now - moment).total_seconds()) >= NOTED_EVERY_S
