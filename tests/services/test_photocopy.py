"""Photocopies: the form, the publication out of the room, and a visit that waits for it."""

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.photocopy.rules import PhotocopyFigures, TripState
from tests.services.library import OFFICER, new_publication, new_visit

FORM = {"title": "Dharmasraya Dalam Angka 2024", "pages": "12-15"}


@pytest.fixture
def office_name() -> str:
    return "dharmasraya"


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


@pytest.fixture
def trip(services, visit):
    return ask(services, visit)


def ask(services, visit, key: str = "", **changes: str):
    me = Actor.visitor(visit.uuid)
    return services.photocopy.ask(visit.id, FORM | changes, by=me, idempotency_key=key)


def state(services, visit) -> str:
    return str(services.visits.by_id(visit.id).state)


def test_the_form_is_kept(services, visit, trip) -> None:
    assert services.photocopy.of_visit(visit.id) == (trip,)
    assert (trip.title, trip.pages, trip.state) == (*FORM.values(), TripState.ASKED)
    assert services.photocopy.counts(visit.id) == (1, 0)


def test_a_form_does_not_stop_the_promise_but_handing_out_does(services, visit, trip) -> None:
    assert len(services.visits.queue()) == 1

    services.photocopy.move(trip.id, TripState.OUT, by=OFFICER)

    assert services.visits.queue() == ()
    assert state(services, visit) == "served"


def test_every_problem_is_named_at_once(services, visit) -> None:
    with pytest.raises(Invalid) as caught:
        ask(services, visit, title="", pages=" ")

    assert set(caught.value.problems) == {"title", "pages"}


def test_the_same_key_makes_one(services, visit) -> None:
    assert ask(services, visit, "k") == ask(services, visit, "k")
    assert len(services.photocopy.of_visit(visit.id)) == 1


def test_out_and_back_are_noted_with_their_times(services, trip, clock) -> None:
    went = services.photocopy.move(trip.id, "out", by=OFFICER)
    clock.advance(1200)
    came = services.photocopy.move(trip.id, "back", by=OFFICER)

    assert (came.back_at - went.out_at).total_seconds() == 1200
    assert services.photocopy.open_trips() == ()


@pytest.mark.parametrize(
    ("steps", "next_step"),
    [
        ([], "back"),
        (["out"], "cancelled"),
        (["out", "back"], "out"),
        (["cancelled"], "out"),
        (["out"], "asked"),
    ],
)
def test_steps_that_cannot_follow_are_refused(services, trip, steps, next_step) -> None:
    for step in steps:
        services.photocopy.move(trip.id, step, by=OFFICER)

    with pytest.raises(Refused, match="sudah berubah"):
        services.photocopy.move(trip.id, next_step, by=OFFICER)


def test_the_same_step_again_changes_nothing(services, trip, core, clock) -> None:
    first = services.photocopy.move(trip.id, "out", by=OFFICER)
    clock.advance(60)

    assert services.photocopy.move(trip.id, "out", by=OFFICER) == first
    assert [e.action for e in core.journal.latest()].count("photocopy.out") == 1


def test_a_publication_out_is_asked_after_when_it_is_gone_for_an_hour(
    services, trip, clock
) -> None:
    went = services.photocopy.move(trip.id, "out", by=OFFICER)

    clock.advance(3600)
    assert not went.is_overdue(clock.now())
    clock.advance(1)
    assert went.is_overdue(clock.now())
    back = services.photocopy.move(trip.id, "back", by=OFFICER)
    assert not back.is_overdue(clock.now())


def test_what_is_out_of_the_room_is_listed_first(services, visit, trip) -> None:
    second = ask(services, visit)
    services.photocopy.move(second.id, "out", by=OFFICER)

    assert [one.id for one in services.photocopy.open_trips()] == [second.id, trip.id]


def test_a_visit_does_not_end_while_its_publication_is_out(services, visit, trip) -> None:
    services.photocopy.move(trip.id, "out", by=OFFICER)

    checklist = services.checkout.start(visit.id, by=Actor.visitor(visit.uuid))
    assert not checklist.is_settled
    assert state(services, visit) == "leaving"
    services.checkout.settle(visit.id, by=OFFICER)
    assert state(services, visit) == "leaving"

    services.photocopy.move(trip.id, "back", by=OFFICER)
    services.checkout.settle(visit.id, by=OFFICER)
    assert state(services, visit) == "finished"


@pytest.fixture
def copy(services, visit):
    """The copy of the book on the form, in the visitor's hand."""
    book = new_publication(services, FORM["title"], publication_number="13110.2401")
    services.reading.note(visit.id, barcode="RBP13110.2401", by=OFFICER)
    return services.holdings.of(book.id)[0]


def copy_state(services, copy) -> str:
    return str(services.holdings.get(copy.id).state)


def test_the_copy_goes_out_with_its_form_and_comes_in_with_it(services, visit, copy, core) -> None:
    made = ask(services, visit, title="dharmasraya dalam angka 2024")
    assert copy_state(services, copy) == "reading"

    services.photocopy.move(made.id, "out", by=OFFICER)
    assert copy_state(services, copy) == "out"
    assert services.catalogue.get(copy.publication_id).holding.on_shelf == 0
    services.photocopy.move(made.id, "back", by=OFFICER)

    assert copy_state(services, copy) == "reading"
    said = [entry.detail for entry in core.journal.latest() if entry.action == "holding.changed"]
    assert said == ['{"state": "on_shelf"}', '{"state": "out"}']


def test_a_scan_brings_the_copy_back_and_ends_its_forms(services, visit, copy, core) -> None:
    made, more = ask(services, visit), ask(services, visit, pages="40")
    for one in (made, more):
        services.photocopy.move(one.id, "out", by=OFFICER)
    services.reading.give_back_all(visit.id, by=OFFICER)
    services.checkout.start(visit.id, by=OFFICER)
    assert copy_state(services, copy) == "out"

    back = services.reading.bring_back(copy.barcode, by=OFFICER)

    assert (back.copy.state, back.note, back.visit_ids) == ("on_shelf", None, {visit.id})
    assert services.photocopy.open_trips() == ()
    assert [e.action for e in core.journal.latest()].count("photocopy.back") == 2
    services.checkout.settle(visit.id, by=OFFICER)
    assert state(services, visit) == "finished"


def test_the_book_that_its_reader_scans_again_is_in_the_room_and_still_read(
    services, visit, copy
) -> None:
    made = ask(services, visit)
    services.photocopy.move(made.id, "out", by=OFFICER)

    services.reading.note(visit.id, publication_id=copy.publication_id, by=OFFICER)
    assert copy_state(services, copy) == "out"
    services.reading.note(visit.id, barcode=copy.barcode, by=OFFICER)

    assert copy_state(services, copy) == "reading"
    assert services.photocopy.get(made.id).state is TripState.BACK


def test_a_book_that_nobody_noted_goes_out_as_a_title_alone(services, visit, trip) -> None:
    new_publication(services, FORM["title"])
    services.photocopy.move(trip.id, "out", by=OFFICER)

    assert services.reading.take_out(visit.id, 1, by=OFFICER) is None
    assert services.holdings.get(1).is_free


def test_the_scan_of_a_book_that_went_out_as_a_title_alone_ends_its_trip(
    core, services, visit, trip
) -> None:
    publication = new_publication(services, FORM["title"])
    services.photocopy.move(trip.id, "out", by=OFFICER)
    number = services.holdings.named(publication.id).whose.copies[0].barcode

    assert [one.id for one in services.photocopy.bring_back(number, by=OFFICER)] == [trip.id]

    twice = [ask(services, visit), ask(services, new_visit(core, services))]
    for one in twice:
        services.photocopy.move(one.id, "out", by=OFFICER)
    with pytest.raises(Refused, match="tidak tercatat"):
        services.photocopy.bring_back(number, by=OFFICER)


@pytest.mark.parametrize("withdrawn", [True, False])
def test_a_form_nobody_acted_on_keeps_no_one(services, visit, trip, withdrawn) -> None:
    if withdrawn:
        services.photocopy.move(trip.id, "cancelled", by=Actor.visitor(visit.uuid))

    services.checkout.start(visit.id, by=OFFICER)

    assert state(services, visit) == "finished"


def test_nothing_is_handed_out_for_a_visitor_who_has_left(services, visit, trip) -> None:
    services.checkout.start(visit.id, by=OFFICER)

    with pytest.raises(Refused, match="sudah ditutup"):
        services.photocopy.move(trip.id, "out", by=OFFICER)
    services.photocopy.move(trip.id, "cancelled", by=OFFICER)

    assert services.photocopy.open_trips() == ()


def test_a_closed_visit_asks_for_nothing(services, visit) -> None:
    services.visits.close(visit.id, by=OFFICER)

    with pytest.raises(Refused, match="sudah ditutup"):
        ask(services, visit)


def test_an_unknown_form_is_not_found(services) -> None:
    with pytest.raises(NotFound):
        services.photocopy.move(77, "out", by=OFFICER)


@pytest.mark.parametrize("office_name", ["pasaman"])
def test_other_offices_refuse(services, visit) -> None:
    assert not services.photocopy.is_offered
    with pytest.raises(Refused, match="tidak menyediakan"):
        ask(services, visit)


def test_a_form_of_several_lines_is_one_slip_and_each_goes_its_own_way(services, visit) -> None:
    more = {"title-2": "Sensus", "pages-2": "1, 3-4", "title-4": "Padi", "pages-4": "9"}
    first = ask(services, visit, **more)

    lines = services.photocopy.of_form(first.form_id)
    assert [(line.title, line.page_count) for line in lines] == [
        (FORM["title"], 4), ("Sensus", 3), ("Padi", 1),
    ]  # fmt: skip
    services.photocopy.move(lines[1].id, "out", by=OFFICER)
    assert services.photocopy.outstanding(visit.id) == (services.photocopy.get(lines[1].id),)
    with pytest.raises(NotFound):
        services.photocopy.of_form(first.form_id + 1)


def test_every_line_says_what_is_wrong_with_it(services, visit) -> None:
    with pytest.raises(Invalid) as caught:
        ask(services, visit, pages="semua", **{"title-3": "Padi", "pages-5": "2"})

    assert set(caught.value.problems) == {"pages", "pages-3", "title-5"}
    assert services.photocopy.of_visit(visit.id) == ()


def test_overdue_is_what_the_offices_minutes_say(services, visit, trip, clock) -> None:
    went = services.photocopy.move(trip.id, "out", by=OFFICER)
    minutes = services.office.policy.photocopy_minutes
    assert (went.due_at - went.out_at).total_seconds() == minutes * 60

    clock.advance(minutes * 60)
    assert services.photocopy.overdue() == ()
    clock.advance(1)
    assert [one.id for one in services.photocopy.overdue()] == [trip.id]


def test_what_goes_out_late_is_due_before_the_room_closes(services, visit, trip, clock) -> None:
    office = services.office
    closes = office.opening.closes(office.business_date(clock.now()))
    clock.advance((closes - clock.now()).total_seconds() - 600)

    assert services.photocopy.move(trip.id, "out", by=OFFICER).due_at == closes


def test_a_lost_copy_is_missing_until_it_is_found(services, visit, copy) -> None:
    made = ask(services, visit)
    services.photocopy.move(made.id, "out", by=OFFICER)
    with pytest.raises(Invalid):
        services.photocopy.lose(made.id, "  ", by=OFFICER)
    with pytest.raises(Refused, match="sudah berubah"):
        services.photocopy.move(made.id, "lost", by=OFFICER)

    services.photocopy.lose(made.id, "Tertinggal", by=OFFICER)

    assert copy_state(services, copy) == "missing"
    assert services.reading.open_of_visit(visit.id) == ()
    assert services.photocopy.counts(visit.id) == (1, 0)
    services.photocopy.move(made.id, "back", by=OFFICER)
    assert copy_state(services, copy) == "on_shelf"


def test_a_scan_at_the_desk_ends_the_trip_and_leaves_the_book_in_hand(
    services, visit, copy
) -> None:
    with pytest.raises(Refused, match="tidak tercatat"):
        services.photocopy.bring_back(copy.barcode, by=OFFICER)
    trips = [ask(services, visit), ask(services, visit, pages="40")]
    for one in trips:
        services.photocopy.move(one.id, "out", by=OFFICER)

    ended = services.photocopy.bring_back(copy.barcode, by=OFFICER)

    assert [(one.id, one.state) for one in ended] == [(one.id, "back") for one in trips]
    assert copy_state(services, copy) == "reading"


def test_the_figures_of_a_period_leave_out_what_was_withdrawn(services, visit, clock) -> None:
    start = clock.now()
    lines = services.photocopy.of_form(
        ask(services, visit, **{"title-2": "Sensus", "pages-2": "1-10"}).form_id
    )
    services.photocopy.move(ask(services, visit).id, "cancelled", by=OFFICER)
    for line in lines:
        services.photocopy.move(line.id, "out", by=OFFICER)
    clock.advance(3601)
    services.photocopy.move(lines[0].id, "back", by=OFFICER)
    services.photocopy.lose(lines[1].id, "Hilang", by=OFFICER)
    end = clock.now()

    assert services.photocopy.figures(start, end) == PhotocopyFigures(1, 2, 14, 2, 1, 1)
    assert services.photocopy.figures(end, end) == PhotocopyFigures(0, 0, 0, 0, 0, 0)
