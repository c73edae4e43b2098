"""Scan jobs and pages as screens see them."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from appliance.documents import collating, looks, rules
from appliance.documents.preset_rules import Preset
from appliance.documents.rules import JobState, PageState, TextState


@dataclass(frozen=True, slots=True)
class PageView:
    """One page. `replaces` is the uuid of the page that this one is scanned again for.

    `view_name` is the picture for screens, turned and cropped: None until it is drawn, empty when
    it cannot be. Sheets of one run through the feeder share their `batch`.
    """

    uuid: str
    state: PageState
    rows_done: int
    rows_total: int
    problem: str | None
    replaces: str | None
    size_bytes: int
    cancel_asked: bool
    turned: int
    is_cropped: bool
    is_blank: bool
    view_name: str | None
    source: str
    batch: str | None

    @property
    def sentence(self) -> str:
        """What to tell about its problem: an Indonesian msgid, empty when there is none."""
        return rules.sentence(self.problem)

    @property
    def wants_other_preset(self) -> bool:
        """Whether it failed by what was asked of the scanner, not by the paper."""
        return self.problem in rules.SETTING_PROBLEMS

    @property
    def turn_left(self) -> int:
        """How the page stands after a quarter turn against the clock."""
        return looks.turned_by(self.turned, -1)

    @property
    def turn_right(self) -> int:
        """How the page stands after a quarter turn with the clock."""
        return looks.turned_by(self.turned, 1)

    @property
    def is_active(self) -> bool:
        return self.state in rules.ACTIVE


@dataclass(frozen=True, slots=True)
class FileView:
    """One PDF of a finished job, `part` from 1."""

    part: int
    pages: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TurnView:
    """A job's turn at its scanner: `place` 0 when it has it, else which of those who wait.

    `is_called`: it was waited for, has come, and no page has been asked for yet.
    """

    place: int
    is_called: bool


@dataclass(frozen=True, slots=True)
class JobView:
    """One job: the pages kept, in order, and the newest attempt when it is not among them.

    `files` are its PDFs while they can be fetched. `text_state` None: nobody asked for words that
    can be searched; `text_pages` have been read so far.
    """

    uuid: str
    visit_id: int
    state: JobState
    preset: Preset
    pages: tuple[PageView, ...]
    attempt: PageView | None
    page_count: int
    removed: PageView | None
    turn: TurnView | None
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    problem: str | None
    files: tuple[FileView, ...] = ()
    text_state: TextState | None = None
    text_pages: int = 0

    @property
    def pdf_bytes(self) -> int:
        """The size of all its files together."""
        return sum(file.size_bytes for file in self.files)

    @property
    def is_reading(self) -> bool:
        """Whether its words are being made searchable; the files can be fetched meanwhile."""
        return self.is_ready and self.text_state in (TextState.WAITING, TextState.READING)

    @property
    def active(self) -> PageView | None:
        """The page waiting for the scanner or on it; None when the scanner is not ours now."""
        return self.attempt if self.attempt is not None and self.attempt.is_active else None

    @property
    def failed(self) -> PageView | None:
        """The newest attempt when it failed, with its problem."""
        found = self.attempt
        return found if found is not None and found.state is PageState.FAILED else None

    @property
    def is_open(self) -> bool:
        return self.state is JobState.OPEN

    @property
    def is_ready(self) -> bool:
        return self.state is JobState.READY

    @property
    def is_full(self) -> bool:
        return rules.is_full(len(self.pages), sum(page.size_bytes for page in self.pages))

    @property
    def is_busy(self) -> bool:
        """Whether something happens by itself, so that the station should ask again soon.

        Not while words are read: that takes minutes, and nobody stands there for it.
        """
        works = self.active is not None or self.state is JobState.FINISHING
        return works or self.is_waiting or self.is_called

    @property
    def fed_sheets(self) -> int:
        """How many sheets the last stack had, when its backs may follow; 0 otherwise."""
        return len(collating.last_stacks(self.pages)[0])

    @property
    def may_be_collated(self) -> bool:
        """Whether the last two stacks may be the two sides of the same sheets."""
        return bool(collating.last_stacks(self.pages)[1])

    @property
    def is_waiting(self) -> bool:
        """Whether another job has the scanner, and this one a place in the queue."""
        return self.turn is not None and self.turn.place > 0

    @property
    def is_called(self) -> bool:
        """Whether its turn at the scanner has just come."""
        return self.active is None and self.turn is not None and self.turn.is_called

    @property
    def is_working(self) -> bool:
        """Whether people wait before the screen for it: for a page, or for the PDF."""
        return self.active is not None or self.state is JobState.FINISHING

    @property
    def is_drawing(self) -> bool:
        """Whether pictures for the screen are still being made."""
        return self.is_open and any(page.view_name is None for page in self.pages)

    @property
    def sentence(self) -> str:
        """What to tell about the job's problem: an Indonesian msgid, empty without one."""
        return rules.sentence(self.problem)

    def number_of(self, page_uuid: str | None) -> int:
        """Which page of the file this is, from 1; 0 when it is none of those kept."""
        uuids = [page.uuid for page in self.pages]
        return uuids.index(page_uuid) + 1 if page_uuid in uuids else 0

    @property
    def version(self) -> str:
        """Changes whenever anything shown of it does."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class StaffJob:
    """A job of today in the staff list, with the number of its visit instead of a name."""

    job: JobView
    label: str


@dataclass(frozen=True, slots=True)
class VisitScans:
    """The scans of one visit.

    `deleted_at`: when they go, at the latest while the visit is open; None when no clock can tell.
    `has_expired`: some are gone because their time was over.
    """

    jobs: tuple[JobView, ...]
    grace_minutes: int
    deleted_at: dt.datetime | None
    has_expired: bool

    @property
    def version(self) -> str:
        return "-".join(job.version for job in self.jobs)


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A finished PDF on disk and the name it gets on the visitor's phone."""

    path: Path
    download_name: str
    size_bytes: int
    page_count: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PictureFile:
    """The picture of one page on disk as it was read, and how it is to be seen."""

    path: Path
    resolution_dpi: int
    turned: int
    crop: str | None

    @property
    def is_as_read(self) -> bool:
        """Whether the file itself is what is seen."""
        return not self.turned and self.crop is None


@dataclass(frozen=True, slots=True)
class OpenPicture:
    """The picture of one page as it is to be seen; whoever gets it closes `file`."""

    file: IO[bytes]
    download_name: str
    size_bytes: int
