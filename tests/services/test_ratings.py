"""Ratings: once a visit, exact, and impossible to trace back."""

import itertools
import json
import re
from decimal import Decimal

import pytest
from msgspec.structs import replace

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.offices import Survey
from appliance.ratings.questions import Element
from appliance.ratings.rules import Channel, Grade, How
from appliance.ratings.service import RatingService
from appliance.storage.database import FILE_NAME
from appliance.storage.models import Journal, Outbox, Rating, RatingAnswer, Visit
from appliance.visits.rules import VisitState
from tests.services.library import OFFICER, new_visit

MONTH = "2026-11"
PAPER = How(Channel.PAPER, partly=True)
ALL_THREE = dict.fromkeys(map(str, Element), "3")
MARKED = {str(element): str(1 + place % 4) for place, element in enumerate(Element)}


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def rate(services, visit, answers=ALL_THREE, **more):
    services.ratings.give(visit.id, answers, by=Actor.visitor(visit.uuid), **more)


def test_a_rating_counts_in_the_index_of_its_month(services, visit):
    rate(services, visit)

    index = services.ratings.index(MONTH)
    assert (index.respondents, index.ikm, index.grade) == (1, Decimal("75.00"), None)
    assert services.ratings.index("2026-10").respondents == 0
    assert services.ratings.index("2026-10", "2026-12").respondents == 1


def test_every_missing_answer_is_named_and_nothing_is_kept(services, visit):
    with pytest.raises(Invalid) as caught:
        rate(services, visit, {"fee": "4", "time": "5", "conduct": "x"})

    assert set(caught.value.problems) == set(map(str, Element)) - {"fee"}
    assert Rating.select().count() == 0
    assert services.visits.by_id(visit.id).rated_at is None


def test_a_visit_rates_once(services, visit):
    rate(services, visit)

    with pytest.raises(Refused):
        rate(services, visit)
    with pytest.raises(Refused):
        services.ratings.decline(visit.id, by=OFFICER)
    assert services.ratings.index(MONTH).respondents == 1


def test_a_repeated_submit_is_the_first_one(services, visit):
    rate(services, visit, idempotency_key="same")
    rate(services, visit, idempotency_key="same")

    assert services.ratings.index(MONTH).respondents == 1


def test_declining_is_a_fact_and_no_rating(services, visit):
    services.ratings.decline(visit.id, by=Actor.visitor(visit.uuid))

    assert services.visits.by_id(visit.id).rated_at is not None
    assert services.ratings.index(MONTH).respondents == 0
    assert Outbox.select().where(Outbox.type.contains("rating.declined")).count() == 1


def test_a_finished_visit_may_still_rate_but_a_cancelled_one_not(core, services, visit):
    services.visits.close(visit.id, by=OFFICER)
    rate(services, visit)
    other = new_visit(core, services)
    services.visits.close(other.id, state=VisitState.CANCELLED, by=OFFICER)

    with pytest.raises(Refused):
        rate(services, other)


def test_a_comment_that_reads_differently_from_what_it_is_is_refused(services, visit):
    with pytest.raises(Invalid) as caught:
        rate(services, visit, ALL_THREE | {"fee": ""}, comment="bagus \u202ekuse")

    assert set(caught.value.problems) == {"fee", "comment"}


def test_a_long_comment_is_a_problem_of_the_form(services, visit):
    with pytest.raises(Invalid) as caught:
        rate(services, visit, comment="x" * 1001)
    assert set(caught.value.problems) == {"comment"}


def test_ten_respondents_make_a_grade(core, services):
    for _ in range(10):
        rate(services, new_visit(core, services))

    assert services.ratings.index(MONTH).grade is Grade.C


def values_of(core, table):
    """Every value of a table that could serve as a key, ids and texts of codes apart."""
    cursor = core.database.execute_sql(f"SELECT * FROM {table}")
    return {value for row in cursor for value in row if isinstance(value, str) and len(value) > 2}


def test_no_join_leads_from_a_rating_to_its_visit(core, services, clock):
    for place in range(6):
        visit = new_visit(core, services, occupation=str(1 + place))
        clock.advance(60)
        rate(services, visit, MARKED, comment=f"Komentar {place}")

    library = ("rating", "rating_answer", "rating_profile", "skd_reply", "skd_answer")
    others = (
        table
        for table in core.database.get_tables()
        if table not in (*library, "rating_count") and not table.startswith("publication_fts")
    )
    shared = {
        (mine, other, value)
        for mine, other in itertools.product(library, others)
        for value in values_of(core, mine) & values_of(core, other)
    }

    assert shared == set()
    columns = {column.name for column in core.database.get_columns("rating")}
    assert columns == {"id", "month", "comment"}


def test_the_order_of_ratings_tells_nothing(core, services):
    for place in range(12):
        rate(services, new_visit(core, services), comment=f"{place:02}")

    comments = list(services.ratings.comments(MONTH))
    assert sorted(comments) == [f"{place:02}" for place in range(12)]
    assert comments != sorted(comments)  # by chance once in 479 million runs
    assert min(rating.id for rating in Rating.select()) > 12


def test_answers_leave_only_as_totals_of_five_and_reach_no_journal(core, services):
    for _ in range(7):
        rate(services, new_visit(core, services), MARKED, comment="Rahasia")

    sent = [json.loads(bytes(row.payload)) for row in Outbox.select().order_by(Outbox.id)]
    given = [event for event in sent if "rating.given" in event["type"]]
    summaries = [event["data"] for event in sent if "rating.summary" in event["type"]]
    assert [event.get("data", {}) for event in given] == [{}] * 7
    assert [(s["respondents"], s["totals"]["requirements"]) for s in summaries] == [(5, 5)]
    lines = list(Journal.select().where(Journal.action == "rating.given"))
    assert {line.detail for line in lines} == {"{}"}
    assert all("Rahasia" not in json.dumps(event) for event in sent)


def test_respondents_are_counted_trait_by_trait(core, services):
    rate(services, new_visit(core, services, sex="1"))
    rate(services, new_visit(core, services, sex="2"))
    rate(services, new_visit(core, services, sex="2", education="4"))

    profile = services.ratings.profile(MONTH)

    assert profile["sex"] == {"1": 1, "2": 2}
    assert profile["education"] == {"3": 2, "4": 1}


def test_a_failed_rating_leaves_no_trace(core, services, visit, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("stop")

    monkeypatch.setattr(services.visits, "mark_rated", broken)
    with pytest.raises(RuntimeError):
        rate(services, visit)

    assert Rating.select().count() == RatingAnswer.select().count() == 0
    assert Visit.get_by_id(visit.id).rated_at is None


def test_half_a_form_counts_where_its_sender_says_so(services, visit):
    with pytest.raises(Invalid):
        rate(services, visit, {"fee": "4"})
    rate(services, visit, {"fee": "4"}, how=How(partly=True))

    index = services.ratings.index(MONTH)
    answered = {score.element: score.answered for score in index.elements}
    assert (index.respondents, index.ikm, sum(answered.values())) == (1, None, 1)
    assert answered[Element.FEE] == 1


def test_a_comment_with_a_phone_number_is_sent_back(services, visit):
    with pytest.raises(Invalid) as caught:
        rate(services, visit, comment="Hubungi saya: 0812-3456-7890")

    assert set(caught.value.problems) == {"comment"}


def test_an_officer_takes_away_a_comment_that_names_somebody(services, visit):
    rate(services, visit, comment="Bu Rina di loket 2")
    (comment,) = services.ratings.comments_to_read(MONTH)

    services.ratings.remove_comment(comment.id, by=OFFICER)

    assert services.ratings.comments(MONTH) == ()
    assert services.ratings.index(MONTH).respondents == 1
    with pytest.raises(NotFound):
        services.ratings.remove_comment(comment.id, by=OFFICER)
    lines = Journal.select().where(Journal.action == "rating.comment_removed")
    assert [(line.subject, line.detail) for line in lines] == [(f"ratings/{MONTH}", "{}")]


def test_why_somebody_declined_is_counted_and_tied_to_nobody(core, services, visit):
    services.ratings.decline(visit.id, by=Actor.visitor(visit.uuid), reason="hurry")
    services.ratings.decline(new_visit(core, services).id, by=OFFICER, reason="made up")
    services.ratings.decline_apart(reason="hurry")

    assert services.ratings.refusals(MONTH) == {"hurry": 2, "unsaid": 1}
    assert Journal.select().where(Journal.detail.contains("hurry")).count() == 0
    assert not services.skd.is_open_to(services.visits.by_id(visit.id))


def test_forms_from_paper_are_a_channel_of_their_own(services, visit):
    rate(services, visit)
    for month in ("", "2026-10"):
        services.ratings.give_apart({"fee": "4"}, "Baik", by=OFFICER, how=PAPER, month=month)

    assert services.ratings.channels(MONTH) == {"phone": 1, "paper": 1}
    assert services.ratings.channels("2026-10", MONTH) == {"phone": 1, "paper": 2}
    assert services.ratings.index("2026-10").respondents == 1
    assert sum(services.ratings.profile(MONTH)["sex"].values()) == 1


@pytest.mark.parametrize("month", ["2026-09", "2026-12", "x"])
def test_paper_of_another_month_is_refused(services, month):
    with pytest.raises(Invalid) as caught:
        services.ratings.give_apart(ALL_THREE, by=OFFICER, how=PAPER, month=month)

    assert set(caught.value.problems) == {"month"}


def test_a_late_rating_changes_no_time_of_the_visit(services, clock, visit):
    services.visits.close(visit.id, by=OFFICER)
    before = services.visits.by_id(visit.id)
    clock.advance(1800)

    rate(services, visit)

    after = services.visits.by_id(visit.id)
    assert (after.closed_at, after.stay_s, after.wait_s) == (
        before.closed_at,
        before.stay_s,
        before.wait_s,
    )
    rated_at = after.rated_at
    clock.advance(60)
    with pytest.raises(Refused):
        rate(services, visit)
    assert services.visits.by_id(visit.id).rated_at == rated_at


def test_a_group_counts_its_leader_once(core, services, visit):
    rate(services, visit)
    services.ratings.give_apart(ALL_THREE, by=OFFICER, how=How(Channel.TABLET))

    with pytest.raises(Refused):
        rate(services, visit)
    assert services.ratings.index(MONTH).respondents == 2
    assert sum(services.ratings.profile(MONTH)["sex"].values()) == 1


def test_a_summary_leaves_out_what_fewer_than_five_answered(core, services):
    for place in range(5):
        answers = ALL_THREE if place else {"fee": "4"}
        rate(services, new_visit(core, services), answers, how=How(partly=True))

    (event,) = [
        json.loads(bytes(row.payload))
        for row in Outbox.select()
        if b"rating.summary" in bytes(row.payload)
    ]
    assert event["data"]["totals"] == {"fee": 16}
    assert (event["data"]["answered"], event["data"]["respondents"]) == ({"fee": 5}, 5)


def test_the_bytes_of_the_file_keep_no_order_either(core, services, settings):
    for place in range(40):
        rate(services, new_visit(core, services), comment=f"Pesan-{place:02}")
    came = order_in_file(core, settings)

    services.ratings.shuffle()
    services.skd.shuffle()

    stored = order_in_file(core, settings)
    by_id = [comment.removeprefix("Pesan-") for comment in services.ratings.comments(MONTH)]
    assert came == sorted(came, reverse=True)  # what SQLite does by itself
    assert stored in (by_id, by_id[::-1])
    assert services.ratings.index(MONTH).respondents == 40
    assert services.ratings.index(MONTH).ikm == Decimal("75.00")


def order_in_file(core, settings):
    """In which order the comments stand in the bytes of the database."""
    next(iter(core.database.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")))
    content = (settings.data_dir / FILE_NAME).read_bytes()
    return re.findall(r"Pesan-(\d\d)", content.decode("latin-1"))


@pytest.mark.parametrize(("weight", "ikm"), [("1/9", "100"), ("0,11", "99"), ("0,111", "99.9")])
def test_the_office_says_what_an_element_weighs(core, services, visit, weight, ikm):
    rate(services, visit, dict.fromkeys(map(str, Element), "4"))
    office = replace(core.office, survey=Survey(weight=weight, skd=False))

    index = RatingService(books=core.books, office=office, visits=services.visits).index(MONTH)

    assert (index.ikm, index.weight.value) == (Decimal(ikm), weight)
