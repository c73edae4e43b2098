"""Requests, and the files that answer them, as screens see them."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.requests import rules
from appliance.requests.rules import REASONS, Reason, RequestState


@dataclass(frozen=True, slots=True)
class SoftcopyRequest:
    """One request; without an e-mail address its visitor fetches the file with the code.

    `code` is empty, and so is what its visitor wrote, once it is forgotten. Codes of the survey
    are those of choices.py, empty where nothing was chosen. `keeps_until`: when it is forgotten.
    """

    id: int
    uuid: str
    code: str = field(repr=False)
    visit_id: int
    publication_id: int | None
    wanted: str = field(repr=False)
    purpose: str = field(repr=False)
    email: str = field(repr=False)
    area: str = field(repr=False)
    year_from: int | None
    year_to: int | None
    level: str
    period: str
    source: str
    national: str
    outcome: str
    quality: int | None
    state: RequestState
    created_at: dt.datetime
    taken_by: str
    changed_at: dt.datetime | None
    reason: str
    note: str = field(repr=False)
    keeps_until: dt.datetime | None
    is_forgotten: bool

    @property
    def is_unanswered(self) -> bool:
        return self.state in rules.UNANSWERED

    @property
    def may_be_cancelled(self) -> bool:
        return RequestState.CANCELLED in rules.STEPS[self.state]

    @property
    def is_judged(self) -> bool:
        """Whether its visitor has said what the answer was worth."""
        return bool(self.outcome)

    @property
    def refusal(self) -> str:
        """Why it was refused, a message to translate; empty where only `note` says it."""
        known = self.reason in REASONS and self.reason != Reason.OTHER
        return REASONS[Reason(self.reason)] if known else ""


class FileState(StrEnum):
    """Where the file of an answer stands; the values are those of the database."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    REFUSED = "refused"
    """It cannot be marked; an officer decides what becomes of it."""
    GONE = "gone"


PENDING = (FileState.WAITING, FileState.WORKING)
THERE = (*PENDING, FileState.READY, FileState.REFUSED)


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The file that answers a request. `number` is that of the mark in it, empty without one."""

    kind: str
    state: FileState
    problem: str
    number: str
    size_bytes: int
    added_at: dt.datetime
    added_by: str

    @property
    def is_pending(self) -> bool:
        return self.state in PENDING
