"""What is well and what is not, each check told in one sentence."""

import os
import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import apsw
from playhouse.apsw_ext import APSWDatabase

from appliance import __version__
from appliance.clock import Clock, ClockQuality
from appliance.documents.rules import reserve_bytes
from appliance.errors import N_
from appliance.runtime.wakeup import Waker
from appliance.storage.models import ReaderRow, ScannerRow, SpeakerState
from appliance.storage.turns import wait_turn

GUEST_BOOK_BYTES = 20 << 20  # the write-ahead log at its longest, and a day of visits
PATIENCE_MS = 250  # a probe must not wait as long as a visitor's form may
OWNERS = ("lockers", "documents", "sync")


class State(StrEnum):
    """How a check came out; DEGRADED means that people can still be served."""

    OK = "ok"
    DEGRADED = "degraded"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a name for machines, and a sentence (msgid and its values) for people."""

    name: str
    state: State
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True, slots=True)
class HealthReport:
    """Every check of this moment."""

    checks: tuple[Check, ...]
    version: str

    @property
    def state(self) -> State:
        found = {check.state for check in self.checks}
        for state in (State.FAILING, State.DEGRADED):
            if state in found:
                return state
        return State.OK

    def names(self, state: State) -> list[str]:
        return [check.name for check in self.checks if check.state is state]


class HealthService:
    """Looks when asked; changes nothing and never raises for what it finds."""

    def __init__(
        self,
        *,
        database: APSWDatabase,
        data_dir: Path,
        clock: Clock,
        waker: Waker,
        scanners: Collection[str],
        has_voice: bool = False,
        portal: Callable[[], Check] | None = None,
    ) -> None:
        self._database = database
        self._data_dir = data_dir
        self._clock = clock
        self._waker = waker
        self._scanner_names = scanners
        self._has_voice = has_voice
        self._portal = portal

    def report(self) -> HealthReport:
        """All checks, quick enough for a probe every few seconds."""
        processes = [self._process(owner) for owner in OWNERS]
        checks = (
            self._can_write(),
            self._disk(),
            *processes,
            *self._readers(),
            *self._scanners(),
            *self._voice(),
            *([self._portal()] if self._portal else []),
            self._wall_clock(),
        )
        return HealthReport(checks, __version__)

    def is_listening(self, owner: str) -> bool:
        return self._waker.is_listening(owner)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self._data_dir).free

    def _can_write(self) -> Check:
        connection = self._database.connection()
        connection.set_busy_timeout(PATIENCE_MS)
        try:
            # Takes the write lock and gives it back: costs no flush of the card.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
        except apsw.BusyError:
            return Check("database", State.DEGRADED, N_("Basis data sedang sibuk menulis."))
        except apsw.Error:
            return Check("database", State.FAILING, N_("Basis data tidak dapat ditulisi."))
        finally:
            wait_turn(connection)
        if not os.access(self._data_dir, os.W_OK):
            return Check("database", State.FAILING, N_("Folder data tidak dapat ditulisi."))
        return Check("database", State.OK, N_("Basis data dapat dibaca dan ditulisi."))

    def _disk(self) -> Check:
        usage = shutil.disk_usage(self._data_dir)
        share = usage.free / usage.total
        values = {"free": _size(usage.free), "share": round(share * 100)}
        if usage.free < GUEST_BOOK_BYTES:
            message = N_("Ruang penyimpanan hampir habis: tinggal %(free)s (%(share)s%%).")
            return Check("disk", State.FAILING, message, values)
        if usage.free < reserve_bytes(usage.total):
            message = N_(
                "Ruang penyimpanan menipis: tinggal %(free)s (%(share)s%%). Pemindaian ditolak"
                " agar buku tamu tetap berjalan."
            )
            return Check("disk", State.DEGRADED, message, values)
        message = N_("Ruang penyimpanan cukup: %(free)s kosong (%(share)s%%).")
        return Check("disk", State.OK, message, values)

    def _process(self, owner: str) -> Check:
        if self.is_listening(owner):
            return Check(owner, State.OK, _LISTENING[owner])
        return Check(owner, State.DEGRADED, _SILENT[owner])

    def _readers(self) -> tuple[Check, ...]:
        """One check of all code readers; none in a room without any."""
        rows = list(ReaderRow.select().order_by(ReaderRow.reader))
        if not rows:
            return ()
        missing = [row.reader for row in rows if row.state != "ready"]
        if not missing:
            return (Check("readers", State.OK, N_("Semua pembaca kode tersambung.")),)
        message = N_("Pembaca kode tidak tersambung: %(names)s. Ketik kode atau nomor di meja.")
        return (Check("readers", State.DEGRADED, message, {"names": ", ".join(missing)}),)

    def _scanners(self) -> tuple[Check, ...]:
        """One check of all scanners; none before the first one has answered or failed to."""
        rows = [row for row in ScannerRow.select() if row.name in self._scanner_names]
        if not rows:
            return ()
        if all(row.problem is None for row in rows):
            return (Check("scanners", State.OK, N_("Semua pemindai menjawab.")),)
        names = ", ".join(sorted(row.model or row.name for row in rows if row.problem))
        message = N_("Pemindai bermasalah: %(names)s. Sebabnya ada di halaman Pemindai.")
        return (Check("scanners", State.DEGRADED, message, {"names": names}),)

    def _voice(self) -> tuple[Check, ...]:
        """Whether the last call could be heard; none before the first, or without a voice."""
        row = SpeakerState.select().first() if self._has_voice else None
        if row is None:
            return ()
        if row.state == "ready":
            return (Check("voice", State.OK, N_("Suara panggilan antrean terdengar.")),)
        message = N_(
            "Panggilan antrean tidak terdengar (%(problem)s). Nomornya tetap ada di layar antrean."
        )
        return (Check("voice", State.DEGRADED, message, {"problem": row.problem}),)

    def _wall_clock(self) -> Check:
        quality = self._clock.stamp().quality
        if quality is ClockQuality.SYNCED:
            return Check("clock", State.OK, N_("Jam peranti disetel dari jaringan."))
        if quality is ClockQuality.ESTIMATED:
            message = N_("Jam peranti berjalan, tetapi belum disetel dari jaringan.")
            return Check("clock", State.OK, message)
        message = N_("Jam peranti belum benar. Setel waktu, agar tanggal kunjungan tidak keliru.")
        return Check("clock", State.DEGRADED, message)


_LISTENING = {
    "lockers": N_("Proses loker berjalan."),
    "documents": N_("Proses pemindai berjalan."),
    "sync": N_("Proses sinkronisasi berjalan."),
}
_SILENT = {
    "lockers": N_("Proses loker tidak menjawab. Loker hanya dapat dibuka dengan kunci darurat."),
    "documents": N_("Proses pemindai tidak menjawab. Pemindaian menunggu sampai ia hidup lagi."),
    "sync": N_("Proses sinkronisasi tidak menjawab. Catatan tetap disimpan di peranti."),
}


def _size(count: float) -> str:
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
