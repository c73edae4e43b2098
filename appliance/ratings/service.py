"""Ratings: asked once a visit, kept apart from it for good."""

import secrets
from collections.abc import Mapping

from peewee import fn

from appliance.actor import SYSTEM, Actor
from appliance.errors import N_, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.ratings import rules
from appliance.ratings.questions import Element
from appliance.ratings.rules import Index, Tally
from appliance.record import Books
from appliance.storage.models import Rating, RatingAnswer, RatingProfile
from appliance.storage.once import once
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService

TRAITS = ("sex", "age_band", "education", "occupation")
ID_BITS = 62
# The portal gets the totals of a month whenever this many more have answered, never one answer.
SUMMARY_EVERY = 5
UNRATED = (VisitState.CANCELLED, VisitState.NOT_RETURNED)
ALREADY = N_("Penilaian untuk kunjungan ini sudah diisi atau dilewati. Terima kasih.")


class RatingService:
    """The SKM survey. What is stored cannot be joined to a visit, not even by its order."""

    def __init__(
        self,
        *,
        books: Books,
        office: Office,
        visits: VisitService,
    ) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._office = office
        self._visits = visits

    def give(
        self,
        visit_id: int,
        answers: Mapping[str, object],
        comment: str = "",
        *,
        by: Actor,
        idempotency_key: str = "",
    ) -> None:
        """Keep the nine answers, by element code, and a comment.

        Raises Invalid naming every element without an answer, Refused when this visit has rated
        or declined before. The same key again changes nothing.
        """
        good, problems = rules.checked_answers(answers)
        said = checked({"comment": comment}, rules.FIELDS, found=problems)["comment"]

        def keep() -> str:
            visit = self._unrated(visit_id)
            month = self._office.business_date(self._clock.now()).isoformat()[:7]
            rating = Rating.create(id=secrets.randbits(ID_BITS), month=month, comment=said)
            RatingAnswer.insert_many(
                [(rating.id, element, value) for element, value in good.items()],
                fields=[RatingAnswer.rating, RatingAnswer.element, RatingAnswer.value],
            ).execute()
            self._count_respondent(month, visit)
            self._visits.mark_rated(visit.id)
            self._recorder.fact("rating.given", f"visit/{visit.uuid}", by=by)
            self._summarise(month)
            return visit.uuid

        self._writer.run(lambda: once("rating", idempotency_key, self._clock, keep))

    def decline(self, visit_id: int, *, by: Actor) -> None:
        """Remember that this visit does not want to rate. Raises Refused when it has rated."""

        def keep() -> None:
            visit = self._unrated(visit_id)
            self._visits.mark_rated(visit.id)
            self._recorder.fact("rating.declined", f"visit/{visit.uuid}", by=by)

        self._writer.run(keep)

    def index(self, first_month: str, last_month: str | None = None) -> Index:
        """The index over whole months (``2026-11``), the first one alone by default."""
        last = last_month or first_month
        tallies = {
            Element(element): Tally(total, answered)
            for element, total, answered in _sums(first_month, last)
        }
        respondents = Rating.select().where(Rating.month.between(first_month, last)).count()
        return rules.index(tallies, respondents)

    def comments(self, month: str) -> tuple[str, ...]:
        """What respondents of a month wrote, in no order that would tell who came when."""
        rows = Rating.select(Rating.comment).where(Rating.month == month, Rating.comment != "")
        return tuple(row.comment for row in rows.order_by(Rating.id))

    def profile(self, month: str) -> dict[str, dict[str, int]]:
        """How many respondents of a month had each code of each trait."""
        found: dict[str, dict[str, int]] = {trait: {} for trait in TRAITS}
        for row in RatingProfile.select().where(RatingProfile.month == month):
            found[row.trait][row.code] = row.respondents
        return found

    def _unrated(self, visit_id: int) -> VisitCard:
        visit = self._visits.by_id(visit_id)
        if visit.rated_at is not None:
            raise Refused(ALREADY)
        if visit.state in UNRATED:
            raise Refused(N_("Kunjungan ini tidak dapat dinilai lagi."))
        return visit

    def _count_respondent(self, month: str, visit: VisitCard) -> None:
        for trait in TRAITS:
            code = getattr(visit.statistics, trait)
            RatingProfile.insert(month=month, trait=trait, code=code, respondents=1).on_conflict(
                conflict_target=[RatingProfile.month, RatingProfile.trait, RatingProfile.code],
                update={RatingProfile.respondents: RatingProfile.respondents + 1},
            ).execute()

    def _summarise(self, month: str) -> None:
        sums = _sums(month, month)
        respondents = sums[0][2]
        if respondents % SUMMARY_EVERY == 0:
            totals = {element: total for element, total, _ in sums}
            data = {"month": month, "respondents": respondents, "totals": totals}
            self._recorder.fact("rating.summary", f"ratings/{month}", data, by=SYSTEM)


def _sums(first_month: str, last_month: str) -> list[tuple[str, int, int]]:
    """Element, sum of its answers, and how many they are."""
    query = (
        RatingAnswer.select(
            RatingAnswer.element, fn.SUM(RatingAnswer.value), fn.COUNT(RatingAnswer.value)
        )
        .join(Rating)
        .where(Rating.month.between(first_month, last_month))
        .group_by(RatingAnswer.element)
    )
    return list(query.tuples().iterator())
