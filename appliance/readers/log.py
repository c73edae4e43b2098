"""What was read, in code_read: kept for a day, shown for seconds, never a foreign code's text."""

import datetime as dt
import uuid as uuids
from dataclasses import dataclass

from peewee import JOIN, ModelSelect

from appliance.clock import Clock, Stamp
from appliance.codes import ReadKind
from appliance.lockers import rules as lockers
from appliance.lockers.outcomes import life
from appliance.lockers.rules import Outcome
from appliance.readers import rules
from appliance.readers.answers import Answer, Choice, Place
from appliance.readers.views import ReaderView, ReadView
from appliance.storage import statements
from appliance.storage.models import (
    BookCopy,
    DoorCommand,
    Locker,
    Publication,
    ReaderRow,
    Staff,
    utc_text,
)
from appliance.storage.models import CodeRead as Row
from appliance.storage.prepared import Prepared
from appliance.storage.writer import Writer
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

COMMAND_BEFORE = dt.timedelta(seconds=2)  # a read's row is written just after its door command
OWN_READS = 8  # of one visit at one place: more do not come within a minute
_NEWEST = "SELECT id FROM code_read WHERE place = ? ORDER BY id DESC LIMIT 1"
BOOKS_IN_A_ROW = 20  # one ticket, then its books: nobody carries more
_READERS = Prepared(ReaderRow, lambda: ReaderRow.select().order_by(ReaderRow.reader))
_READERS_AT = Prepared(
    ReaderRow,
    lambda place: ReaderRow.select().where(ReaderRow.place == place).order_by(ReaderRow.reader),
)
READS_LOOKED_AT = 1000  # of every reader: more do not come while a question stands


@dataclass(frozen=True, slots=True)
class Subject:
    """What a read was about; what it was not about is left out."""

    visit: VisitCard | None = None
    locker_number: int | None = None
    publication_id: int | None = None
    title: str = ""
    book: str = ""
    staff_id: int | None = None
    copy_id: int | None = None
    shelf: str = ""


class ReadLog:
    """Writes and finds reads. Any thread; what writes may also be called inside the writer."""

    def __init__(self, *, writer: Writer, clock: Clock, visits: VisitService) -> None:
        self._writer = writer
        self._clock = clock
        self._visits = visits

    def add(
        self, reader: str, place: Place, kind: ReadKind, answer: Answer, about: Subject
    ) -> ReadView:
        """Keep a read and its answer.

        The view is made without asking the database: a door waits behind it.
        """
        now, uuid = self._clock.stamp(), str(uuids.uuid4())

        def write() -> None:
            Row.insert(
                uuid=uuid,
                reader=reader,
                place=place,
                at=now.at,
                boot_id=now.boot_id,
                boot_ms=now.boot_ms,
                kind=kind,
                answer=answer,
                locker=_locker_id(about.locker_number),
                visit=about.visit.id if about.visit else None,
                publication=about.publication_id,
                book_copy=about.copy_id,
                book=about.book,
                staff=about.staff_id,
            ).execute()

        self._writer.run(write)
        return ReadView(
            uuid=uuid,
            reader=reader,
            place=place,
            kind=kind,
            answer=answer,
            at=now.at,
            locker_number=about.locker_number,
            visit_id=about.visit.id if about.visit else None,
            visit_label=about.visit.label if about.visit else "",
            publication_id=about.publication_id,
            title=about.title,
            copy_id=about.copy_id,
            shelf=about.shelf,
            book=about.book,
            username="",
            outcome=Outcome.WAITING if answer.opens_a_door else None,
            choices=answer.choices,
            is_taken=False,
        )

    def newest(self, place: Place) -> Row | None:
        """The last read at this place, however long ago."""
        # Every look at the desk asks this, and mostly nothing was read.
        newest = statements.first(_NEWEST, (str(place),))
        row: Row | None = _rows().where(Row.id == newest[0]).first() if newest else None
        return row

    def by_uuid(self, uuid: str) -> Row | None:
        row: Row | None = _rows().where(Row.uuid == uuid).first()
        return row

    def of_visit(self, visit_id: int, place: Place) -> list[Row]:
        """The last reads of this visit's ticket at this place, the newest first."""
        own = (Row.visit == visit_id) & (Row.place == place)
        return list(
            Row.select()
            .where(own, Row.publication.is_null())
            .order_by(Row.id.desc())
            .limit(OWN_READS)
        )

    def at_reader(self, reader: str, place: Place) -> list[Row]:
        """The last reads of this reader, the newest first."""
        here = (Row.place == place) & (Row.reader == reader)
        return list(Row.select().where(here).order_by(Row.id.desc()).limit(BOOKS_IN_A_ROW))

    def asked_another(self, row: Row, choice: Choice) -> bool:
        """Whether this choice may as well be another visit's than this read's, at its reader.

        Being told to scan one's ticket first ends every question before it.
        """
        seen: set[int | None] = {None, _visit_id(row)}
        near = (Row.place == row.place) & Row.id.between(row.id - READS_LOOKED_AT, row.id - 1)
        about = Row.visit.is_null(False) | (Row.answer == Answer.TICKET_FIRST)
        here = near & (Row.reader == row.reader)
        for before in Row.select().where(here & about).order_by(Row.id.desc()):
            if before.answer == Answer.TICKET_FIRST:
                return False
            could_choose = rules.chosen_answer(Answer(before.answer), choice) is not None
            if could_choose and _visit_id(before) not in seen and self._stands(before):
                return True
            seen.add(_visit_id(before))
        return False

    def was_ended(self, row: Row) -> bool:
        """Whether somebody was told at its reader, after this read, to scan the ticket first."""
        later = (Row.place == row.place) & (Row.id > row.id) & (Row.reader == row.reader)
        return bool(Row.select().where(later, Row.answer == Answer.TICKET_FIRST).exists())

    def age_s(self, row: Row) -> float | None:
        """Seconds since the read; None when it was before this boot."""
        now: Stamp = self._clock.stamp()
        if row.boot_id != now.boot_id:
            return None
        return float(now.boot_ms - row.boot_ms) / 1000

    def take(self, row: Row, choice: Choice | str) -> bool:
        """Mark what was chosen; False when somebody was faster."""
        mine = (Row.id == row.id) & Row.chosen.is_null()
        change = Row.update(chosen=choice, chosen_at=self._clock.now()).where(mine)
        return bool(self._writer.run(change.execute))

    def view(self, row: Row) -> ReadView:
        """The read as screens show it."""
        outcome = self._outcome(row)
        answer = Answer(row.answer)
        visit_id = _visit_id(row)
        return ReadView(
            uuid=row.uuid,
            reader=row.reader,
            place=Place(row.place),
            kind=ReadKind(row.kind),
            answer=answer,
            at=row.at,
            locker_number=row.locker.number if row.locker else None,
            visit_id=visit_id,
            visit_label=self._visits.by_id(visit_id).label if visit_id else "",
            publication_id=row.publication.id if row.publication else None,
            title=row.publication.title if row.publication else "",
            copy_id=row.book_copy.id if row.book_copy else None,
            shelf=row.book_copy.shelf if row.book_copy else "",
            book=row.book,
            username=row.staff.username if row.staff else "",
            outcome=outcome,
            choices=self._choices(row, answer, outcome),
            is_taken=row.chosen is not None,
        )

    def forget_before(self, moment: dt.datetime) -> int:
        """Delete older reads; how many."""
        old = Row.at < utc_text(moment)
        return int(self._writer.run(Row.delete().where(old).execute))  # type: ignore[misc]

    # Readers ------------------------------------------------------------------------------

    def set_state(self, reader: str, place: Place, state: str) -> None:
        """Keep how a reader is since now; the same state once more changes nothing."""
        row = ReaderRow.get_or_none(ReaderRow.reader == reader)
        if row is not None and (row.state, row.place) == (state, place):
            return
        values = {"place": place, "state": state, "since": self._clock.now()}
        change = ReaderRow.insert(reader=reader, **values).on_conflict(
            conflict_target=[ReaderRow.reader], update=values
        )
        self._writer.run(change.execute)

    def keep_only(self, readers: set[str]) -> None:
        """Forget readers that the settings no longer name."""
        gone = [row.reader for row in ReaderRow.select() if row.reader not in readers]
        if gone:
            self._writer.run(ReaderRow.delete().where(ReaderRow.reader.in_(gone)).execute)  # type: ignore[misc]

    def readers(self, place: Place | None = None) -> tuple[ReaderView, ...]:
        """The readers of this place, or every reader, by name."""
        rows = _READERS.rows() if place is None else _READERS_AT.rows(str(place))
        return tuple(ReaderView(r.reader, Place(r.place), r.state, r.since) for r in rows)

    # Inside -------------------------------------------------------------------------------

    def _outcome(self, row: Row) -> Outcome | None:
        """How the door command of this read stands; None where it gave none."""
        if not Answer(row.answer).opens_a_door or row.locker is None:
            return None
        own = DoorCommand.locker == row.locker.id
        command = DoorCommand.select().where(own).order_by(DoorCommand.id.desc()).first()
        if command is None or command.created_at < row.at - COMMAND_BEFORE:
            return None
        return lockers.outcome(life(command), self._clock.stamp())

    def _stands(self, row: Row) -> bool:
        """Whether this read asked something that may still be answered."""
        age_s, offer_s = self.age_s(row), rules.offer_s(Answer(row.answer))
        is_asked = offer_s > 0 and row.chosen is None
        return is_asked and age_s is not None and age_s <= offer_s

    def _choices(self, row: Row, answer: Answer, outcome: Outcome | None) -> tuple[Choice, ...]:
        if not self._stands(row):
            return ()
        if answer is Answer.FETCHING:
            was_opened = outcome is not None and not outcome.is_running and not outcome.needs_help
            return (Choice.EMPTY,) if was_opened else ()
        return answer.choices


def _rows() -> "ModelSelect[Row]":
    """Reads, each with the locker, publication and member of staff it was about."""
    return (
        Row.select(Row, Locker, Publication, Staff, BookCopy)
        .join(BookCopy, JOIN.LEFT_OUTER)
        .switch(Row)
        .join(Locker, JOIN.LEFT_OUTER)
        .switch(Row)
        .join(Publication, JOIN.LEFT_OUTER)
        .switch(Row)
        .join(Staff, JOIN.LEFT_OUTER)
    )


def _locker_id(number: int | None) -> int | None:
    if number is None:
        return None
    row = Locker.get_or_none(Locker.number == number)
    return None if row is None else row.id


def _visit_id(row: Row) -> int | None:
    visit_id: int | None = row.visit_id  # type: ignore[attr-defined] # Peewee makes it from the column
    return visit_id
