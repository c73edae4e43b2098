"""A small real SMTP server on loopback, and what the tests of e-mail stand on."""

import base64
import email
import email.policy
import socketserver
import ssl
import threading
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Self

from appliance.actor import Actor, Role
from appliance.config import MailSettings
from appliance.mail.copies import Copies
from appliance.mail.sender import Sender
from appliance.mail.sending import MailSending
from appliance.mail.service import MailService
from appliance.mail.views import MailKind, MailView, Parcel
from appliance.storage.models import MailMessage

PEM = Path(__file__).with_name("mail_server.pem")
VISITOR = Actor(Role.VISITOR, "v")
USER, PASSWORD = "kantor", "rahasia-kantor-27"
ADDRESS = "siti.kenari@contoh.id"
LONGEST_S = 60.0
CUT, GARBAGE, HOLD = "cut", "garbage", "hold"


@dataclass
class MailServer:
    """Accepts everything unless told otherwise.

    `says[verb]` are answers given instead of the usual ones, first come first served: a reply such
    as "450 later", CUT (the line is closed without one), GARBAGE or HOLD (`go_on` is waited for).
    The verbs are those of SMTP, CONNECT for the greeting and END for the last dot.
    """

    tls: str = "none"  # or "starttls", "tls"
    login: bool = False
    says: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)  # down to the dot, whatever was answered
    verbs: list[str] = field(default_factory=list)
    features: tuple[str, ...] = ("SIZE 20000000",)
    go_on: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        owner = self

        class Handler(_Talk):
            server_of_test = owner

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._thread.join(LONGEST_S)
        self._server.server_close()

    def settings(self, folder: Path, **further: object) -> MailSettings:
        """The settings of an office with an account here."""
        values: dict[str, object] = {
            "host": "localhost" if self.tls != "none" else "127.0.0.1",
            "port": self.port,
            "security": self.tls,
            "ca_file": str(PEM) if self.tls != "none" else "",
            "sender": "ruangbaca@bps.contoh.id",
        }
        if self.login:
            file = folder / "password"
            file.write_text(PASSWORD + "\n")
            file.chmod(0o400)
            values |= {"user": USER, "password_file": str(file)}
        return MailSettings(**(values | further))

    def mails(self) -> list[EmailMessage]:
        """What was accepted, read as a mail program would."""
        policy = email.policy.default
        return [email.message_from_bytes(data, policy=policy) for _, data in self.accepted]

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(PEM)
        return made


class _Talk(socketserver.StreamRequestHandler):
    server_of_test: MailServer
    timeout = LONGEST_S

    def handle(self) -> None:
        with suppress(OSError, _Over):
            if self.server_of_test.tls == "tls":
                self._secure()
            self._answer("CONNECT", "220 localhost ready")
            recipient = ""
            while line := self.rfile.readline():
                words = line.decode().strip()
                verb = words.partition(" ")[0].upper()
                self.server_of_test.verbs.append(verb)
                if verb == "RCPT":
                    recipient = words.partition("<")[2].rstrip(">")
                if verb == "DATA":
                    self._data(recipient)
                elif verb == "QUIT":
                    self._answer(verb, "221 bye")
                    return
                else:
                    self._answer(verb, self._usual(verb, words))
                    if verb == "STARTTLS":
                        self._secure()

    def _usual(self, verb: str, words: str) -> str:
        if verb == "EHLO":
            features = list(self.server_of_test.features)
            features += ["STARTTLS"] if self.server_of_test.tls == "starttls" else []
            features += ["AUTH PLAIN"] if self.server_of_test.login else []
            lines = ["localhost", *features]
            return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
        if verb == "AUTH":
            told = base64.b64decode(words.rsplit(maxsplit=1)[-1]).decode().split("\0")
            return "235 welcome" if told[1:] == [USER, PASSWORD] else "535 5.7.8 who are you"
        return {"STARTTLS": "220 go on", "QUIT": "221 bye"}.get(verb, "250 fine")

    def _data(self, recipient: str) -> None:
        self._answer("DATA", "354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Over
            lines.append(line.removeprefix(b"."))
        data = b"".join(lines)
        self.server_of_test.received.append(data)
        told = self.server_of_test.says["END"]
        if not told or told[0][0] == "2" or told[0] in (CUT, GARBAGE, HOLD):
            # A server that falls silent after the dot has most often kept the message.
            self.server_of_test.accepted.append((recipient, data))
        self._answer("END", "250 2.0.0 queued")

    def _answer(self, verb: str, usual: str) -> None:
        told = self.server_of_test.says[verb]
        said = told.pop(0) if told else usual
        if said == HOLD:
            self.server_of_test.held.set()
            self.server_of_test.go_on.wait(LONGEST_S)
            said = usual
        if said == CUT:
            raise _Over
        reply = b"\xff\xfe<html>\r\n" if said == GARBAGE else said.encode() + b"\r\n"
        self.wfile.write(reply)
        if said[:3] in ("421", "554") and verb == "CONNECT":
            raise _Over

    def _secure(self) -> None:
        self.request = self.server_of_test.context().wrap_socket(self.request, server_side=True)
        self.setup()

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        with suppress(OSError):
            self.request.close()


class _Over(Exception):
    """The talk is over."""


def a_parcel(folder: Path, *contents: bytes, about: str = "job-1") -> Parcel:
    """Files as the documents process leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, content in enumerate(contents or (b"%PDF-1.7 scan",), start=1):
        path = folder / f"scan-{number}.pdf"
        path.write_bytes(content)
        files.append((path, f"hasil-pindai-{number}.pdf"))
    return Parcel(MailKind.SCAN, about, tuple(files), pages=2)


class Post:
    """A sync process that only sends mail, for an office with an account at this server."""

    def __init__(self, core, server, tmp_path, **further) -> None:
        self.core = core
        self.settings = server.settings(tmp_path, **further)
        self.copies = Copies(core.settings.mail_dir)
        self.service = MailService(
            books=core.books, waker=core.waker, settings=self.settings, copies=self.copies
        )
        self._ended = threading.Event()
        self.start()

    def start(self) -> None:
        self.sender = Sender(self.settings, answer_s=1.0, last_answer_s=1.0, wall_s=LONGEST_S)
        self.sending = MailSending(
            books=self.core.books,
            settings=self.settings,
            office=self.core.office,
            copies=self.copies,
            poke=self._ended.set,
            carrier=self.sender,
        )

    def run_until(self, reached) -> None:
        deadline = time.monotonic() + LONGEST_S
        self.sending.look()
        while not reached():
            assert time.monotonic() < deadline, "it never happened"
            self._ended.wait(0.05)
            self._ended.clear()
            self.sending.look()

    def now(self, asked: MailView) -> MailView:
        """How the message stands."""
        return next(one for one in self.service.about(asked.about) if one.uuid == asked.uuid)

    def run_once(self) -> None:
        """One try of one message, and what it came to written down."""
        before = attempts()
        self.run_until(
            lambda: (
                attempts() > before
                and not MailMessage.select().where(MailMessage.state == "sending").exists()
            )
        )


def attempts() -> int:
    return sum(row.attempts for row in MailMessage.select())


def files_below(folder: Path) -> list[str]:
    """The names of all that is on disk there."""
    return [path.name for path in folder.rglob("*") if path.is_file()]
