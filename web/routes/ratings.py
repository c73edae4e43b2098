"""The satisfaction survey, on the visitor's own page."""

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.publication_ratings.rules import STARS
from appliance.ratings.rules import How
from appliance.visits.rules import VisitCard
from web.context import services, visit_or_404
from web.forms import idempotency_key, text
from web.rating_forms import Place, items_page, questions_page, take_answers, take_items
from web.render import page, see_other

blueprint = Blueprint("ratings", __name__)
MOST_BOOKS = 3  # with a card of stars each, below nine questions


@blueprint.get("/visits/<token>/rating")
def show(token: str) -> Response:
    visit = visit_or_404(token)
    if visit.rated_at is not None:
        return page("ratings/done.html", visit=visit)
    return questions_page(_place(visit), books=_unrated_books(visit), stars=STARS)


@blueprint.post("/visits/<token>/rating")
def give(token: str) -> Response:
    visit = visit_or_404(token)
    by = Actor.visitor(visit.uuid)
    books = _unrated_books(visit)

    def keep(partly: bool) -> None:
        services().ratings.give(
            visit.id,
            request.form,
            text("comment"),
            by=by,
            idempotency_key=idempotency_key(),
            how=How(partly=partly),
        )

    problems = take_answers(_place(visit), keep, books=books, stars=STARS)
    if problems is not None:
        return problems
    _give_stars(visit, books)
    flash(gettext("Terima kasih. Penilaian Anda sudah kami terima."), "success")
    return see_other(url_for("visits.show", token=visit.token))


@blueprint.post("/visits/<token>/rating/decline")
def decline(token: str) -> Response:
    visit = visit_or_404(token)
    by = Actor.visitor(visit.uuid)
    services().ratings.decline(visit.id, by=by, reason=text("reason"))
    flash(gettext("Baik, penilaian dilewati."), "info")
    return see_other(url_for("visits.show", token=visit.token))


@blueprint.get("/visits/<token>/rating/items")
def items(token: str) -> Response:
    visit = visit_or_404(token)
    if not services().skd.is_open_to(visit):
        return see_other(url_for("visits.show", token=visit.token))
    return items_page(_place(visit))


@blueprint.post("/visits/<token>/rating/items")
def give_items(token: str) -> Response:
    visit = visit_or_404(token)

    def keep() -> None:
        by = Actor.visitor(visit.uuid)
        services().skd.give(visit.id, request.form, by=by, idempotency_key=idempotency_key())

    step = take_items(_place(visit), keep)
    if step is not None:
        return step
    flash(gettext("Terima kasih. Jawaban Anda sudah kami terima."), "success")
    return see_other(url_for("visits.show", token=visit.token))


@blueprint.post("/visits/<token>/rating/items/skip")
def skip_items(token: str) -> Response:
    visit = visit_or_404(token)
    services().skd.skip(visit.id, by=Actor.visitor(visit.uuid))
    return see_other(url_for("visits.show", token=visit.token))


def _place(visit: VisitCard) -> Place:
    def url(endpoint: str) -> str:
        return url_for(f"ratings.{endpoint}", token=visit.token)

    return Place(
        frame="base.html",
        give=url("give"),
        decline=url("decline"),
        items=url("give_items"),
        skip_items=url("skip_items"),
        back=url_for("visits.show", token=visit.token),
    )


def _unrated_books(visit: VisitCard) -> list[tuple[int, str]]:
    """Publications of this open visit without its stars: (id, title)."""
    if not visit.is_open:
        return []
    rated = services().publication_ratings.of_visit(visit.id)
    titles = {
        note.publication_id: note.title
        for note in services().reading.of_visit(visit.id)
        if note.publication_id and note.publication_id not in rated
    }
    return list(titles.items())[:MOST_BOOKS]


def _give_stars(visit: VisitCard, books: list[tuple[int, str]]) -> None:
    by = Actor.visitor(visit.uuid)
    for publication_id, _title in books:
        stars = {"stars": text(f"stars_{publication_id}")}
        if not stars["stars"]:
            continue
        try:
            services().publication_ratings.rate(visit.id, publication_id, stars, by=by)
        except (Invalid, NotFound, Refused):
            # Withdrawn meanwhile, or made up: the nine answers are kept all the same.
            continue
