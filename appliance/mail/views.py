"""Messages as screens and servers see them, and files as they are given to be sent."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from appliance.mail import answers
from appliance.mail.answers import Problem
from appliance.mail.rules import PENDING, MailState


class MailKind(StrEnum):
    """What is sent; the values are those of the database."""

    SCAN = "scan"
    ANSWER = "answer"
    """The softcopy that somebody requested."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Finished files to be sent together.

    `about` is the uuid of the scan job or the request; each file comes with its name in the
    e-mail, plain ASCII and without anybody's name.
    """

    kind: MailKind
    about: str
    files: tuple[tuple[Path, str], ...]
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """What is sent. `message_id` without brackets; the same one whenever it is sent again."""

    message_id: str
    sender: str
    sender_name: str
    address: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MailView:
    """One message. `address` is None as soon as it has ended; `reply` is the server's code."""

    uuid: str
    kind: MailKind
    about: str
    visit_id: int
    address: str | None
    state: MailState
    problem: Problem | None
    reply: int | None
    unheard: int
    cancel_asked: bool
    size_bytes: int
    asked_at: dt.datetime
    expires_at: dt.datetime | None
    ended_at: dt.datetime | None

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING

    @property
    def sentence(self) -> str:
        """What to tell about its problem: an Indonesian msgid, empty without one."""
        return answers.sentence(self.problem)


@dataclass(frozen=True, slots=True)
class MailReport:
    """How the waiting messages are doing; `problem` and `reply` of the last try."""

    waiting: int
    oldest_at: dt.datetime | None
    problem: Problem | None
    reply: int | None
    next_at: dt.datetime | None

    @property
    def sentence(self) -> str:
        """What to tell about the last problem: an Indonesian msgid, empty without one."""
        return answers.sentence(self.problem)
