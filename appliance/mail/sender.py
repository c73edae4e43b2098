"""Hands one message at a time to the office's mail server; loaded where mail is sent only."""

import contextlib
import datetime as dt
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from appliance.config import MailSettings
from appliance.errors import ConfigError
from appliance.mail.answers import Kind, Problem, Step, Verdict, silence, verdict
from appliance.mail.letter import Dispatch, Enclosure, Unreadable
from appliance.mail.views import Letter
from appliance.storage.secret_file import read_secret

ANSWER_S = 30.0  # a server far away, behind a satellite
LAST_ANSWER_S = 300.0  # it looks for viruses first (RFC 5321, 4.5.3.2.6)
WALL_S = 1800.0  # 15 MB over the thinnest of lines


class _Ended(Exception):
    """Raised where the talk ends."""

    def __init__(self, found: Verdict) -> None:
        super().__init__(found.kind.name)
        self.found = found


class Sender:
    """`send` belongs on one thread; `abort` may be called from another."""

    def __init__(
        self,
        settings: MailSettings,
        *,
        answer_s: float = ANSWER_S,
        last_answer_s: float = LAST_ANSWER_S,
        wall_s: float = WALL_S,
    ) -> None:
        self._settings = settings
        self._answer_s = answer_s
        self._last_answer_s = last_answer_s
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._smtp: smtplib.SMTP | None = None
        self._aborted = False

    def send(
        self,
        letter: Letter,
        files: Sequence[tuple[Path, str]],
        sent_at: dt.datetime,
        about_to_end: Callable[[], bool],
    ) -> Verdict:
        """What handing it over came to; raises nothing for what servers and lines do.

        `files` are paths and what each is called. `about_to_end` is called when all but the last
        dot has gone: from its return on the server may have the message; with False it is dropped.
        """
        try:
            password = self._password()
        except ConfigError:
            return Verdict(Kind.OFFLINE, Problem.PASSWORD)
        try:
            with _opened(files) as enclosures:
                dispatch = Dispatch(letter, enclosures, sent_at)
                return _Talk(self._settings, password, self).hand_over(
                    letter.address, dispatch, about_to_end
                )
        except Unreadable:
            return Verdict(Kind.REFUSED, Problem.GONE)

    def abort(self) -> None:
        """Let a talk under way end now, and none begin any more."""
        self._aborted = True
        self.cut()

    def cut(self) -> None:
        """Let a talk under way end now."""
        with self._lock:
            line = self._smtp.sock if self._smtp is not None else None
            if line is not None:
                # Not the method of a TLS socket, which its own thread is using just now.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    @property
    def answer_s(self) -> float:
        return self._answer_s

    @property
    def last_answer_s(self) -> float:
        return self._last_answer_s

    @property
    def is_aborted(self) -> bool:
        return self._aborted

    @contextlib.contextmanager
    def watched(self, smtp: smtplib.SMTP) -> Iterator[None]:
        """While this is entered, `abort` reaches the line, and so does the clock."""
        with self._lock:
            self._smtp = smtp
        alarm = threading.Timer(self._wall_s, self.cut)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        finally:
            alarm.cancel()
            with self._lock:
                self._smtp = None
            smtp.close()

    def _password(self) -> str:
        file = self._settings.password_file
        return read_secret(Path(file)) if file else ""


class _Line(smtplib.SMTP):
    """Not connected yet, so that it can be cut while it is."""

    def __init__(self, host: str, own_name: str, timeout_s: float) -> None:
        super().__init__(local_hostname=own_name, timeout=timeout_s)
        self._host = host  # whose certificate it must be


class _SecureLine(smtplib.SMTP_SSL):
    def __init__(self, host: str, own_name: str, timeout_s: float, context: ssl.SSLContext) -> None:
        super().__init__(local_hostname=own_name, timeout=timeout_s, context=context)
        self._host = host


class _Talk:
    """One connection, one message."""

    def __init__(self, settings: MailSettings, password: str, owner: Sender) -> None:
        self._settings = settings
        self._password = password
        self._owner = owner
        self._step = Step.GREETING

    def hand_over(
        self, address: str, dispatch: Dispatch, about_to_end: Callable[[], bool]
    ) -> Verdict:
        try:
            smtp = self._new()
            with self._owner.watched(smtp):
                self._expect(smtp.connect(self._settings.host, self._settings.usual_port)[0])
                if self._owner.is_aborted:  # while the line could not be cut yet
                    return Verdict(Kind.OFFLINE, Problem.INTERRUPTED)
                self._introduce(smtp)
                self._announce(smtp, address, dispatch.size_bytes)
                self._transmit(smtp, dispatch)
                if not about_to_end():
                    return Verdict(Kind.LATER, Problem.INTERRUPTED)
                found = self._end(smtp)
                with contextlib.suppress(OSError, smtplib.SMTPException):
                    smtp.quit()
                return found
        except _Ended as ended:
            return ended.found
        except ssl.SSLError:
            early = self._step in (Step.GREETING, Step.HELLO, Step.TLS)
            return silence(Step.TLS if early else self._step)
        except (OSError, smtplib.SMTPException, UnicodeError):
            # A server that speaks no SMTP may send what is no text at all.
            return silence(self._step)

    def _new(self) -> smtplib.SMTP:
        host = self._settings.host
        # Not the name of this machine, which is nobody's business.
        own_name = self._settings.sender.partition("@")[2]
        if self._settings.security == "tls":
            self._step = Step.TLS
            context, self._step = self._context(), Step.GREETING
            return _SecureLine(host, own_name, self._owner.answer_s, context)
        return _Line(host, own_name, self._owner.answer_s)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file or None)

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        self._hello(smtp)
        if self._settings.security == "starttls":
            self._step = Step.TLS
            if not smtp.has_extn("starttls"):
                raise _Ended(Verdict(Kind.OFFLINE, Problem.TLS))
            self._expect(smtp.starttls(context=self._context())[0])
            self._hello(smtp)
        if self._settings.user:
            self._step = Step.LOGIN
            try:
                smtp.login(self._settings.user, self._password)
            except smtplib.SMTPResponseException as error:
                self._expect(error.smtp_code)
            except smtplib.SMTPServerDisconnected:
                raise
            except smtplib.SMTPException as error:  # it offers no way that we know
                raise _Ended(Verdict(Kind.OFFLINE, Problem.LOGIN)) from error

    def _hello(self, smtp: smtplib.SMTP) -> None:
        self._step = Step.HELLO
        code = smtp.ehlo()[0]
        if code // 100 == 5:
            code = smtp.helo()[0]
        self._expect(code)

    def _announce(self, smtp: smtplib.SMTP, address: str, size_bytes: int) -> None:
        self._step = Step.SENDER
        options = []
        if smtp.has_extn("size"):
            most = smtp.esmtp_features["size"]
            if most.isdecimal() and 0 < int(most) < size_bytes:
                raise _Ended(Verdict(Kind.REFUSED, Problem.TOO_LARGE))
            options = [f"size={size_bytes}"]
        self._expect(smtp.mail(self._settings.sender, options)[0])
        self._step = Step.RECIPIENT
        self._expect(smtp.rcpt(address)[0])
        self._step = Step.DATA
        self._expect(smtp.docmd("DATA")[0])

    def _transmit(self, smtp: smtplib.SMTP, dispatch: Dispatch) -> None:
        try:
            for piece in dispatch.pieces():
                _open(smtp).sendall(piece)
        except TimeoutError:
            raise
        except OSError:
            # It would not hear the end: maybe it said why.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                code = smtp.getreply()[0]
                if code // 100 in (4, 5):
                    self._end_with(code)
            raise

    def _end(self, smtp: smtplib.SMTP) -> Verdict:
        self._step = Step.END
        line = _open(smtp)
        line.settimeout(self._owner.last_answer_s)
        line.sendall(b".\r\n")
        found = verdict(Step.END, smtp.getreply()[0])
        return found or silence(Step.END)

    def _expect(self, code: int) -> None:
        self._end_with(code, self._step)

    @staticmethod
    def _end_with(code: int, step: Step = Step.END) -> None:
        found = verdict(step, code)
        if found is not None:
            raise _Ended(found)


@contextlib.contextmanager
def _opened(files: Sequence[tuple[Path, str]]) -> Iterator[tuple[Enclosure, ...]]:
    with contextlib.ExitStack() as held:
        found = []
        for path, name in files:
            try:
                file = held.enter_context(path.open("rb"))
                found.append(Enclosure(file, os.fstat(file.fileno()).st_size, name))
            except OSError as error:
                raise Unreadable from error
        yield tuple(found)


def _open(smtp: smtplib.SMTP) -> socket.socket:
    if smtp.sock is None:
        raise smtplib.SMTPServerDisconnected
    return smtp.sock
