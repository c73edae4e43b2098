"""What visitors looked for in vain: asked of the officer, answered by word of mouth."""

import datetime as dt
from dataclasses import dataclass

from appliance.actor import Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import Field, checked
from appliance.record import Books
from appliance.storage import statements
from appliance.storage.models import CatalogueQuestion as Row
from appliance.storage.once import once
from appliance.visits.queue_rules import number_label
from appliance.visits.rules import OPEN_STATES
from appliance.visits.service import VisitService

MOST_LISTED = 50
MOST_WAITING = 10  # of one visit
FIELDS = {"wanted": Field(200, N_("Tulis apa yang Anda cari."))}
_OPEN = ", ".join(f"'{state.value}'" for state in OPEN_STATES)
_WAITING = f"""
SELECT q.id, q.visit_id, v.series, COALESCE(v.ticket, v.number), q.wanted, q.asked_at
FROM catalogue_question q JOIN visit v ON v.id = q.visit_id
WHERE q.answered_at IS NULL AND v.state IN ({_OPEN})
ORDER BY q.id LIMIT {MOST_LISTED}
"""  # noqa: S608 - words of our own enum


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
        return tuple(
            Question(
                row_id,
                visit_id,
                number_label(ticket, series),
                wanted,
                dt.datetime.fromisoformat(at),
            )
            for row_id, visit_id, series, ticket, wanted, at in statements.every(_WAITING)
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
