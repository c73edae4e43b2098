"""Stars of visitors: one a visit and publication, changed while it lasts, then nobody's."""

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.storage.models import Outbox, PublicationRating, PublicationRatingTie
from tests.services.library import OFFICER, new_publication, new_visit


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


@pytest.fixture
def book(services):
    return new_publication(services)


def rate(services, visit, book, stars="4", word="Lengkap") -> None:
    form = {"stars": stars, "word": word}
    services.publication_ratings.rate(visit.id, book.id, form, by=Actor.visitor(visit.uuid))


def test_one_visit_has_one_rating_and_may_change_it(services, visit, book) -> None:
    rate(services, visit, book)
    rate(services, visit, book, "2", "")

    own = services.publication_ratings.own(visit.id, book.id)
    assert (own.stars, own.word) == (2, "")
    assert services.publication_ratings.of_visit(visit.id) == {book.id: 2}
    assert services.publication_ratings.summary(book.id).count == 1


def test_the_average_is_of_all_visits_and_words_are_for_staff(core, services, book) -> None:
    for stars in ("5", "4", "4"):
        rate(services, new_visit(core, services), book, stars, f"kata {stars}")

    summary = services.publication_ratings.summary(book.id)
    assert (summary.count, str(summary.average)) == (3, "4.3")
    words = services.publication_ratings.words(book.id)
    assert sorted(words) == [(4, "kata 4"), (4, "kata 4"), (5, "kata 5")]


@pytest.mark.parametrize("end", ["close", "close_day"])
def test_when_the_visit_ends_nothing_ties_it_to_its_stars(
    core, services, clock, visit, book, end
) -> None:
    rate(services, visit, book)
    if end == "close":
        services.visits.close(visit.id, by=OFFICER)
    else:
        clock.advance(24 * 3600)
        assert services.visits.close_day() == 1

    assert PublicationRatingTie.select().count() == 0
    assert services.publication_ratings.own(visit.id, book.id) is None
    assert services.publication_ratings.summary(book.id).count == 1
    with pytest.raises(Refused):
        rate(services, visit, book)


def test_a_visit_that_never_took_place_takes_its_stars_along(core, services, visit, book) -> None:
    rate(services, new_visit(core, services), book)
    rate(services, visit, book, "1")

    services.visits.close(visit.id, by=Actor.visitor(visit.uuid), state="cancelled")

    assert [row.stars for row in PublicationRating.select()] == [4]
    assert PublicationRatingTie.select().count() == 1


def test_no_journal_or_outbox_tells_what_a_visit_rated(core, services, visit, book) -> None:
    rate(services, visit, book)

    newest = core.journal.latest(limit=1)[0]
    assert (newest.action, newest.detail) == ("publication.rated", "{}")
    assert newest.subject == f"visit/{visit.uuid}"
    assert all(b"rating" not in row.payload for row in Outbox.select())


def test_the_portal_hears_sums_of_every_five(core, services, book) -> None:
    for _ in range(6):
        rate(services, new_visit(core, services), book, "3")

    told = [row.payload for row in Outbox.select() if b"rating_summary" in row.payload]
    assert len(told) == 1
    assert b'"respondents":5' in told[0]
    assert b'"total":15' in told[0]
    ids = [row.id for row in PublicationRating.select()]
    assert ids != list(range(1, 7)), "ids in order would tell who came when"


def test_what_cannot_be_rated(services, visit, book) -> None:
    with pytest.raises(Invalid) as caught:
        rate(services, visit, book, "6", "x" * 201)
    assert set(caught.value.problems) == {"stars", "word"}
    services.catalogue.withdraw(book.id, by=OFFICER)
    with pytest.raises(Refused, match="ditarik"):
        rate(services, visit, book)
    with pytest.raises(NotFound):
        services.publication_ratings.rate(visit.id, 999, {"stars": "1"}, by=OFFICER)
