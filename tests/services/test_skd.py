"""The SKD: offered once after the rating, in any part, and nobody's."""

import json

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, Refused
from appliance.ratings.questions import Element
from appliance.ratings.skd_items import Item
from appliance.storage.models import Journal, Outbox, SkdReply
from tests.services.library import OFFICER, new_visit

MONTH = "2026-11"
WHOLE = {f"{scale}_{item}": "8" for scale in ("importance", "satisfaction") for item in Item}


@pytest.fixture
def visit(core, services):
    """One that has just rated."""
    return rated(core, services)


def rated(core, services):
    visit = new_visit(core, services)
    by = Actor.visitor(visit.uuid)
    services.ratings.give(visit.id, dict.fromkeys(map(str, Element), "4"), by=by)
    return services.visits.by_id(visit.id)


def answer(services, visit, form=WHOLE, **more):
    services.skd.give(visit.id, form, by=Actor.visitor(visit.uuid), **more)


def test_it_is_offered_after_the_rating_and_once(core, services, visit):
    assert services.skd.is_open_to(visit)
    assert not services.skd.is_open_to(new_visit(core, services))

    answer(services, visit)

    assert not services.skd.is_open_to(visit)
    with pytest.raises(Refused):
        answer(services, visit)
    assert services.skd.figures(MONTH).respondents == 1


def test_a_repeated_submit_is_the_first_one(services, visit):
    answer(services, visit, idempotency_key="same")
    answer(services, visit, idempotency_key="same")

    assert services.skd.figures(MONTH).respondents == 1


def test_a_skipped_one_is_asked_no_more(services, visit):
    for _ in range(2):
        services.skd.skip(visit.id, by=Actor.visitor(visit.uuid))

    assert not services.skd.is_open_to(visit)
    assert SkdReply.select().count() == 0
    assert Journal.select().where(Journal.action == "skd.skipped").count() == 1


def test_any_part_counts_and_each_item_by_its_own_answers(core, services, visit):
    answer(services, visit, WHOLE | {"overall": "9"})
    answer(services, rated(core, services), {"satisfaction_fee": "1"})

    found = services.skd.figures("2026-10", MONTH)

    fee = next(one for one in found.items if one.item is Item.FEE)
    assert (fee.importance_answered, fee.satisfaction_answered) == (1, 2)
    assert (str(fee.satisfaction), str(fee.gap)) == ("4.50", "-3.50")
    assert (found.respondents, found.overall_answered, str(found.overall)) == (2, 1, "9.00")
    assert services.skd.figures("2026-10").respondents == 0


@pytest.mark.parametrize("form", [{}, {"importance_fee": "11"}, {"overall": "0"}])
def test_nothing_and_what_is_off_the_scale_is_sent_back(services, visit, form):
    with pytest.raises(Invalid):
        answer(services, visit, form)
    assert services.skd.is_open_to(visit)
    assert SkdReply.select().count() == 0


def test_paper_is_of_this_month_or_the_one_before(services):
    services.skd.give_apart(WHOLE, by=OFFICER, month="2026-10")
    with pytest.raises(Invalid):
        services.skd.give_apart(WHOLE, by=OFFICER, month="2026-08")

    assert services.skd.figures("2026-10").respondents == 1


def test_answers_leave_only_as_totals_of_five(core, services):
    for _ in range(6):
        answer(services, rated(core, services))

    sent = [json.loads(bytes(row.payload)) for row in Outbox.select()]
    (summary,) = [event["data"] for event in sent if "skd." in event["type"]]
    assert (summary["respondents"], summary["importance"]["fee"]) == (5, [40, 5])
    lines = Journal.select().where(Journal.action == "skd.given")
    assert {line.detail for line in lines} == {"{}"}


def test_a_reply_cannot_be_joined_to_visit_or_rating(core, services, visit):
    answer(services, visit)

    columns = {column.name for column in core.database.get_columns("skd_reply")}
    asked = {column.name for column in core.database.get_columns("skd_asked")}
    assert (columns, asked) == ({"id", "month", "overall"}, {"visit_id"})
    assert SkdReply.get().id > 1000
