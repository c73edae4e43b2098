"""Ratings of publications: one for each visit, changed until the visit ends, then nobody's."""

import secrets
from collections.abc import Mapping

from peewee import fn

from appliance.actor import SYSTEM, Actor
from appliance.catalogue.service import CatalogueService, PublicationCard
from appliance.errors import N_, Refused
from appliance.free_text import checked
from appliance.publication_ratings import rules
from appliance.publication_ratings.rules import OwnRating, StarSummary
from appliance.record import Books
from appliance.storage.models import PublicationRating, PublicationRatingTie
from appliance.visits.service import VisitService

ID_BITS = 62
# The portal gets the sums of a publication whenever this many more have rated, never one rating.
SUMMARY_EVERY = 5
MOST_WORDS = 100


class PublicationRatingService:
    """What is stored cannot be joined to a visit that has ended, not even by its order."""

    def __init__(self, *, books: Books, visits: VisitService, catalogue: CatalogueService) -> None:
        self._writer = books.writer
        self._recorder = books.recorder
        self._visits = visits
        self._catalogue = catalogue

    def rate(
        self, visit_id: int, publication_id: int, form: Mapping[str, str], *, by: Actor
    ) -> None:
        """Give `stars` and a `word`, or others than before.

        Raises NotFound, Invalid, Refused when the visit has ended or the record is withdrawn.
        """
        stars, problems = rules.checked_stars(form.get("stars", ""))
        word = checked(form, rules.FIELDS, found=problems)["word"]
        card = self._catalogue.get(publication_id)
        if card.is_withdrawn:
            raise Refused(N_("Publikasi ini sudah ditarik dari koleksi."))

        def keep() -> None:
            visit = self._visits.require_open(visit_id)
            tie = _tie(visit.id, card.id)
            if tie is not None:
                given = PublicationRating.update(stars=stars, word=word)
                given.where(PublicationRating.id == tie.rating_id).execute()
                return
            rating = PublicationRating.create(
                id=secrets.randbits(ID_BITS), publication=card.id, stars=stars, word=word
            )
            PublicationRatingTie.create(visit=visit.id, publication=card.id, rating=rating.id)
            # Which publication it was would tell for ever who gave the only stars it has.
            self._recorder.note("publication.rated", f"visit/{visit.uuid}", by=by)
            self._summarise(card)

        self._writer.run(keep)

    def own(self, visit_id: int, publication_id: int) -> OwnRating | None:
        """What this visit has given the publication, while it is open."""
        tie = _tie(visit_id, publication_id)
        if tie is None:
            return None
        rating = PublicationRating.get_by_id(tie.rating_id)
        return OwnRating(rating.stars, rating.word)

    def of_visit(self, visit_id: int) -> dict[int, int]:
        """Publication -> stars that this visit has given, while it is open."""
        ties = PublicationRatingTie.select(PublicationRatingTie, PublicationRating)
        rows = ties.join(PublicationRating).where(PublicationRatingTie.visit == visit_id)
        return {tie.publication_id: tie.rating.stars for tie in rows}

    def summary(self, publication_id: int) -> StarSummary:
        """How many have rated a publication, and its average; public."""
        found = PublicationRating.select(
            fn.COUNT(PublicationRating.id), fn.SUM(PublicationRating.stars)
        ).where(PublicationRating.publication == publication_id)
        count, total = next(found.tuples().iterator())
        return StarSummary(count, total or 0)

    def words(self, publication_id: int) -> tuple[tuple[int, str], ...]:
        """Stars and words of at most 100 visitors, in no order; for staff alone."""
        is_said = (PublicationRating.publication == publication_id) & (PublicationRating.word != "")
        rows = PublicationRating.select().where(is_said).order_by(PublicationRating.id)
        return tuple((row.stars, row.word) for row in rows.limit(MOST_WORDS))

    def _summarise(self, card: PublicationCard) -> None:
        summary = self.summary(card.id)
        if summary.count % SUMMARY_EVERY:
            return
        data = card.numbers | {"respondents": summary.count, "total": summary.total}
        self._recorder.fact("publication.rating_summary", f"publication/{card.id}", data, by=SYSTEM)


def _tie(visit_id: int, publication_id: int) -> PublicationRatingTie | None:
    tie: PublicationRatingTie | None = PublicationRatingTie.get_or_none(
        visit=visit_id, publication=publication_id
    )
    return tie
