"""Publications noted as read, by whoever is quicker, and given back."""

import json
import threading

import pytest

from appliance.actor import Actor
from appliance.errors import Invalid, NotFound, Refused
from appliance.reading.service import MOST_IN_HAND
from appliance.storage.models import Outbox, Reading
from tests.services.library import OFFICER, new_publication, new_visit


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


def test_staff_noting_a_book_stops_the_promise_clock(services, visit, clock):
    book = new_publication(services)
    clock.advance(120)

    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)

    assert services.visits.by_id(visit.id).wait_s == 120


def test_a_visitor_who_takes_a_book_while_waiting_still_waits(services, visit):
    book = new_publication(services)

    services.reading.note(visit.id, publication_id=book.id, by=Actor.visitor(visit.uuid))

    assert visit.id in {entry.visit.id for entry in services.visits.queue()}


def test_a_scanned_barcode_names_the_book(services, visit):
    book = new_publication(services, barcode="RBP13090.2401")

    note = services.reading.note(visit.id, barcode=" rbp13090.2401 ", by=OFFICER)

    assert (note.publication_id, note.title, note.is_open) == (book.id, book.title, True)


def test_an_unknown_book_is_noted_by_its_title(services, visit):
    note = services.reading.note(visit.id, title="  Atlas   Lama ", by=OFFICER)
    again = services.reading.note(visit.id, title="atlas lama", by=OFFICER)

    assert (note.publication_id, note.title) == (None, "Atlas Lama")
    assert again.id == note.id


def test_a_visitor_notes_no_more_books_than_can_be_carried(services, visit):
    me = Actor.visitor(visit.uuid)
    for number in range(MOST_IN_HAND):
        services.reading.note(visit.id, title=f"Atlas {number}", by=me)

    with pytest.raises(Refused):
        services.reading.note(visit.id, publication_id=new_publication(services).id, by=me)
    assert services.reading.note(visit.id, title="Atlas 1", by=me).is_open, "which it is already"
    assert services.reading.note(visit.id, title="Atlas lama", by=OFFICER).is_open


def test_nothing_named_is_a_problem_of_the_form(services, visit):
    with pytest.raises(Invalid) as caught:
        services.reading.note(visit.id, title=" ", by=OFFICER)
    assert set(caught.value.problems) == {"barcode"}


def test_unknown_things_change_nothing(services, visit):
    with pytest.raises(NotFound):
        services.reading.note(visit.id, publication_id=99, by=OFFICER)
    with pytest.raises(NotFound):
        services.reading.note(visit.id + 1, title="Buku", by=OFFICER)
    with pytest.raises(NotFound):
        services.reading.give_back(99, by=OFFICER)
    assert Reading.select().count() == 0
    assert services.visits.by_id(visit.id).served_at is None


def test_a_closed_visit_reads_nothing_more(services, visit):
    services.visits.close(visit.id, by=OFFICER)

    with pytest.raises(Refused):
        services.reading.note(visit.id, title="Buku", by=OFFICER)


def test_two_taps_are_one_reading(core, services, visit):
    book = new_publication(services)
    together = threading.Barrier(8)
    notes = []

    def tap():
        together.wait()
        notes.append(services.reading.note(visit.id, publication_id=book.id, by=OFFICER))
        core.database.close()

    threads = [threading.Thread(target=tap) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({note.id for note in notes}) == 1
    assert Outbox.select().where(Outbox.type.contains("reading.noted")).count() == 1


def test_two_visitors_may_read_from_the_same_record(core, services, visit):
    book = new_publication(services, copies=2)
    other = new_visit(core, services)

    services.reading.note(visit.id, publication_id=book.id, by=OFFICER)
    services.reading.note(other.id, publication_id=book.id, by=OFFICER)

    assert services.catalogue.get(book.id).holding.on_shelf == 0
    assert len(services.reading.open_notes()) == 2


def test_a_book_given_back_can_be_read_again(services, visit, clock):
    book = new_publication(services)
    first = services.reading.note(visit.id, publication_id=book.id, by=OFFICER)

    services.reading.give_back(first.id, by=OFFICER)
    clock.advance(60)
    back = services.reading.give_back(first.id, by=OFFICER)
    second = services.reading.note(visit.id, publication_id=book.id, by=OFFICER)

    assert (clock.now() - back.returned_at).total_seconds() == 60
    assert second.id != first.id
    assert [note.id for note in services.reading.open_of_visit(visit.id)] == [second.id]
    assert [note.id for note in services.reading.of_visit(visit.id)] == [second.id, first.id]


def test_the_title_of_an_uncatalogued_book_never_leaves_the_house(services, visit):
    services.reading.note(visit.id, title="Catatan Pak Burhan", by=OFFICER)

    sent = [json.loads(bytes(row.payload)) for row in Outbox.select()]
    assert sent[-1]["type"].endswith("reading.noted.v1")
    assert all("Burhan" not in json.dumps(event) for event in sent)
