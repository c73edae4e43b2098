"""The SKD: offered after the nine questions, never forced, kept apart from visit and rating."""

import secrets
from collections.abc import Mapping

from peewee import fn

from appliance.actor import SYSTEM, Actor
from appliance.errors import N_, Invalid, Refused
from appliance.offices import Office
from appliance.ratings import rules, skd_rules
from appliance.ratings.months import Months
from appliance.ratings.order import rewrite
from appliance.ratings.rules import Tally
from appliance.ratings.service import ID_BITS, SUMMARY_EVERY, UNRATED
from appliance.ratings.skd_items import Item
from appliance.ratings.skd_rules import ItemTallies, Reply, SkdFigures
from appliance.record import Books
from appliance.storage.models import SkdAnswer, SkdAsked, SkdReply
from appliance.storage.once import once
from appliance.visits.rules import VisitCard
from appliance.visits.service import VisitService

ALREADY = N_("Survei kebutuhan data untuk kunjungan ini sudah diisi atau dilewati. Terima kasih.")


class SkdService:
    """Importance and satisfaction of sixteen items, from 1 to 10."""

    def __init__(self, *, books: Books, office: Office, visits: VisitService) -> None:
        self._writer = books.writer
        self._clock = books.clock
        self._recorder = books.recorder
        self._visits = visits
        self._months = Months(books.clock, office)
        self.is_offered = office.survey.skd

    def is_open_to(self, visit: VisitCard) -> bool:
        """Whether to offer it to this visit: it has rated, and was not asked before."""
        if not self.is_offered or visit.rated_at is None or visit.state in UNRATED:
            return False
        return not SkdAsked.select().where(SkdAsked.visit == visit.id).exists()

    def give(
        self, visit_id: int, form: Mapping[str, str], *, by: Actor, idempotency_key: str = ""
    ) -> None:
        """Keep what was answered, which may be any part.

        Raises Invalid for answers off the scale and for none at all, Refused when this visit was
        asked before. The same key again changes nothing.
        """
        reply = _checked(form)

        def keep() -> str:
            visit = self._open(visit_id)
            SkdAsked.create(visit=visit.id)
            self._keep(self._months.this_month(), reply)
            self._recorder.note("skd.given", f"visit/{visit.uuid}", by=by)
            return visit.uuid

        self._writer.run(lambda: once("skd", idempotency_key, self._clock, keep))

    def give_apart(
        self, form: Mapping[str, str], *, by: Actor, month: str = "", idempotency_key: str = ""
    ) -> None:
        """Keep a form of nobody's visit, of the present month or the one before. Raises Invalid."""
        if not self._months.may_be_entered(month):
            raise Invalid({"month": rules.CHOOSE})
        reply = _checked(form)

        def keep() -> str:
            of = month or self._months.this_month()
            self._keep(of, reply)
            self._recorder.note("skd.given", f"ratings/{of}", by=by)
            return f"ratings/{of}"

        self._writer.run(lambda: once("skd", idempotency_key, self._clock, keep))

    def skip(self, visit_id: int, *, by: Actor) -> None:
        """Ask this visit no more. Once more changes nothing."""

        def write() -> None:
            visit = self._visits.by_id(visit_id)
            if SkdAsked.insert(visit=visit.id).on_conflict_ignore().as_rowcount().execute():
                self._recorder.note("skd.skipped", f"visit/{visit.uuid}", by=by)

        self._writer.run(write)

    def figures(self, first_month: str, last_month: str | None = None) -> SkdFigures:
        """The figures over whole months (``2026-11``), the first one alone by default."""
        last = last_month or first_month
        replies = SkdReply.month.between(first_month, last)
        overall = SkdReply.select(fn.SUM(SkdReply.overall), fn.COUNT(SkdReply.overall), fn.COUNT(1))
        total, answered, respondents = next(overall.where(replies).tuples().iterator())
        return skd_rules.figures(
            _tallies(first_month, last), Tally(total or 0, answered), respondents
        )

    def shuffle(self) -> None:
        """As RatingService.shuffle, for these answers."""
        month, key = self._months.this_month(), (SkdAnswer.reply, SkdAnswer.item)
        self._writer.run(lambda: rewrite(SkdReply, SkdAnswer, key, month))

    def _open(self, visit_id: int) -> VisitCard:
        visit = self._visits.by_id(visit_id)
        if not self.is_open_to(visit):
            raise Refused(ALREADY)
        return visit

    def _keep(self, month: str, reply: Reply) -> None:
        row = SkdReply.create(id=secrets.randbits(ID_BITS), month=month, overall=reply.overall)
        answers = [
            (row.id, item, reply.importance.get(item), reply.satisfaction.get(item))
            for item in reply.items
        ]
        if answers:
            fields = [
                SkdAnswer.reply,
                SkdAnswer.item,
                SkdAnswer.importance,
                SkdAnswer.satisfaction,
            ]
            SkdAnswer.insert_many(answers, fields=fields).execute()
        self._summarise(month)

    def _summarise(self, month: str) -> None:
        respondents = SkdReply.select().where(SkdReply.month == month).count()
        if respondents % SUMMARY_EVERY:
            return
        tallies = _tallies(month, month)
        sums: dict[str, object] = {
            scale: {
                item: [one.total, one.answered]
                for item, both in tallies.items()
                if (one := getattr(both, scale)).answered >= SUMMARY_EVERY
            }
            for scale in skd_rules.SCALES
        }
        data = {"month": month, "respondents": respondents} | sums
        self._recorder.fact("skd.summary", f"ratings/{month}", data, by=SYSTEM)


def _checked(form: Mapping[str, str]) -> Reply:
    reply, problems = skd_rules.checked_reply(form)
    if problems:
        raise Invalid(problems)
    return reply


def _tallies(first_month: str, last_month: str) -> dict[Item, ItemTallies]:
    columns = (SkdAnswer.importance, SkdAnswer.satisfaction)
    figures = [function(column) for column in columns for function in (fn.SUM, fn.COUNT)]
    query = (
        SkdAnswer.select(SkdAnswer.item, *figures)
        .join(SkdReply)
        .where(SkdReply.month.between(first_month, last_month))
        .group_by(SkdAnswer.item)
    )
    return {
        Item(item): ItemTallies(
            Tally(importance or 0, important), Tally(satisfaction or 0, satisfied)
        )
        for item, importance, important, satisfaction, satisfied in query.tuples().iterator()
    }
