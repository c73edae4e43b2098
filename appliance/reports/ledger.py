"""Reports on paper: asked for, fetched, and found genuine or not. Drawing is not done here."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from appliance import codes, ed25519
from appliance.actor import Actor
from appliance.documents.rules import OWNER
from appliance.errors import N_, NotFound, Refused, Unavailable
from appliance.offices import Office
from appliance.record import Books
from appliance.reports.periods import Period, parse
from appliance.runtime.wakeup import Waker
from appliance.storage.among import among
from appliance.storage.models import SignedReport
from appliance.watermarks import rules as numbers
from appliance.watermarks.inspection import FileInspector

MOST_LISTED = 20
MOST_WAITING = 5  # more at a time is a stuck finger, and each takes the machine a second
UNKNOWN = N_("Laporan itu tidak ada.")
NOT_KEPT = N_("Berkas laporan itu tidak disimpan lagi. Buat yang baru.")


class PaperState(StrEnum):
    """Where a report on paper stands; the values are those of the database."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


PENDING = (PaperState.WAITING, PaperState.WORKING)


class Verdict(StrEnum):
    """What a file, or a number, turns out to be."""

    GENUINE = "genuine"
    """The very bytes that were signed here."""
    KNOWN_NUMBER = "known_number"
    """Only the number was given: a report of this number was signed here."""
    CHANGED = "changed"
    """Carries the number of a report, but is not the file that was signed."""
    BROKEN_LEDGER = "broken_ledger"
    """The file is listed, but its signature does not fit: somebody changed the list."""


@dataclass(frozen=True, slots=True)
class PaperNote:
    """One report on paper. `made_at` and what follows are None until it is ready."""

    number: str
    period: Period
    state: PaperState
    asked_at: dt.datetime
    asked_by: str
    made_at: dt.datetime | None
    pages: int | None
    size_bytes: int | None
    sha256: str | None
    signature: str | None
    public_key: str | None
    is_kept: bool
    is_attended: bool = True

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def version(self) -> str:
        """Another one when a screen has something new to show."""
        return f"{self.state}-{int(self.is_attended)}"


@dataclass(frozen=True, slots=True)
class PaperFinding:
    """What verifying a report found."""

    verdict: Verdict
    note: PaperNote


class ReportLedger:
    """Any thread may call it. The documents process draws and signs; this asks for it."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        waker: Waker,
        folder: Path,
        new_code: Callable[[], str] = codes.new_short_code,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._waker = waker
        self._folder = folder
        self._new_code = new_code

    def ask(
        self, period: Period, *, by: Actor, verify_url: Callable[[str], str] | None = None
    ) -> PaperNote:
        """Have the report of this period drawn; `verify_url` gives the address for its QR.

        One that still waits is returned instead of a second one. Raises Unavailable when nobody
        is there to draw, Refused when several wait already.
        """
        if not self._waker.is_listening(OWNER):
            raise Unavailable(N_("Layanan dokumen sedang tidak berjalan. Coba lagi sebentar."))
        today = self._office.business_date(self._clock.now())
        number = numbers.number(self._office, today, self._new_code())

        def put_in_line() -> str:
            waiting = list(SignedReport.select().where(among(SignedReport.state, PENDING)))
            same = next((row for row in waiting if row.period == period.text), None)
            if same is not None:
                return str(same.number)
            if len(waiting) >= MOST_WAITING:
                raise Refused(N_("Masih ada laporan yang sedang dibuat. Tunggu sebentar."))
            SignedReport.create(
                number=number,
                period=period.text,
                state=PaperState.WAITING,
                asked_at=self._clock.now(),
                asked_by=by.name,
                verify_url=verify_url(number) if verify_url else "",
            )
            data = {"kind": f"{period.span}-pdf"}
            self._recorder.fact("report.exported", f"report/{period.text}", data, by=by)
            return number

        asked = self._writer.run(put_in_line)
        self._waker.wake(OWNER)
        return self.note(asked)

    def note(self, number: str) -> PaperNote:
        """The report of this number. Raises NotFound."""
        return self._note(_row(number))

    def latest(self) -> tuple[PaperNote, ...]:
        """The reports asked for last, the newest first; at most 20."""
        rows = SignedReport.select().order_by(SignedReport.id.desc()).limit(MOST_LISTED)
        return tuple(self._note(row) for row in rows)

    def open(self, number: str, *, by: Actor) -> tuple[PaperNote, IO[bytes]]:
        """A report that is ready, and its file: close it. Raises NotFound. It is written down."""
        row = _row(number)
        if row.state != PaperState.READY:
            raise NotFound(UNKNOWN)
        if row.name is None:
            raise NotFound(NOT_KEPT)
        try:
            file = (self._folder / row.name).open("rb")
        except FileNotFoundError:
            raise NotFound(NOT_KEPT) from None
        subject, detail = f"report/{row.period}", {"number": row.number}
        self._writer.run(
            lambda: self._recorder.note("report.fetched", subject, by=by, detail=detail)
        )
        return self._note(row), file

    def download_name(self, note: PaperNote) -> str:
        """What a report is called outside: office, period and number, and nobody's name."""
        return f"ruang-baca-{note.period.text}-{note.number}.pdf".lower()

    def verify_number(self, typed: str) -> PaperFinding:
        """What is known of a report with this number. Raises NotFound for any other text."""
        number = numbers.parse_number(typed)
        row = _signed(SignedReport.number == number) if number else None
        if row is None:
            raise NotFound(UNKNOWN)
        return PaperFinding(Verdict.KNOWN_NUMBER, self._note(row))

    def verify_file(self, seen: FileInspector) -> PaperFinding | None:
        """What a file turns out to be; None when it is no report of ours."""
        row = _signed(SignedReport.sha256 == seen.sha256)
        if row is not None:
            fits = self._is_signed(row)
            return PaperFinding(Verdict.GENUINE if fits else Verdict.BROKEN_LEDGER, self._note(row))
        row = _signed(SignedReport.number == seen.number) if seen.number else None
        return PaperFinding(Verdict.CHANGED, self._note(row)) if row is not None else None

    def _is_signed(self, row: SignedReport) -> bool:
        """Whether the row's signature is one of its digest, by the key that the row names."""
        return ed25519.is_signed(
            bytes.fromhex(str(row.public_key)),
            signed_text(row.number, str(row.sha256)),
            bytes.fromhex(str(row.signature)),
        )

    def _note(self, row: SignedReport) -> PaperNote:
        period = parse(row.period)
        if period is None:
            raise NotFound(UNKNOWN)
        state = PaperState(row.state)
        return PaperNote(
            number=row.number,
            period=period,
            state=state,
            asked_at=row.asked_at,
            asked_by=row.asked_by,
            made_at=row.made_at,
            pages=row.pages,
            size_bytes=row.size_bytes,
            sha256=row.sha256,
            signature=row.signature,
            public_key=row.public_key,
            is_kept=row.name is not None,
            is_attended=state not in PENDING or self._waker.is_listening(OWNER),
        )


def signed_text(number: str, sha256: str) -> bytes:
    """What is signed: the number of a report and the digest of all its bytes.

    So a file is checked as it arrives, and nobody's upload is ever kept.
    """
    return f"Ruang Baca report {number} sha256 {sha256}\n".encode("ascii")


def _row(number: str) -> SignedReport:
    row = SignedReport.get_or_none(SignedReport.number == number)
    if row is None:
        raise NotFound(UNKNOWN)
    return row


def _signed(condition: object) -> SignedReport | None:
    row: SignedReport | None = (
        SignedReport.select().where(SignedReport.state == PaperState.READY, condition).first()
    )
    return row
