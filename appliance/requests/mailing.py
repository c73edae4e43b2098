"""Answers sent by e-mail, to who left an address with the request."""

from appliance.actor import Actor
from appliance.errors import N_, Refused
from appliance.mail.service import MailService
from appliance.mail.views import MailKind, MailView, Parcel
from appliance.requests.book import address_of, row_of
from appliance.requests.file_types import MIME, FileKind
from appliance.requests.files import AnswerFiles
from appliance.requests.rules import WITH_FILE
from appliance.requests.views import AnswerFile, FileState, SoftcopyRequest


class AnswerMail:
    """Any thread may call it; the sync process sends, and marks the request delivered then."""

    def __init__(self, *, mail: MailService, files: AnswerFiles) -> None:
        self._mail = mail
        self._files = files

    def may_send(self, made: SoftcopyRequest, file: AnswerFile | None) -> bool:
        """Whether the answer can go by e-mail: a ready PDF, not too large, and an address."""
        if not (self._mail.is_offered and made.email and made.state in WITH_FILE and file):
            return False
        is_ready = file.state is FileState.READY and file.kind == FileKind.PDF
        return is_ready and self._mail.takes(file.size_bytes)

    def send(self, request_id: int, *, by: Actor) -> MailView:
        """Have the file sent when the office is connected; it can be picked up meanwhile.

        Raises NotFound without a file, Refused without an address or where mail refuses,
        Unavailable when its copy cannot be kept.
        """
        row, found = row_of(request_id), self._files.file_of(request_id)
        address = address_of(row)
        if not address or found.mimetype != MIME[FileKind.PDF]:
            raise Refused(N_("Hanya PDF, dan hanya ke alamat yang ditulis pengunjung."))
        files = ((found.path, found.download_name),)
        parcel = Parcel(MailKind.ANSWER, row.uuid, files)
        return self._mail.ask(parcel, address, visit_id=row.visit_id, by=by)

    def of(self, made: SoftcopyRequest) -> MailView | None:
        """The last e-mail of this request; None when none was asked for."""
        return next(reversed(self._mail.about(made.uuid)), None)
