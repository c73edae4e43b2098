"""What screens are given of marked copies."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from appliance.watermarks import rules
from appliance.watermarks.rules import CopyState


@dataclass(frozen=True, slots=True)
class Offer:
    """How far a publication is: `state` None, nobody has asked for it yet.

    `is_marked` False: this office hands out softcopies as they are, which needs no preparing.
    `is_attended` False: it waits, and nobody is there to prepare it.
    """

    publication_id: int
    title: str
    is_marked: bool
    state: CopyState | None
    problem: str | None = None
    is_attended: bool = True

    @property
    def version(self) -> str:
        """Another one when a screen has something new to show."""
        return f"{self.state or 'none'}-{int(self.is_attended)}"

    @property
    def is_pending(self) -> bool:
        return self.state in rules.PENDING

    @property
    def is_ready(self) -> bool:
        return not self.is_marked or self.state is CopyState.READY

    @property
    def may_retry(self) -> bool:
        """Whether preparing it again may go better."""
        return self.problem in rules.PASSING

    @property
    def sentence(self) -> str:
        """Why it cannot be had; empty when it can."""
        return rules.sentence(self.problem)


@dataclass(frozen=True, slots=True)
class CopyNote:
    """One copy that was handed out, as its visitor sees it."""

    number: str
    publication_id: int | None
    title: str
    purpose: str
    made_at: dt.datetime
    size_bytes: int


class Verdict(StrEnum):
    """What a file, or a number, turns out to be."""

    GENUINE = "genuine"
    KNOWN_NUMBER = "known_number"
    """Only the number was given: a copy of this number was handed out."""
    CHANGED = "changed"
    """Carries a number of ours, but is not the file that was handed out."""
    CUT = "cut"
    """A prepared file whose visitor's part was taken off."""
    FOREIGN_NUMBER = "foreign_number"
    """Carries a number that this house never gave out."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """What verifying found; never who the copy was made for."""

    verdict: Verdict
    number: str = ""
    title: str = ""
    made_at: dt.datetime | None = None
    purpose: str = ""
