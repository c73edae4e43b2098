"""Ratings: asked once a visit, kept apart from it for good."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from peewee import fn

from appliance.actor import SYSTEM, Actor
from appliance.errors import N_, NotFound, Refused
from appliance.free_text import checked
from appliance.offices import Office
from appliance.ratings import rules
from appliance.ratings.months import Months
from appliance.ratings.order import rewrite
from appliance.ratings.questions import Element
from appliance.ratings.rules import Channel, How, Index, Tally, Weight
from appliance.record import Books
from appliance.storage.models import (
    Rating,
    RatingAnswer,
    RatingCount,
    RatingProfile,
    SkdAsked,
    Visit,
)
from appliance.storage.once import once
from appliance.visits.rules import VisitCard, VisitState
from appliance.visits.service import VisitService

TRAITS = ("sex", "age_band", "education", "occupation")
ID_BITS = 62
# The portal gets the totals of a month whenever this many more have answered, never one answer.
SUMMARY_EVERY = 5
UNRATED = (VisitState.CANCELLED, VisitState.NOT_RETURNED)
BY_PHONE = How()
ALREADY = N_("Penilaian untuk kunjungan ini sudah diisi atau dilewati. Terima kasih.")


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote, and the number it is taken away by, which tells nothing."""

    id: int
    text: str


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
        self._weight = Weight(office.survey.weight)
        self._months = Months(books.clock, office)
        self._visits = visits

    def give(
        self,
        visit_id: int,
        answers: Mapping[str, object],
        comment: str = "",
        *,
        by: Actor,
        idempotency_key: str = "",
        how: How = BY_PHONE,
    ) -> None:
        """Keep the answers, by element code, and a comment.

        Raises Invalid naming every element without an answer (`partly`: when there is none), and a
        comment that seems to say how to reach somebody; Refused when this visit has rated or
        declined before. The same key again changes nothing.
        """
        good, said = self._checked(answers, comment, partly=how.partly)

        def keep() -> str:
            visit = self._unrated(visit_id)
            month = self._months.this_month()
            self._keep(month, good, said, how.channel)
            self._count_respondent(month, visit)
            self._visits.mark_rated(visit.id)
            self._recorder.fact("rating.given", f"visit/{visit.uuid}", by=by)
            self._summarise(month)
            return visit.uuid

        self._writer.run(lambda: once("rating", idempotency_key, self._clock, keep))

    def give_apart(
        self,
        answers: Mapping[str, object],
        comment: str = "",
        *,
        by: Actor,
        how: How,
        month: str = "",
        idempotency_key: str = "",
    ) -> None:
        """Keep a form of nobody's visit: from paper, or of somebody in a group.

        `month` is the present one or that before (paper comes late).
        Raises Invalid. The same key again changes nothing.
        """
        problems = {} if self._months.may_be_entered(month) else {"month": rules.CHOOSE}
        good, said = self._checked(answers, comment, partly=how.partly, found=problems)

        def keep() -> str:
            of = month or self._months.this_month()
            self._keep(of, good, said, how.channel)
            self._recorder.fact("rating.given", f"ratings/{of}", by=by)
            self._summarise(of)
            return f"ratings/{of}"

        self._writer.run(lambda: once("rating", idempotency_key, self._clock, keep))

    def decline(self, visit_id: int, *, by: Actor, reason: str = "") -> None:
        """Remember that this visit does not want to rate; of the reason only how often it was.

        Raises Refused when it has rated.
        """

        def keep() -> None:
            visit = self._unrated(visit_id)
            self._count("refusal", rules.refusal(reason))
            SkdAsked.insert(visit=visit.id).on_conflict_ignore().execute()
            self._visits.mark_rated(visit.id)
            self._recorder.fact("rating.declined", f"visit/{visit.uuid}", by=by)

        self._writer.run(keep)

    def decline_apart(self, *, reason: str = "") -> None:
        """The same for somebody in a group, which leaves nothing but the count."""
        self._writer.run(lambda: self._count("refusal", rules.refusal(reason)))

    def remove_comment(self, comment_id: int, *, by: Actor) -> None:
        """Take away what somebody wrote because it tells of a person. Raises NotFound."""

        def write() -> None:
            said = (Rating.id == comment_id) & (Rating.comment != "")
            row = Rating.get_or_none(said)
            if row is None:
                raise NotFound(N_("Komentar itu sudah tidak ada."))
            Rating.update(comment="").where(said).execute()
            self._recorder.note("rating.comment_removed", f"ratings/{row.month}", by=by)

        self._writer.run(write)

    def index(self, first_month: str, last_month: str | None = None) -> Index:
        """The index over whole months (``2026-11``), the first one alone by default."""
        last = last_month or first_month
        tallies = {
            Element(element): Tally(total, answered)
            for element, total, answered in _sums(first_month, last)
        }
        return rules.index(tallies, _respondents(first_month, last), weight=self._weight)

    def this_month(self) -> str:
        """The month that it is at the office, such as ``2026-11``."""
        return self._months.this_month()

    def comments(self, month: str) -> tuple[str, ...]:
        """What respondents of a month wrote, in no order that would tell who came when."""
        return tuple(comment.text for comment in self.comments_to_read(month))

    def comments_to_read(self, month: str) -> tuple[Comment, ...]:
        """The same with what is needed to take one away."""
        rows = Rating.select(Rating.id, Rating.comment).where(
            Rating.month == month, Rating.comment != ""
        )
        return tuple(Comment(row.id, row.comment) for row in rows.order_by(Rating.id))

    def profile(self, month: str) -> dict[str, dict[str, int]]:
        """How many respondents of a month had each code of each trait.

        Nothing is known of those from paper, and of members of a group.
        """
        found: dict[str, dict[str, int]] = {trait: {} for trait in TRAITS}
        for row in RatingProfile.select().where(RatingProfile.month == month):
            found[row.trait][row.code] = row.respondents
        return found

    def channels(self, first_month: str, last_month: str | None = None) -> dict[str, int]:
        """How many answered by each channel, by its code."""
        return _counts("channel", first_month, last_month or first_month)

    def refusals(self, first_month: str, last_month: str | None = None) -> dict[str, int]:
        """How many declined for each reason, by its code; `unsaid` without one."""
        return _counts("refusal", first_month, last_month or first_month)

    def users(self, first_month: str, last_month: str | None = None) -> int:
        """How many visits there were to ask: the population of the sample."""
        last = last_month or first_month
        within = Visit.day().between(f"{first_month}-01", f"{last}-31")
        return int(Visit.select().where(within, Visit.state != VisitState.CANCELLED).count())

    def shuffle(self) -> None:
        """Let the file tell no more in which order people answered this month."""
        month, key = self._months.this_month(), (RatingAnswer.rating, RatingAnswer.element)
        self._writer.run(lambda: rewrite(Rating, RatingAnswer, key, month))

    def _checked(
        self,
        answers: Mapping[str, object],
        comment: str,
        *,
        partly: bool,
        found: Mapping[str, str] | None = None,
    ) -> tuple[dict[Element, int], str]:
        good, problems = rules.checked_answers(answers, partly=partly)
        problems |= rules.contact_problem(comment) | dict(found or {})
        return good, checked({"comment": comment}, rules.FIELDS, found=problems)["comment"]

    def _unrated(self, visit_id: int) -> VisitCard:
        visit = self._visits.by_id(visit_id)
        if visit.rated_at is not None:
            raise Refused(ALREADY)
        if visit.state in UNRATED:
            raise Refused(N_("Kunjungan ini tidak dapat dinilai lagi."))
        return visit

    def _keep(
        self, month: str, good: Mapping[Element, int], comment: str, channel: Channel
    ) -> None:
        rating = Rating.create(id=secrets.randbits(ID_BITS), month=month, comment=comment)
        RatingAnswer.insert_many(
            [(rating.id, element, value) for element, value in good.items()],
            fields=[RatingAnswer.rating, RatingAnswer.element, RatingAnswer.value],
        ).execute()
        self._count("channel", channel, month)

    def _count(self, kind: str, code: str, month: str = "") -> None:
        of = month or self._months.this_month()
        RatingCount.insert(month=of, kind=kind, code=code, times=1).on_conflict(
            conflict_target=[RatingCount.month, RatingCount.kind, RatingCount.code],
            update={RatingCount.times: RatingCount.times + 1},
        ).execute()

    def _count_respondent(self, month: str, visit: VisitCard) -> None:
        for trait in TRAITS:
            code = getattr(visit.statistics, trait)
            RatingProfile.insert(month=month, trait=trait, code=code, respondents=1).on_conflict(
                conflict_target=[RatingProfile.month, RatingProfile.trait, RatingProfile.code],
                update={RatingProfile.respondents: RatingProfile.respondents + 1},
            ).execute()

    def _summarise(self, month: str) -> None:
        respondents = _respondents(month, month)
        if respondents % SUMMARY_EVERY:
            return
        sums = [one for one in _sums(month, month) if one[2] >= SUMMARY_EVERY]
        data = {
            "month": month,
            "respondents": respondents,
            "totals": {element: total for element, total, _ in sums},
            "answered": {element: answered for element, _, answered in sums},
        }
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


def _respondents(first_month: str, last_month: str) -> int:
    return int(Rating.select().where(Rating.month.between(first_month, last_month)).count())


def _counts(kind: str, first_month: str, last_month: str) -> dict[str, int]:
    query = (
        RatingCount.select(RatingCount.code, fn.SUM(RatingCount.times))
        .where(RatingCount.kind == kind, RatingCount.month.between(first_month, last_month))
        .group_by(RatingCount.code)
    )
    return dict(query.tuples().iterator())
