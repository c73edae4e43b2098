"""What is at the photocopier when the day is closed: decided of once, and lost for good or not."""

import datetime as dt

import pytest

from appliance.actor import Actor
from tests.entries import filled
from tests.services.library import OFFICER, new_publication

pytestmark = pytest.mark.parametrize("office_name", ["dharmasraya"], indirect=True)
MONDAY = dt.date(2026, 11, 23)


@pytest.fixture
def out(services, listening):
    """A visitor who reads a book of ours that is at the photocopier."""
    visit = services.guestbook.register(
        filled(), channel="phone", language="id", idempotency_key=""
    )
    publication = new_publication(services)
    services.reading.note(visit.id, by=OFFICER, publication_id=publication.id)
    return visit, trip_of(services, visit, publication.title)


def trip_of(services, visit, title: str):
    form = {"title": title, "pages": "1-4"}
    made = services.photocopy.ask(visit.id, form, by=Actor.visitor(visit.uuid))
    return services.photocopy.move(made.id, "out", by=OFFICER)


def close(services, visit, **decisions: str):
    return services.days.close(
        MONDAY,
        {name.replace("_", "-"): said for name, said in decisions.items()}
        | {f"visit-{visit.id}": "left_unseen"},
        by=OFFICER,
    )


@pytest.mark.parametrize(
    ("decision", "state", "missing"), [("lost", "lost", True), ("back", "back", False)]
)
def test_one_decision_ends_the_trip_and_the_reading(
    services, out, decision, state, missing
) -> None:
    visit, trip = out
    kinds = [thing.kind for thing in services.days.open_things(MONDAY)]
    assert kinds == ["photocopy", "visit"]

    report = close(services, visit, **{f"photocopy_{trip.id}": decision})

    assert services.photocopy.get(trip.id).state == state
    assert services.reading.open_of_visit(visit.id) == ()
    (note,) = services.reading.of_visit(visit.id)
    assert bool(note.missing_reason) == missing
    assert report.figures["photocopies"]["lost"] == int(missing)
    said = [(e["kind"], e["decision"]) for e in report.content["exceptions"]]
    assert ("photocopy", decision) in said
    assert services.days.open_things(MONDAY) == ()


def test_what_stays_out_is_asked_for_no_more_today_and_its_scan_still_ends_it(
    services, out
) -> None:
    visit, trip = out

    close(services, visit, **{f"photocopy_{trip.id}": "still_out"})

    assert services.days.open_things(MONDAY) == ()
    assert services.photocopy.get(trip.id).state == "out"
    services.photocopy.move(trip.id, "back", by=OFFICER)
    assert services.photocopy.get(trip.id).state == "back"


def test_every_title_that_was_lost_is_in_the_report(services, out) -> None:
    visit, trip = out
    earlier = trip_of(services, visit, "Sebuah judul tanpa eksemplar")
    services.photocopy.lose(earlier.id, "Tertinggal di koperasi", by=OFFICER)

    report = close(services, visit, **{f"photocopy_{trip.id}": "lost"})

    said = [e["decision"] for e in report.content["exceptions"] if e["kind"] == "photocopy"]
    assert said == ["lost", "lost"]


def test_what_is_erased_later_changes_no_sealed_figure(core, services, out, clock) -> None:
    visit, trip = out
    report = close(services, visit, **{f"photocopy_{trip.id}": "lost"})
    for _ in range(14):  # somebody uses the room every month: the clock did not run ahead
        clock.advance(28 * 24 * 3600)
        core.writer.run(lambda: core.recorder.note("test", "x", by=OFFICER))

    assert services.privacy.erase_due() == 1

    assert services.days.changes(report) == ()
    assert services.days.verify().is_sound
