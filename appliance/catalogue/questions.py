"""What visitors looked for in vain: asked of the officer, answered by word of mouth."""

import datetime as dt
from dataclasses import dataclass

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.storage.among import among
from appliance.storage.models import CatalogueQuestion as Row
from appliance.storage.models import Visit
from appliance.storage.once import once
from appliance.visits.rules import OPEN_STATES
from appliance.visits.service import VisitService

MOST_LISTED = 50
MOST_WAITING = 10  # of one visit
FIELDS = {"wanted": Field(200, N_("Tulis apa yang Anda cari."))}


@dataclass(frozen=True, slots=True)
class Question:
    """One question that waits at the desk."""

    id: int
    visit_id: int
    visit_label: str
    wanted: str
    asked_at: dt.datetime


class CatalogueQuestions:
    """Reads from any thread; every change goes through the writer."""

    def __init__(self, *, books: Books, visits: VisitService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits

    def ask(self, visit_id: int, wanted: str, *, by: Actor, idempotency_key: str = "") -> None:
        """Put what somebody looked for before the officer; the same words wait only once.

        Raises Invalid without words, Refused when the visit is closed or asks too much at once.
        """
        text = checked({"wanted": wanted}, FIELDS)["wanted"]

        def keep() -> str:
            visit = self._visits.require_open(visit_id)
            waits = Row.select().where(Row.answered_at.is_null(), Row.visit == visit.id)
            if not waits.where(Row.wanted == text).exists():
                if waits.count() >= MOST_WAITING:
                    raise Refused(N_("Pertanyaan Anda yang lain belum dijawab. Datanglah ke meja."))
                Row.create(visit=visit.id, wanted=text, asked_at=self._clock.now())
                self._recorder.note("catalogue.asked", f"visit/{visit.uuid}", by=by)
            return ""

        self._writer.run(lambda: once(f"asked/{visit_id}", idempotency_key, self._clock, keep))

    def waiting(self) -> tuple[Question, ...]:
        """What waits for an answer, the oldest first; at most 50.

        Only of visitors who are here: nobody can be told any more what others looked for.
        """
        here = Visit.select(Visit.id).where(among(Visit.state, OPEN_STATES))
        asked = Row.select().where(Row.answered_at.is_null(), Row.visit.in_(here))
        rows = list(asked.order_by(Row.id).limit(MOST_LISTED))
        # Peewee makes `visit_id` from the column.
        waiting = [(row, row.visit_id) for row in rows]  # type: ignore[attr-defined]
        visits = self._visits.by_ids(visit_id for _, visit_id in waiting)
        return tuple(
            Question(row.id, visit_id, visits[visit_id].label, row.wanted, row.asked_at)
            for row, visit_id in waiting
        )

    def answered(self, question_id: int, *, by: Actor) -> None:
        """Take a question from the list. The same once more changes nothing. Raises NotFound."""

        def change() -> None:
            row = Row.get_or_none(Row.id == question_id)
            if row is None:
                raise NotFound(N_("Pertanyaan itu tidak ada."))
            if row.answered_at is not None:
                return
            row.answered_at, row.answered_by = self._clock.now(), by.name
            row.save(only=[Row.answered_at, Row.answered_by])
            self._recorder.note("catalogue.answered", f"question/{row.id}", by=by)

        self._writer.run(change)
