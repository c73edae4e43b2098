"""Readings noted on the visitor's page and at the desk."""

import pytest

from tests.services.library import OFFICER, new_publication, new_visit
from tests.web.conftest import post


def html(response):
    return response.get_data(as_text=True)


@pytest.fixture
def visit(core, services):
    return new_visit(core, services)


@pytest.fixture
def book(services):
    return new_publication(services, publication_number="13090.2401")


def test_the_visitors_page_lists_what_they_read(client, services, visit, book):
    answer = post(client, f"/visits/{visit.token}/readings", {"publication_id": book.id})

    assert (answer.status_code, answer.location) == (303, f"/visits/{visit.token}")
    assert book.title in html(client.get(answer.location))
    assert services.visits.by_id(visit.id).served_at is None  # they still wait for the officer


def test_noting_twice_is_one_reading(client, services, visit, book):
    for _ in range(2):
        post(client, f"/visits/{visit.token}/readings", {"publication_id": book.id})

    assert len(services.reading.of_visit(visit.id)) == 1


@pytest.mark.parametrize("value", ["", "x", "999", "-1", "9" * 25, "1' OR 1=1"])
def test_unknown_publications_are_not_found(client, services, visit, value):
    answer = post(client, f"/visits/{visit.token}/readings", {"publication_id": value})

    assert answer.status_code == 404
    assert services.reading.of_visit(visit.id) == ()


def test_a_foreign_link_and_a_closed_visit_note_nothing(client, services, visit, book):
    data = {"publication_id": book.id}
    assert post(client, f"/visits/{'0' * 32}/readings", data).status_code == 404
    assert client.get(f"/visits/{visit.token}/readings").status_code == 405

    services.visits.close(visit.id, by=OFFICER)
    assert post(client, f"/visits/{visit.token}/readings", data).status_code == 409


def test_the_desk_notes_by_ticket_and_barcode_and_takes_back(sign_in, services, visit, book):
    officer = sign_in("officer")
    form = {"code": f"RBT{visit.code}", "book": "RBP13090.2401"}

    noted = post(officer, "/staff/readings", form)
    assert (noted.status_code, noted.location) == (303, f"/staff/readings?visit={visit.id}")
    page = html(officer.get("/staff/readings"))
    assert book.title in page
    assert visit.label in page

    note = services.reading.open_notes()[0]
    for _ in range(2):
        assert post(officer, f"/staff/readings/{note.id}/return").status_code == 303
    assert services.reading.open_notes() == ()
    assert "Semua publikasi ada di rak" in html(officer.get("/staff/readings"))


def test_the_next_book_is_for_the_same_visitor_and_the_address_has_no_code(
    officer, services, visit, book
):
    kept = f'value="{visit.code}"'

    assert kept in html(officer.get(f"/staff/readings?visit={visit.id}"))
    assert kept not in html(officer.get(f"/staff/readings?code={visit.code}"))
    services.visits.close(visit.id, by=OFFICER)
    assert kept not in html(officer.get(f"/staff/readings?visit={visit.id}"))
    assert officer.get("/staff/readings?visit=999").status_code == 404


def test_the_desk_is_told_who_has_the_book(sign_in, core, services, visit, book):
    other = new_visit(core, services)
    services.reading.note(other.id, barcode="RBP13090.2401", by=OFFICER)

    form = {"code": visit.code, "book": "RBP13090.2401"}
    answer = post(sign_in("officer"), "/staff/readings", form)

    assert answer.status_code == 422
    assert f"tercatat dibaca {other.label}. Catat dahulu" in html(answer)
    assert services.reading.of_visit(visit.id) == ()


def test_a_title_asks_back_which_publication_is_meant(sign_in, services, visit, book):
    officer = sign_in("officer")
    form = {"code": visit.code, "book": "pasaman dalam"}

    asked = post(officer, "/staff/readings", form)
    assert asked.status_code == 422
    assert f'name="choice" value="{book.id}"' in html(asked)
    assert "Belum terkatalog" in html(asked)
    assert 'value="pasaman dalam"' in html(asked)

    assert post(officer, "/staff/readings", form | {"choice": book.id}).status_code == 303
    assert services.reading.of_visit(visit.id)[0].publication_id == book.id


def test_an_unknown_book_is_noted_by_its_title(sign_in, services, visit):
    officer = sign_in("officer")

    post(officer, "/staff/readings", {"code": visit.code, "book": "Atlas Tua", "choice": "new"})

    assert services.reading.of_visit(visit.id)[0].title == "Atlas Tua"
    assert "belum terkatalog" in html(officer.get("/staff/readings"))


def test_an_unknown_code_sent_twice_is_one_new_book(sign_in, services, visit):
    officer = sign_in("officer")
    book = {"book": "B00123", "choice": "new", "title": "Atlas Tua"}
    form = {"code": visit.code, "idempotency_key": "k" * 32} | book

    for _ in range(2):
        assert post(officer, "/staff/readings", form).status_code == 303

    assert [note.barcode for note in services.reading.of_visit(visit.id)] == ["B00123"]


def test_what_was_chosen_for_another_book_counts_for_none(sign_in, services, visit, book):
    other = new_publication(services, title="Kecamatan Dalam Angka")
    officer = sign_in("officer")
    asked = post(officer, "/staff/readings", {"code": visit.code, "book": "pasaman dalam"})
    assert 'name="asked" value="pasaman dalam"' in html(asked)

    form = {"code": visit.code, "asked": "pasaman dalam", "choice": book.id}
    post(officer, "/staff/readings", form | {"book": services.holdings.of(other.id)[0].barcode})

    assert [note.title for note in services.reading.of_visit(visit.id)] == [other.title]


def test_a_ticket_that_comes_late_does_not_bring_the_book_back(sign_in, core, services, visit):
    card = new_publication(services, copies=3, publication_number="13090.2401")
    first, second, third = services.holdings.of(card.id)
    reader = new_visit(core, services)
    for copy in (first, second):
        services.reading.note(reader.id, copy_id=copy.id, by=OFFICER)
    form = {"book": "13090.2401"}
    officer = sign_in("officer")
    asked = post(officer, "/staff/readings", form)
    assert f'value="back:{first.id}"' in html(asked)

    late = form | {"asked": form["book"], "choice": f"back:{first.id}", "code": visit.code}
    assert post(officer, "/staff/readings", late).status_code == 303

    assert [note.copy_id for note in services.reading.of_visit(visit.id)] == [third.id]
    assert len(services.reading.open_of_visit(reader.id)) == 2


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"code": "", "book": "x"}, "code"),
        ({"code": "0000-0000", "book": "x"}, "code"),
        ({"book": ""}, "book"),
        ({"book": "RBT7K3M9QXA"}, "book"),
        ({"book": "RBL07"}, "book"),
        ({"book": "x" * 500, "choice": "new"}, "book"),
    ],
)
def test_problems_stand_at_their_field(sign_in, services, visit, form, field):
    answer = post(sign_in("officer"), "/staff/readings", {"code": visit.code} | form)

    assert answer.status_code == 422
    assert f'href="#field-{field}"' in html(answer)
    assert services.reading.open_notes() == ()


def test_an_absurd_choice_is_not_found(sign_in, visit):
    form = {"code": visit.code, "book": "x", "choice": "９"}

    assert post(sign_in("officer"), "/staff/readings", form).status_code == 404


def test_the_desks_list_is_for_staff(client, services, visit, book):
    assert client.get("/staff/readings").location.startswith("/staff/login")
    form = {"code": visit.code, "book": book.title}
    assert post(client, "/staff/readings", form).status_code == 403
    assert post(client, "/staff/readings/1/return").status_code == 403
