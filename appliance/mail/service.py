"""Files sent by e-mail: asked for and cancelled here, sent by the sync process."""

import json
import uuid as uuids

from appliance.actor import Actor
from appliance.clock import keeps_until
from appliance.config import MailSettings
from appliance.email_address import sendable_address
from appliance.errors import N_, Invalid, NotFound, Refused, Unavailable
from appliance.mail import rules
from appliance.mail.book import MailBook, pending, progress, view, views
from appliance.mail.copies import Copies
from appliance.mail.rules import MailState
from appliance.mail.views import MailKind, MailReport, MailView, Parcel
from appliance.record import Books
from appliance.runtime.wakeup import Waker
from appliance.storage.among import among
from appliance.storage.models import MailMessage
from appliance.storage.once import once

OWNER = "sync"  # the process that sends
NOT_OFFERED = N_("Kirim ke email belum diatur di kantor ini ([mail] di berkas setelan).")
NOT_FOUND = N_("Kiriman email itu tidak ada.")
BAD_ADDRESS = N_("Tulis alamat email yang lengkap, misalnya nama@contoh.id.")


class MailService:
    """Any thread may call it."""

    def __init__(
        self, *, books: Books, waker: Waker, settings: MailSettings, copies: Copies
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._waker = waker
        self._settings = settings
        self._copies = copies
        self._book = MailBook(books=books, copies=copies, kept_days=settings.kept_days)

    @property
    def is_offered(self) -> bool:
        """Whether this office sends e-mail; a button is shown only then."""
        return self._settings.is_offered

    @property
    def obstacle(self) -> str:
        """Why it is not offered: an Indonesian msgid, empty when it is."""
        return "" if self.is_offered else NOT_OFFERED

    @property
    def kept_days(self) -> int:
        """How long a message waits at the longest."""
        return self._settings.kept_days

    @property
    def largest_mb(self) -> int:
        """How large the files of one message may be together."""
        return self._settings.largest_mb

    def takes(self, size_bytes: int) -> bool:
        """Whether files of so many bytes may go by e-mail."""
        return size_bytes <= self._settings.largest_mb * rules.MEGABYTE

    def ask(
        self,
        parcel: Parcel,
        address: str,
        *,
        visit_id: int,
        by: Actor,
        language: str = "id",
        idempotency_key: str = "",
    ) -> MailView:
        """Have these files sent when the office is connected; copies of them wait with us.

        The same key, or the same files to the same address while they wait, get the first message.
        Raises Invalid (`email`), Refused when it is not offered, too large, or the visit has had
        its share; NotFound when a file has gone; Unavailable when it cannot be kept.
        """
        if not self.is_offered:
            raise Refused(NOT_OFFERED)
        sendable = sendable_address(address.strip())
        if sendable is None:
            raise Invalid({"email": BAD_ADDRESS})
        scope = f"mail/{visit_id}"

        def ask() -> str:
            return self._ask(parcel, sendable, visit_id, language, by)

        uuid = self._writer.run(lambda: once(scope, idempotency_key, self._clock, ask))
        self._waker.wake(OWNER)  # nobody there: it waits
        return view(_row(uuid))

    def of_visit(self, visit_id: int) -> tuple[MailView, ...]:
        """What this visit has had sent, the oldest first."""
        rows = MailMessage.select().where(MailMessage.visit == visit_id)
        return views(rows.order_by(MailMessage.id))

    def about(self, uuid: str) -> tuple[MailView, ...]:
        """What was sent of this scan job or request, the oldest first."""
        rows = MailMessage.select().where(MailMessage.about == uuid)
        return views(rows.order_by(MailMessage.id))

    def report(self) -> MailReport:
        """How what waits is doing."""
        return self._book.report()

    def cancel(self, uuid: str, *, by: Actor, visit_id: int | None = None) -> MailView:
        """Do not send it any more; one that is being sent just now may still arrive.

        Repeating is fine. Raises NotFound, also when it is of another than `visit_id`.
        """

        def cancel() -> None:
            row = _row(uuid)
            if visit_id is not None and row.visit_id != visit_id:
                raise NotFound(NOT_FOUND)
            self._withdraw(row, by)

        self._writer.run(cancel)
        self._book.delete_ended()
        return view(_row(uuid))

    def delete_ended(self) -> None:
        """Delete the copies of what is not sent any more."""
        self._book.delete_ended()

    def send_now(self, *, by: Actor) -> bool:
        """Do not wait any longer before the next try; whether anybody is there to try."""

        def hurry() -> None:
            waiting = among(MailMessage.state, (MailState.WAITING,))
            MailMessage.update(next_at=None).where(waiting).execute()
            self._recorder.note("mail.hurried", "mail", by=by)

        self._writer.run(hurry)
        return self._waker.wake(OWNER)

    # Inside a function of the writer --------------------------------------------------------

    def withdraw_about(self, uuid: str, by: Actor) -> None:
        """The files themselves were thrown away: nothing of them is sent any more.

        Their copies go with the look of the sync process that follows.
        """
        self._writer.after_commit(lambda: self._waker.wake(OWNER))
        for row in MailMessage.select().where(MailMessage.about == uuid):
            self._withdraw(row, by)

    def _withdraw(self, row: MailMessage, by: Actor) -> None:
        found = progress(row)
        if found.is_pending:
            self._book.move(row, rules.withdrawn(found), by=by)

    def _ask(self, parcel: Parcel, address: str, visit_id: int, language: str, by: Actor) -> str:
        waiting = pending()
        for row in waiting:
            if (row.about, row.address, row.visit_id) == (parcel.about, address, visit_id):
                return str(row.uuid)
        size = self._size(parcel)
        self._check(parcel.kind, size, visit_id, sum(row.size_bytes for row in waiting))
        uuid = str(uuids.uuid4())
        self._keep(uuid, parcel)
        now = self._clock.stamp()
        MailMessage.create(
            uuid=uuid,
            visit=visit_id,
            kind=parcel.kind,
            about=parcel.about,
            address=address,
            language=language if language == "en" else "id",
            files=json.dumps([name for _, name in parcel.files]),
            pages=parcel.pages,
            size_bytes=size,
            state=MailState.WAITING,
            asked_at=now.at,
            expires_at=keeps_until(None, now, self._book.kept),
        )
        detail = {"kind": parcel.kind, "about": parcel.about, "size_bytes": size}
        self._recorder.note("mail.asked", f"mail/{uuid}", by=by, detail=detail)
        return uuid

    def _check(self, kind: MailKind, size: int, visit_id: int, waiting_bytes: int) -> None:
        rules.check_size(size, self._settings.largest_mb)
        # What an officer answers is nobody's share.
        had = _of_visit(visit_id) if kind is MailKind.SCAN else 0
        rules.check_share(had, self._settings.per_visit, self._in_last_hour())
        rules.check_room(waiting_bytes, size, self._settings.kept_mb)

    def _size(self, parcel: Parcel) -> int:
        try:
            return sum(path.stat().st_size for path, _ in parcel.files)
        except FileNotFoundError:
            raise NotFound(N_("Berkasnya sudah dihapus.")) from None

    def _keep(self, uuid: str, parcel: Parcel) -> None:
        try:
            self._copies.put(uuid, [path for path, _ in parcel.files])
        except FileNotFoundError:
            raise NotFound(N_("Berkasnya sudah dihapus.")) from None
        except OSError as error:
            raise Unavailable(
                N_("Salinan untuk email tidak bisa disimpan. Unduh saja, atau panggil petugas.")
            ) from error

    def _in_last_hour(self) -> int:
        """How many the whole house asked for in the last hour, as far as it matters."""
        newest = MailMessage.select(MailMessage.asked_at).order_by(MailMessage.id.desc())
        now = self._clock.now()
        asked = [row.asked_at for row in newest.limit(rules.PER_HOUR)]
        return sum(1 for at in asked if abs(now - at) < rules.HOUR)


def _row(uuid: str) -> MailMessage:
    row = MailMessage.get_or_none(MailMessage.uuid == uuid)
    if row is None:
        raise NotFound(NOT_FOUND)
    return row


def _of_visit(visit_id: int) -> int:
    """How many of its scans a visit has had sent; a cancelled one was none."""
    asked = MailMessage.select().where(
        (MailMessage.visit == visit_id)
        & (MailMessage.kind == MailKind.SCAN)
        & (MailMessage.state != MailState.CANCELLED)
    )
    return int(asked.count())
